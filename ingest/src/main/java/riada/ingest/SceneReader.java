package riada.ingest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import riada.geo.Bounds;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Pictures;

/**
 * Reads pictures that lie on the earth: JPEG or PNG, with bounds from the caller or from a world
 * file beside the picture. Stateless.
 */
public final class SceneReader {
  /** The largest scene, 12,000 x 9,000. */
  public static final long MAX_PIXELS = 12_000L * 9_000L;

  /** No picture of {@link #MAX_PIXELS} needs more bytes than this. */
  static final long MAX_FILE_BYTES = 512L << 20;

  /** Leaves room for the digest within the longest scene name. */
  private static final int MAX_STEM = 100;

  /**
   * @param bounds where the picture lies; without them a world file must say so
   * @throws BadInput with a sentence for the person who named the file
   */
  public Scene read(Path file, Optional<Bounds> bounds) throws BadInput {
    byte[] bytes = bytes(file);
    BufferedImage image = Pictures.read(file.toString(), bytes, MAX_PIXELS);
    Bounds place =
        bounds.isPresent()
            ? bounds.get()
            : fromWorldFile(file, image.getWidth(), image.getHeight());
    return new Scene(name(file, bytes), image, place);
  }

  private static byte[] bytes(Path file) throws BadInput {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new BadInput(
            "picture_too_large",
            file + " has " + Files.size(file) + " bytes; at most " + MAX_FILE_BYTES + " are read.");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new BadInput("picture_missing", file + " does not exist.");
    } catch (AccessDeniedException e) {
      throw new BadInput(
          "picture_denied", file + " may not be read; give this user the right to read it.");
    } catch (IOException e) {
      throw new BadInput("picture_unreadable", file + " cannot be read: " + e.getMessage() + ".");
    }
  }

  /**
   * The file's name without its extension and the first eight hex digits of its content's digest:
   * the same file is the same scene, whatever its folder, and another file of that name is not.
   */
  static String name(Path file, byte[] bytes) {
    String stem = stem(file);
    String digest = HexFormat.of().formatHex(Observation.sha256().digest(bytes), 0, 4);
    return (stem.length() > MAX_STEM ? stem.substring(0, MAX_STEM) : stem) + "-" + digest;
  }

  private static String fileName(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }

  private static String stem(Path file) {
    String name = fileName(file);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static Bounds fromWorldFile(Path file, int width, int height) throws BadInput {
    Path worldFile =
        worldFile(file)
            .orElseThrow(
                () ->
                    new BadInput(
                        "scene_without_bounds",
                        file
                            + " does not say where it lies: give --bounds west,south,east,north, or"
                            + " put a world file (.jgw, .pgw, .wld) beside it."));
    double[] terms = terms(worldFile);
    double stepX = terms[0];
    double stepY = terms[3];
    if (terms[1] != 0 || terms[2] != 0 || !(stepX > 0) || !(stepY < 0)) {
      throw new BadInput(
          "world_file_rotated",
          worldFile + " turns or mirrors the picture; only north-up pictures are cut.");
    }
    // A world file places the centre of the first pixel.
    double west = terms[4] - stepX / 2;
    double north = terms[5] - stepY / 2;
    if (Math.abs(west) > 360 || Math.abs(north) > 180) {
      throw new BadInput(
          "world_file_projected",
          worldFile
              + " is not in degrees; reproject the picture to longitude and latitude (WGS 84).");
    }
    try {
      return Bounds.parse(
          west + "," + (north + stepY * height) + "," + (west + stepX * width) + "," + north);
    } catch (BadInput e) {
      throw new BadInput(e.counter(), worldFile + ": " + e.reason());
    }
  }

  /** The world file of a picture, whatever the case of its name: {@code .jgw .jpw .jpgw .wld}. */
  private static Optional<Path> worldFile(Path file) throws BadInput {
    String name = fileName(file);
    String extension = name.substring(name.lastIndexOf('.') + 1);
    int last = extension.length() - 1;
    if (last < 1) {
      return Optional.empty();
    }
    String stem = stem(file) + ".";
    List<String> names =
        Stream.of(
                stem + extension.charAt(0) + extension.charAt(last) + "w",
                stem + extension.substring(0, 2) + "w",
                stem + extension + "w",
                name + "w",
                stem + "wld")
            .map(candidate -> candidate.toLowerCase(Locale.ROOT))
            .toList();
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      return Optional.empty();
    }
    try (Stream<Path> beside = Files.list(folder)) {
      return beside
          .filter(path -> names.contains(fileName(path).toLowerCase(Locale.ROOT)))
          .min(Path::compareTo);
    } catch (IOException e) {
      throw new BadInput(
          "world_file_unreadable",
          "The folder of " + file + " cannot be searched for a world file; give --bounds.");
    }
  }

  private static double[] terms(Path worldFile) throws BadInput {
    try {
      String[] lines = new String(Files.readAllBytes(worldFile), ISO_8859_1).strip().split("\\s+");
      double[] terms = new double[6];
      for (int i = 0; i < 6; i++) {
        terms[i] = Bounds.degrees(lines[i]);
      }
      return terms;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new BadInput(
          "world_file_unreadable",
          worldFile + " is no world file: it must hold six numbers, one a line.");
    }
  }
}
