package dev.drover.cli.run;

import dev.drover.cli.inspect.RunView;
import dev.drover.cli.inspect.TaskView;
import dev.drover.cli.tasks.DependencyGraph;
import dev.drover.cli.tasks.TaskList;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Takes a task list through an ensemble: submits what waits for nothing, releases dependants as
 * their parents succeed, counts ends, and knows when all is over. Submission is the main thread's;
 * ends come on callback threads; one lock guards all.
 */
final class Conductor implements Completion {
  private static final int CHUNK = 8192;
  private static final int FAILURES_KEPT = 5;

  private final TaskList tasks;
  private final boolean failFast;
  private final JobLog jobLog;
  private final DependencyGraph graph;
  private final SubmittedTasks submitted = new SubmittedTasks();
  private final List<FailedTask> failures = new ArrayList<>();
  private final Map<Integer, Integer> doomed = new LinkedHashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private Ensemble ensemble;
  private Tally tally;
  private StopReason stop;
  private long endedSubmitted;
  private boolean allOffered;
  private long endedBefore;
  private int firstUnsubmitted;
  private int firstOffset;

  Conductor(TaskList tasks, boolean failFast, JobLog jobLog) {
    this.tasks = tasks;
    this.failFast = failFast;
    this.jobLog = jobLog;
    this.graph = tasks.after().isEmpty() ? null : new DependencyGraph(tasks.after());
    this.tally = Tally.of(tasks.count());
  }

  /** Counts what an earlier process of this run did. Comes before any end of a task. */
  synchronized void adopt(Ensemble started) {
    ensemble = started;
    started.earlier().ifPresent(this::adopt);
    endedBefore = tally.ended();
    if (stop != null) {
      ensemble.cancelAll();
    }
  }

  /** Submits everything that is free to run; the rest follows by itself. */
  void start() {
    if (graph == null) {
      submitFrom(firstUnsubmitted, firstOffset);
    }
    synchronized (this) {
      if (graph != null) {
        submit(unsubmittedAndFree());
      }
      allOffered = true;
      checkOver();
    }
  }

  private void submitFrom(int from, int offset) {
    List<TaskBatch> all = tasks.batches();
    int place = from;
    int skip = offset;
    while (place < all.size()) {
      List<TaskBatch> chunk = new ArrayList<>();
      synchronized (this) {
        if (stop != null) {
          return;
        }
        for (int end = Math.min(all.size(), place + CHUNK); place < end; place++) {
          TaskBatch batch = skip == 0 ? all.get(place) : remainder(all.get(place), skip);
          submitted.add(place, skip, batch.count());
          skip = 0;
          chunk.add(batch);
        }
        ensemble.submit(chunk);
      }
    }
  }

  private static TaskBatch remainder(TaskBatch batch, int skip) {
    return new TaskBatch(
        batch.spec(),
        batch.options(),
        batch.firstIndex() + skip,
        batch.count() - skip,
        batch.completion());
  }

  private void adopt(RunView earlier) {
    if (graph != null) {
      adoptByName(earlier);
      return;
    }
    long left = earlier.submitted();
    while (left > 0 && firstUnsubmitted < tasks.batches().size()) {
      int size = tasks.batches().get(firstUnsubmitted).count();
      int count = (int) Math.min(left, size);
      submitted.add(firstUnsubmitted, 0, count);
      left -= count;
      firstOffset = count == size ? 0 : count;
      firstUnsubmitted += count == size ? 1 : 0;
    }
    earlier.tasks().map(TaskView::end).flatMap(Optional::stream).forEach(this::count);
  }

  /**
   * Dependants are submitted in the order they come free, so only their names tell which is which.
   */
  private void adoptByName(RunView earlier) {
    Map<String, Integer> places = new HashMap<>();
    for (int place = 0; place < tasks.batches().size(); place++) {
      places.put(tasks.batches().get(place).spec().name(), place);
    }
    earlier
        .tasks()
        .map(task -> task.spec().name())
        .forEach(name -> submitted.add(places.get(name), 0, 1));
    earlier.tasks().map(TaskView::end).flatMap(Optional::stream).forEach(this::count);
    earlier
        .tasks()
        .map(TaskView::end)
        .flatMap(Optional::stream)
        .forEach(end -> follow(end, new ArrayList<>()));
  }

  private List<Integer> unsubmittedAndFree() {
    boolean[] known = new boolean[tasks.batches().size()];
    for (long id = 1; id <= submitted.count(); id++) {
      known[submitted.find(new TaskId(id)).place()] = true;
    }
    List<Integer> free = new ArrayList<>();
    for (int place = 0; place < known.length; place++) {
      if (!known[place] && !graph.isWaiting(place) && !doomed.containsKey(place)) {
        free.add(place);
      }
    }
    return free;
  }

  @Override
  public synchronized void complete(TaskReport report) {
    count(report);
    SubmittedTasks.Found found = submitted.find(report.id());
    TaskBatch batch = tasks.batches().get(found.place());
    jobLog.add(report, batch.spec(), found.place() + 1L + found.offset());
    if (graph != null) {
      List<Integer> released = new ArrayList<>();
      follow(report, released);
      submit(released);
    }
    if (failFast && !report.outcome().ending().isSuccess()) {
      stop(StopReason.FAIL_FAST);
    }
    checkOver();
  }

  private void count(TaskReport report) {
    endedSubmitted++;
    tally = tally.with(report);
    keepIfFailed(report);
  }

  private void keepIfFailed(TaskReport report) {
    Ending ending = report.outcome().ending();
    if (ending.isSuccess() || ending == Ending.CANCELLED || failures.size() >= FAILURES_KEPT) {
      return;
    }
    SubmittedTasks.Found found = submitted.find(report.id());
    TaskBatch batch = tasks.batches().get(found.place());
    long index = batch.firstIndex() < 0 ? -1 : batch.firstIndex() + found.offset();
    failures.add(new FailedTask(report, batch.spec(), index));
  }

  private void follow(TaskReport report, List<Integer> released) {
    int place = submitted.find(report.id()).place();
    if (report.outcome().ending().isSuccess()) {
      released.addAll(graph.succeeded(place));
      return;
    }
    for (DependencyGraph.Doomed each : graph.failed(place)) {
      doomed.put(each.task(), each.parent());
      tally = tally.with(neverRun(report));
    }
  }

  /** Tasks that never run have no id: only their number counts. */
  private static TaskReport neverRun(TaskReport parent) {
    return new TaskReport(
        TaskOutcome.without(
            parent.id(), 1, Ending.DEPENDENCY_FAILED, "", parent.outcome().endedMicros()),
        "",
        "",
        "",
        0);
  }

  private void submit(List<Integer> places) {
    if (stop != null || places.isEmpty()) {
      return;
    }
    List<TaskBatch> batches = new ArrayList<>(places.size());
    for (Integer place : places) {
      submitted.add(place, 0, 1);
      batches.add(tasks.batches().get(place));
    }
    ensemble.submit(batches);
  }

  /** Submits nothing more and ends what runs. The first reason stands. */
  synchronized void stop(StopReason reason) {
    if (stop != null || over.getCount() == 0) {
      return;
    }
    stop = reason;
    if (ensemble != null) {
      ensemble.cancelAll();
    }
    checkOver();
  }

  /** Cancels single tasks; ids that were never given are passed over. */
  synchronized void cancel(List<TaskId> ids) {
    ensemble.cancel(ids.stream().filter(id -> id.value() <= submitted.count()).toList());
  }

  private void checkOver() {
    if (ensemble == null) {
      return; // what an earlier process left open is not known yet
    }
    boolean nothingOut = endedSubmitted >= submitted.count();
    if (nothingOut && (stop != null || allOffered && tally.open() == 0)) {
      over.countDown();
    }
  }

  /** Waits until all is over, or the time has passed; says which. */
  boolean awaitOver(long millis) throws InterruptedException {
    return over.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Tasks that an earlier process of this run had ended. */
  synchronized long endedBefore() {
    return endedBefore;
  }

  synchronized Tally tally() {
    return tally;
  }

  synchronized Optional<StopReason> stopped() {
    return Optional.ofNullable(stop);
  }

  /** The first failures, at most five. */
  synchronized List<FailedTask> failures() {
    return List.copyOf(failures);
  }

  /** The names of tasks that never ran, each with the task that it waited for in vain. */
  synchronized Map<String, String> neverRun() {
    Map<String, String> names = new LinkedHashMap<>();
    doomed.forEach((task, parent) -> names.put(name(task), name(parent)));
    return names;
  }

  private String name(int place) {
    return tasks.batches().get(place).spec().name();
  }
}
