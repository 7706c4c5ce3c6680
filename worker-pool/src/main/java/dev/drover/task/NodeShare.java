package dev.drover.task;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * The slots of one node that a task has.
 *
 * @param node the host, as its scheduler names it
 * @param slots their numbers, counted from 0, each once: they say which cpus and devices
 */
public record NodeShare(String node, List<Integer> slots) {
  public NodeShare {
    Objects.requireNonNull(node);
    slots = List.copyOf(slots);
    if (node.isBlank()) {
      throw new IllegalArgumentException("a share of a node needs the node's name");
    }
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i) < 0) {
        throw new IllegalArgumentException(
            "a share of " + node + " has slot " + slots.get(i) + ", and slots count from 0");
      }
    }
    if (slots.size() > 1 && new HashSet<>(slots).size() < slots.size()) {
      throw new IllegalArgumentException("a share of " + node + " has a slot twice: " + slots);
    }
  }
}
