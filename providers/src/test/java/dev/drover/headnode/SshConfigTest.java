package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's SSH configuration: read as the real {@code ssh -G} reads it, and made into hops. */
class SshConfigTest {
  private static final String CONFIG =
      """
      # a comment
      Include conf.d/*
      Host polaris p?laris !sirius "quoted host"
        HostName=login.%h.example.org
        Port 2200
        User ada
        IdentityFile ~/.ssh/id_one
        IdentityFile "%d/.ssh/id two"
        ProxyJump bastion:2201,ssh://eve@inner
      Host sirius p*
        HostName 192.0.2.7
        User later
        IdentitiesOnly yes
        HostKeyAlias star
      Match host login.polaris.example.org user ada
        UserKnownHostsFile ~/.ssh/known_%n ~/.ssh/more
        IdentityAgent none
      Match !originalhost polaris user bob
        Port 9
      Match all
        IdentityFile ~/.ssh/id_all
      Host *
        User nobody
        Port 2222
      """;

  @TempDir Path home;

  private Path written(String config) throws IOException {
    Files.createDirectories(home.resolve(".ssh/conf.d"));
    Files.writeString(
        home.resolve(".ssh/conf.d/10"), "Host included\n  HostName inc.example.org\n");
    Files.writeString(home.resolve(".ssh/conf.d/20"), "Host vega\n  ProxyJump none\n  User v\n");
    return Files.writeString(home.resolve(".ssh/config"), config);
  }

  private List<Hop> hops(String address, String config, String... jumps) throws IOException {
    SshSettings settings =
        new SshSettings(
            SshAddress.parse(address),
            List.of(jumps).stream().map(SshAddress::parse).toList(),
            List.of(),
            List.of(),
            Duration.ZERO,
            Duration.ofSeconds(1),
            "",
            Optional.empty());
    return new Route(
            settings,
            SshConfig.read(written(config), home),
            home,
            "me",
            Map.of("SSH_AUTH_SOCK", "/agent"))
        .hops();
  }

  private static Hop last(List<Hop> hops) {
    return hops.get(hops.size() - 1);
  }

  @Test
  void values_areThoseThatSshItselfFinds() throws Exception {
    boolean there = SshServer.run(List.of("which", "ssh")).succeeded();
    SkipAloud.unless(there, "not installed: ssh (Debian: openssh-client)");
    Path config = written(CONFIG.replace("Include conf.d/*", "Include " + home + "/.ssh/conf.d/*"));
    String user = System.getProperty("user.name");
    SshConfig read = SshConfig.read(config, home);
    for (String host : List.of("polaris", "palaris", "sirius", "included", "vega", "bob@x", "x")) {
      SshAddress address = SshAddress.parse(host);
      Map<String, String> real =
          SshServer.run(List.of("ssh", "-F", config.toString(), "-G", host))
              .stdout()
              .lines()
              .map(line -> line.split(" ", 2))
              .collect(Collectors.toMap(w -> w[0], w -> w[1], (a, b) -> a + " " + b));
      SshSettings settings =
          new SshSettings(
              address,
              List.of(),
              List.of(),
              List.of(),
              Duration.ZERO,
              Duration.ofSeconds(1),
              "",
              Optional.empty());
      Hop hop = last(new Route(settings, read, home, user, Map.of()).hops());
      assertThat(hop.host()).as(host).isEqualTo(real.get("hostname"));
      assertThat(hop.port()).as(host).isEqualTo(Integer.parseInt(real.get("port")));
      assertThat(hop.user()).as(host).isEqualTo(real.get("user"));
      assertThat(hop.keyAlias()).as(host).isEqualTo(Optional.ofNullable(real.get("hostkeyalias")));
      assertThat(hop.identitiesOnly()).as(host).isEqualTo(real.get("identitiesonly").equals("yes"));
      Map<String, List<String>> words = read.of(address.host(), address.user().orElse(null), user);
      assertThat(String.join(" ", words.getOrDefault("identityfile", List.of())))
          .as(host)
          .isEqualTo(real.get("identityfile"));
      assertThat(words.containsKey("proxyjump") && !host.equals("vega"))
          .as(host)
          .isEqualTo(real.containsKey("proxyjump"));
    }
  }

  @Test
  void hop_hasAllThatIsConfigured_withTokensExpanded() throws Exception {
    Files.createDirectories(home.resolve(".ssh"));
    for (String name : List.of("id_one", "id two", "id_all")) {
      Files.writeString(home.resolve(".ssh").resolve(name), "key");
    }
    List<Hop> hops = hops("polaris", CONFIG);
    assertThat(hops.stream().map(Hop::toString))
        .containsExactly(
            "nobody@bastion:2201", "eve@inner:2222", "ada@login.polaris.example.org:2200");
    Hop hop = last(hops);
    assertThat(hop.identityFiles())
        .containsExactly(
            home.resolve(".ssh/id_one"), home.resolve(".ssh/id two"), home.resolve(".ssh/id_all"));
    assertThat(hop.keyName()).isEqualTo("star");
    assertThat(hop.agent()).isEmpty();
    assertThat(hop.knownHosts())
        .startsWith(home.resolve(".ssh/known_polaris"), home.resolve(".ssh/more"))
        .contains(Path.of("/etc/ssh/ssh_known_hosts"));
    assertThat(hops.get(1).agent()).contains(Path.of("/agent"));
    assertThat(hops.get(1).keyName()).isEqualTo("[inner]:2222");
  }

  @Test
  void whatTheSiteSays_goesBeforeTheConfiguration() throws Exception {
    assertThat(hops("ssh://zed@polaris:44", CONFIG, "gate").stream().map(Hop::toString))
        .containsExactly("nobody@gate:2222", "zed@login.polaris.example.org:44");
  }

  @Test
  void firstJump_mayHaveJumpsOfItsOwn_butNoRing() throws Exception {
    assertThat(hops("a", "Host a\nProxyJump b\nHost b\nProxyJump c\nHost *\nUser u\n"))
        .extracting(Hop::host)
        .containsExactly("c", "b", "a");
    assertThatIOException()
        .isThrownBy(() -> hops("a", "Host a\nProxyJump b\nHost b\nProxyJump a\n"))
        .withMessageContaining("more than 8 jump hosts on the way to ssh://a")
        .withMessageContaining("leads back");
  }

  @Test
  void proxyCommand_isRefusedWithTheMend_andABadPortToo() {
    assertThatIOException()
        .isThrownBy(() -> hops("a", "Host a\nProxyCommand nc %h %p\n"))
        .withMessageContaining("ProxyCommand")
        .withMessageContaining("headnode.jump");
    assertThatIOException()
        .isThrownBy(() -> hops("a", "Host a\nPort ssh\n"))
        .withMessageContaining("Port of a in the SSH configuration is 'ssh'");
    assertThatIOException()
        .isThrownBy(() -> hops("a", "Include config\n"))
        .withMessageContaining("more than 16 levels deep");
  }

  @Test
  void missingConfiguration_isAnEmptyOne() throws Exception {
    assertThat(SshConfig.read(home.resolve("none"), home).of("a", null, "me")).isEmpty();
  }
}
