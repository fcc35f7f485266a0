package riada.finetune;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 * alike; what looks alike all the same is for one thing, in whichever folder it lies.
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

  /** What look-alikes are for, in whichever folder. */
  private enum Use {
    TEACH,
    CHOOSE,
    JUDGE
  }

  /**
   * Pairs of one folder that look alike.
   *
   * @param number is the same in every folder that has such pictures
   */
  private record Group(int number, List<Pair> pairs) {
    int size() {
      return pairs.size();
    }
  }

  /**
   * Splits folders so that what looks alike is for one thing in all of them: what looks like a
   * picture of a folder before is for the same. Only the first has pictures that choose; what looks
   * like one of them in another is left out.
   *
   * <p>Of the first a quarter judges, an eighth chooses; of few pictures more, as far as a third
   * and a sixth go, so that five judge and three choose where that can be. Of the others half
   * judges, the rest teaches, and none chooses.
   *
   * @param also pictures of elsewhere
   * @param seed decides where the runs start
   * @return that of {@code data}, then those of {@code also} in their order
   * @throws BadInput when the pictures of a folder are too few, or look too much alike, for that
   */
  static List<Split> of(LabelledFolder data, List<LabelledFolder> also, long seed) throws BadInput {
    requireEnough(data, also);
    List<LabelledFolder> folders = Stream.concat(Stream.of(data), also.stream()).toList();
    int[] numbers =
        LookAlikes.groups(folders.stream().flatMap(folder -> folder.pairs().stream()).toList());
    Map<Integer, Use> uses = new HashMap<>();
    List<Split> splits = new ArrayList<>();
    int first = 0;
    for (LabelledFolder folder : folders) {
      int n = folder.pairs().size();
      List<Group> groups = groups(folder, numbers, first);
      int judges = n / 2;
      int choosers = 0;
      if (splits.isEmpty()) {
        judges = Math.max(n / 4, Math.max(1, Math.min(Measuring.FEWEST, n / 3)));
        choosers = Math.max(n / 8, Math.max(1, Math.min(3, n / 6)));
      }
      splits.add(parts(folder, groups, uses, seed, judges, choosers));
      first += n;
    }
    return splits;
  }

  private static void requireEnough(LabelledFolder data, List<LabelledFolder> also)
      throws BadInput {
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
    for (LabelledFolder other : also) {
      if (other.pairs().size() < 2) {
        throw new BadInput(
            "labels_few",
            "There is one pair of picture and mask in "
                + other.folder()
                + "; two or more are needed, because half of them judge.");
      }
    }
  }

  /**
   * @param uses of the groups that a folder before has, is added to
   */
  private static Split parts(
      LabelledFolder data,
      List<Group> groups,
      Map<Integer, Use> uses,
      long seed,
      int judges,
      int choosers)
      throws BadInput {
    List<Group> train = used(groups, uses, Use.TEACH);
    List<Group> choose = new ArrayList<>();
    List<Group> judge = used(groups, uses, Use.JUDGE);
    List<Group> free = new ArrayList<>(groups);
    free.removeIf(group -> uses.containsKey(group.number));
    if (!free.isEmpty()) {
      Collections.rotate(free, -new SplittableRandom(seed).nextInt(free.size()));
    }
    for (Group group : free) {
      if (fits(group, judge, judges)) {
        judge.add(group);
      } else if (size(judge) >= judges && fits(group, choose, choosers)) {
        choose.add(group);
      } else {
        train.add(group);
      }
    }
    boolean whole = fill(judge, free, train, choose) && fill(train, free, judge, choose);
    if (choosers > 0) {
      whole &= fill(choose, free, train, judge);
    }
    if (!whole) {
      throw new BadInput(
          "labels_alike",
          "The "
              + data.pairs().size()
              + " pictures of "
              + data.folder()
              + " look so much alike"
              + (free.size() < groups.size() ? ", or so much like those of other folders," : "")
              + " that none can judge what the others teach; add pictures of"
              + " other places (riada dataset names those that look alike).");
    }
    train.forEach(group -> uses.put(group.number, Use.TEACH));
    choose.forEach(group -> uses.put(group.number, Use.CHOOSE));
    judge.forEach(group -> uses.put(group.number, Use.JUDGE));
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < judge.size(); i++) {
      numbers.addAll(Collections.nCopies(judge.get(i).size(), i));
    }
    return new Split(pairs(train), pairs(choose), pairs(judge), numbers);
  }

  private static List<Group> used(List<Group> groups, Map<Integer, Use> uses, Use use) {
    List<Group> used = new ArrayList<>(groups);
    used.removeIf(group -> uses.get(group.number) != use);
    return used;
  }

  /** A part may become a little larger than it should be, but not by a crowd. */
  private static boolean fits(Group group, List<Group> part, int most) {
    int size = size(part);
    return size < most && group.size() <= Math.max(1, most - size + most / 2);
  }

  /**
   * Gives a part for which every group was too large the smallest of the free ones that the others
   * can spare.
   *
   * @return whether the part has a group now
   */
  private static boolean fill(
      List<Group> part, List<Group> free, List<Group> one, List<Group> other) {
    if (part.isEmpty()) {
      Optional<Group> smallest =
          Stream.of(one, other)
              .filter(from -> from.size() > 1)
              .flatMap(Collection::stream)
              .filter(free::contains)
              .min(Comparator.comparingInt(Group::size));
      smallest.ifPresent(
          group -> {
            one.remove(group);
            other.remove(group);
            part.add(group);
          });
    }
    return !part.isEmpty();
  }

  private static int size(List<Group> groups) {
    return groups.stream().mapToInt(Group::size).sum();
  }

  private static List<Pair> pairs(List<Group> groups) {
    return groups.stream().flatMap(group -> group.pairs.stream()).toList();
  }

  /**
   * Those of one folder, in the order of their first names.
   *
   * @param numbers of the pairs of all folders, this one's from {@code first} on
   */
  private static List<Group> groups(LabelledFolder data, int[] numbers, int first) {
    Map<Integer, Group> byNumber = new LinkedHashMap<>();
    for (int i = 0; i < data.pairs().size(); i++) {
      byNumber
          .computeIfAbsent(numbers[first + i], number -> new Group(number, new ArrayList<>()))
          .pairs
          .add(data.pairs().get(i));
    }
    return List.copyOf(byNumber.values());
  }
}
