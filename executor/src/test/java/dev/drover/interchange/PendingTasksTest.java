package dev.drover.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.task.ResourceRequest;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PendingTasksTest {
  private static final ResourceRequest LARGE = InterchangeDriver.FOUR_CORES;

  private final PendingTasks pending = new PendingTasks();

  private static TaskBatch batch(int priority, ResourceRequest request, int firstIndex, int count) {
    return new TaskBatch(
        InterchangeDriver.spec(request),
        TaskOptions.DEFAULT.withPriority(priority),
        firstIndex,
        count,
        InterchangeDriver.NOBODY);
  }

  private void single(long id) {
    pending.add(new Submission(id, batch(0, ResourceRequest.ONE_SLOT, -1, 1)), 0);
  }

  private void array(long firstId, int count) {
    pending.add(new Submission(firstId, batch(0, ResourceRequest.ONE_SLOT, 0, count)), 0);
  }

  private Lane firstLane() {
    return pending.levels().iterator().next().values().iterator().next();
  }

  private Task take() {
    Task task = pending.take(firstLane());
    pending.tidy();
    return task;
  }

  private List<Long> takeAll() {
    List<Long> ids = new ArrayList<>();
    while (pending.size() > 0) {
      for (Map<ResourceRequest, Lane> lanes : List.copyOf(pending.levels())) {
        for (Lane lane : List.copyOf(lanes.values())) {
          while (lane.size() > 0) {
            ids.add(pending.take(lane).id);
          }
        }
      }
      pending.tidy();
    }
    assertThat(pending.levels()).isEmpty();
    return ids;
  }

  @Test
  void priorities_comeInTheirOrder_andRequestsApart() {
    pending.add(new Submission(1, batch(5, ResourceRequest.ONE_SLOT, -1, 1)), 0);
    pending.add(new Submission(2, batch(-5, ResourceRequest.ONE_SLOT, -1, 1)), 0);
    pending.add(new Submission(3, batch(-5, LARGE, -1, 1)), 0);
    pending.add(new Submission(4, batch(-5, ResourceRequest.ONE_SLOT, -1, 1)), 0);

    assertThat(pending.levels()).hasSize(2);
    assertThat(pending.levels().iterator().next()).hasSize(2);
    assertThat(takeAll()).containsExactly(2L, 4L, 3L, 1L);
  }

  @Test
  void aTaskCutOutOfAnArray_leavesTheRestInOrder_withTheirIndexes() {
    single(1);
    array(2, 5);
    single(7);

    Task cut = pending.remove(4);

    assertThat(cut.id).isEqualTo(4);
    assertThat(cut.index).isEqualTo(2);
    assertThat(cut.done).isTrue();
    assertThat(pending.size()).isEqualTo(6);
    assertThat(pending.contains(4)).isFalse();
    assertThat(pending.contains(5)).isTrue();
    List<String> left = new ArrayList<>();
    while (pending.size() > 0) {
      Task task = take();
      left.add(task.id + ":" + task.index);
    }
    assertThat(left).containsExactly("1:-1", "2:0", "3:1", "5:3", "6:4", "7:-1");
  }

  @Test
  void theFirstAndTheLastOfAnArray_canBeCutOut_untilNothingIsLeft() {
    array(1, 3);

    assertThat(pending.remove(1).index).isZero();
    assertThat(pending.remove(3).index).isEqualTo(2);
    assertThat(pending.remove(3)).isNull();
    assertThat(pending.remove(2).index).isEqualTo(1);

    assertThat(pending.size()).isZero();
    assertThat(pending.remove(2)).isNull();
    assertThat(firstLane().first()).isNull();
    pending.tidy();
    assertThat(pending.levels()).isEmpty();
  }

  @Test
  void aTaskTakenByItsId_fromAnywhere_leavesTheOthers_andCanBePutBack() {
    single(1);
    single(2);
    array(3, 4);
    single(7);

    Task middle = pending.take(2);
    Task ofArray = pending.take(4);
    Task first = pending.take(1);
    assertThat(List.of(middle.id, ofArray.id, first.id)).containsExactly(2L, 4L, 1L);
    assertThat(middle.done).isFalse();
    assertThat(pending.size()).isEqualTo(4);
    pending.putBack(List.of(middle));
    List<Long> seen = new ArrayList<>();
    pending.forEach(
        new PendingTasks.Visitor() {
          @Override
          public void array(long firstId, int count, TaskBatch batch, long submittedMicros) {
            for (int i = 0; i < count; i++) {
              seen.add(firstId + i);
            }
          }

          @Override
          public void single(Task task) {
            seen.add(task.id);
          }
        });
    assertThat(seen).containsExactly(2L, 3L, 5L, 6L, 7L);
    assertThat(pending.take(6).index).isEqualTo(3);
    assertThat(takeAll()).containsExactly(2L, 3L, 5L, 7L);
  }

  @Test
  void aTaskThatWasRemoved_andItsLaneTidied_comesBackNoMore() {
    single(1);
    pending.remove(1);
    pending.tidy();
    single(2);

    assertThat(take().id).isEqualTo(2);
    assertThat(pending.size()).isZero();
  }

  @Test
  void tasksPutBack_areAtTheFront_oldestFirst_alsoThoseOfSeveralReturns() {
    array(1, 6);
    List<Task> out = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      out.add(take());
    }

    pending.putBack(List.of(out.get(3), out.get(0)));
    pending.putBack(List.of(out.get(4), out.get(1)));
    pending.putBack(List.of());
    pending.putBack(List.of(out.get(2)));

    assertThat(pending.size()).isEqualTo(6);
    assertThat(firstLane().first().headId()).isEqualTo(1);
    assertThat(takeAll()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void aTaskThatWasPutBack_canBeRemoved() {
    array(1, 3);
    Task first = take();
    pending.putBack(List.of(first));

    assertThat(pending.contains(1)).isTrue();
    assertThat(pending.remove(1)).isSameAs(first);
    assertThat(pending.contains(1)).isFalse();
    assertThat(takeAll()).containsExactly(2L, 3L);
  }

  @Test
  void theMemoryOfCancelledTasks_goes_thoughOthersWaitBeforeAndBehindThem() {
    int count = 1_000;
    single(1);
    List<WeakReference<Task>> cancelled = new ArrayList<>();
    for (long id = 2; id <= count; id++) {
      single(id);
    }
    single(count + 1);
    for (long id = 2; id <= count; id++) {
      cancelled.add(new WeakReference<>(pending.remove(id)));
    }

    System.gc();

    assertThat(cancelled.stream().filter(task -> task.get() != null).count())
        .isLessThanOrEqualTo(2);
    assertThat(takeAll()).containsExactly(1L, count + 1L);
  }

  @Test
  void removeAll_tellsEachTaskOnce_andLeavesNothing() {
    single(1);
    array(2, 4);
    pending.remove(1);
    pending.remove(3);
    List<Long> told = new ArrayList<>();

    pending.removeAll(
        task -> {
          assertThat(task.done).isTrue();
          told.add(task.id);
        });

    assertThat(told).containsExactly(2L, 4L, 5L);
    assertThat(pending.size()).isZero();
    assertThat(pending.levels()).isEmpty();
    assertThat(pending.contains(4)).isFalse();
  }

  @Test
  void anyMixOfAddingTakingRemovingAndPuttingBack_keepsTheSizesAndTheOrder() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      PendingTasksTest fresh = new PendingTasksTest();
      fresh.anyMix(random);
    }
  }

  private void anyMix(Random random) {
    TreeSet<Long> waiting = new TreeSet<>();
    List<Task> out = new ArrayList<>();
    long next = 1;
    for (int step = 0; step < 300; step++) {
      switch (random.nextInt(6)) {
        case 0 -> {
          single(next);
          waiting.add(next++);
        }
        case 1 -> {
          int count = 1 + random.nextInt(8);
          array(next, count);
          for (int i = 0; i < count; i++) {
            waiting.add(next++);
          }
        }
        case 2, 3 -> {
          if (!waiting.isEmpty()) {
            Task task = take();
            assertThat(task.id).isEqualTo(waiting.pollFirst());
            out.add(task);
          }
        }
        case 4 -> {
          long id = 1 + random.nextLong(next + 2);
          Task removed = pending.remove(id);
          assertThat(removed != null).isEqualTo(waiting.remove(id));
        }
        default -> {
          List<Task> back = new ArrayList<>();
          while (!out.isEmpty() && random.nextInt(3) > 0) {
            back.add(out.remove(random.nextInt(out.size())));
          }
          back.forEach(task -> waiting.add(task.id));
          pending.putBack(back);
        }
      }
      assertThat(pending.size()).isEqualTo(waiting.size());
      long size =
          pending.levels().stream()
              .flatMap(lanes -> lanes.values().stream())
              .mapToLong(Lane::size)
              .sum();
      assertThat(size).isEqualTo(waiting.size());
    }
    assertThat(takeAll()).containsExactlyElementsOf(waiting);
  }
}
