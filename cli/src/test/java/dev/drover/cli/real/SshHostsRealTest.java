package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SshServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A site of hosts without a scheduler: two real OpenSSH servers. */
class SshHostsRealTest extends RealTest {
  private static SshServer first;
  private static SshServer second;

  @BeforeAll
  static void startServers() {
    first = SshServer.start();
    second = SshServer.start();
  }

  @AfterAll
  static void stopServers() {
    for (SshServer server : new SshServer[] {first, second}) {
      if (server != null) {
        server.close();
      }
    }
  }

  /** One key for both servers, and one file of their host keys, as a user has them. */
  private void site(String hosts) throws Exception {
    drover.write(
        "known",
        Files.readString(first.knownHosts()).strip(),
        Files.readString(second.knownHosts()).strip());
    Files.copy(first.directory().resolve("id.pub"), home.resolve("both"));
    Files.writeString(
        second.directory().resolve("authorized_keys"),
        Files.readString(second.directory().resolve("authorized_keys"))
            + Files.readString(home.resolve("both")));
    drover.write(
        "hosts.properties",
        "site.name = two-hosts",
        "site.extends = ssh-hosts",
        "provider.hosts = " + hosts,
        "provider.nodes-per-block = 2",
        "provider.poll-period = 1s",
        "executor.address = 127.0.0.1",
        "headnode.identity-file = " + first.directory().resolve("id"),
        "headnode.known-hosts = " + home.resolve("known"));
  }

  @Test
  void tasks_runOnBothHosts_withAsManyWorkersAsEachHasSlots() throws Exception {
    site("root@127.0.0.1:%d*1, root@127.0.0.1:%d*2".formatted(first.port(), second.port()));
    // Three workers in all: each of three tasks waits until all three have begun.
    drover
        .run(
            "run",
            "--site",
            "./hosts.properties",
            "--array",
            "1-3",
            "--",
            "echo ${SSH_CONNECTION##* } > began.$DROVER_TASK_INDEX;"
                + " until [ -e began.1 ] && [ -e began.2 ] && [ -e began.3 ]; do sleep 0.1; done")
        .exits(0);
    assertThat(
            IntStream.rangeClosed(1, 3)
                .mapToObj(index -> read("began." + index))
                .collect(Collectors.groupingBy(port -> port, Collectors.counting())))
        .containsEntry("" + first.port(), 1L)
        .containsEntry("" + second.port(), 2L);
  }

  private String read(String file) {
    try {
      return Files.readString(home.resolve(file)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
