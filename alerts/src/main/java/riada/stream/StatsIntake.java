package riada.stream;

import com.google.protobuf.InvalidProtocolBufferException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import riada.proto.RegionStats;

/**
 * Reads the topology's own figures again, to tell the children of a region whether it silences
 * them: they may be kept in another partition.
 */
final class StatsIntake extends ContextualProcessor<byte[], byte[], String, RegionInput> {
  @Override
  public void process(Record<byte[], byte[]> from) {
    if (from.value() == null) {
      return; // the region is gone; what it was last told its children
    }
    RegionStats stats;
    try {
      stats = RegionStats.parseFrom(from.value());
    } catch (InvalidProtocolBufferException e) {
      return; // none of this stage's: only it may write there
    }
    for (String child : stats.getChildrenList()) {
      RegionInput notice =
          RegionInput.newBuilder()
              .setRegionId(child)
              .setParent(
                  ParentNotice.newBuilder()
                      .setParent(stats.getRegionId())
                      .setSilences(stats.getSilencesChildren())
                      .addAllAncestors(stats.getAncestorsList()))
              .build();
      long at = Intake.notAhead(from.timestamp(), context().currentSystemTimeMs());
      context().forward(new Record<>(child, notice, at));
    }
  }
}
