package dev.drover.interchange;

import dev.drover.block.BlockId;
import dev.drover.mpi.NodePacker;
import dev.drover.mpi.NodePlacement;
import dev.drover.mpi.NodeRequest;
import dev.drover.mpi.PackerSettings;
import dev.drover.submit.TaskBatch;
import dev.drover.task.NodeShare;
import dev.drover.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives tasks the nodes and slots that a {@link NodePacker} chooses: single slots, parts of a node
 * and several nodes, side by side, and never more than run at once. The command of a task runs on
 * the manager of its first node. The loop's thread only.
 */
final class NodeDispatcher implements Dispatcher {
  private final NodePacker packer;
  private final PackedManagers managers;
  private final NodeFit fit;
  private final PendingTasks pending;
  private final TaskTimes times;
  private final int mostLaunches;

  /** Tasks that have nodes. */
  private final Map<Long, Task> placed = new HashMap<>();

  private final Map<Manager, String> toDrain = new LinkedHashMap<>();

  /** Whether the packer knows what waits: once it is known how much that takes. */
  private boolean isTold;

  NodeDispatcher(InterchangeSettings settings, NodeFit fit, PendingTasks pending, TaskTimes times) {
    this.packer = new NodePacker(PackerSettings.DEFAULT.inARow(settings.mpi().nodesInARow()));
    this.managers = new PackedManagers(packer, settings.mpi());
    this.fit = fit;
    this.pending = pending;
    this.times = times;
    this.mostLaunches = settings.mpi().launchesPerBlock();
  }

  @Override
  public void submitted(Submission submission, long now) {
    if (isTold) {
      TaskBatch batch = submission.batch();
      if (batch.firstIndex() < 0) {
        tell(pending.single(submission.firstId()));
      } else {
        tellArray(submission.firstId(), batch.count(), batch, now);
      }
    }
  }

  @Override
  public void putBack(List<Task> tasks) {
    if (isTold) {
      tasks.forEach(this::tell);
    }
  }

  private void tell(Task task) {
    packer.submit(
        new TaskId(task.id),
        fit.nodesFor(task.batch.spec().resources()),
        TaskTime.of(task, times),
        task.batch.options().priority(),
        task.submittedMicros);
  }

  private void tellArray(long firstId, int count, TaskBatch batch, long submittedMicros) {
    NodeRequest request = fit.nodesFor(batch.spec().resources());
    TaskTime time = TaskTime.of(batch.spec(), times);
    for (int i = 0; i < count; i++) {
      packer.submit(
          new TaskId(firstId + i), request, time, batch.options().priority(), submittedMicros);
    }
  }

  private void tellAll() {
    isTold = true;
    pending.forEach(
        new PendingTasks.Visitor() {
          @Override
          public void array(long firstId, int count, TaskBatch batch, long submittedMicros) {
            tellArray(firstId, count, batch, submittedMicros);
          }

          @Override
          public void single(Task task) {
            tell(task);
          }
        });
  }

  @Override
  public void withdrawn(long task) {
    packer.cancel(new TaskId(task));
  }

  @Override
  public void changed(Manager manager) {
    managers.changed(manager);
  }

  @Override
  public void tookBack(Task task) {
    packer.finished(new TaskId(task.id));
    placed.remove(task.id);
  }

  @Override
  public List<Task> gone(Manager manager, boolean orderly) {
    List<Task> parts = orderly ? List.of() : partsOfOthers(manager);
    managers.gone(manager);
    toDrain.remove(manager);
    return parts;
  }

  private List<Task> partsOfOthers(Manager manager) {
    List<Task> parts = new ArrayList<>(0);
    for (long id : managers.tasksOn(manager)) {
      Task task = placed.get(id);
      if (task != null && task.manager != manager) {
        parts.add(task);
      }
    }
    return parts;
  }

  @Override
  public boolean isNeeded(Manager manager) {
    return !partsOfOthers(manager).isEmpty();
  }

  @Override
  public void blockOver(BlockId block) {
    managers.blockOver(block);
  }

  @Override
  public void tick(long now) {
    managers.look(now);
    managers.inSpentGroups().forEach(this::drain); // also those that came late
  }

  @Override
  public Map<Manager, List<Task>> assign(long now) {
    if (!fit.isKnown()) {
      return Map.of();
    }
    if (!isTold) {
      tellAll();
    }
    managers.look(now);
    Map<Manager, List<Task>> given = new LinkedHashMap<>();
    boolean isDone = false;
    while (!isDone) {
      isDone = true;
      for (NodePlacement placement : packer.place(now)) {
        isDone &= begin(placement, given, now);
      }
    }
    pending.tidy();
    return given;
  }

  /** False when its block may launch no more: the task waits again, for another one. */
  private boolean begin(NodePlacement placement, Map<Manager, List<Task>> given, long now) {
    PackedManagers.Group group = managers.group(placement.block());
    Task task = pending.take(placement.task().value());
    if (task.batch.spec().resources().isMpi() && mostLaunches > 0) {
      if (group.launches >= mostLaunches) {
        packer.finished(placement.task());
        pending.putBack(List.of(task));
        tell(task);
        return false;
      }
      group.launches++;
      if (group.launches == mostLaunches) {
        spend(group);
      }
    }
    List<NodeShare> shares = placement.shares();
    Manager manager = group.managers.get(shares.get(0).node());
    int own = manager.facts.nodes().isEmpty() ? shares.get(0).slots().size() : 1;
    int all = shares.stream().mapToInt(share -> share.slots().size()).sum();
    manager.add(task, shares, own, all, now);
    placed.put(task.id, task);
    given.computeIfAbsent(manager, m -> new ArrayList<>()).add(task);
    return true;
  }

  private void spend(PackedManagers.Group group) {
    group.isSpent = true;
    packer.closeBlock(group.name);
    managers.inSpentGroups().forEach(this::drain);
  }

  private void drain(Manager manager) {
    toDrain.put(
        manager,
        "%d MPI tasks were begun in its block, as many as mpi.max-launches-per-block allows"
            .formatted(mostLaunches));
  }

  @Override
  public Map<Manager, String> toDrain() {
    if (toDrain.isEmpty()) {
      return Map.of();
    }
    Map<Manager, String> told = new LinkedHashMap<>(toDrain);
    toDrain.clear();
    return told;
  }

  @Override
  public List<String> warnings() {
    return managers.warnings();
  }

  @Override
  public Optional<String> explain(long task, long now) {
    return packer.waitsFor(new TaskId(task), now).map(words -> words + managers.coming());
  }
}
