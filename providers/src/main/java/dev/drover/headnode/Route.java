package dev.drover.headnode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way to a head node: its settings and the user's SSH configuration made into hops, the head
 * node the last.
 */
final class Route {
  private static final int MOST_HOPS = 8;
  private static final Pattern TOKEN = Pattern.compile("%(.)|\\$\\{([A-Za-z0-9_]+)}");

  private final SshSettings settings;
  private final SshConfig config;
  private final Path home;
  private final String localUser;
  private final Map<String, String> environment;

  /**
   * @param home the user's home directory, for {@code ~} and the defaults
   * @param localUser who runs this process
   * @param environment of this process: SSH_AUTH_SOCK, and what the configuration names
   */
  Route(
      SshSettings settings,
      SshConfig config,
      Path home,
      String localUser,
      Map<String, String> environment) {
    this.settings = settings;
    this.config = config;
    this.home = home;
    this.localUser = localUser;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Reads the configuration and finds the way.
   *
   * @throws IOException if the configuration cannot be read or followed; the message names the mend
   */
  static List<Hop> of(SshSettings settings, Map<String, String> environment) throws IOException {
    Path home = Path.of(System.getProperty("user.home"));
    SshConfig config =
        settings.configuration().isPresent()
            ? SshConfig.read(settings.configuration().get(), home)
            : SshConfig.NONE;
    return new Route(settings, config, home, System.getProperty("user.name"), environment).hops();
  }

  /** The hops, first to last. */
  List<Hop> hops() throws IOException {
    List<Hop> hops = new ArrayList<>();
    add(hops, settings.address(), settings.jumps(), 0);
    return List.copyOf(hops);
  }

  /** The first jump of a list may have jumps of its own; the others follow on it. */
  private void add(List<Hop> hops, SshAddress address, List<SshAddress> given, int depth)
      throws IOException {
    Map<String, List<String>> words =
        config.of(address.host(), address.user().orElse(null), localUser);
    List<SshAddress> jumps = given.isEmpty() ? configuredJumps(address, words) : given;
    if (depth + jumps.size() > MOST_HOPS) {
      throw new HeadNodeException(
          "more than "
              + MOST_HOPS
              + " jump hosts on the way to "
              + settings.address()
              + "\n  fix:     look in ~/.ssh/config for a ProxyJump that leads back to its own host");
    }
    for (int i = 0; i < jumps.size(); i++) {
      if (i == 0) {
        add(hops, jumps.get(i), List.of(), depth + jumps.size());
      } else {
        hops.add(
            hop(
                jumps.get(i),
                config.of(jumps.get(i).host(), jumps.get(i).user().orElse(null), localUser)));
      }
    }
    hops.add(hop(address, words));
  }

  private static List<SshAddress> configuredJumps(
      SshAddress address, Map<String, List<String>> words) throws IOException {
    String jump = first(words, "proxyjump").orElse("none");
    String command = first(words, "proxycommand").orElse("none");
    if (jump.equalsIgnoreCase("none") && !command.equalsIgnoreCase("none")) {
      throw new HeadNodeException(
          "the SSH configuration reaches "
              + address.host()
              + " by ProxyCommand, which Drover does not follow"
              + "\n  fix:     write ProxyJump there, or name the jump host in headnode.jump");
    }
    try {
      return jump.equalsIgnoreCase("none") ? List.of() : SshAddress.parseAll(jump);
    } catch (IllegalArgumentException e) {
      throw new HeadNodeException(
          "ProxyJump of " + address.host() + " in the SSH configuration: " + e.getMessage(), e);
    }
  }

  private Hop hop(SshAddress address, Map<String, List<String>> words) throws IOException {
    String host =
        expand(
            first(words, "hostname").orElse("%h"),
            Map.of("h", address.host(), "n", address.host()));
    int port = address.port().orElse(port(address, words).orElse(22));
    String user = address.user().orElse(first(words, "user").orElse(localUser));
    Optional<String> alias = first(words, "hostkeyalias");
    Map<String, String> tokens =
        Map.of(
            "h",
            host,
            "n",
            address.host(),
            "p",
            "" + port,
            "r",
            user,
            "u",
            localUser,
            "d",
            home.toString(),
            "k",
            alias.orElse(address.host()));
    return new Hop(
        host,
        port,
        user,
        alias,
        identityFiles(words, tokens),
        first(words, "identitiesonly").orElse("no").equalsIgnoreCase("yes"),
        agent(words, tokens),
        knownHosts(words, tokens));
  }

  private static OptionalInt port(SshAddress address, Map<String, List<String>> words)
      throws IOException {
    Optional<String> port = first(words, "port");
    if (port.isPresent() && !port.get().matches("[0-9]{1,5}")) {
      throw new HeadNodeException(
          "Port of "
              + address.host()
              + " in the SSH configuration is '"
              + port.get()
              + "'\n  fix:     give a number from 1 to 65535");
    }
    return port.map(text -> OptionalInt.of(Integer.parseInt(text))).orElse(OptionalInt.empty());
  }

  private List<Path> identityFiles(Map<String, List<String>> words, Map<String, String> tokens)
      throws IOException {
    if (!settings.identityFiles().isEmpty()) {
      for (Path file : settings.identityFiles()) {
        if (!Files.isReadable(file)) {
          throw new HeadNodeException(
              "the key "
                  + file
                  + " cannot be read\n  fix:     name a private key of yours in"
                  + " headnode.identity-file");
        }
      }
      return settings.identityFiles();
    }
    List<String> names =
        words.getOrDefault(
            "identityfile", List.of("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"));
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path file = path(name, tokens);
      if (Files.isReadable(file)) {
        files.add(file);
      }
    }
    return files;
  }

  private Optional<Path> agent(Map<String, List<String>> words, Map<String, String> tokens) {
    String named = first(words, "identityagent").orElse("SSH_AUTH_SOCK");
    if (named.equalsIgnoreCase("none")) {
      return Optional.empty();
    }
    String variable =
        named.equals("SSH_AUTH_SOCK") ? named : named.startsWith("$") ? named.substring(1) : "";
    if (!variable.isEmpty() && !variable.startsWith("{")) {
      return Optional.ofNullable(environment.get(variable)).filter(s -> !s.isBlank()).map(Path::of);
    }
    return Optional.of(path(named, tokens));
  }

  private List<Path> knownHosts(Map<String, List<String>> words, Map<String, String> tokens) {
    if (!settings.knownHosts().isEmpty()) {
      return settings.knownHosts();
    }
    List<String> names =
        new ArrayList<>(
            words.getOrDefault(
                "userknownhostsfile", List.of("~/.ssh/known_hosts", "~/.ssh/known_hosts2")));
    names.addAll(
        words.getOrDefault(
            "globalknownhostsfile",
            List.of("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")));
    return names.stream()
        .filter(name -> !name.equalsIgnoreCase("none"))
        .map(name -> path(name, tokens))
        .toList();
  }

  private Path path(String name, Map<String, String> tokens) {
    String expanded = expand(name, tokens);
    return expanded.startsWith("~/")
        ? home.resolve(expanded.substring(2))
        : home.resolve(expanded); // an absolute one stays
  }

  /** With {@code %x} and {@code ${NAME}} replaced; what is unknown stays. */
  private String expand(String text, Map<String, String> tokens) {
    return TOKEN
        .matcher(text)
        .replaceAll(
            token -> {
              String value =
                  token.group(1) == null
                      ? environment.get(token.group(2))
                      : token.group(1).equals("%") ? "%" : tokens.get(token.group(1));
              return Matcher.quoteReplacement(value == null ? token.group() : value);
            });
  }

  private static Optional<String> first(Map<String, List<String>> words, String keyword) {
    return Optional.ofNullable(words.get(keyword)).map(list -> list.get(0));
  }
}
