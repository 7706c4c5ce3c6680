package dev.drover.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Swallows what is written to it and tells whether it equals what another stream gives. */
final class SameBytes extends OutputStream {
  private final InputStream expected;
  private boolean same = true;

  SameBytes(InputStream expected) {
    this.expected = expected;
  }

  /** Whether everything that was expected was written, and nothing else. */
  boolean isSame() throws IOException {
    return same && expected.read() < 0;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    byte[] wanted = expected.readNBytes(length);
    same = same && Arrays.equals(bytes, offset, offset + length, wanted, 0, wanted.length);
  }
}
