package riada.stream;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import riada.proto.ModelVersions;

/** Which layer lies above which, and which of two masks of one observation counts. */
final class LayerOrder {
  /**
   * Newest first; of the same instant by pass, so that no order of arrival matters and what one
   * pass saw at one instant stands together, and of one pass the finest first.
   */
  static final Comparator<Plane> NEWEST_FIRST =
      Comparator.comparingLong(Plane::getAcquiredAtMs)
          .reversed()
          .thenComparing(Plane::getPublisher)
          .thenComparing(Plane::getScene)
          .thenComparing(Comparator.comparingInt(Plane::getZoom).reversed());

  /** The greater of two layers of one observation counts; equal ones are the same. */
  static final Comparator<Layer> SUCCESSION =
      Comparator.comparingInt(Layer::getProcessingVersion)
          .thenComparing(layer -> layer.getModel().getVersion(), ModelVersions.ORDER)
          .thenComparing(Layer::getMaskDigest, ByteString.unsignedLexicographicalComparator());

  private LayerOrder() {}
}
