package dev.drover.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.loop.Mailbox;
import dev.drover.protocol.FromManager;
import dev.drover.protocol.ToManager;
import dev.drover.task.ClasspathId;
import dev.drover.task.Ending;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.worker.ClasspathStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions that wait for their classes, which an interchange has not sent yet. */
class EffectPerformerTest {
  @TempDir Path directory;

  private final List<Event> events = new ArrayList<>();
  private final List<FromManager> asked = new ArrayList<>();

  private final EffectPerformer.Loop loop =
      new EffectPerformer.Loop() {
        @Override
        public void on(Event event) {
          events.add(event);
        }

        @Override
        public void say(FromManager message) {}

        @Override
        public void leave() {}
      };

  @ParameterizedTest
  @EnumSource(names = {"TIMED_OUT", "CANCELLED"})
  void aCallWhoseClassesAreOnTheirWay_endsWhenItsEndIsAskedFor_andNeverBegins(Ending ending)
      throws Exception {
    TaskAssignment task =
        ManagerDriver.task(7, ManagerDriver.function("jars", Duration.ofSeconds(3)), 1);
    SlotTools tools = ThisManager.tools(directory, 1, "none", List.of());
    try (Mailbox<Runnable> mailbox = new Mailbox<>();
        ClasspathFetcher fetcher =
            new ClasspathFetcher(
                new ClasspathStore(directory.resolve("jars")), asked::add, Runnable::run)) {
      SlotThreads threads = new SlotThreads(1, tools, mailbox, events::add);
      EffectPerformer performer =
          new EffectPerformer(null, null, tools, threads, null, fetcher, loop);
      performer.runOnSlot(new Effect.RunOnSlot(0, List.of(), task));
      assertThat(asked).hasSize(1);

      performer.endCommand(new Effect.EndCommand(0, new TaskId(7), ending == Ending.TIMED_OUT));

      assertThat(events).hasSize(1);
      Event.ShellEnded ended = (Event.ShellEnded) events.get(0);
      assertThat(ended.outcomes().get(0).ending()).isEqualTo(ending);
      CompletableFuture<ClasspathFetcher.Jars> late = new CompletableFuture<>();
      fetcher.want(new ClasspathId("jars"), late::complete);
      fetcher.came(new ToManager.Classpath("jars", List.of()));
      assertThat(late.get(30, TimeUnit.SECONDS).problem()).isEmpty();
      assertThat(threads.get(0).ofThread().waiting()).isZero();
      assertThat(events).hasSize(1);
    }
  }
}
