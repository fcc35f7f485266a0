package riada.eval;

import java.awt.image.BufferedImage;
import java.util.List;
import riada.eval.LabelledFolder.Pair;
import riada.proto.BadInput;

/**
 * Pictures that show the same: whoever learnt one of them knows the others, so they belong on one
 * side of a split.
 */
public final class LookAlikes {
  private LookAlikes() {}

  /**
   * The group of each pair by its picture, of a change pair that after; whoever looks like one of a
   * group belongs to it. Pairs of one group have the same number, a number says nothing else.
   *
   * @throws BadInput when a picture is unreadable or does not fit its mask
   */
  public static int[] groups(List<Pair> pairs) throws BadInput {
    long[] prints = new long[pairs.size()];
    for (int i = 0; i < prints.length; i++) {
      Pair pair = pairs.get(i);
      BufferedImage picture = LabelReader.picture(pair.image(), LabelReader.mask(pair.mask()));
      prints[i] = PictureHash.of(picture);
    }
    return groups(prints);
  }

  /** The same by fingerprints of {@link PictureHash}. */
  static int[] groups(long[] prints) {
    int[] group = new int[prints.length];
    for (int i = 0; i < group.length; i++) {
      group[i] = i;
      for (int j = 0; j < i; j++) {
        if (PictureHash.distance(prints[i], prints[j]) <= PictureHash.NEAR) {
          int from = group[j];
          int to = group[i];
          for (int k = 0; k <= i; k++) {
            group[k] = group[k] == from ? to : group[k];
          }
        }
      }
    }
    return group;
  }
}
