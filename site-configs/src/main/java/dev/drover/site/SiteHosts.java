package dev.drover.site;

import dev.drover.provider.ssh.SshHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The hosts of a site without a scheduler. */
public final class SiteHosts {
  private SiteHosts() {}

  /**
   * As {@code provider.hosts} or the file that {@code provider.hosts-file} names has them.
   *
   * @throws IOException if the file cannot be read, or does not name enough hosts; the message
   *     names all its bad lines
   */
  public static List<SshHost> of(Site site) throws IOException {
    Optional<String> name = site.get(SiteKeys.PROVIDER_HOSTS_FILE);
    if (name.isEmpty()) {
      return site.get(SiteKeys.PROVIDER_HOSTS);
    }
    Path file = SiteHeadNode.file(name.get());
    List<SshHost> hosts;
    try {
      hosts = SshHost.parseFile(Files.readString(file));
    } catch (IOException e) {
      throw new IOException(
          "cannot read the hosts of site " + site.name() + " (provider.hosts-file): " + e, e);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " (provider.hosts-file): " + e.getMessage(), e);
    }
    int blocks = site.get(SiteKeys.PROVIDER_MAX_BLOCKS);
    int nodes = site.get(SiteKeys.PROVIDER_NODES_PER_BLOCK);
    if ((long) blocks * nodes > hosts.size()) {
      throw new IOException(
          file + " (provider.hosts-file): " + SshRules.tooMany(blocks, nodes, hosts.size()));
    }
    return hosts;
  }
}
