package dev.drover.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.inspect.RunView;
import dev.drover.cli.run.ChosenSite;
import dev.drover.cli.run.Ensemble;
import dev.drover.cli.run.StopReason;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.site.SiteReader;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskReport;
import dev.drover.task.Ending;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of a block that is asked for, on an engine that answers as it is told to. */
class BlockTrialTest {
  private static final ExecutorStatus WAITING =
      status(new ExecutorStatus.Block("b-0001", "7", "queued", 0, "Resources"), Optional.empty());

  @TempDir Path directory;
  private Path run;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Checkup checkup = new Checkup(step -> {});

  @BeforeEach
  void aRunDirectory() throws IOException {
    run = Files.createDirectory(directory.resolve("20261126-doctor"));
  }

  private static ExecutorStatus status(ExecutorStatus.Block block, Optional<String> badState) {
    return new ExecutorStatus(1, 0, 0, 0, 0, List.of(), List.of(block), badState);
  }

  /** An engine whose run stands like that; a task ends in the report. */
  private final class ToldEnsemble implements Ensemble {
    private final ExecutorStatus status;
    private final Optional<TaskReport> end;
    private boolean closed;

    ToldEnsemble(ExecutorStatus status, Optional<TaskReport> end) {
      this.status = status;
      this.end = end;
    }

    @Override
    public Path runDirectory() {
      return run;
    }

    @Override
    public Optional<RunView> earlier() {
      return Optional.empty();
    }

    @Override
    public void submit(List<TaskBatch> batches) {
      assertThat(run.resolve("doctor.properties")).exists();
      end.ifPresent(report -> batches.get(0).completion().complete(report));
    }

    @Override
    public void cancel(Collection<TaskId> tasks) {
      throw new AssertionError("not asked for");
    }

    @Override
    public void cancelAll() {
      throw new AssertionError("not asked for");
    }

    @Override
    public ExecutorStatus status() {
      return status;
    }

    @Override
    public void abandon() {
      throw new AssertionError("not asked for");
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private Optional<ExitCode> tried(
      ToldEnsemble ensemble, BiConsumer<Consumer<StopReason>, Runnable> signals) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console = new Console(InputStream.nullInputStream(), stream, stream, false, 80);
    Optional<ExitCode> code =
        new BlockTrial(
                (request, recovered, prepare) -> ensemble,
                console,
                new ChosenSite(),
                new SiteReader(Map.of()).read("local", List.of(), List.of()),
                new LocalHeadNode(),
                checkup,
                Duration.ofMillis(300),
                signals)
            .run();
    assertThat(ensemble.closed).isTrue();
    return code;
  }

  private Optional<ExitCode> tried(ToldEnsemble ensemble) {
    return tried(ensemble, (stop, abandon) -> {});
  }

  @Test
  void aBlockThatDoesNotStartInTime_isToldWithTheSchedulersReason_andNothingIsKept() {
    assertThat(tried(new ToldEnsemble(WAITING, Optional.empty()))).isEmpty();

    assertThat(checkup.steps())
        .containsExactly(
            Step.failed(
                "block",
                "no node after 0.3 s; block b-0001 (job 7) is queued: Resources",
                "wait longer (--wait), or choose another queue: --set provider.queue=…"));
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("drover: block b-0001 (job 7) is queued: Resources\n");
    assertThat(run).doesNotExist();
  }

  @Test
  void aRunThatIsGivenUp_isToldInItsWords_andKept() {
    ExecutorStatus bad = status(WAITING.blocks().get(0), Optional.of("no account\n  fix: set it"));

    assertThat(tried(new ToldEnsemble(bad, Optional.empty()))).isEmpty();

    assertThat(checkup.steps()).containsExactly(Step.failed("block", "no account", "set it"));
    assertThat(run).exists();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("its run is kept: " + run);
  }

  @Test
  void aTaskThatFailsOnItsNode_isTheNodesStep() {
    TaskReport failed =
        new TaskReport(
            TaskOutcome.without(new TaskId(1), 1, Ending.FAILED, "no worker fits", 0),
            "node1",
            "m",
            "b-0001",
            0);

    assertThat(tried(new ToldEnsemble(WAITING, Optional.of(failed)))).isEmpty();

    assertThat(checkup.steps()).containsExactly(Step.failed("node", "no worker fits"));
    assertThat(run).exists();
  }

  @Test
  void aSignal_endsIt_withItsExitCode_andGivesTheBlockBack() {
    assertThat(
            tried(
                new ToldEnsemble(WAITING, Optional.empty()),
                (stop, abandon) -> stop.accept(StopReason.INTERRUPTED)))
        .contains(ExitCode.INTERRUPTED);

    assertThat(checkup.steps())
        .containsExactly(Step.untried("block", "interrupted; the block is given back"));
    assertThat(run).doesNotExist();
  }
}
