package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that do what OpenSSH does not, made with Apache MINA SSHD within this JVM. */
@Timeout(60)
class SshMisbehaviourTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  /** What a server does with the first channel of a session. */
  private interface Misdeed {
    void of(ChannelSession channel, OutputStream out, ExitCallback callback) throws IOException;
  }

  private String answer(Duration timeout, Misdeed misdeed) throws Exception {
    try (SshServer server = SshServer.setUpDefaultServer()) {
      SimpleGeneratorHostKeyProvider keys =
          new SimpleGeneratorHostKeyProvider(folder.resolve("hostkey"));
      keys.setAlgorithm("EC");
      server.setHost("127.0.0.1");
      server.setPort(0);
      server.setKeyPairProvider(keys);
      server.setPasswordAuthenticator((user, password, session) -> password.equals("x"));
      server.setCommandFactory(commands(misdeed));
      server.start();
      Path known =
          Files.writeString(
              folder.resolve("known"),
              "[127.0.0.1]:"
                  + server.getPort()
                  + " "
                  + PublicKeyEntry.toString(keys.loadKeys(null).iterator().next().getPublic())
                  + "\n");
      SshSettings settings =
          new SshSettings(
              new SshAddress(Optional.of("u"), "127.0.0.1", OptionalInt.of(server.getPort())),
              List.of(),
              List.of(),
              List.of(known),
              Duration.ZERO,
              Duration.ofSeconds(5),
              "",
              Optional.empty());
      try (SshHeadNode headNode = new SshHeadNode(settings, (question, visible) -> "x")) {
        return headNode
            .run(dev.drover.headnode.Command.of(timeout, List.of("qstat", "-x")))
            .toString();
      }
    }
  }

  private static CommandFactory commands(Misdeed misdeed) {
    return (session, line) ->
        new Command() {
          private OutputStream out;
          private ExitCallback callback;

          @Override
          public void setInputStream(InputStream in) {
            // It is not read.
          }

          @Override
          public void setOutputStream(OutputStream out) {
            this.out = out;
          }

          @Override
          public void setErrorStream(OutputStream err) {
            // Nothing is written.
          }

          @Override
          public void setExitCallback(ExitCallback callback) {
            this.callback = callback;
          }

          @Override
          public void start(ChannelSession channel, Environment environment) throws IOException {
            misdeed.of(channel, out, callback);
          }

          @Override
          public void destroy(ChannelSession channel) {
            // Nothing runs.
          }
        };
  }

  @Test
  void channelThatIsClosedWithoutAWord_isAnError_andNoResult() {
    assertThatIOException()
        .isThrownBy(() -> answer(LONG, (channel, out, callback) -> channel.close(false)))
        .withMessageContaining("closed the channel without a word while this ran: qstat -x")
        .withMessageContaining("printed: (nothing)");
  }

  @Test
  void successOfAShellThatNeverRanTheCommand_isAnError_andNoResult() {
    assertThatIOException()
        .isThrownBy(
            () ->
                answer(
                    LONG,
                    (channel, out, callback) -> {
                      out.write(
                          "This account is not available.\n".getBytes(StandardCharsets.UTF_8));
                      out.flush();
                      callback.onExit(0);
                    }))
        .withMessageContaining("ended (exit 0) before it had told how the command ended: qstat -x")
        .withMessageContaining("printed: This account is not available.");
  }

  @Test
  void commandThatNeitherEndsNorDies_isAnError_thatSaysSo() {
    assertThatIOException()
        .isThrownBy(() -> answer(Duration.ofMillis(300), (channel, out, callback) -> {}))
        .withMessageContaining("qstat ran longer than 0.3 s")
        .withMessageContaining("did not end when it was killed");
  }
}
