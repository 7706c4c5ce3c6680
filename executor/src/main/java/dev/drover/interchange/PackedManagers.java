package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.mpi.BlockLimits;
import dev.drover.mpi.BlockNode;
import dev.drover.mpi.NodePacker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which managers stand for which nodes of the packer, and when their blocks enter it: once a
 * manager is ready on each node, or after a while with those that are. A manager that takes no
 * tasks, or has some that the packer does not know of, keeps its nodes in quarantine. The loop's
 * thread only.
 */
final class PackedManagers {
  /** After the first manager of a block is ready the others have so long. */
  private static final long GRACE_MICROS = 60_000_000;

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  /**
   * As schedulers list a job's nodes, so that rank 0 of a task is on the node where its command
   * runs: srun goes by Slurm's order, whatever that of its {@code --nodelist} is. Managers come in
   * any order.
   */
  private static final Comparator<BlockNode> BY_NAME =
      Comparator.comparing(
          node ->
              NUMBER
                  .matcher(node.name())
                  .replaceAll(number -> "%018d".formatted(Long.parseLong(number.group()))));

  /** Managers whose nodes a task can have together: those of a block, or one alone. */
  static final class Group {
    final String name;
    final BlockId block;

    /** Whether it is a block, whose managers may be followed by others. */
    final boolean isBlock;

    /** Who stands for each host now. */
    final Map<String, Manager> managers = new LinkedHashMap<>();

    /** Slots of each host that the packer knows. */
    final Map<String, Integer> known = new HashMap<>();

    /** MPI tasks that were begun here. */
    int launches;

    /** Whether no more may be. */
    boolean isSpent;

    private final Set<Manager> ready = new LinkedHashSet<>();
    private boolean isIn;

    /** Since when a manager has been ready; -1 = none was. */
    private long sinceMicros = -1;

    Group(String name, BlockId block, boolean isBlock) {
      this.name = name;
      this.block = block;
      this.isBlock = isBlock;
    }
  }

  /** A manager's place; {@code group} is null when its nodes are another manager's already. */
  private static final class Seat {
    final Group group;
    boolean isOpen;

    Seat(Group group) {
      this.group = group;
    }
  }

  private final NodePacker packer;

  /** That a whole block has. */
  private final int managersPerBlock;

  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final Map<Manager, Seat> seats = new HashMap<>();
  private final Set<Manager> changed = new LinkedHashSet<>();
  private final Set<Group> entering = new LinkedHashSet<>();
  private final List<String> warnings = new ArrayList<>();

  PackedManagers(NodePacker packer, MpiSettings mpi) {
    this.packer = packer;
    this.managersPerBlock = mpi.onLeadNode() ? 1 : Math.max(1, mpi.nodesPerBlock());
  }

  /** It is looked at before anything is placed. */
  void changed(Manager manager) {
    changed.add(manager);
  }

  /** Brings the packer up to date. */
  void look(long now) {
    if (!changed.isEmpty()) {
      changed.forEach(manager -> look(manager, now));
      changed.clear();
    }
    if (!entering.isEmpty()) {
      List.copyOf(entering).forEach(group -> enter(group, now));
    }
  }

  private void look(Manager manager, long now) {
    boolean isOpen = manager.takesTasks() && manager.foreign.isEmpty() && manager.looseTasks == 0;
    Seat seat = seats.get(manager);
    if (seat == null) {
      if (!isOpen) {
        return; // it has not been here before: it comes again when it is ready
      }
      seat = new Seat(groupOf(manager));
      seats.put(manager, seat);
    }
    if (seat.group == null || seat.isOpen == isOpen) {
      return;
    }
    seat.isOpen = isOpen;
    Group group = seat.group;
    if (group.isIn) {
      nodesOf(manager).forEach(node -> setOpen(group, node, isOpen));
    } else if (isOpen) {
      group.ready.add(manager);
      group.sinceMicros = group.sinceMicros < 0 ? now : group.sinceMicros;
      entering.add(group);
    } else {
      group.ready.remove(manager);
    }
  }

  private void setOpen(Group group, BlockNode node, boolean isOpen) {
    if (!isOpen) {
      packer.nodeLost(group.name, node.name());
    } else if (group.known.containsKey(node.name())) {
      packer.nodeBack(group.name, node.name());
    } else {
      packer.addNode(group.name, node);
      group.known.put(node.name(), node.slots());
    }
  }

  /** Its own host, or those that it stands for, of one slot each: tasks have them whole. */
  private static List<BlockNode> nodesOf(Manager manager) {
    return manager.facts.nodes().isEmpty()
        ? List.of(new BlockNode(manager.facts.host(), manager.shape.devices()))
        : manager.facts.nodes().stream().map(host -> new BlockNode(host, 1)).toList();
  }

  /**
   * A second manager on a host is alone, since no task can have that host twice; one that stands
   * for all nodes of a block, beside another, gets no tasks as long as that one is there.
   */
  private Group groupOf(Manager manager) {
    boolean inBlock = !manager.block.equals(BlockId.NONE);
    String name = inBlock ? manager.block.value() : "manager " + manager.id();
    Group group = groups.get(name);
    boolean isTaken = group != null && !canJoin(group, manager);
    if (isTaken && !manager.facts.nodes().isEmpty()) {
      warnings.add(
          "block %s: manager %s stands for all nodes, and so does another: it gets no tasks\n  fix: launcher.type = simple starts one manager in a block"
              .formatted(name, manager.id()));
      return null;
    }
    if (isTaken) {
      name += " manager " + manager.id();
      inBlock = false;
      group = groups.get(name);
    }
    if (group == null) {
      group = new Group(name, manager.block, inBlock);
      groups.put(name, group);
    }
    for (BlockNode node : nodesOf(manager)) {
      group.managers.put(node.name(), manager);
    }
    return group;
  }

  private static boolean canJoin(Group group, Manager manager) {
    boolean stands = !manager.facts.nodes().isEmpty();
    for (Manager other : group.managers.values()) {
      if (stands || !other.facts.nodes().isEmpty()) {
        return false;
      }
    }
    for (BlockNode node : nodesOf(manager)) {
      Integer slots = group.known.get(node.name());
      if (group.managers.containsKey(node.name()) || (slots != null && slots != node.slots())) {
        return false;
      }
    }
    return true;
  }

  private void enter(Group group, long now) {
    boolean stands = group.ready.stream().anyMatch(m -> !m.facts.nodes().isEmpty());
    int expected = group.isBlock && !stands ? managersPerBlock : 1;
    if (group.ready.isEmpty()) {
      entering.remove(group);
      group.sinceMicros = -1;
    } else if (group.ready.size() >= expected || now - group.sinceMicros >= GRACE_MICROS) {
      if (group.ready.size() < expected) {
        warnings.add(
            "block %s: tasks begin on %d of its %d nodes, whose managers are ready; the others join as they come"
                .formatted(group.name, group.ready.size(), expected));
      }
      List<BlockNode> nodes = new ArrayList<>();
      group.ready.forEach(manager -> nodes.addAll(nodesOf(manager)));
      if (!stands) {
        nodes.sort(BY_NAME);
      }
      // Where some are missing nobody knows who stands beside whom: each comes by itself.
      int together = group.isBlock && group.ready.size() < expected ? 1 : nodes.size();
      packer.addBlock(group.name, nodes.subList(0, together), limits(group, now));
      nodes.subList(together, nodes.size()).forEach(node -> packer.addNode(group.name, node));
      nodes.forEach(node -> group.known.put(node.name(), node.slots()));
      group.isIn = true;
      group.ready.clear();
      entering.remove(group);
    }
  }

  private static BlockLimits limits(Group group, long now) {
    long end = Long.MAX_VALUE;
    long whole = Long.MAX_VALUE;
    int most = 0;
    for (Manager manager : group.ready) {
      if (manager.isLimited) {
        end = Math.min(end, now + manager.time.micros(now));
        whole = Math.min(whole, Math.max(0, manager.time.wholeMicros()));
      }
      if (!manager.facts.nodes().isEmpty()) {
        most = manager.facts.slots();
      }
    }
    return new BlockLimits(end, whole, most);
  }

  /** The group of this name, which the packer knows. */
  Group group(String name) {
    return groups.get(name);
  }

  /** Managers of groups where no more may be begun, which do not drain yet. */
  Set<Manager> inSpentGroups() {
    Set<Manager> spent = new LinkedHashSet<>();
    for (Group group : groups.values()) {
      if (group.isSpent) {
        group.managers.values().stream().filter(m -> !m.draining).forEach(spent::add);
      }
    }
    return spent;
  }

  /** Where the packer has a manager's nodes; none when it does not know them. */
  private List<String> packedNodes(Manager manager) {
    Seat seat = seats.get(manager);
    return seat == null || seat.group == null || !seat.group.isIn
        ? List.of()
        : nodesOf(manager).stream().map(BlockNode::name).toList();
  }

  /** Tasks that have a part of a manager's nodes. */
  List<Long> tasksOn(Manager manager) {
    List<Long> tasks = new ArrayList<>();
    for (String node : packedNodes(manager)) {
      packer.tasksOn(seats.get(manager).group.name, node).forEach(id -> tasks.add(id.value()));
    }
    return tasks;
  }

  /** A manager left or was lost: nothing is begun on its nodes until another stands for them. */
  void gone(Manager manager) {
    changed.remove(manager);
    Group group = seats.containsKey(manager) ? seats.get(manager).group : null;
    if (group != null) {
      for (BlockNode node : nodesOf(manager)) {
        group.managers.remove(node.name());
        if (group.isIn) {
          packer.nodeLost(group.name, node.name());
        }
      }
      group.ready.remove(manager);
      letIn(group.block);
      if (group.managers.isEmpty() && !group.isBlock) {
        remove(group);
      }
    }
    seats.remove(manager);
  }

  /** Who was one too many in a block may not be any more. */
  private void letIn(BlockId block) {
    for (Map.Entry<Manager, Seat> each : List.copyOf(seats.entrySet())) {
      if (each.getValue().group == null && each.getKey().block.equals(block)) {
        seats.remove(each.getKey());
        changed.add(each.getKey());
      }
    }
  }

  /** A block is over, and all that was in it. */
  void blockOver(BlockId block) {
    List.copyOf(groups.values()).stream()
        .filter(group -> group.block.equals(block))
        .forEach(this::remove);
  }

  private void remove(Group group) {
    groups.remove(group.name);
    entering.remove(group);
    seats.values().removeIf(seat -> seat.group == group);
    packer.removeBlock(group.name);
  }

  /** What is to be said since the last call. */
  List<String> warnings() {
    if (warnings.isEmpty()) {
      return List.of();
    }
    List<String> said = List.copyOf(warnings);
    warnings.clear();
    return said;
  }

  /** Blocks whose managers have not all come, in words; empty = there are none. */
  String coming() {
    StringBuilder text = new StringBuilder();
    for (Group group : entering) {
      text.append(
          "\n  block %s: %d of %d managers are ready"
              .formatted(group.name, group.ready.size(), managersPerBlock));
    }
    return text.toString();
  }
}
