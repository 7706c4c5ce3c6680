package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever comes over the wire, decoding it yields a message or a {@link ProtocolException}. */
class FrameCodecGarbageTest {
  private static final int ROUNDS = 200_000;

  /** Headers that promise much: arrays, maps, text and binary of 2^32-1, and deep nesting. */
  private static final byte[][] PROMISES = {
    {(byte) 0xdd, -1, -1, -1, -1},
    {(byte) 0xdd, 0x7f, -1, -1, -1},
    {(byte) 0xdc, -1, -1},
    {(byte) 0xdf, 0x7f, -1, -1, -1},
    {(byte) 0xdb, 0x7f, -1, -1, -1},
    {(byte) 0xdb, -1, -1, -1, -1},
    {(byte) 0xc6, 0x7f, -1, -1, -1},
    {(byte) 0xc6, -1, -1, -1, -1},
    {(byte) 0xc9, 0x7f, -1, -1, -1, 1},
    {(byte) 0xcf, -1, -1, -1, -1, -1, -1, -1, -1},
    {(byte) 0xd3, -128, 0, 0, 0, 0, 0, 0, 0},
    {(byte) 0xcb, 0x7f, (byte) 0xf8, 0, 0, 0, 0, 0, 0},
    {(byte) 0xc1},
    {(byte) 0xc0},
  };

  private final Random random = new Random(20_260_807);
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private interface Decoder {
    Object decode(List<byte[]> frames) throws ProtocolException;
  }

  private record Sample(List<byte[]> frames, Decoder decoder) {}

  private static List<Sample> samples() {
    FrameCodec codec = new FrameCodec();
    List<Sample> samples = new ArrayList<>();
    for (FromManager m : SampleMessages.fromManager()) {
      samples.add(new Sample(codec.encode(m), FrameCodec::decodeFromManager));
    }
    for (ToManager m : SampleMessages.toManager()) {
      samples.add(new Sample(codec.encode(m, 300), FrameCodec::decodeToManager));
    }
    for (ToWorker m : SampleMessages.toWorker()) {
      samples.add(new Sample(codec.encode(m), FrameCodec::decodeToWorker));
    }
    for (FromWorker m : SampleMessages.fromWorker()) {
      samples.add(new Sample(codec.encode(m), FrameCodec::decodeFromWorker));
    }
    for (FromClient m : SampleMessages.fromClient()) {
      samples.add(new Sample(codec.encode(m), FrameCodec::decodeFromClient));
      samples.add(new Sample(codec.encode(m), FrameCodec::isFromClient));
    }
    samples.add(new Sample(codec.encodeReply(true, "text"), FrameCodec::decodeReply));
    SubmitterCodec submitters = new SubmitterCodec();
    for (FromSubmitter m : SubmitterMessages.fromSubmitter()) {
      samples.add(new Sample(submitters.encode(m), SubmitterCodec::decodeFromSubmitter));
    }
    for (ToSubmitter m : SubmitterMessages.toSubmitter()) {
      samples.add(new Sample(submitters.encode(m), SubmitterCodec::decodeToSubmitter));
    }
    samples.removeIf(s -> s.frames().stream().anyMatch(frame -> frame.length > 64 * 1024));
    return samples;
  }

  @Test
  void mutatedAndTruncatedFrames_neverDoWorseThanAProtocolException_norAllocateWildly() {
    List<Sample> samples = samples();
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Sample sample = samples.get(random.nextInt(samples.size()));
      List<byte[]> garbage = mutate(sample.frames());
      int size = garbage.stream().mapToInt(frame -> frame.length).sum();
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        sample.decoder().decode(garbage);
      } catch (ProtocolException e) {
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("round " + round + ": " + Arrays.toString(garbage.get(0)), e);
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      if (allocated > 1_000_000 + 100L * size) {
        throw new AssertionError(
            "round %d: %d bytes made it allocate %d".formatted(round, size, allocated));
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 4);
  }

  @Test
  void randomBytes_neverDoWorseThanAProtocolException() {
    List<Sample> samples = samples();
    for (int round = 0; round < ROUNDS / 4; round++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      for (int i = 0; i < samples.size(); i += 5) {
        try {
          samples.get(i).decoder().decode(List.of(bytes));
        } catch (ProtocolException e) {
          // as it should be
        } catch (Throwable e) {
          throw new AssertionError("round " + round + ": " + Arrays.toString(bytes), e);
        }
      }
    }
  }

  private List<byte[]> mutate(List<byte[]> frames) {
    List<byte[]> mutated = new ArrayList<>(frames);
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int which = random.nextInt(5) == 0 ? random.nextInt(mutated.size()) : 0;
      byte[] frame = mutated.get(which);
      switch (random.nextInt(7)) {
        case 0 -> mutated.set(which, Arrays.copyOf(frame, random.nextInt(frame.length + 1)));
        case 1 -> mutated.set(which, Arrays.copyOf(frame, frame.length + 1 + random.nextInt(9)));
        case 2 -> mutated.set(which, promise(frame));
        case 3 -> {
          if (mutated.size() > 1) {
            mutated.remove(mutated.size() - 1);
          } else {
            mutated.add(frame);
          }
        }
        default -> mutated.set(which, flipped(frame));
      }
    }
    return mutated;
  }

  private byte[] flipped(byte[] frame) {
    byte[] copy = frame.clone();
    if (copy.length > 0) {
      // Mostly near the front, where the structure lies.
      int bound = random.nextBoolean() ? Math.min(copy.length, 64) : copy.length;
      copy[random.nextInt(bound)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private byte[] promise(byte[] frame) {
    byte[] promise = PROMISES[random.nextInt(PROMISES.length)];
    int bound = random.nextBoolean() ? Math.min(frame.length, 64) : frame.length;
    int at = random.nextInt(bound + 1);
    byte[] copy = Arrays.copyOf(frame, Math.max(frame.length, at + promise.length));
    System.arraycopy(promise, 0, copy, at, promise.length);
    return copy;
  }
}
