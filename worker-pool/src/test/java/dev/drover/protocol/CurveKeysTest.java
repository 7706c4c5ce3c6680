package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.ZMQ;

class CurveKeysTest {
  private static final List<String> FILES =
      List.of("client.public", "client.secret", "interchange.public", "interchange.secret");

  @TempDir Path temp;
  private Path keys;

  @BeforeEach
  void makeKeys() throws IOException {
    keys = temp.resolve("run").resolve("keys");
    CurveKeys.create(keys);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void create_makesFourFilesThatOnlyTheirOwnerReads_inADirectoryOfHisOwn() throws Exception {
    try (Stream<Path> files = Files.list(keys)) {
      assertThat(files.map(f -> f.getFileName().toString()).sorted()).isEqualTo(FILES);
    }
    assertThat(mode(keys)).isEqualTo("rwx------");
    for (String file : FILES) {
      assertThat(mode(keys.resolve(file))).isEqualTo("rw-------");
      assertThat(Files.readAllLines(keys.resolve(file))).hasSize(1);
    }
  }

  @Test
  void thePairs_areOfCurve_differ_andTheSecretBelongsToThePublicKey() throws Exception {
    CurveKeys.Pair interchange = CurveKeys.interchange(keys);
    CurveKeys.Pair client = CurveKeys.client(keys);

    assertThat(
            Stream.of(
                interchange.publicKey(),
                interchange.secretKey(),
                client.publicKey(),
                client.secretKey()))
        .doesNotHaveDuplicates()
        .allMatch(text -> ZMQ.Curve.z85Decode(text).length == 32);
    assertThat(CurveKeys.interchangePublicKey(keys)).isEqualTo(interchange.publicKey());
  }

  @Test
  void create_closesADirectoryThatWasOpen() throws Exception {
    Path open = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    CurveKeys.create(open);

    assertThat(mode(open)).isEqualTo("rwx------");
  }

  @Test
  void create_keepsTheKeysThatAreThere() throws Exception {
    CurveKeys.Pair interchange = CurveKeys.interchange(keys);
    CurveKeys.Pair client = CurveKeys.client(keys);

    CurveKeys.create(keys);

    assertThat(CurveKeys.interchange(keys)).isEqualTo(interchange);
    assertThat(CurveKeys.client(keys)).isEqualTo(client);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
  void aKeyThatOthersCanReadOrWrite_isRefused_alsoByCreate(String mode) throws Exception {
    Path secret = keys.resolve("interchange.secret");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> CurveKeys.interchange(keys))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("interchange.secret")
        .hasMessageContaining(mode)
        .hasMessageContaining("start a new run");
    assertThatThrownBy(() -> CurveKeys.create(keys)).isInstanceOf(IOException.class);
    CurveKeys.client(keys); // the other pair is well
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "0123456789012345678901234567890123456789x"})
  void aKeyOfTheWrongLength_isRefused(String text) throws Exception {
    Files.writeString(keys.resolve("client.public"), text + "\n");

    assertThatThrownBy(() -> CurveKeys.client(keys))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("client.public")
        .hasMessageContaining("not a CURVE key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"'`~;,|\\\"'`~;,|\\\"'`~;,|\\\"'`~;,|\\\"'`~;,|\\",
        "ä123456789012345678901234567890123456789"
      })
  void textThatIsNoZ85_isRefusedInWords(String text) throws Exception {
    Files.writeString(keys.resolve("client.public"), text + "\n");

    assertThatThrownBy(() -> CurveKeys.client(keys))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("client.public")
        .hasMessageContaining("not a CURVE key");
  }

  @Test
  void aMissingKey_isToldWithWhatMayBeWrong() throws Exception {
    Files.delete(keys.resolve("interchange.public"));

    assertThatThrownBy(() -> CurveKeys.interchangePublicKey(keys))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is the run directory visible on this node?");
  }
}
