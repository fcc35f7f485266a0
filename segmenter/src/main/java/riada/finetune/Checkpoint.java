package riada.finetune;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run after one of its epochs: with it the next epoch is the one that would have come anyway.
 *
 * @param identity of the run: data, parent, options
 * @param epochs of each that is done its figures
 * @param steps that the optimiser took
 * @param weights the row of tuned weights; {@code best} likewise, of the epoch with the highest
 *     held-out IoU; {@code mean} and {@code square} are Adam's moments
 */
@SuppressWarnings("ArrayRecordComponent") // a file's content: written and read, compared by nobody
record Checkpoint(
    String identity,
    List<Epoch> epochs,
    int steps,
    float[] weights,
    float[] best,
    float[] mean,
    float[] square) {
  private static final int MAGIC = 0x52464331;

  Checkpoint {
    epochs = List.copyOf(epochs);
  }

  /**
   * One pass over the training pictures.
   *
   * @param loss mean over its questions; 0 of the model as it was, which is epoch 0
   * @param heldOutIou pooled, after it, at the decoder's resolution, 0..1
   */
  record Epoch(double loss, double heldOutIou) {}

  /** Replaces the file by this, whole or not at all. */
  void write(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part)))) {
        out.writeInt(MAGIC);
        out.writeUTF(identity);
        out.writeInt(epochs.size());
        for (Epoch epoch : epochs) {
          out.writeDouble(epoch.loss);
          out.writeDouble(epoch.heldOutIou);
        }
        out.writeInt(steps);
        for (float[] row : List.of(weights, best, mean, square)) {
          out.writeInt(row.length);
          ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * row.length);
          bytes.asFloatBuffer().put(row);
          out.write(bytes.array());
        }
        out.writeInt(MAGIC);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  /**
   * What stands in the file; none where there is none or it is no whole checkpoint.
   *
   * @param size how many weights are tuned
   */
  static Optional<Checkpoint> read(Path file, int size) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      if (in.readInt() != MAGIC) {
        return Optional.empty();
      }
      String identity = in.readUTF();
      List<Epoch> epochs = new ArrayList<>();
      for (int n = in.readInt(); n > 0; n--) {
        epochs.add(new Epoch(in.readDouble(), in.readDouble()));
      }
      int steps = in.readInt();
      float[][] rows = new float[4][];
      for (int i = 0; i < rows.length; i++) {
        if (in.readInt() != size) {
          return Optional.empty();
        }
        byte[] bytes = in.readNBytes(Float.BYTES * size);
        if (bytes.length < Float.BYTES * size) {
          return Optional.empty();
        }
        rows[i] = new float[size];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(rows[i]);
      }
      return in.readInt() == MAGIC
          ? Optional.of(new Checkpoint(identity, epochs, steps, rows[0], rows[1], rows[2], rows[3]))
          : Optional.empty();
    } catch (EOFException e) {
      return Optional.empty();
    }
  }
}
