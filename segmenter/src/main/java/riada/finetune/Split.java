package riada.finetune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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
 * @param judgeGroups of each of those the number of its group: what looks alike has the same
 */
record Split(List<Pair> train, List<Pair> choose, List<Pair> judge, List<Integer> judgeGroups) {
  Split {
    train = List.copyOf(train);
    choose = List.copyOf(choose);
    judge = List.copyOf(judge);
    judgeGroups = List.copyOf(judgeGroups);
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
    List<List<Pair>> train = new ArrayList<>();
    List<List<Pair>> choose = new ArrayList<>();
    List<List<Pair>> judge = new ArrayList<>();
    for (List<Pair> group : groups) {
      if (fits(group, judge, judges)) {
        judge.add(group);
      } else if (size(judge) >= judges && fits(group, choose, choosers)) {
        choose.add(group);
      } else {
        train.add(group);
      }
    }
    boolean whole = fill(judge, train, choose);
    if (choosers > 0) {
      whole &= fill(choose, train, judge);
    }
    if (!whole) {
      throw new BadInput(
          "labels_alike",
          "The "
              + data.pairs().size()
              + " pictures of "
              + data.folder()
              + " look so much alike that none can judge what the others teach; add pictures of"
              + " other places (riada dataset names those that look alike).");
    }
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < judge.size(); i++) {
      numbers.addAll(Collections.nCopies(judge.get(i).size(), i));
    }
    return new Split(pairs(train), pairs(choose), pairs(judge), numbers);
  }

  /** A part may become a little larger than it should be, but not by a crowd. */
  private static boolean fits(List<Pair> group, List<List<Pair>> part, int most) {
    int size = size(part);
    return size < most && group.size() <= Math.max(1, most - size + most / 2);
  }

  /**
   * Gives a part for which every group was too large the smallest of those that the others can
   * spare.
   *
   * @return whether the part has a group now
   */
  private static boolean fill(
      List<List<Pair>> part, List<List<Pair>> train, List<List<Pair>> other) {
    if (part.isEmpty()) {
      Optional<List<Pair>> smallest =
          Stream.of(train, other)
              .filter(from -> from.size() > 1)
              .flatMap(Collection::stream)
              .min(Comparator.comparingInt(List::size));
      smallest.ifPresent(
          group -> {
            train.remove(group);
            other.remove(group);
            part.add(group);
          });
    }
    return !part.isEmpty();
  }

  private static int size(List<List<Pair>> groups) {
    return groups.stream().mapToInt(List::size).sum();
  }

  private static List<Pair> pairs(List<List<Pair>> groups) {
    return groups.stream().flatMap(Collection::stream).toList();
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
