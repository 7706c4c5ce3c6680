package dev.drover.journal;

import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Appends entries for ever, from two threads, and prints the id of each (8 bytes) once its callback
 * has run.
 */
final class WritingMain {
  private WritingMain() {}

  public static void main(String[] arguments) throws Exception {
    DataOutputStream out = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
    Journal journal =
        Journal.open(
            Path.of(arguments[0]), Entries.started(false), JournalSettings.with(failure -> {}));
    Thread odd = new Thread(() -> write(journal, out, 1));
    odd.start();
    write(journal, out, 2);
  }

  private static void write(Journal journal, DataOutputStream out, long first) {
    for (long id = first; ; id += 2) {
      long reported = id;
      journal.append(
          Entries.usual(id),
          () -> {
            try {
              out.writeLong(reported);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      while (journal.backlog() > 10_000) {
        Thread.onSpinWait();
      }
    }
  }
}
