package dev.drover.executor;

import dev.drover.interchange.InterchangeAddress;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Where an interchange listens, and where it is looked for, as the site has it. */
final class SiteAddresses {
  private final Site site;
  private final boolean isLocal;
  private final int nodes;

  /**
   * @param isLocal whether blocks run on this machine, or in its batch job
   * @param nodes of a block
   */
  SiteAddresses(Site site, boolean isLocal, int nodes) {
    this.site = site;
    this.isLocal = isLocal;
    this.nodes = nodes;
  }

  /** Where managers and clients dial. */
  InterchangeAddress ofInterchange(Optional<Path> keys) {
    List<String> bind = bound();
    return new InterchangeAddress(
        bind.isEmpty() ? List.of("*") : bind,
        site.get(SiteKeys.EXECUTOR_PORT),
        0,
        site.get(SiteKeys.EXECUTOR_PORT_RANGE).first(),
        site.get(SiteKeys.EXECUTOR_PORT_RANGE).last(),
        keys,
        site.get(SiteKeys.EXECUTOR_MAX_PAYLOAD) + (1 << 20));
  }

  /** Where a submitter elsewhere attaches: only this host reaches it, and who may forward to it. */
  InterchangeAddress ofSubmissions(Path keys) {
    return new InterchangeAddress(
        List.of("127.0.0.1"),
        0,
        0,
        site.get(SiteKeys.EXECUTOR_PORT_RANGE).first(),
        site.get(SiteKeys.EXECUTOR_PORT_RANGE).last(),
        Optional.of(keys),
        Math.max(site.get(SiteKeys.EXECUTOR_MAX_PAYLOAD), 8 << 20) + (1 << 20));
  }

  /** As set, unless only this host would find it, and a local block has other nodes, too. */
  private List<String> bound() {
    List<String> set = site.get(SiteKeys.EXECUTOR_ADDRESS);
    boolean onlyHere = set.stream().allMatch(a -> a.startsWith("127.") || a.equals("localhost"));
    return isLocal && nodes > 1 && onlyHere ? List.of() : set;
  }

  /** Where managers may find the interchange: as set, or every address of this host. */
  List<String> advertised() {
    List<String> set = bound();
    if (!set.isEmpty()) {
      return set;
    }
    List<String> addresses = new ArrayList<>();
    try {
      for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (card.isUp() && !card.isLoopback()) {
          for (InetAddress address : Collections.list(card.getInetAddresses())) {
            if (address instanceof Inet4Address) {
              addresses.add(address.getHostAddress());
            }
          }
        }
      }
    } catch (SocketException e) {
      addresses.clear();
    }
    if (isLocal || addresses.isEmpty()) {
      addresses.add("127.0.0.1");
    }
    return addresses;
  }
}
