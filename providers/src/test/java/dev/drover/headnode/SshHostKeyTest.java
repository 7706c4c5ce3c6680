package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom a head node believes to be itself, at a real OpenSSH and with keys that it made. */
@Timeout(60)
class SshHostKeyTest {
  private static SshServer server;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    server = SshServer.start();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static SshSettings trusting(SshServer server, Path known) {
    SshSettings settings = server.settings();
    return new SshSettings(
        settings.address(),
        List.of(),
        settings.identityFiles(),
        List.of(known),
        settings.keepAlive(),
        settings.connectTimeout(),
        "",
        settings.configuration());
  }

  private static int connect(SshServer server, Path known) throws IOException {
    try (SshHeadNode headNode = new SshHeadNode(trusting(server, known), new ConsolePrompt())) {
      return headNode.run(Command.of(Duration.ofSeconds(20), List.of("true"))).exitCode();
    }
  }

  private static String fingerprint(Path publicKey) {
    return SshServer.run(List.of("ssh-keygen", "-l", "-f", publicKey.toString()))
        .stdout()
        .split(" ")[1];
  }

  private Path known(String text) throws IOException {
    return Files.writeString(folder.resolve("known"), text);
  }

  private static String key(SshServer server) throws IOException {
    String[] words = Files.readString(server.directory().resolve("hostkey.pub")).split(" ");
    return words[0] + " " + words[1];
  }

  @Test
  void unknownKey_isRefused_withItsFingerprint_andBothMends() {
    Path known = folder.resolve("missing");
    String name = "root@127.0.0.1:" + server.port();
    assertThatIOException()
        .isThrownBy(() -> connect(server, known))
        .withMessageContaining("the host key of " + name + " is not known, so it is not trusted")
        .withMessageContaining(
            "ssh-ed25519 key " + fingerprint(server.directory().resolve("hostkey.pub")))
        .withMessageContaining("ssh-keyscan -p " + server.port() + " 127.0.0.1 >> " + known)
        .withMessageContaining("ssh -p " + server.port() + " root@127.0.0.1");
    assertThat(known).doesNotExist();
  }

  @Test
  void changedKey_isRefusedLoudly_withBothFingerprints_andNothingIsSent() throws Exception {
    try (SshServer changing = SshServer.start()) {
      assertThat(connect(changing, changing.knownHosts())).isZero();
      String before = fingerprint(changing.directory().resolve("hostkey.pub"));
      String trusted = Files.readString(changing.knownHosts());
      changing.ctl("stop");
      changing.ctl("rekey");
      changing.ctl("start");
      String logins = changing.log();
      assertThatIOException()
          .isThrownBy(() -> connect(changing, changing.knownHosts()))
          .withMessageContaining("THE HOST KEY OF root@127.0.0.1:" + changing.port())
          .withMessageContaining("HAS CHANGED")
          .withMessageContaining(
              "offered: ssh-ed25519 key "
                  + fingerprint(changing.directory().resolve("hostkey.pub")))
          .withMessageContaining("known:   " + before + " (" + changing.knownHosts() + ":1)")
          .withMessageContaining("ssh-keygen -R '[127.0.0.1]:" + changing.port() + "'");
      assertThat(changing.knownHosts()).content().isEqualTo(trusted);
      assertThat(changing.log().substring(logins.length())).doesNotContain("Accepted");
    }
  }

  @Test
  void hashedNames_asSshMakesThem_areFound() throws Exception {
    Path known = known("[127.0.0.1]:" + server.port() + " " + key(server) + "\n");
    SshServer.run(List.of("ssh-keygen", "-q", "-H", "-f", known.toString()));
    assertThat(known).content().startsWith("|1|");
    assertThat(connect(server, known)).isZero();
  }

  @Test
  void keyUnderTheBareName_countsForAnotherPort_asWithSsh() throws Exception {
    assertThat(connect(server, known("127.0.0.1 " + key(server) + "\n"))).isZero();
  }

  @Test
  void revokedKey_isRefused_thoughAnotherLineTrustsIt() throws Exception {
    Path known =
        known(
            "[127.0.0.1]:%d %s\n@revoked * %s\n"
                .formatted(server.port(), key(server), key(server)));
    assertThatIOException()
        .isThrownBy(() -> connect(server, known))
        .withMessageContaining("is marked as revoked");
  }

  @Test
  void hostCertificate_ofATrustedAuthority_isEnough_andOfAnotherIsNot() throws Exception {
    Path authority = folder.resolve("ca");
    Path host = folder.resolve("host");
    for (Path key : List.of(authority, host)) {
      SshServer.run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
    }
    CommandResult signed =
        SshServer.run(
            List.of(
                "ssh-keygen",
                "-q",
                "-s",
                authority.toString(),
                "-I",
                "head",
                "-h",
                "-n",
                "127.0.0.1",
                host + ".pub"));
    assertThat(signed.exitCode()).as(signed.stderr()).isZero();
    try (SshServer certified =
        SshServer.start(
            "--option", "HostKey " + host, "--option", "HostCertificate " + host + "-cert.pub")) {
      String line = "@cert-authority [127.0.0.1]:" + certified.port() + " ";
      assertThat(connect(certified, known(line + Files.readString(Path.of(authority + ".pub")))))
          .isZero();
      assertThatIOException()
          .isThrownBy(
              () -> connect(certified, known(line + Files.readString(Path.of(host + ".pub")))))
          .withMessageContaining("is not known");
    }
  }
}
