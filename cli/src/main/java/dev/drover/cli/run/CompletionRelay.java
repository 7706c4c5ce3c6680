package dev.drover.cli.run;

import dev.drover.submit.Completion;
import dev.drover.submit.TaskReport;
import java.util.concurrent.CountDownLatch;

/**
 * The completion that tasks are made with, before there is a conductor: holds back the callback
 * threads until there is one.
 */
final class CompletionRelay implements Completion {
  private final CountDownLatch connected = new CountDownLatch(1);
  private volatile Completion target;

  void connect(Completion completion) {
    target = completion;
    connected.countDown();
  }

  @Override
  public void complete(TaskReport report) {
    try {
      connected.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    target.complete(report);
  }
}
