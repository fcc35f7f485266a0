package riada.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Set;
import riada.proto.BadInput;

/** Copies a model so that the new folder appears whole or not at all. */
final class ModelCopy {
  private ModelCopy() {}

  /**
   * Copies files into a folder beside the target, has it judged there, and moves it.
   *
   * @param paths of the files, relative to {@code folder}
   * @param target must not exist, its parent is made where there is none
   * @throws BadInput what the judge throws, or another copies to the same place; nothing is left
   *     then
   */
  static void copy(Path folder, Set<String> paths, Path target, ModelFolder.Judge judge)
      throws BadInput, IOException {
    Path whole = target.toAbsolutePath().normalize();
    Files.createDirectories(Objects.requireNonNull(whole.getParent(), "the root is no new folder"));
    Path part = whole.resolveSibling(whole.getFileName() + ".part");
    try (WriterLock lock = lock(whole)) {
      fill(folder, paths, part, judge);
      move(part, whole);
    }
  }

  private static void move(Path part, Path whole) throws IOException {
    try {
      Files.move(part, whole);
    } catch (IOException e) {
      FolderTree.delete(part);
      throw e;
    }
  }

  private static WriterLock lock(Path whole) throws BadInput, IOException {
    Path file = whole.resolveSibling(whole.getFileName() + ".lock");
    return WriterLock.take(file, true, "model_copy_busy", "Another copy to " + whole);
  }

  private static void fill(Path folder, Set<String> paths, Path part, ModelFolder.Judge judge)
      throws BadInput, IOException {
    FolderTree.delete(part); // of a copy that was killed
    try {
      Files.createDirectories(part);
      for (String path : paths) {
        Path copy = part.resolve(path);
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        Files.copy(folder.resolve(path), copy, StandardCopyOption.REPLACE_EXISTING);
      }
      judge.judge(part);
    } catch (BadInput | IOException | RuntimeException e) {
      FolderTree.delete(part); // a full disk leaves no half a model
      throw e;
    }
  }
}
