package dev.drover.manager;

import dev.drover.loop.Mailbox;
import dev.drover.process.ProcessLook;
import dev.drover.task.TaskOutcome;
import java.util.List;
import java.util.function.Consumer;

/**
 * The threads of a manager's slots, each made when it is first needed; what ended on them is told
 * on the loop's thread, which is the only one that calls.
 */
final class SlotThreads implements AutoCloseable {
  private final SlotThread[] threads;
  private final SlotTools tools;
  private final Mailbox<Runnable> mailbox;
  private final Consumer<Event> on;

  /**
   * @param mailbox of the loop's thread
   * @param on told of outcomes
   */
  SlotThreads(int slots, SlotTools tools, Mailbox<Runnable> mailbox, Consumer<Event> on) {
    this.threads = new SlotThread[slots];
    this.tools = tools;
    this.mailbox = mailbox;
    this.on = on;
  }

  SlotThread get(int slot) {
    if (threads[slot] == null) {
      threads[slot] = new SlotThread(slot, tools, isUrgent -> ended(slot, isUrgent));
    }
    return threads[slot];
  }

  /** Any thread. */
  private void ended(int slot, boolean isUrgent) {
    if (isUrgent) {
      mailbox.post(() -> takeEnded(slot));
    } else {
      mailbox.postQuietly(() -> takeEnded(slot));
    }
  }

  private void takeEnded(int slot) {
    List<TaskOutcome> outcomes = threads[slot].takeEnded();
    if (!outcomes.isEmpty()) {
      on.accept(new Event.ShellEnded(slot, outcomes));
    }
  }

  /** Whether an end was asked for that is not carried through yet. */
  boolean isEnding() {
    for (SlotThread thread : threads) {
      if (thread != null && thread.ofThread().isEnding()) {
        return true;
      }
    }
    return false;
  }

  /** Carries on with the ends that were asked for, all at one look. */
  void advanceEndings(ProcessLook look) {
    for (SlotThread thread : threads) {
      if (thread != null && thread.ofThread().isEnding()) {
        thread.ofThread().advanceEnding(look);
      }
    }
  }

  @Override
  public void close() {
    for (SlotThread thread : threads) {
      if (thread != null) {
        thread.close();
      }
    }
  }
}
