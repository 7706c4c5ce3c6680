package dev.drover.pinning;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which of a node's slots, or of its devices, lie nearest to one another: first those of as few
 * NUMA nodes as there are, then those whose numbers are in a row. Immutable; any thread may ask.
 */
final class Nearness {
  private final int count;

  /** By NUMA node, in the order of their first slots, the place where its slots begin. */
  private final int[] firstOf;

  /**
   * By place, the slot: those of a NUMA node are in a row, ascending. This and the next two are
   * empty where there is one NUMA node, since places are the slots' numbers then.
   */
  private final int[] numberAt;

  private final int[] placeOf;

  /** By place, its NUMA node. */
  private final int[] nodeAt;

  private Nearness(int count, IntUnaryOperator numaNode) {
    int[] nodes = IntStream.range(0, count).map(numaNode).distinct().toArray();
    int places = nodes.length > 1 ? count : 0;
    this.count = count;
    this.firstOf = new int[nodes.length];
    this.numberAt = new int[places];
    this.placeOf = new int[places];
    this.nodeAt = new int[places];
    int place = 0;
    for (int node = 0; node < nodes.length && places > 0; node++) {
      firstOf[node] = place;
      for (int number = 0; number < count; number++) {
        if (numaNode.applyAsInt(number) == nodes[node]) {
          numberAt[place] = number;
          placeOf[number] = place;
          nodeAt[place++] = node;
        }
      }
    }
  }

  /**
   * Slots that count from 0.
   *
   * @param numaNode of each; {@link Topology#UNKNOWN} counts as one, too
   */
  static Nearness of(int count, IntUnaryOperator numaNode) {
    return new Nearness(count, numaNode);
  }

  /**
   * So many of these that lie as near to one another as there are, ascending.
   *
   * @param numbers ascending, at least as many
   */
  List<Integer> choose(List<Integer> numbers, int wanted) {
    if (numbers.size() == wanted) {
      return numbers;
    }
    int[] places = new int[numbers.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = hasOneNode() ? numbers.get(i) : placeOf[numbers.get(i)];
    }
    Arrays.sort(places);
    int from = nearest(places, 0, places.length, wanted);
    if (hasOneNode()) {
      return numbers.subList(from, from + wanted);
    }
    int[] chosen =
        nodesOf(places, from, wanted) <= fewestNodes(places, wanted)
            ? Arrays.copyOfRange(places, from, from + wanted)
            : fromRoomiest(places, wanted);
    return Arrays.stream(chosen).map(place -> numberAt[place]).sorted().boxed().toList();
  }

  private boolean hasOneNode() {
    return nodeAt.length == 0;
  }

  private int nodeAt(int place) {
    return hasOneNode() ? 0 : nodeAt[place];
  }

  /**
   * Where those begin that lie best, of all that are next to one another in a part of these places.
   *
   * @param end of the part, the first index that is not in it
   */
  private int nearest(int[] places, int begin, int end, int wanted) {
    int best = begin;
    long least = distance(places, begin, wanted);
    for (int from = begin + 1; from + wanted <= end && least > 0; from++) {
      long distance = distance(places, from, wanted);
      if (distance < least) {
        best = from;
        least = distance;
      }
    }
    return best;
  }

  /**
   * 0 = those of one NUMA node in a row that begins there at a multiple of their count, so that
   * pairs do not lie across caches; one alone always is. Another NUMA node is worse than anything
   * else.
   */
  private long distance(int[] places, int from, int wanted) {
    int first = places[from];
    int holes = places[from + wanted - 1] - first - (wanted - 1);
    int others = nodesOf(places, from, wanted) - 1;
    int offset = others == 0 ? first - firstOf[nodeAt(first)] : first;
    return 4L * count * others + 2L * holes + (offset % wanted == 0 ? 0 : 1);
  }

  private int nodesOf(int[] places, int from, int wanted) {
    if (nodeAt(places[from]) == nodeAt(places[from + wanted - 1])) {
      return 1;
    }
    int nodes = 1;
    for (int i = from + 1; i < from + wanted; i++) {
      nodes += nodeAt[places[i]] == nodeAt[places[i - 1]] ? 0 : 1;
    }
    return nodes;
  }

  /** By NUMA node, how many of these are there. */
  private int[] rooms(int[] places) {
    int[] rooms = new int[firstOf.length];
    for (int place : places) {
      rooms[nodeAt[place]]++;
    }
    return rooms;
  }

  private int fewestNodes(int[] places, int wanted) {
    int[] rooms = rooms(places);
    Arrays.sort(rooms);
    int nodes = 0;
    for (int left = wanted; left > 0; left -= rooms[rooms.length - nodes]) {
      nodes++;
    }
    return nodes;
  }

  /** All of the NUMA nodes with most of them, and the rest from the next one. */
  private int[] fromRoomiest(int[] places, int wanted) {
    int[] rooms = rooms(places);
    int[] chosen = new int[wanted];
    int left = wanted;
    while (left > 0) {
      int most = 0;
      for (int node = 1; node < rooms.length; node++) {
        most = rooms[node] > rooms[most] ? node : most;
      }
      int begin = firstFrom(places, firstOf[most]);
      int taken = Math.min(left, rooms[most]);
      int from = nearest(places, begin, begin + rooms[most], taken);
      System.arraycopy(places, from, chosen, wanted - left, taken);
      left -= taken;
      rooms[most] = 0;
    }
    return chosen;
  }

  /** The index of the first of these that is at this place or behind it. */
  private static int firstFrom(int[] places, int place) {
    int at = Arrays.binarySearch(places, place);
    return at >= 0 ? at : -at - 1;
  }
}
