package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SubmitterCodecTest {
  private final SubmitterCodec codec = new SubmitterCodec();

  static List<FromSubmitter> fromSubmitter() {
    return SubmitterMessages.fromSubmitter();
  }

  static List<ToSubmitter> toSubmitter() {
    return SubmitterMessages.toSubmitter();
  }

  static List<EndedTask> ended() {
    return SubmitterMessages.ended();
  }

  @ParameterizedTest
  @MethodSource("fromSubmitter")
  void aSubmittersMessage_comesBackAsItWas_andIsNoneOfTheOtherDirection(FromSubmitter message)
      throws Exception {
    List<byte[]> frames = codec.encode(message);

    assertThat(SubmitterCodec.decodeFromSubmitter(frames)).isEqualTo(message);
    assertThatThrownBy(() -> SubmitterCodec.decodeToSubmitter(frames))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> FrameCodec.decodeFromManager(frames))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @MethodSource("toSubmitter")
  void anInterchangesMessage_comesBackAsItWas_andIsNoneOfTheOtherDirection(ToSubmitter message)
      throws Exception {
    List<byte[]> frames = codec.encode(message);

    assertThat(SubmitterCodec.decodeToSubmitter(frames)).isEqualTo(message);
    assertThatThrownBy(() -> SubmitterCodec.decodeFromSubmitter(frames))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @MethodSource("ended")
  void aReportThatIsKept_comesBackAsItWas(EndedTask report) throws Exception {
    assertThat(SubmitterCodec.decodeEnded(codec.encode(report))).isEqualTo(report);
  }

  @Test
  void aField_orAFrameTooMany_makesAMessageInvalid() {
    List<byte[]> glued = new ArrayList<>(codec.encode(new FromSubmitter.ReportsHad(3)));
    glued.add(new byte[9_000]);

    assertThatThrownBy(() -> SubmitterCodec.decodeFromSubmitter(glued))
        .isInstanceOf(ProtocolException.class);
    // ReportsHad with two fields
    assertThatThrownBy(
            () -> SubmitterCodec.decodeFromSubmitter(List.of(new byte[] {(byte) 0x93, 104, 1, 2})))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void tasksOfTheSameSpec_shareItInTheMessage() throws Exception {
    TaskSpec spec = TaskSpec.of(TaskWork.Shell.line("x".repeat(1_000)));
    List<SubmittedTasks> tasks = new ArrayList<>();
    for (int id = 1; id <= 1_000; id++) {
      tasks.add(new SubmittedTasks(id, 1, -1, spec, 0, 0, 3));
    }

    byte[] body = codec.encode(new FromSubmitter.Ordered(1, new Order.Submit(tasks))).get(0);

    assertThat(body.length).isLessThan(30_000);
    Order.Submit read =
        (Order.Submit)
            ((FromSubmitter.Ordered) SubmitterCodec.decodeFromSubmitter(List.of(body))).order();
    assertThat(read.tasks()).isEqualTo(tasks);
    assertThat(read.tasks().get(999).spec()).isSameAs(read.tasks().get(0).spec());
  }
}
