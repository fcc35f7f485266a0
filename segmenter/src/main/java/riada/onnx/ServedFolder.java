package riada.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import riada.proto.BadInput;
import riada.proto.ModelRef;

/**
 * The folder that segmenters serve a model from. It is a model itself, or it holds models in
 * subfolders, each named by the first digits of its digest, and a file {@code current} with the
 * name of the one that is served. Where there are both, the folder's own model counts, so that one
 * copied there by hand is served. A file {@code shadow} names one that is on trial.
 *
 * <p>Whatever ends a change in the middle leaves a folder that serves one model or the other whole:
 * each change takes effect by one atomic step, the last.
 */
public final class ServedFolder {
  private static final String CURRENT = "current";
  private static final String SHADOW = "shadow";
  private static final String LOCK = "swap.lock";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int NAME_DIGITS = 16;
  private static final String DIGEST_NAME = "[0-9a-f]{" + NAME_DIGITS + "}";

  /** Deep enough for exports that keep their graphs in a subfolder. */
  private static final int DEPTH = 3;

  private static final int MOST_FILES = 1000;

  private ServedFolder() {}

  /**
   * A change that was made.
   *
   * @param folder where the model lies now
   * @param before what was served until then; empty when it could not be used
   * @param beforeFolder where it lies now
   */
  public record Placed(Path folder, Optional<ModelRef> before, Optional<Path> beforeFolder) {}

  /**
   * The folder of the model that is served: {@code folder} itself, or the one that {@code current}
   * in it names.
   *
   * @throws BadInput when {@code current} is no name of a subfolder
   */
  public static Path model(Path folder) throws BadInput {
    if (Files.isRegularFile(folder.resolve(ModelFolder.CARD))) {
      return folder;
    }
    return named(folder, CURRENT).orElse(folder);
  }

  /**
   * The folder of the model that is on trial, if one is.
   *
   * @throws BadInput when {@code shadow} is no name of a subfolder
   */
  public static Optional<Path> shadow(Path folder) throws BadInput {
    return named(folder, SHADOW);
  }

  private static Optional<Path> named(Path folder, String pointer) throws BadInput {
    Path file = folder.resolve(pointer);
    String name;
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      name = Files.size(file) > 200 ? "" : Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return Optional.empty(); // it went between two looks
    } catch (IOException e) {
      throw new BadInput("model_unreadable", "The file " + file + " cannot be read: " + e + ".");
    }
    if (!NAME.matcher(name).matches()) {
      throw new BadInput(
          "model_pointer",
          "The file " + file + " names no subfolder; `riada model swap` writes it anew.");
    }
    return Optional.of(folder.resolve(name));
  }

  /**
   * The subfolder that keeps a model which {@code folder} has served, whole; empty when none does.
   *
   * @param ref of any of the model's variants; the subfolder is named by the CPU's
   */
  public static Optional<Path> kept(Path folder, ModelRef ref) {
    Path likely = folder.resolve(ref.getDigest().substring(0, NAME_DIGITS));
    try (Stream<Path> all = Files.list(folder)) {
      return Stream.concat(Stream.of(likely), all.limit(MOST_FILES))
          .filter(path -> folder.relativize(path).toString().matches(DIGEST_NAME))
          .filter(path -> holds(path, ref))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  private static boolean holds(Path model, ModelRef ref) {
    try {
      for (String variant : ModelFolder.open(model).variants()) {
        if (ModelFolder.open(model, variant, Device.CPU).ref().equals(ref)) {
          return true;
        }
      }
      return false;
    } catch (BadInput e) {
      return false; // it is not whole
    }
  }

  /**
   * What a model's folder looks like from outside: its path, and of each file in it the size, the
   * time and the identity, without reading one. Two looks at the same bytes are equal; after a copy
   * they are not.
   */
  public static String look(Path model) {
    StringBuilder seen = new StringBuilder(model.toString());
    try (Stream<Path> all =
        Files.find(
            model,
            DEPTH,
            (path, is) -> is.isRegularFile() && concerns(model, path),
            FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : all.limit(MOST_FILES).sorted().toList()) {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        seen.append('\n').append(file).append(' ').append(is.size());
        seen.append(' ').append(is.lastModifiedTime()).append(' ').append(is.fileKey());
      }
    } catch (IOException | UncheckedIOException e) {
      seen.append('\n').append(e.getClass().getSimpleName()); // it changes, or it is not there
    }
    return seen.toString();
  }

  /** Models that lie below a model, and the marks of a swap, are none of its files. */
  private static boolean concerns(Path model, Path file) {
    Path inside = model.relativize(file);
    String first = inside.getName(0).toString();
    return !first.matches(DIGEST_NAME + ".*")
        && (inside.getNameCount() > 1
            || !(first.startsWith(CURRENT) || first.startsWith(SHADOW) || first.equals(LOCK)));
  }

  /**
   * Lets {@code folder} serve another model. The model before stays in a subfolder, so that what it
   * said can be derived again and a swap can be taken back; a trial ends.
   *
   * @param source a model; it is copied, unless it lies in {@code folder} already
   * @throws BadInput when the source is not whole, the folder serves no model, or another change is
   *     under way
   */
  public static Placed serve(Path folder, Path source) throws BadInput, IOException {
    ModelFolder model = opened(source);
    try (WriterLock change = change(folder)) {
      Optional<ModelFolder> before = before(folder);
      Optional<ModelRef> ref = before.map(ModelFolder::ref);
      Optional<Path> place = before.map(ModelFolder::path);
      if (ref.isPresent() && ref.get().equals(model.ref())) {
        Files.deleteIfExists(folder.resolve(SHADOW));
        return new Placed(place.get(), ref, place);
      }
      boolean own = before.isPresent() && before.get().path().equals(folder);
      if (own) {
        place = Optional.of(put(folder, before.get()));
      }
      Path next = put(folder, model);
      point(folder, CURRENT, next);
      Files.deleteIfExists(folder.resolve(ModelFolder.CARD)); // from here on current counts
      Files.deleteIfExists(folder.resolve(SHADOW));
      if (own) {
        deleteFiles(folder, before.get().card());
      }
      return new Placed(next, ref, place);
    }
  }

  /** Puts a model on trial beside the one that {@code folder} serves; as {@link #serve}. */
  public static Placed tryOut(Path folder, Path source) throws BadInput, IOException {
    ModelFolder model = opened(source);
    try (WriterLock change = change(folder)) {
      Optional<ModelFolder> before = before(folder);
      Path place = put(folder, model);
      point(folder, SHADOW, place);
      return new Placed(place, before.map(ModelFolder::ref), before.map(ModelFolder::path));
    }
  }

  /**
   * Ends the trial.
   *
   * @return whether there was one
   */
  public static boolean endTrial(Path folder) throws BadInput, IOException {
    try (WriterLock change = change(folder)) {
      return Files.deleteIfExists(folder.resolve(SHADOW));
    }
  }

  /** In the variant that the CPU runs by itself: its digest is the one that most masks carry. */
  private static ModelFolder opened(Path folder) throws BadInput {
    return ModelFolder.open(folder, ModelFolder.SUITABLE, Device.CPU);
  }

  /** What is served until now; empty when it is damaged, which a swap may mend. */
  private static Optional<ModelFolder> before(Path folder) {
    try {
      return Optional.of(opened(folder));
    } catch (BadInput e) {
      return Optional.empty();
    }
  }

  /** The subfolder in which the model lies whole. */
  private static Path put(Path folder, ModelFolder model) throws BadInput, IOException {
    Path place = folder.resolve(model.ref().getDigest().substring(0, NAME_DIGITS));
    if (!Files.exists(place)) {
      model.copyTo(place);
      return place;
    }
    try {
      for (String variant : model.variants()) {
        ModelFolder.open(place, variant, Device.CPU);
      }
    } catch (BadInput e) {
      throw new BadInput(
          e.counter(),
          "What lies in " + place + " is not whole any more; delete it. " + e.reason());
    }
    return place;
  }

  private static void point(Path folder, String pointer, Path place) throws IOException {
    Path part = folder.resolve(pointer + ".part");
    Files.writeString(part, place.getFileName() + "\n", UTF_8);
    Files.move(part, folder.resolve(pointer), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Of a model that has moved to a subfolder; whatever else lies beside them stays. */
  private static void deleteFiles(Path folder, ModelCard card) throws IOException {
    List<ModelCard.Entry> all =
        Stream.concat(
                card.files().values().stream(),
                card.variants().values().stream().flatMap(one -> one.files().values().stream()))
            .toList();
    for (ModelCard.Entry file : all) {
      Path path = Path.of(file.path()).normalize();
      if (!path.isAbsolute() && !path.startsWith("..")) {
        Files.deleteIfExists(folder.resolve(path));
      }
    }
  }

  /** One change at a time. */
  private static WriterLock change(Path folder) throws BadInput, IOException {
    if (!Files.exists(folder.resolve(ModelFolder.CARD)) && !Files.exists(folder.resolve(CURRENT))) {
      throw new BadInput(
          "model_missing",
          "There is no model at "
              + folder
              + " that another could follow; `riada model import` makes a new folder.");
    }
    return WriterLock.take(
        folder.resolve(LOCK), false, "model_swap_busy", "Another swap in " + folder);
  }
}
