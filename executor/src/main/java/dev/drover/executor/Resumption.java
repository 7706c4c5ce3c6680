package dev.drover.executor;

import dev.drover.block.BlockId;
import dev.drover.block.Takeover.LeftBlock;
import dev.drover.interchange.Submission;
import dev.drover.job.JobId;
import dev.drover.journal.JournalReader;
import dev.drover.journal.RunState;
import dev.drover.journal.Unfinished;
import dev.drover.submit.Completion;
import dev.drover.submit.TaskBatch;
import dev.drover.task.TaskSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a run that is taken up again left to do, as its journal tells. */
public final class Resumption {
  private Resumption() {}

  /** The blocks whose jobs may still be there. */
  public static List<LeftBlock> blocks(RunState past) {
    return past.openBlocks().stream()
        .map(
            block ->
                new LeftBlock(
                    new BlockId(block.blockId()),
                    Optional.of(block.jobId()).filter(id -> !id.isEmpty()).map(JobId::new),
                    Path.of(block.directory())))
        .toList();
  }

  /** The tasks that have not ended, with what each has used; their ends go to {@code recovered}. */
  public static List<Submission> tasks(Path journal, RunState past, Completion recovered)
      throws IOException {
    return tasks(journal, past, recovered, Unfinished::spec);
  }

  /**
   * The same.
   *
   * @param specs what the tasks are, where the journal does not say it all
   */
  static List<Submission> tasks(
      Path journal, RunState past, Completion recovered, Function<Unfinished, TaskSpec> specs)
      throws IOException {
    List<Submission> submissions = new ArrayList<>();
    JournalReader.unfinished(
        journal,
        past,
        part ->
            submissions.add(
                new Submission(
                    part.firstId().value(),
                    new TaskBatch(
                        specs.apply(part),
                        part.options(),
                        part.firstIndex(),
                        part.count(),
                        recovered),
                    new Submission.Past(part.attempts(), part.lost(), part.cost()))));
    return submissions;
  }
}
