package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.Payload;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameCodecTest {
  private final FrameCodec codec = new FrameCodec();

  static List<FromManager> fromManager() {
    return SampleMessages.fromManager();
  }

  static List<ToManager> toManager() {
    return SampleMessages.toManager();
  }

  static List<ToWorker> toWorker() {
    return SampleMessages.toWorker();
  }

  static List<FromWorker> fromWorker() {
    return SampleMessages.fromWorker();
  }

  static List<FromClient> fromClient() {
    return SampleMessages.fromClient();
  }

  @ParameterizedTest
  @MethodSource("fromManager")
  void aManagersMessage_comesBackAsItWas(FromManager message) throws Exception {
    List<byte[]> frames = codec.encode(message);

    assertThat(FrameCodec.decodeFromManager(frames)).isEqualTo(message);
    assertThat(FrameCodec.isFromClient(frames)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("toManager")
  void anInterchangesMessage_comesBackAsItWas_withTheAcknowledgementThatRodeOnIt(ToManager message)
      throws Exception {
    FrameCodec.Received received = FrameCodec.decodeToManager(codec.encode(message, 42));

    assertThat(received.message()).isEqualTo(message);
    assertThat(received.ackedBatch()).isEqualTo(42);
    assertThat(FrameCodec.decodeToManager(codec.encode(message, Long.MAX_VALUE)).ackedBatch())
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @MethodSource("toWorker")
  void aMessageToAWorker_comesBackAsItWas(ToWorker message) throws Exception {
    assertThat(FrameCodec.decodeToWorker(codec.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("fromWorker")
  void aWorkersMessage_comesBackAsItWas(FromWorker message) throws Exception {
    assertThat(FrameCodec.decodeFromWorker(codec.encode(message))).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("fromClient")
  void aClientsMessage_comesBackAsItWas_andIsKnownForAClients(FromClient message) throws Exception {
    List<byte[]> frames = codec.encode(message);

    assertThat(FrameCodec.decodeFromClient(frames)).isEqualTo(message);
    assertThat(FrameCodec.isFromClient(frames)).isTrue();
  }

  @Test
  void aReplyToAClient_comesBackAsItWas() throws Exception {
    assertThat(FrameCodec.decodeReply(codec.encodeReply(true, "ünï\n")))
        .isEqualTo(new FrameCodec.ClientReply(true, "ünï\n"));
    assertThat(FrameCodec.decodeReply(codec.encodeReply(false, "")))
        .isEqualTo(new FrameCodec.ClientReply(false, ""));
    assertThat(FrameCodec.isFromClient(codec.encodeReply(true, ""))).isFalse();
  }

  @Test
  void aPayloadBelowTheLimit_liesInTheBody_andOneAtTheLimitIsAFrameOfItsOwn_notCopied()
      throws Exception {
    Payload below = SampleMessages.payload(FrameWriter.OWN_FRAME_BYTES - 1);
    Payload at = SampleMessages.payload(FrameWriter.OWN_FRAME_BYTES);

    assertThat(codec.encode(filePart(below), 0)).hasSize(1);
    List<byte[]> frames = codec.encode(filePart(at), 0);
    assertThat(frames).hasSize(2);
    assertThat(frames.get(1)).isSameAs(at.bytes());
    ToManager.FilePart decoded = (ToManager.FilePart) FrameCodec.decodeToManager(frames).message();
    assertThat(decoded.bytes().bytes()).isSameAs(at.bytes());
  }

  private static ToManager filePart(Payload bytes) {
    return new ToManager.FilePart(SampleMessages.HASH, 0, bytes, true, "");
  }

  @Test
  void tasksOfAnArray_carryTheirSpecOnce_andComeBackSharingIt() throws Exception {
    TaskSpec spec = SampleMessages.java(SampleMessages.payload(5_000));
    List<TaskAssignment> tasks = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      tasks.add(new TaskAssignment(new TaskId(1_000_000 + i), 1, spec, i, 1));
    }

    List<byte[]> frames = codec.encode(new ToManager.RunTasks(tasks), 0);

    assertThat(frames).hasSize(1);
    assertThat(frames.get(0).length).isLessThan(5_200 + 13 * tasks.size());
    ToManager.RunTasks decoded = (ToManager.RunTasks) FrameCodec.decodeToManager(frames).message();
    assertThat(decoded.tasks()).isEqualTo(tasks);
    TaskSpec first = decoded.tasks().get(0).spec();
    assertThat(decoded.tasks()).allMatch(task -> task.spec() == first);
  }

  @Test
  void specsThatShareAFunction_carryItOnce() throws Exception {
    Payload small = SampleMessages.payload(5_000);
    Payload large = SampleMessages.payload(20_000);
    List<TaskAssignment> tasks = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      TaskSpec base = SampleMessages.java(i % 2 == 0 ? small : large);
      tasks.add(
          SampleMessages.assignment(
              i, new TaskSpec("n" + i, base.work(), base.resources(), base.timeout())));
    }

    List<byte[]> frames = codec.encode(new ToWorker.Run(tasks, List.of()));

    assertThat(frames).hasSize(2);
    assertThat(frames.get(0).length).isLessThan(5_000 + 100 * 110);
    assertThat(((ToWorker.Run) FrameCodec.decodeToWorker(frames)).tasks()).isEqualTo(tasks);
  }

  @Test
  void aListOf100000Outcomes_comesBackAsItWas() throws Exception {
    FromManager.TasksReturned message =
        new FromManager.TasksReturned(SampleMessages.held(100_000), 1);

    assertThat(FrameCodec.decodeFromManager(codec.encode(message))).isEqualTo(message);
  }

  @Test
  void aTimeoutBelowAMillisecond_isNotTakenForNoTimeout() throws Exception {
    assertThat(timeoutOverTheWire(Duration.ofNanos(1))).isEqualTo(Duration.ofMillis(1));
    assertThat(timeoutOverTheWire(Duration.ofNanos(1_000_001))).isEqualTo(Duration.ofMillis(2));
    assertThat(timeoutOverTheWire(Duration.ZERO)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aTimeoutBeyondAllMilliseconds_travelsAsTheLongestThereIs() throws Exception {
    assertThat(timeoutOverTheWire(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(Duration.ofMillis(Long.MAX_VALUE));
  }

  private Duration timeoutOverTheWire(Duration timeout) throws ProtocolException {
    TaskSpec spec = new TaskSpec("", TaskWork.Shell.line("x"), ResourceRequest.ONE_SLOT, timeout);
    ToManager.RunTasks message =
        new ToManager.RunTasks(List.of(SampleMessages.assignment(1, spec)));
    FrameCodec.Received received = FrameCodec.decodeToManager(codec.encode(message, 0));
    return ((ToManager.RunTasks) received.message()).tasks().get(0).spec().timeout();
  }

  @Test
  void anUnknownType_isRefusedWithItsNumber() {
    List<byte[]> unknown = List.of(new byte[] {(byte) 0x92, 99, 0});

    assertThatThrownBy(() -> FrameCodec.decodeFromManager(unknown))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> FrameCodec.decodeToManager(unknown))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> FrameCodec.decodeToWorker(unknown))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> FrameCodec.decodeFromWorker(unknown))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> FrameCodec.decodeFromClient(unknown))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("99");
    assertThatThrownBy(() -> FrameCodec.decodeReply(unknown)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aMessageOfAnotherDirection_isRefused() {
    assertThatThrownBy(() -> FrameCodec.decodeFromManager(codec.encode(new ToManager.Stop("x"), 0)))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> FrameCodec.decodeToManager(codec.encode(new FromManager.Leaving("x"))))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void aMessageWithAFieldTooManyOrTooFew_isRefused() {
    for (FromManager message : SampleMessages.fromManager()) {
      List<byte[]> frames = codec.encode(message);
      assertThatThrownBy(() -> FrameCodec.decodeFromManager(withFields(frames, 1)))
          .as("one more than %s", message.getClass())
          .isInstanceOf(ProtocolException.class);
      assertThatThrownBy(() -> FrameCodec.decodeFromManager(withFields(frames, -1)))
          .as("one less than %s", message.getClass())
          .isInstanceOf(ProtocolException.class);
    }
    for (ToManager message : SampleMessages.toManager()) {
      List<byte[]> frames = codec.encode(message, 7);
      assertThatThrownBy(() -> FrameCodec.decodeToManager(withFields(frames, 1)))
          .isInstanceOf(ProtocolException.class);
    }
    for (ToWorker message : SampleMessages.toWorker()) {
      List<byte[]> frames = codec.encode(message);
      assertThatThrownBy(() -> FrameCodec.decodeToWorker(withFields(frames, 1)))
          .isInstanceOf(ProtocolException.class);
    }
    for (FromWorker message : SampleMessages.fromWorker()) {
      List<byte[]> frames = codec.encode(message);
      assertThatThrownBy(() -> FrameCodec.decodeFromWorker(withFields(frames, 1)))
          .isInstanceOf(ProtocolException.class);
    }
    for (FromClient message : SampleMessages.fromClient()) {
      List<byte[]> frames = codec.encode(message);
      assertThatThrownBy(() -> FrameCodec.decodeFromClient(withFields(frames, 1)))
          .isInstanceOf(ProtocolException.class);
    }
  }

  /** The body's array header changed, and a value added behind it where there are more. */
  private static List<byte[]> withFields(List<byte[]> frames, int more) {
    byte[] body = frames.get(0);
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(body[0] + more);
    changed.write(body, 1, body.length - 1);
    if (more > 0) {
      changed.write(0);
    }
    List<byte[]> result = new ArrayList<>(frames);
    result.set(0, changed.toByteArray());
    return result;
  }

  @Test
  void theHeaderOfEachBody_countsItsFields() throws Exception {
    for (ToWorker message : SampleMessages.toWorker()) {
      assertThat(valuesIn(codec.encode(message).get(0))).as("%s", message.getClass()).isEqualTo(1);
    }
    for (ToManager message : SampleMessages.toManager()) {
      assertThat(valuesIn(codec.encode(message, 1).get(0))).isEqualTo(1);
    }
    for (FromManager message : SampleMessages.fromManager()) {
      assertThat(valuesIn(codec.encode(message).get(0))).isEqualTo(1);
    }
  }

  private static int valuesIn(byte[] body) throws Exception {
    try (org.msgpack.core.MessageUnpacker unpacker =
        org.msgpack.core.MessagePack.newDefaultUnpacker(body)) {
      int values = 0;
      while (unpacker.hasNext()) {
        unpacker.skipValue();
        values++;
      }
      return values;
    }
  }

  @Test
  void aFrameThatTheBodyDoesNotName_isRefused_sinceItMayBeAMessageThatWasGluedOn() {
    List<byte[]> glued = new ArrayList<>(codec.encode(new FromManager.Heartbeat(1)));
    glued.addAll(codec.encode(new FromManager.Heartbeat(2)));

    assertThatThrownBy(() -> FrameCodec.decodeFromManager(glued))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void aMissingPayloadFrame_isRefused() {
    List<byte[]> frames = codec.encode(filePart(SampleMessages.payload(10_000)), 0);

    assertThatThrownBy(() -> FrameCodec.decodeToManager(frames.subList(0, 1)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("payload frame 0 of 0");
  }

  @Test
  void noBodyAtAll_isRefused() {
    assertThatThrownBy(() -> FrameCodec.decodeFromManager(List.of()))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> FrameCodec.decodeFromManager(List.of(new byte[0])))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> FrameCodec.isFromClient(List.of(new byte[0])))
        .isInstanceOf(ProtocolException.class);
  }
}
