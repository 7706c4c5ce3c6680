package dev.drover.executor;

import java.util.ArrayDeque;

/**
 * Which reports of a remote interchange are in the journal here, so that it may forget them: those
 * of a message count when all of it is, and of all before. Any thread may call.
 */
final class HadReports {
  private static final class Message {
    final long upTo;
    int unwritten;

    Message(long upTo, int unwritten) {
      this.upTo = upTo;
      this.unwritten = unwritten;
    }
  }

  private final ArrayDeque<Message> messages = new ArrayDeque<>();

  /**
   * A message came.
   *
   * @param journaled how many of its reports go to the journal
   */
  synchronized void received(long upTo, int journaled) {
    messages.add(new Message(upTo, journaled));
  }

  /** The next one of those that go to the journal is in it; they come in their order. */
  synchronized void written() {
    for (Message message : messages) {
      if (message.unwritten > 0) {
        message.unwritten--;
        return;
      }
    }
  }

  /** The highest number up to which all are in the journal, if that is news; else -1. */
  synchronized long take() {
    long had = -1;
    while (!messages.isEmpty() && messages.peekFirst().unwritten == 0) {
      had = messages.pollFirst().upTo;
    }
    return had;
  }
}
