package riada.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import riada.proto.BadInput;

/**
 * One writer of a folder at a time: a lock of the operating system on a file beside or in it. It
 * goes with the process that holds it, and says which that is.
 */
public final class WriterLock implements AutoCloseable {
  private static final int MOST_DIGITS = 20;

  private final Path file;
  private final FileChannel channel;
  private final boolean passing;

  private WriterLock(Path file, FileChannel channel, boolean passing) {
    this.file = file;
    this.channel = channel;
    this.passing = passing;
  }

  /**
   * Takes the lock or fails at once.
   *
   * @param file is made where there is none; its folder must be there
   * @param passing whether it goes when this is closed
   * @param counter of the refusal, {@code other} what else may be at it, as a sentence begins
   * @throws BadInput when another process, or another thread of this one, holds it
   */
  public static WriterLock take(Path file, boolean passing, String counter, String other)
      throws BadInput, IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (lock(channel) == null) {
        throw new BadInput(
            counter, other + " is under way" + holder(channel) + "; wait for its end.");
      }
      channel.truncate(0);
      channel.write(UTF_8.encode(String.valueOf(ProcessHandle.current().pid())), 0);
      return new WriterLock(file, channel, passing);
    } catch (BadInput | IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // of this very process
    }
  }

  /** Who holds it, if that was written down already. */
  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST_DIGITS);
    channel.read(bytes, 0);
    String process = UTF_8.decode(bytes.flip()).toString();
    return process.matches("\\d+") ? " (process " + process + ")" : "";
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      if (passing) {
        Files.deleteIfExists(file);
      }
    }
  }
}
