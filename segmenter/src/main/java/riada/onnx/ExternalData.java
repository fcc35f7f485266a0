package riada.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files beside a graph that hold weights of it. Reads over all else, so that it takes no memory
 * for weights that are in the graph itself.
 */
final class ExternalData {
  /** Fields of onnx.proto, from the file to one of its entries about a weight's place. */
  private static final int[] WAY = {7 /* graph */, 5 /* initializer */, 13 /* external_data */};

  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final String LOCATION = "location";

  private ExternalData() {}

  /**
   * The files' paths relative to the graph's folder; none of a file that is no graph.
   *
   * @throws IOException when it cannot be read
   */
  static Set<String> of(Path graph) throws IOException {
    Set<String> found = new TreeSet<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(graph))) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      coded.setSizeLimit(Integer.MAX_VALUE);
      look(coded, 0, found);
    } catch (InvalidProtocolBufferException e) {
      return found; // whoever loads it will say so
    }
    return found;
  }

  private static void look(CodedInputStream in, int depth, Set<String> found) throws IOException {
    if (depth == WAY.length) {
      entry(in, found);
      return;
    }
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == tag(WAY[depth])) {
        int outer = in.pushLimit(in.readRawVarint32());
        look(in, depth + 1, found);
        in.popLimit(outer);
      } else if (!in.skipField(tag)) {
        throw new InvalidProtocolBufferException("a group ends that did not begin");
      }
    }
  }

  private static void entry(CodedInputStream in, Set<String> found) throws IOException {
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == tag(KEY)) {
        key = in.readString();
      } else if (tag == tag(VALUE)) {
        value = in.readString();
      } else {
        in.skipField(tag);
      }
    }
    if (key.equals(LOCATION)) {
      found.add(value);
    }
  }

  private static int tag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
