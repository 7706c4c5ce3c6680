package dev.drover.headnode;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.SSHAgentConnector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that are offered at one hop: the agent's, then the files'. A file's passphrase is asked
 * for only when the server wants that key, and once: the key stays open for later connections.
 */
final class SshIdentities implements IdentityRepository {
  private static final Logger LOG = LoggerFactory.getLogger(SshIdentities.class);
  private static final int PASSPHRASE_TRIES = 3;

  /** Keys by their file, opened or not, over all connections of one head node. */
  static final class KeyRing {
    private final JSch jsch = new JSch();
    private final Map<Path, KeyPair> keys = new ConcurrentHashMap<>();

    private KeyPair key(Path file) throws JSchException {
      KeyPair key = keys.get(file);
      if (key == null) {
        key = KeyPair.load(jsch, file.toString());
        keys.put(file, key);
      }
      return key;
    }
  }

  private final Hop hop;
  private final KeyRing ring;
  private final LoginDialog dialog;

  SshIdentities(Hop hop, KeyRing ring, LoginDialog dialog) {
    this.hop = hop;
    this.ring = ring;
    this.dialog = dialog;
  }

  @Override
  public Vector<Identity> getIdentities() {
    List<Identity> files = new ArrayList<>();
    for (Path file : hop.identityFiles()) {
      try {
        files.add(new FileIdentity(file, ring.key(file), dialog));
      } catch (JSchException e) {
        LOG.warn("the key {} is not used: {}", file, e.getMessage());
      }
    }
    List<Identity> all = new ArrayList<>();
    for (Identity held : agents()) {
      boolean named = files.removeIf(file -> same(file, held));
      if (named || !hop.identitiesOnly()) {
        all.add(named ? 0 : all.size(), held);
      }
    }
    all.addAll(files);
    return new Vector<>(all);
  }

  private List<Identity> agents() {
    if (hop.agent().isEmpty()) {
      return List.of();
    }
    try {
      return new AgentIdentityRepository(new SSHAgentConnector(hop.agent().get())).getIdentities();
    } catch (AgentProxyException e) {
      LOG.warn("the SSH agent at {} does not answer: {}", hop.agent().get(), e.getMessage());
      return List.of();
    }
  }

  /** A closed key without a public part beside it is no reason to ask for its passphrase. */
  private static boolean same(Identity file, Identity held) {
    byte[] blob = ((FileIdentity) file).key.getPublicKeyBlob();
    return blob != null && Arrays.equals(blob, held.getPublicKeyBlob());
  }

  @Override
  public String getName() {
    return "drover";
  }

  @Override
  public int getStatus() {
    return RUNNING;
  }

  @Override
  public boolean add(byte[] identity) {
    return false;
  }

  @Override
  public boolean remove(byte[] blob) {
    return false;
  }

  @Override
  public void removeAll() {
    // Nothing was added.
  }

  /** A key of a file, opened when it is wanted. */
  private static final class FileIdentity implements Identity {
    private final Path file;
    private final KeyPair key;
    private final LoginDialog dialog;

    FileIdentity(Path file, KeyPair key, LoginDialog dialog) {
      this.file = file;
      this.key = key;
      this.dialog = dialog;
    }

    private boolean open() {
      for (int i = 0; key.isEncrypted() && i < PASSPHRASE_TRIES; i++) {
        Optional<String> passphrase = dialog.ask("Passphrase for " + file + ": ", false);
        if (passphrase.isEmpty()) {
          return false;
        }
        byte[] bytes = passphrase.get().getBytes(StandardCharsets.UTF_8);
        key.decrypt(bytes);
        Arrays.fill(bytes, (byte) 0);
      }
      return !key.isEncrypted();
    }

    /** Of some old formats the public part can be read only once the key is open. */
    @Override
    public byte[] getPublicKeyBlob() {
      byte[] blob = key.getPublicKeyBlob();
      return blob != null || !open() ? blob : key.getPublicKeyBlob();
    }

    @Override
    public byte[] getSignature(byte[] data) {
      return shown() ? key.getSignature(data) : null;
    }

    @Override
    public byte[] getSignature(byte[] data, String algorithm) {
      return shown() ? key.getSignature(data, algorithm) : null;
    }

    private boolean shown() {
      dialog.showed("the key " + file);
      return open();
    }

    @Override
    public String getAlgName() {
      byte[] blob = getPublicKeyBlob();
      return blob == null ? "closed" : KnownHosts.typeOf(blob);
    }

    @Override
    public String getName() {
      return file.toString();
    }

    /** To JSch it is open: it would ask for passphrases of keys that the server does not want. */
    @Override
    public boolean isEncrypted() {
      return false;
    }

    @Override
    public boolean setPassphrase(byte[] passphrase) {
      return true;
    }

    @Override
    public void clear() {
      // The ring keeps it for the next connection.
    }
  }
}
