package dev.drover.benchmark;

import dev.drover.protocol.ProtocolException;
import dev.drover.protocol.Session;
import dev.drover.task.Payload;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One frame sealed, and one sealed and opened (a frame opens only once); nanoseconds a frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SessionPart {
  @Param({"1024", "32768", "1048576"})
  int bytes;

  private final Payload key = Payload.of(new byte[Session.KEY_BYTES]);
  private final Session alone = Session.ofManager(key);
  private final Session sender = Session.ofManager(key);
  private final Session receiver = Session.ofInterchange(key);
  private List<byte[]> message;

  @Setup
  public void fill() {
    message = List.of(new byte[bytes]);
  }

  @Benchmark
  public List<byte[]> seal() {
    return alone.seal(message);
  }

  @Benchmark
  public List<byte[]> sealAndOpen() throws ProtocolException {
    return receiver.open(sender.seal(message));
  }
}
