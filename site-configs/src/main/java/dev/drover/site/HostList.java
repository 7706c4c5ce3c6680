package dev.drover.site;

import dev.drover.provider.ssh.SshHost;
import java.util.ArrayList;
import java.util.List;

/** Hosts that give blocks, with their slots. */
record HostList() implements KeyType<List<SshHost>> {
  @Override
  public List<SshHost> parse(String text) {
    List<SshHost> hosts = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String entry : LIST.parse(text)) {
      try {
        hosts.add(SshHost.parse(entry));
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    problems.addAll(SshHost.twice(hosts));
    if (!problems.isEmpty()) {
      throw new BadValueException(String.join("; ", problems));
    }
    return List.copyOf(hosts);
  }

  @Override
  public String print(List<SshHost> value) {
    return LIST.print(value.stream().map(SshHost::toString).toList());
  }

  @Override
  public String allowed() {
    return "a list of hosts, host or user@host:port, each with *slots or without";
  }
}
