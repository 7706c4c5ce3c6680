package dev.drover.site;

import dev.drover.headnode.ConnectObserver;
import dev.drover.headnode.HeadNode;
import dev.drover.headnode.LocalHeadNode;
import dev.drover.headnode.SecretPrompt;
import dev.drover.headnode.SshAddress;
import dev.drover.headnode.SshHeadNode;
import dev.drover.headnode.SshSettings;
import dev.drover.provider.ssh.SshHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the head node of a site. */
public final class SiteHeadNode {
  /** Longer ones are the same as a day: no connection is waited for so long. */
  private static final Duration DAY = Duration.ofDays(1);

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)}?(.*)");

  private SiteHeadNode() {}

  /**
   * This machine, or the one of {@code headnode.url}; nothing is connected before it is used.
   *
   * @param prompt asks for passphrases, passwords and codes
   */
  public static HeadNode of(Site site, SecretPrompt prompt) {
    return overSsh(site, prompt).<HeadNode>map(node -> node).orElseGet(LocalHeadNode::new);
  }

  /** How the head node of {@code headnode.url} is reached; empty = it is this machine. */
  public static Optional<SshHeadNode> overSsh(Site site, SecretPrompt prompt) {
    return overSsh(site, prompt, ConnectObserver.NONE);
  }

  /** The same, with somebody who hears how each connection comes about. */
  public static Optional<SshHeadNode> overSsh(
      Site site, SecretPrompt prompt, ConnectObserver observer) {
    return site.get(SiteKeys.HEADNODE_URL)
        .map(address -> new SshHeadNode(settings(site, address), prompt, observer));
  }

  /**
   * One of the hosts of provider ssh, reached as {@code headnode.*} says; nothing is connected
   * before it is used.
   *
   * @param prompt asks for passphrases, passwords and codes
   */
  public static HeadNode of(Site site, SshHost host, SecretPrompt prompt) {
    return host.address()
        .<HeadNode>map(address -> new SshHeadNode(settings(site, address), prompt))
        .orElseGet(LocalHeadNode::new);
  }

  /** The tarball here of the runtime that a head node without Java is sent; empty = none. */
  public static Optional<Path> runtime(Site site) {
    return site.get(SiteKeys.HEADNODE_RUNTIME).map(SiteHeadNode::file);
  }

  private static SshSettings settings(Site site, SshAddress address) {
    Duration keepAlive = site.get(SiteKeys.HEADNODE_KEEP_ALIVE);
    Duration connectTimeout = site.get(SiteKeys.HEADNODE_CONNECT_TIMEOUT);
    return new SshSettings(
        address,
        site.get(SiteKeys.HEADNODE_JUMP),
        files(site, SiteKeys.HEADNODE_IDENTITY_FILE),
        files(site, SiteKeys.HEADNODE_KNOWN_HOSTS),
        keepAlive.compareTo(DAY) > 0 ? DAY : keepAlive,
        connectTimeout.compareTo(DAY) > 0 ? DAY : connectTimeout,
        site.get(SiteKeys.HEADNODE_INIT),
        SshSettings.of(address).configuration());
  }

  private static List<Path> files(Site site, Key<Optional<String>> key) {
    return site.get(key).map(SiteHeadNode::file).map(List::of).orElse(List.of());
  }

  /** A file of this machine: {@code ~} and a leading variable are its user's. */
  static Path file(String name) {
    Matcher variable = VARIABLE.matcher(name);
    if (variable.matches()) {
      String value = System.getenv(variable.group(1));
      return value == null ? Path.of(name) : Path.of(value + variable.group(2));
    }
    return name.startsWith("~/")
        ? Path.of(System.getProperty("user.home"), name.substring(2))
        : Path.of(name);
  }
}
