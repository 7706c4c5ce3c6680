package dev.drover.block;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** The time, and how to wait while it passes. */
interface Pauses {
  Pauses REAL =
      new Pauses() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(long millis) throws IOException {
          try {
            TimeUnit.MILLISECONDS.sleep(millis);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while jobs of an earlier process end");
          }
        }
      };

  long nanoTime();

  void pause(long millis) throws IOException;
}
