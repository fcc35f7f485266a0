package riada.finetune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import riada.onnx.FolderTree;
import riada.onnx.WriterLock;
import riada.proto.BadInput;

/**
 * Where a run keeps what it has learnt so far: a folder named {@code OUT.run} beside the new
 * model's, for one run at a time. It is gone when the run has ended.
 */
final class RunFolder {
  private final Path asked;
  private final Path run;

  /**
   * @param asked the new model's folder, as it was named
   */
  RunFolder(Path asked) {
    this.asked = asked;
    Path out = asked.toAbsolutePath().normalize();
    run = out.resolveSibling(out.getFileName() + ".run");
  }

  /** The file of {@link Checkpoint}. */
  Path checkpoint() {
    return run.resolve("checkpoint");
  }

  /** The folder of {@link Encodings}. */
  Path encodings() {
    return run.resolve("encodings");
  }

  /** Beside the run's folder, which is deleted while it is held. */
  WriterLock lock() throws BadInput, IOException {
    String other = "Another `riada finetune --out " + asked + "`";
    return WriterLock.take(
        run.resolveSibling(run.getFileName() + ".lock"), true, "tuning_busy", other);
  }

  /** Makes the folder, or finds that of the run that is gone on with. */
  void place() throws IOException {
    try {
      Files.createDirectories(encodings());
    } catch (IOException e) {
      throw new IOException(
          "The folder " + run + " cannot be made (" + e + "); name another place with --out.", e);
    }
  }

  /**
   * Refuses to mix two runs.
   *
   * @param identity of the run that begins, {@code size} how many weights it learns
   */
  void requireSame(String identity, int size) throws BadInput, IOException {
    Optional<Checkpoint> last = Checkpoint.read(checkpoint(), size);
    if (last.isPresent() && !last.get().identity().equals(identity)) {
      throw new BadInput(
          "run_other",
          "In "
              + run
              + " stands an unfinished run with other data, model or options. Start that again to"
              + " go on with it, delete the folder, or name another --out.");
    }
  }

  /** What a person is told when files cannot be written any more. */
  IOException stopped(IOException e) throws IOException {
    boolean kept = Files.exists(checkpoint());
    FolderTree.delete(kept ? encodings() : run); // they can be made again, and may be what fills it
    String way =
        kept
            ? "What it learnt is in " + run + ": start the same command again to go on."
            : "Start it again.";
    return new IOException(
        "Tuning stopped, because a file could not be written or read ("
            + (e.getMessage() == null ? e : e.getMessage())
            + "); is the disk full? No new model was made. "
            + way,
        e);
  }

  /** Deletes it, unless what it holds can be gone on with. */
  void abandon() throws IOException {
    if (!Files.exists(checkpoint())) {
      delete();
    }
  }

  void delete() throws IOException {
    FolderTree.delete(run);
  }
}
