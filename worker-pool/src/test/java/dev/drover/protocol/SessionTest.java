package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.task.Payload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
  private static final Random RANDOM = new Random(7);

  private final Payload key = key();
  private final Session manager = Session.ofManager(key);
  private final Session interchange = Session.ofInterchange(key);

  private static Payload key() {
    byte[] bytes = new byte[Session.KEY_BYTES];
    RANDOM.nextBytes(bytes);
    return Payload.of(bytes);
  }

  private static List<byte[]> message(String... parts) {
    return Arrays.stream(parts).map(p -> p.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static List<String> text(List<byte[]> message) {
    return message.stream().map(p -> new String(p, StandardCharsets.UTF_8)).toList();
  }

  private void stillWorks() throws ProtocolException {
    assertThat(text(interchange.open(manager.seal(message("still here")))))
        .containsExactly("still here");
    assertThat(text(manager.open(interchange.seal(message("so am I"))))).containsExactly("so am I");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyMessagesBothWays_comeAsTheyWereSealed(boolean sealed) throws Exception {
    Payload used = sealed ? key : Payload.EMPTY;
    Session left = Session.ofManager(used);
    Session right = Session.ofInterchange(used);
    for (int i = 0; i < 10_000; i++) {
      List<byte[]> there = i % 3 == 0 ? message("a" + i, "", "c" + i) : message("x" + i);
      List<byte[]> back = message("back" + i);

      assertThat(text(right.open(left.seal(there)))).isEqualTo(text(there));
      if (i % 2 == 0) {
        assertThat(text(left.open(right.seal(back)))).isEqualTo(text(back));
      }
    }
  }

  @Test
  void aSealedFrame_showsNothingOfItsContent_andAClearOneDoes() {
    byte[] secret = "a secret that is long enough".getBytes(StandardCharsets.UTF_8);
    String hex = HexFormat.of().formatHex(secret);

    assertThat(HexFormat.of().formatHex(manager.seal(List.of(secret)).get(0))).doesNotContain(hex);
    assertThat(
            HexFormat.of().formatHex(Session.ofManager(Payload.EMPTY).seal(List.of(secret)).get(0)))
        .contains(hex);
  }

  @Test
  void aFrameChangedInAnyByte_isRefused_andTheSessionGoesOn() throws Exception {
    List<byte[]> frames = manager.seal(message("untouched"));
    for (int at = 0; at < frames.get(0).length; at++) {
      byte[] tampered = frames.get(0).clone();
      tampered[at] ^= 0x01;
      assertThatThrownBy(() -> interchange.open(List.of(tampered)))
          .as("byte %d", at)
          .isInstanceOf(ProtocolException.class)
          .isNotInstanceOf(LostFramesException.class);
    }

    assertThat(text(interchange.open(frames))).containsExactly("untouched");
    stillWorks();
  }

  @Test
  void aTruncatedFrame_isRefused_andTheSessionGoesOn() throws Exception {
    List<byte[]> frames = manager.seal(message("whole"));
    for (int length = 0; length < frames.get(0).length; length++) {
      byte[] cut = Arrays.copyOf(frames.get(0), length);
      assertThatThrownBy(() -> interchange.open(List.of(cut)))
          .as("%d bytes", length)
          .isInstanceOf(ProtocolException.class);
    }

    assertThat(text(interchange.open(frames))).containsExactly("whole");
  }

  @Test
  void aClearSession_refusesFramesThatAreTooShort() {
    Session clear = Session.ofInterchange(Payload.EMPTY);
    byte[] frame = Session.ofManager(Payload.EMPTY).seal(message("")).get(0);

    for (int length = 0; length < frame.length; length++) {
      byte[] cut = Arrays.copyOf(frame, length);
      assertThatThrownBy(() -> clear.open(List.of(cut))).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void aFrameOfAnotherVersion_isRefusedNamingBothVersionsAndTheMend() throws Exception {
    byte[] frame = manager.seal(message("x")).get(0);
    byte[] other = frame.clone();
    other[0] = (byte) 200;

    assertThatThrownBy(() -> interchange.open(List.of(other)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("version 200")
        .hasMessageContaining("speaks " + ProtocolVersion.CURRENT)
        .hasMessageContaining("use the same drover.jar on both");
    interchange.open(List.of(frame));
  }

  @Test
  void aFrameThatCameBefore_isRefusedAsAReplay_andTheSessionGoesOn() throws Exception {
    List<byte[]> first = manager.seal(message("first"));
    List<byte[]> second = manager.seal(message("second"));
    interchange.open(first);
    interchange.open(second);

    assertThatThrownBy(() -> interchange.open(first))
        .isInstanceOf(ProtocolException.class)
        .isNotInstanceOf(LostFramesException.class)
        .hasMessageContaining("came again");
    assertThatThrownBy(() -> interchange.open(second)).hasMessageContaining("came again");
    stillWorks();
  }

  @Test
  void aGap_isTold_withTheNumberOfLostFrames() {
    manager.seal(message("lost"));
    manager.seal(message("lost", "too"));
    List<byte[]> third = manager.seal(message("third"));

    assertThatThrownBy(() -> interchange.open(third))
        .isInstanceOf(LostFramesException.class)
        .hasMessageContaining("3 frames");
  }

  @Test
  void aForgedNumber_isNotTakenForAGap() throws Exception {
    byte[] frame = manager.seal(message("x")).get(0);
    byte[] forged = frame.clone();
    forged[9] = 9;

    assertThatThrownBy(() -> interchange.open(List.of(forged)))
        .isInstanceOf(ProtocolException.class)
        .isNotInstanceOf(LostFramesException.class);
    interchange.open(List.of(frame));
  }

  @Test
  void aForgedPart_harmsNothing_evenBehindGenuineOnes() throws Exception {
    List<byte[]> genuine = manager.seal(message("body", "payload 1", "payload 2"));
    List<byte[]> forged = new ArrayList<>(genuine);
    forged.set(2, genuine.get(2).clone());
    forged.get(2)[12] ^= 0x40;

    assertThatThrownBy(() -> interchange.open(forged)).isInstanceOf(ProtocolException.class);

    assertThat(text(interchange.open(genuine))).containsExactly("body", "payload 1", "payload 2");
    stillWorks();
  }

  @Test
  void partsInAnotherOrder_areRefused() throws Exception {
    List<byte[]> genuine = manager.seal(message("one", "two"));

    assertThatThrownBy(() -> interchange.open(List.of(genuine.get(1), genuine.get(0))))
        .isInstanceOf(ProtocolException.class);
    assertThat(text(interchange.open(genuine))).containsExactly("one", "two");
  }

  @Test
  void aFrameUnderAForeignKey_isRefused_andTheSessionGoesOn() throws Exception {
    Session stranger = Session.ofManager(key());

    assertThatThrownBy(() -> interchange.open(stranger.seal(message("let me in"))))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("not sealed by the peer");
    stillWorks();
  }

  @Test
  void aFrameReflectedToItsSender_isRefused() throws Exception {
    List<byte[]> sent = manager.seal(message("mine"));

    assertThatThrownBy(() -> manager.open(sent)).isInstanceOf(ProtocolException.class);
    assertThat(text(interchange.open(sent))).containsExactly("mine");
    stillWorks();
  }

  @Test
  void aClearFrameInASealedSession_andASealedOneInAClearSession_areRefused() {
    List<byte[]> clear = Session.ofManager(Payload.EMPTY).seal(message("as long as a tag"));
    List<byte[]> sealed = manager.seal(message("x"));

    assertThatThrownBy(() -> interchange.open(clear))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("a clear frame in a sealed session");
    assertThatThrownBy(() -> Session.ofInterchange(Payload.EMPTY).open(sealed))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("a sealed frame in a clear session");
  }

  @Test
  void theSameText_isNeverSealedAlike_overFramesDirectionsAndSessions() {
    // Equal bytes under an equal nonce and key would come out equal.
    Session other = Session.ofManager(key());
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      frames.addAll(manager.seal(message("same", "same")));
      frames.addAll(interchange.seal(message("same", "same")));
      frames.addAll(other.seal(message("same", "same")));
    }

    List<String> contents =
        frames.stream().map(f -> HexFormat.of().formatHex(f, 10, f.length)).toList();
    assertThat(contents).doesNotHaveDuplicates();
  }

  @Test
  void aRefusedFrame_doesNotUpTheSendersCount() throws Exception {
    interchange.open(manager.seal(message("1")));
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> manager.open(message("garbage"))).isNotNull();
      assertThatThrownBy(() -> interchange.open(message("garbage"))).isNotNull();
    }

    stillWorks();
  }

  @Test
  void aKeyOfAnotherLength_isRefused() {
    assertThatThrownBy(() -> Session.ofManager(Payload.of(new byte[16])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 bytes");
  }

  @Test
  void anEmptyPart_andAMegabyte_areSealedAlike() throws Exception {
    byte[] large = SampleMessages.payload(1 << 20).bytes();

    List<byte[]> opened = interchange.open(manager.seal(List.of(new byte[0], large)));

    assertThat(opened.get(0)).isEmpty();
    assertThat(opened.get(1)).isEqualTo(large);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void partsOfEverySizeAroundPiecesAndFrames_comeAsTheyWereSealed(boolean sealed) throws Exception {
    Payload used = sealed ? key : Payload.EMPTY;
    Session left = Session.ofManager(used);
    Session right = Session.ofInterchange(used);
    for (int whole : new int[] {0, 32 << 10, 256 << 10, 512 << 10}) {
      for (int size = Math.max(0, whole - 17); size <= whole + 17; size++) {
        List<byte[]> parts = List.of(payload(size), payload(3), payload(size));

        List<byte[]> opened = right.open(left.seal(parts));

        assertThat(opened).hasSize(3);
        for (int i = 0; i < 3; i++) {
          assertThat(Arrays.equals(opened.get(i), parts.get(i))).as("%d bytes", size).isTrue();
        }
      }
    }
  }

  @Test
  void aLargePart_travelsInFramesOfAQuarterMegabyte() {
    List<byte[]> frames = manager.seal(List.of(payload(1 << 20)));

    assertThat(frames).hasSize(4).allMatch(frame -> frame.length == 10 + 8 * (32 * 1024 + 16));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void framesOfALargePart_thatAreMissingSwappedRepeatedOrCut_areRefused(boolean sealed)
      throws Exception {
    Payload used = sealed ? key : Payload.EMPTY;
    Session right = Session.ofInterchange(used);
    List<byte[]> parts = List.of(payload(5), payload(700_000), payload(300_000));
    List<byte[]> genuine = Session.ofManager(used).seal(parts);
    for (int i = 0; i < genuine.size(); i++) {
      List<byte[]> missing = new ArrayList<>(genuine);
      missing.remove(i);
      List<byte[]> repeated = new ArrayList<>(genuine);
      repeated.add(i, genuine.get(i));
      List<byte[]> swapped = new ArrayList<>(genuine);
      swapped.set(i, genuine.get((i + 1) % genuine.size()));
      swapped.set((i + 1) % genuine.size(), genuine.get(i));

      refused(right, missing, repeated, swapped, genuine.subList(0, i), genuine.subList(i + 1, 6));
    }

    assertThat(right.open(genuine).get(1)).isEqualTo(parts.get(1));
  }

  @SafeVarargs
  private static void refused(Session session, List<byte[]>... messages) {
    for (List<byte[]> frames : messages) {
      if (!frames.isEmpty()) {
        assertThatThrownBy(() -> session.open(frames)).isInstanceOf(ProtocolException.class);
      }
    }
  }

  @Test
  void piecesOfALargeFrame_thatAreMissingOrSwapped_areRefused() throws Exception {
    int piece = 32 * 1024 + 16;
    List<byte[]> genuine = manager.seal(List.of(payload(200_000)));
    byte[] frame = genuine.get(0);
    byte[] missing = new byte[frame.length - piece];
    System.arraycopy(frame, 0, missing, 0, 10 + piece);
    System.arraycopy(frame, 10 + 2 * piece, missing, 10 + piece, missing.length - 10 - piece);
    byte[] swapped = frame.clone();
    System.arraycopy(frame, 10, swapped, 10 + piece, piece);
    System.arraycopy(frame, 10 + piece, swapped, 10, piece);
    byte[] lastLess = Arrays.copyOf(frame, 10 + 6 * piece);

    refused(interchange, List.of(missing), List.of(swapped), List.of(lastLess));
    interchange.open(genuine);
  }

  @Test
  void aPartAboveTheLimit_isRefused_andOneBelowIsNot() throws Exception {
    Session limited = Session.ofInterchange(key, 600_000);
    List<byte[]> large = manager.seal(List.of(payload(600_001)));

    assertThatThrownBy(() -> limited.open(large)).hasMessageContaining("at most 600000");
    Session other = Session.ofManager(key);
    assertThat(limited.open(other.seal(List.of(payload(600_000)))).get(0)).hasSize(600_000);
    assertThat(large.get(0)).hasSize(Session.MOST_FRAME_BYTES);
  }

  @Test
  void aMessageThatIsCutInTwo_isRefused_andItsRestIsTakenForAGap() {
    List<byte[]> frames = manager.seal(message("body", "payload"));

    refused(interchange, frames.subList(0, 1));
    assertThatThrownBy(() -> interchange.open(frames.subList(1, 2)))
        .isInstanceOf(LostFramesException.class);
  }

  @Test
  void twoMessagesJoinedToOne_areRefused_andComeOneByOne() throws Exception {
    List<byte[]> first = manager.seal(message("first"));
    List<byte[]> second = manager.seal(message("second"));
    List<byte[]> joined = List.of(first.get(0), second.get(0));

    refused(interchange, joined);
    assertThat(text(interchange.open(first))).containsExactly("first");
    assertThat(text(interchange.open(second))).containsExactly("second");
  }

  @Test
  void framesThatAreGarbledByChance_areRefused_andTheSessionGoesOn() throws Exception {
    List<byte[]> genuine = manager.seal(List.of(payload(9), payload(300_000)));
    for (int i = 0; i < 300; i++) {
      List<byte[]> garbled = new ArrayList<>(genuine);
      int which = RANDOM.nextInt(garbled.size());
      byte[] frame = garbled.get(which);
      byte[] other = Arrays.copyOf(frame, RANDOM.nextInt(2 * frame.length));
      if (other.length >= frame.length) {
        other = frame.clone();
        other[RANDOM.nextInt(i % 2 == 0 ? 12 : other.length)] ^= (byte) (1 << RANDOM.nextInt(8));
      }
      garbled.set(which, other);
      refused(interchange, garbled);
    }

    assertThat(interchange.open(genuine).get(1)).hasSize(300_000);
    stillWorks();
  }

  private static byte[] payload(int size) {
    return SampleMessages.payload(size).bytes();
  }
}
