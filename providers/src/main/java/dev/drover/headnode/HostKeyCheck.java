package dev.drover.headnode;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The trusted keys as JSch asks for them, for one hop and one attempt to connect; remembers why a
 * key was refused. It never takes a new key.
 */
final class HostKeyCheck implements HostKeyRepository {
  private final Hop hop;
  private final KnownHosts known;
  private final BiConsumer<String, Boolean> observer;
  private volatile Optional<String> refusal = Optional.empty();

  /**
   * @param observer told of each key that is shown, and whether it is trusted
   */
  HostKeyCheck(Hop hop, KnownHosts known, BiConsumer<String, Boolean> observer) {
    this.hop = hop;
    this.known = known;
    this.observer = observer;
  }

  /** Cause and mend, if the host's key was refused. */
  Optional<String> refusal() {
    return refusal;
  }

  @Override
  public int check(String name, byte[] key) {
    String offered = KnownHosts.typeOf(key) + " key " + KnownHosts.fingerprint(key);
    KnownHosts.Verdict verdict = known.verdict(hop.keyName(), key);
    observer.accept(offered, verdict == KnownHosts.Verdict.TRUSTED);
    return switch (verdict) {
      case TRUSTED -> OK;
      case UNKNOWN -> {
        refusal = Optional.of(unknown(offered));
        yield NOT_INCLUDED;
      }
      case CHANGED -> {
        refusal = Optional.of(changed(offered, key));
        yield CHANGED;
      }
      case REVOKED -> {
        refusal = Optional.of(revoked(offered));
        yield CHANGED;
      }
    };
  }

  private String unknown(String offered) {
    String others =
        known.known(hop.keyName()).isEmpty() ? "" : " (it is known with keys of other kinds)";
    return "the host key of "
        + hop
        + " is not known"
        + others
        + ", so it is not trusted\n  offered: "
        + offered
        + "\n  fix:     ask its administrators whether that is its fingerprint; if so, connect once"
        + " by hand and say yes: ssh -p "
        + hop.port()
        + " "
        + hop.user()
        + "@"
        + hop.host()
        + "\n           or: ssh-keyscan -p "
        + hop.port()
        + " "
        + hop.host()
        + " >> "
        + file();
  }

  private String changed(String offered, byte[] key) {
    String expected =
        known
            .otherKey(hop.keyName(), key)
            .map(line -> KnownHosts.fingerprint(line.key()) + " (" + line.place() + ")")
            .orElse("another");
    return "THE HOST KEY OF "
        + hop
        + " HAS CHANGED: somebody may be listening in between, or the host was set up anew."
        + " Nothing was sent\n  offered: "
        + offered
        + "\n  known:   "
        + expected
        + "\n  fix:     ask its administrators; only if they confirm the new fingerprint:"
        + " ssh-keygen -R '"
        + hop.keyName()
        + "' -f "
        + file()
        + ", then connect once by hand";
  }

  private String revoked(String offered) {
    return "the host key of "
        + hop
        + " is marked as revoked: it may be in wrong hands. Nothing was sent\n  offered: "
        + offered
        + "\n  fix:     ask its administrators for the key that counts now";
  }

  private String file() {
    return hop.knownHosts().isEmpty() ? "~/.ssh/known_hosts" : hop.knownHosts().get(0).toString();
  }

  /** The keys for this hop, named as JSch asks for it, so that it need not match names again. */
  @Override
  public HostKey[] getHostKey() {
    List<HostKey> keys = new ArrayList<>();
    for (KnownHosts.Line line : known.known(hop.keyName())) {
      try {
        keys.add(new HostKey(line.marker(), hop.keyName(), 0, line.key(), ""));
      } catch (JSchException e) {
        continue; // a kind of key that JSch does not know cannot be offered to it, either
      }
    }
    return keys.toArray(HostKey[]::new);
  }

  @Override
  public HostKey[] getHostKey(String name, String type) {
    List<HostKey> keys = new ArrayList<>(List.of(getHostKey()));
    keys.removeIf(key -> type != null && !key.getType().equals(type));
    return keys.toArray(HostKey[]::new);
  }

  @Override
  public void add(HostKey key, UserInfo user) {
    throw new IllegalStateException("no host key is ever taken by itself");
  }

  @Override
  public void remove(String name, String type) {
    throw new IllegalStateException("no host key is ever removed by itself");
  }

  @Override
  public void remove(String name, String type, byte[] key) {
    remove(name, type);
  }

  @Override
  public String getKnownHostsRepositoryID() {
    return file();
  }
}
