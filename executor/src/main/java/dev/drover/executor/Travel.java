package dev.drover.executor;

import dev.drover.interchange.Submission;
import dev.drover.protocol.EndedTask;
import dev.drover.protocol.SubmittedTasks;
import dev.drover.protocol.ToSubmitter;
import dev.drover.submit.Completion;
import dev.drover.submit.ExecutorStatus;
import dev.drover.submit.TaskBatch;
import dev.drover.submit.TaskOptions;
import dev.drover.submit.TaskReport;

/** What is said between a submitter and its remote interchange, in the words of either side. */
final class Travel {
  private Travel() {}

  static SubmittedTasks out(Submission submission) {
    TaskBatch batch = submission.batch();
    TaskOptions options = batch.options();
    return new SubmittedTasks(
        submission.firstId(),
        batch.count(),
        batch.firstIndex(),
        batch.spec(),
        options.priority(),
        options.retries(),
        options.lossLimit());
  }

  static Submission in(SubmittedTasks tasks, Completion completion) {
    return new Submission(
        tasks.firstId(),
        new TaskBatch(
            tasks.spec(),
            new TaskOptions(tasks.priority(), tasks.retries(), tasks.lossLimit()),
            tasks.firstIndex(),
            tasks.count(),
            completion));
  }

  static EndedTask out(TaskReport report, boolean isFinal) {
    return new EndedTask(
        report.outcome(),
        isFinal,
        report.host(),
        report.manager(),
        report.block(),
        report.lostAttempts());
  }

  static TaskReport in(EndedTask ended) {
    return new TaskReport(
        ended.outcome(), ended.host(), ended.manager(), ended.block(), ended.lostAttempts());
  }

  static ToSubmitter.Status out(ExecutorStatus status) {
    return new ToSubmitter.Status(
        status.queued(),
        status.assigned(),
        status.finished(),
        status.failed(),
        status.slots(),
        status.managers().stream()
            .map(
                m ->
                    new ToSubmitter.Status.ManagerStatus(
                        m.id(),
                        m.host(),
                        m.block(),
                        m.slots(),
                        m.tasks(),
                        m.state(),
                        m.idleSeconds()))
            .toList(),
        status.blocks().stream()
            .map(
                b ->
                    new ToSubmitter.Status.BlockStatus(
                        b.id(), b.job(), b.state(), b.managers(), b.reason()))
            .toList(),
        status.badState());
  }

  static ExecutorStatus in(ToSubmitter.Status status) {
    return new ExecutorStatus(
        status.queued(),
        status.assigned(),
        status.finished(),
        status.failed(),
        status.slots(),
        status.managers().stream()
            .map(
                m ->
                    new ExecutorStatus.Manager(
                        m.id(),
                        m.host(),
                        m.block(),
                        m.slots(),
                        m.tasks(),
                        m.state(),
                        m.idleSeconds()))
            .toList(),
        status.blocks().stream()
            .map(
                b -> new ExecutorStatus.Block(b.id(), b.job(), b.state(), b.managers(), b.reason()))
            .toList(),
        status.badState());
  }
}
