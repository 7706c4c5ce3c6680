package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys, agents, passwords and one-time codes, at a real OpenSSH. */
@Timeout(60)
class SshLoginTest {
  private static final String USER = "drv" + ProcessHandle.current().pid() % 100000;
  private static SshServer server;

  @TempDir Path folder;

  /** Answers in turn, and notes the questions. */
  private static final class Answers implements SecretPrompt {
    private final Deque<String> answers;
    private final List<String> questions = new ArrayList<>();

    Answers(String... answers) {
      this.answers = new ArrayDeque<>(List.of(answers));
    }

    @Override
    public String ask(String question, boolean visible) throws IOException {
      questions.add(question);
      if (answers.isEmpty()) {
        throw new IOException("nobody is there\n  fix:     be there");
      }
      return answers.remove();
    }
  }

  @BeforeAll
  static void start() {
    server =
        SshServer.start(
            "--option", "Match User " + USER,
            "--option", "PasswordAuthentication yes",
            "--option", "Match all");
    server.user(USER, "/bin/sh", "open sesame");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private Path key(String name, String passphrase, String... kind) throws Exception {
    Path file = folder.resolve(name);
    List<String> argv =
        new ArrayList<>(
            List.of("ssh-keygen", "-q", "-N", passphrase, "-C", name, "-f", file.toString()));
    argv.addAll(List.of(kind));
    assertThat(SshServer.run(argv).stderr()).isEmpty();
    return file;
  }

  private static void allow(Path key) throws Exception {
    Files.writeString(
        server.directory().resolve("authorized_keys"),
        Files.readString(Path.of(key + ".pub")),
        StandardOpenOption.APPEND);
  }

  private static SshSettings with(SshSettings settings, Path... keys) {
    return new SshSettings(
        settings.address(),
        List.of(),
        List.of(keys),
        settings.knownHosts(),
        settings.keepAlive(),
        settings.connectTimeout(),
        "",
        Optional.of(Path.of("/nonexistent/ssh_config")));
  }

  /** Without this machine's own agent and keys in between. */
  private static SshHeadNode headNode(
      SshSettings settings, SecretPrompt prompt, Map<String, String> environment) {
    return new SshHeadNode(
        settings, new SshConnector(settings, prompt, ConnectObserver.NONE, environment)::connect);
  }

  private static String whoAmI(SshHeadNode headNode) throws IOException {
    return headNode.run(Command.of(Duration.ofSeconds(20), List.of("id", "-un"))).stdout().strip();
  }

  private static String logIn(SshSettings settings, SecretPrompt prompt) throws IOException {
    try (SshHeadNode headNode = headNode(settings, prompt, Map.of())) {
      return whoAmI(headNode);
    }
  }

  @Test
  void keysOfTodaysKinds_logIn() throws Exception {
    Path[] keys = {
      key("ed25519", "", "-t", "ed25519"),
      key("ecdsa", "", "-t", "ecdsa", "-b", "256"),
      key("rsa", "", "-t", "rsa", "-b", "2048"),
      key("rsa-pem", "", "-t", "rsa", "-b", "2048", "-m", "PEM")
    };
    for (Path key : keys) {
      allow(key);
      assertThat(logIn(with(server.settings(), key), new Answers())).isEqualTo("root");
    }
    assertThat(server.log()).contains("ssh2: ED25519").contains("ssh2: ECDSA").contains("RSA");
  }

  @Test
  void encryptedKey_asksForItsPassphrase_onceForAllConnections() throws Exception {
    Path key = key("locked", "fish", "-t", "ed25519");
    allow(key);
    Answers answers = new Answers("fowl", "fish");
    try (SshHeadNode headNode = headNode(with(server.settings(), key), answers, Map.of())) {
      assertThat(whoAmI(headNode)).isEqualTo("root");
      server.ctl("cut");
      assertThat(whoAmI(headNode)).isEqualTo("root");
    }
    String question = "Passphrase for " + key + ": ";
    assertThat(answers.questions).containsExactly(question, question);
  }

  @Test
  void encryptedKeyThatTheServerDoesNotWant_isNotAskedFor() throws Exception {
    Path unwanted = key("unwanted", "fish", "-t", "ed25519");
    Path wanted = server.directory().resolve("id");
    Answers answers = new Answers();
    assertThat(logIn(with(server.settings(), unwanted, wanted), answers)).isEqualTo("root");
    assertThat(answers.questions).isEmpty();
  }

  @Test
  void withoutATerminal_aQuestionIsAnError_withTheMend() throws Exception {
    Path key = key("locked", "fish", "-t", "ed25519");
    allow(key);
    assertThatIOException()
        .isThrownBy(() -> logIn(with(server.settings(), key), new ConsolePrompt()))
        .withMessageContaining("cannot log in at root@127.0.0.1:" + server.port())
        .withMessageContaining("no terminal to ask at")
        .withMessageContaining("ssh-add");
  }

  @Test
  void agentsKeys_logIn() throws Exception {
    Path key = key("held", "", "-t", "ed25519");
    allow(key);
    String socket = folder.resolve("agent").toString();
    Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket).start();
    try {
      agent.getInputStream().read(); // it says where it listens
      CommandResult added =
          SshServer.run(List.of("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", key.toString()));
      assertThat(added.exitCode()).as(added.stderr()).isZero();
      Files.delete(key);
      try (SshHeadNode headNode =
          headNode(with(server.settings()), new Answers(), Map.of("SSH_AUTH_SOCK", socket))) {
        assertThat(whoAmI(headNode)).isEqualTo("root");
      }
    } finally {
      agent.destroy();
      assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void password_isAskedForOnce_howeverManyCommandsRun() throws Exception {
    Answers answers = new Answers("open sesame");
    SshSettings settings = with(server.settings(server.address(USER)));
    try (SshHeadNode headNode = headNode(settings, answers, Map.of())) {
      assertThat(whoAmI(headNode)).isEqualTo(USER);
      assertThat(whoAmI(headNode)).isEqualTo(USER);
      assertThat(headNode.read(Path.of("/no/such/file"))).isEmpty();
    }
    assertThat(answers.questions)
        .containsExactly("Password for " + USER + "@127.0.0.1:" + server.port() + ": ");
  }

  @Test
  void wrongPassword_isRefusedWithTheMend_andNotTriedAgainForAWhile() throws Exception {
    Answers answers = new Answers("shut", "closed", "locked", "more");
    SshSettings settings = with(server.settings(server.address(USER)));
    try (SshHeadNode headNode = headNode(settings, answers, Map.of())) {
      assertThatIOException()
          .isThrownBy(() -> whoAmI(headNode))
          .withMessageContaining(USER + "@127.0.0.1:" + server.port() + " refused the login")
          .withMessageContaining("it takes publickey, password")
          .withMessageContaining("3 answers of yours")
          .withMessageContaining("headnode.identity-file");
      assertThatIOException()
          .isThrownBy(() -> whoAmI(headNode))
          .withMessageContaining("not tried again for");
    }
    assertThat(answers.questions).hasSize(3);
  }

  @Test
  void oneTimeCode_isAskedForOnce_andAgainOnlyForANewConnection() throws Exception {
    try (SshServer codes = SshServer.start("--codes")) {
      Files.writeString(codes.directory().resolve("codes"), "755224\n287082\n");
      Answers answers = new Answers("755224", "287082", "359152");
      SshSettings settings = with(codes.settings());
      try (SshHeadNode headNode = headNode(settings, answers, Map.of())) {
        assertThat(whoAmI(headNode)).isEqualTo("root");
        assertThatNoException()
            .isThrownBy(() -> headNode.write(folder.resolve("x"), "x", FileMode.PRIVATE));
        assertThat(answers.questions).hasSize(1);
        assertThat(answers.questions.get(0)).contains("Password:");
        codes.ctl("cut");
        assertThat(whoAmI(headNode)).isEqualTo("root");
        assertThat(answers.questions).hasSize(2);
      }
    }
  }

  @Test
  void keyThatIsNamedAndNotThere_isAnErrorBeforeAnythingIsSent() {
    assertThatIOException()
        .isThrownBy(() -> logIn(with(server.settings(), folder.resolve("nokey")), new Answers()))
        .withMessageContaining("nokey cannot be read")
        .withMessageContaining("headnode.identity-file");
  }
}
