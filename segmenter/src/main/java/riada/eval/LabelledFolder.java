package riada.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import riada.proto.BadInput;

/**
 * A folder of pictures with their masks: {@code image/} and {@code mask/} with the same stems, or
 * {@code before/}, {@code after/} and {@code mask/} for pairs whose mask is the flood between them.
 *
 * @param folder its path
 * @param change whether it holds pairs before and after
 * @param pairs in the order of their names, numbers by value: 9 comes before 10
 */
public record LabelledFolder(Path folder, boolean change, List<Pair> pairs) {
  private static final Set<String> PICTURES = Set.of("jpg", "jpeg", "png");

  /** Of runs of digits the shorter comes first, so that numbers sort by value. */
  private static final Comparator<String> NATURAL =
      Comparator.comparing(LabelledFolder::padded).thenComparing(Comparator.naturalOrder());

  public LabelledFolder {
    pairs = List.copyOf(pairs);
  }

  /**
   * One picture and its mask.
   *
   * @param name the stem that their files share
   * @param before the picture before the flood, of a change pair
   * @param image the picture, of a change pair that after
   */
  public record Pair(String name, Optional<Path> before, Path image, Path mask) {}

  /** What stands in the folder, sound or not. */
  record Listing(boolean change, List<Pair> pairs, List<String> unmatched) {}

  /**
   * Finds the pairs; does not read the files.
   *
   * @param limit most pairs, the first of them; 0 for all
   * @throws BadInput when there is no such folder, no pair, or a file without its counterpart
   */
  public static LabelledFolder open(Path folder, int limit) throws BadInput {
    Listing found = list(folder);
    if (!found.unmatched.isEmpty()) {
      throw new BadInput(
          "labels_unmatched",
          "In "
              + folder
              + " "
              + found.unmatched.size()
              + " files have no counterpart of the same stem: "
              + String.join(", ", found.unmatched.subList(0, Math.min(5, found.unmatched.size())))
              + (found.unmatched.size() > 5 ? ", ..." : "")
              + ". Add the missing ones or take these away.");
    }
    if (found.pairs.isEmpty()) {
      throw new BadInput(
          "labels_none",
          "There is no pair of picture and mask in "
              + folder
              + "; it holds image/NAME.jpg and mask/NAME.png.");
    }
    int n = limit > 0 ? Math.min(limit, found.pairs.size()) : found.pairs.size();
    return new LabelledFolder(folder, found.change, found.pairs.subList(0, n));
  }

  /** Lists a folder; see {@link #open}. */
  static Listing list(Path folder) throws BadInput {
    boolean change = Files.isDirectory(folder.resolve("before"));
    Path images = folder.resolve(change ? "after" : "image");
    for (Path part : List.of(images, folder.resolve("mask"))) {
      if (!Files.isDirectory(part)) {
        throw new BadInput(
            "labels_missing",
            "There is no folder "
                + part
                + "; the data are image/ and mask/ with the same stems, or before/, after/ and"
                + " mask/.");
      }
    }
    Map<String, Path> masks = stems(folder.resolve("mask"));
    Map<String, Path> befores = change ? stems(folder.resolve("before")) : Map.of();
    List<String> unmatched = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    Map<String, Path> left = new TreeMap<>(masks);
    stems(images)
        .forEach(
            (stem, image) -> {
              Path mask = left.remove(stem);
              Path before = befores.get(stem);
              if (mask == null || (change && before == null)) {
                unmatched.add(folder.relativize(image).toString());
              } else {
                pairs.add(new Pair(stem, Optional.ofNullable(before), image, mask));
              }
            });
    left.values().forEach(mask -> unmatched.add(folder.relativize(mask).toString()));
    return new Listing(change, pairs, unmatched);
  }

  private static Map<String, Path> stems(Path folder) throws BadInput {
    Map<String, Path> stems = new TreeMap<>(NATURAL);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        if (dot > 0 && PICTURES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT))) {
          Path other = stems.put(name.substring(0, dot), file);
          if (other != null) {
            throw new BadInput(
                "labels_twice", other + " and " + file + " have the same stem; keep one.");
          }
        }
      }
    } catch (IOException e) {
      throw new BadInput("labels_unreadable", "The folder " + folder + " cannot be read: " + e);
    }
    return stems;
  }

  private static String padded(String name) {
    return java.util.regex.Pattern.compile("\\d+")
        .matcher(name)
        .replaceAll(
            digits -> "0".repeat(Math.max(0, 20 - digits.group().length())) + digits.group());
  }
}
