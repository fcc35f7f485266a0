package riada.eval;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import riada.eval.LabelledFolder.Pair;
import riada.mask.Mask;
import riada.proto.BadInput;
import riada.proto.Observation;
import riada.proto.Pictures;

/**
 * What is in a folder of labelled pictures, and what is wrong with it: nothing here stops at the
 * first fault.
 *
 * @param data the folder
 * @param change whether it holds pairs before and after a flood
 * @param pairs with a sound picture and a sound mask that fits it
 * @param faults what cannot be used, a sentence each
 * @param sizes how many masks have which width x height
 * @param waterFraction share of water in the masks
 * @param allWater masks that are all water, {@code allDry} likewise
 * @param duplicates groups of pictures with the same bytes
 * @param nearDuplicates groups of pictures that look alike, those of the same bytes among them;
 *     such belong on one side of a split
 */
public record DatasetReport(
    String data,
    boolean change,
    int pairs,
    List<String> faults,
    Map<String, Integer> sizes,
    Quartiles waterFraction,
    int allWater,
    int allDry,
    List<List<String>> duplicates,
    List<List<String>> nearDuplicates) {
  static final String JSON = "dataset.json";
  static final String HTML = "dataset.html";

  /** Side of a picture on the contact sheet, and how many it shows at most. */
  private static final int THUMBNAIL = 200;

  private static final int MOST_SHOWN = 120;

  /** Of shares, 0..1; all zero when there are none. */
  public record Quartiles(
      double least, double quarter, double median, double threeQuarters, double most, double mean) {
    static Quartiles of(List<Double> shares) {
      double[] sorted = shares.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      if (sorted.length == 0) {
        return new Quartiles(0, 0, 0, 0, 0, 0);
      }
      return new Quartiles(
          sorted[0],
          sorted[(sorted.length - 1) / 4],
          sorted[(sorted.length - 1) / 2],
          sorted[(sorted.length - 1) * 3 / 4],
          sorted[sorted.length - 1],
          Rounded.of(Arrays.stream(sorted).average().orElse(0)));
    }
  }

  private record Sound(String name, int width, int height, double water, String sha, long hash) {}

  /**
   * Looks through a folder.
   *
   * @param done is told the number of pairs that are done
   * @throws BadInput when there are no folders of pictures and masks
   */
  public static DatasetReport of(Path folder, IntConsumer done) throws BadInput {
    LabelledFolder.Listing listing = LabelledFolder.list(folder);
    List<String> faults = new ArrayList<>();
    listing.unmatched().forEach(file -> faults.add(file + " has no counterpart of the same stem."));
    if (listing.pairs().isEmpty()) {
      faults.add("There is no pair of picture and mask.");
    }
    List<Sound> sound = new ArrayList<>();
    for (Pair pair : listing.pairs()) {
      try {
        sound.add(look(pair));
      } catch (BadInput fault) {
        faults.add(fault.reason());
      }
      done.accept(sound.size() + faults.size());
    }
    Map<String, Integer> sizes = new TreeMap<>();
    sound.forEach(one -> sizes.merge(one.width + " x " + one.height, 1, Integer::sum));
    return new DatasetReport(
        folder.toString(),
        listing.change(),
        sound.size(),
        faults,
        sizes,
        Quartiles.of(sound.stream().map(Sound::water).toList()),
        (int) sound.stream().filter(one -> one.water == 1).count(),
        (int) sound.stream().filter(one -> one.water == 0).count(),
        duplicates(sound),
        nearDuplicates(sound));
  }

  private static Sound look(Pair pair) throws BadInput {
    Mask mask = LabelReader.mask(pair.mask());
    BufferedImage picture = LabelReader.picture(pair.image(), mask);
    if (pair.before().isPresent()) {
      LabelReader.picture(pair.before().get(), mask);
    }
    byte[] bytes = Pictures.bytes(pair.image());
    double cells = (double) mask.width() * mask.height();
    return new Sound(
        pair.name(),
        mask.width(),
        mask.height(),
        mask.count() == cells ? 1 : Rounded.of(Math.min(mask.count() / cells, 0.9999)),
        HexFormat.of().formatHex(Observation.sha256().digest(bytes)),
        PictureHash.of(picture));
  }

  private static List<List<String>> duplicates(List<Sound> sound) {
    Map<String, List<String>> byBytes = new LinkedHashMap<>();
    sound.forEach(one -> byBytes.computeIfAbsent(one.sha, sha -> new ArrayList<>()).add(one.name));
    return byBytes.values().stream().filter(group -> group.size() > 1).toList();
  }

  private static List<List<String>> nearDuplicates(List<Sound> sound) {
    int[] group = LookAlikes.groups(sound.stream().mapToLong(Sound::hash).toArray());
    Map<Integer, List<String>> byGroup = new HashMap<>();
    for (int i = 0; i < group.length; i++) {
      byGroup.computeIfAbsent(group[i], g -> new ArrayList<>()).add(sound.get(i).name);
    }
    List<List<String>> groups = new ArrayList<>(byGroup.values());
    groups.removeIf(names -> names.size() < 2);
    groups.sort((a, b) -> a.get(0).compareTo(b.get(0)));
    return Collections.unmodifiableList(groups);
  }

  /**
   * Writes {@value #JSON} and {@value #HTML}, with a contact sheet of masks over pictures.
   *
   * @param json what {@value #JSON} is to hold
   */
  public void write(Path report, String json) throws IOException, BadInput {
    Files.createDirectories(report);
    HtmlPage page = new HtmlPage("Pictures of " + data);
    page.table(
        List.of(
            List.of("", ""),
            List.of("sound pairs", String.valueOf(pairs)),
            List.of("faults", String.valueOf(faults.size())),
            List.of("all water, all dry", allWater + ", " + allDry),
            List.of("share of water, quartiles", shares()),
            List.of("groups of equal files", String.valueOf(duplicates.size())),
            List.of("groups that look alike", String.valueOf(nearDuplicates.size()))));
    list(page, "Faults", faults);
    list(page, "Look alike", nearDuplicates.stream().map(g -> String.join(", ", g)).toList());
    page.heading("Sizes of masks");
    List<List<String>> rows = new ArrayList<>(List.of(List.of("size", "masks")));
    sizes.forEach((size, n) -> rows.add(List.of(size, String.valueOf(n))));
    page.table(rows);
    contactSheet(page);
    page.write(report.resolve(HTML));
    HtmlPage.replace(report.resolve(JSON), json + "\n");
  }

  private static void list(HtmlPage page, String heading, List<String> lines) {
    if (!lines.isEmpty()) {
      page.heading(heading);
      lines.forEach(page::paragraph);
    }
  }

  private String shares() {
    Quartiles q = waterFraction;
    return String.format(
        Locale.ROOT,
        "%.2f  %.2f  %.2f  %.2f  %.2f",
        q.least,
        q.quarter,
        q.median,
        q.threeQuarters,
        q.most);
  }

  /** Of large folders every second, third ... pair, so that all of it is seen. */
  private void contactSheet(HtmlPage page) throws IOException, BadInput {
    List<Pair> all = LabelledFolder.list(Path.of(data)).pairs();
    int step = (all.size() - 1) / MOST_SHOWN + 1;
    page.heading("Masks over pictures" + (step > 1 ? ", one of " + step : ""));
    for (int i = 0; i < all.size(); i += step) {
      Pair pair = all.get(i);
      try {
        Mask mask = LabelReader.mask(pair.mask());
        BufferedImage picture = LabelReader.picture(pair.image(), mask);
        page.picture(HtmlPage.overlay(picture, mask, mask, THUMBNAIL), pair.name());
      } catch (BadInput fault) {
        page.paragraph(pair.name() + ": " + fault.reason());
      }
    }
  }
}
