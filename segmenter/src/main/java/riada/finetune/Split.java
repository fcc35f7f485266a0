package riada.finetune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import riada.eval.LabelledFolder;
import riada.eval.LabelledFolder.Pair;
import riada.eval.LookAlikes;
import riada.proto.BadInput;

/**
 * Labelled pairs by what they are for. Held out are runs of consecutive names, for neighbours look
 * alike; what looks alike all the same is for one thing.
 *
 * @param train those that teach
 * @param choose those that tell when to stop and which weights to take
 * @param judge those by which before and after are compared: nothing was chosen on them
 */
record Split(List<Pair> train, List<Pair> choose, List<Pair> judge) {
  Split {
    train = List.copyOf(train);
    choose = List.copyOf(choose);
    judge = List.copyOf(judge);
  }

  /**
   * A quarter judges, an eighth chooses; of few pictures more, as far as a third and a sixth go, so
   * that five judge and three choose where that can be.
   *
   * @param seed decides where the runs start
   * @throws BadInput when the pictures are too few, or look too much alike, for all three
   */
  static Split of(LabelledFolder data, long seed) throws BadInput {
    int n = data.pairs().size();
    if (n < 3) {
      throw new BadInput(
          "labels_few",
          (n == 1 ? "There is one pair" : "There are two pairs")
              + " of picture and mask in "
              + data.folder()
              + "; tuning needs three or more, because some teach, others choose among what was"
              + " learnt, and others again judge what came of it.");
    }
    int judges = Math.max(n / 4, Math.max(1, Math.min(Measuring.FEWEST, n / 3)));
    int choosers = Math.max(n / 8, Math.max(1, Math.min(3, n / 6)));
    return parts(data, seed, judges, choosers);
  }

  /**
   * Pictures of elsewhere: half of them judge, the others teach, and none chooses.
   *
   * @throws BadInput when there are fewer than two that differ
   */
  static Split halves(LabelledFolder data, long seed) throws BadInput {
    int n = data.pairs().size();
    if (n < 2) {
      throw new BadInput(
          "labels_few",
          "There is one pair of picture and mask in "
              + data.folder()
              + "; two or more are needed, because half of them judge.");
    }
    return parts(data, seed, n / 2, 0);
  }

  private static Split parts(LabelledFolder data, long seed, int judges, int choosers)
      throws BadInput {
    List<List<Pair>> groups = groups(data);
    Collections.rotate(groups, -new SplittableRandom(seed).nextInt(groups.size()));
    List<Pair> train = new ArrayList<>();
    List<Pair> choose = new ArrayList<>();
    List<Pair> judge = new ArrayList<>();
    for (List<Pair> group : groups) {
      if (fits(group, judge, judges)) {
        judge.addAll(group);
      } else if (judge.size() >= judges && fits(group, choose, choosers)) {
        choose.addAll(group);
      } else {
        train.addAll(group);
      }
    }
    if (train.isEmpty() || judge.isEmpty() || (choosers > 0 && choose.isEmpty())) {
      throw new BadInput(
          "labels_alike",
          "The "
              + data.pairs().size()
              + " pictures of "
              + data.folder()
              + " look so much alike that none can judge what the others teach; add pictures of"
              + " other places (riada dataset names those that look alike).");
    }
    return new Split(train, choose, judge);
  }

  /** A part may become a little larger than it should be, but not by a crowd. */
  private static boolean fits(List<Pair> group, List<Pair> part, int most) {
    return part.size() < most && group.size() <= Math.max(1, most - part.size() + most / 2);
  }

  /** In the order of their first names. */
  private static List<List<Pair>> groups(LabelledFolder data) throws BadInput {
    int[] numbers = LookAlikes.groups(data.pairs());
    Map<Integer, List<Pair>> byNumber = new HashMap<>();
    List<List<Pair>> groups = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      List<Pair> group = byNumber.get(numbers[i]);
      if (group == null) {
        group = new ArrayList<>();
        byNumber.put(numbers[i], group);
        groups.add(group);
      }
      group.add(data.pairs().get(i));
    }
    return groups;
  }
}
