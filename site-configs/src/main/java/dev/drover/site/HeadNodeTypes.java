package dev.drover.site;

import dev.drover.headnode.SshAddress;
import java.util.List;

/** Types of what leads to a head node. */
final class HeadNodeTypes {
  private HeadNodeTypes() {}

  /** A host behind SSH, {@code ssh://user@host:port}. */
  record SshHost() implements KeyType<SshAddress> {
    @Override
    public SshAddress parse(String text) {
      try {
        return SshAddress.parse(text);
      } catch (IllegalArgumentException e) {
        throw BadValueException.not(text, this);
      }
    }

    @Override
    public String print(SshAddress value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return "an address, ssh://user@host:port, where user and port may be left out";
    }
  }

  /** Several of them, with commas between. */
  record SshHosts() implements KeyType<List<SshAddress>> {
    @Override
    public List<SshAddress> parse(String text) {
      return LIST.parse(text).stream().map(SSH_ADDRESS::parse).toList();
    }

    @Override
    public String print(List<SshAddress> value) {
      return LIST.print(value.stream().map(SSH_ADDRESS::print).toList());
    }

    @Override
    public String allowed() {
      return "a list of addresses, ssh://user@host:port";
    }
  }
}
