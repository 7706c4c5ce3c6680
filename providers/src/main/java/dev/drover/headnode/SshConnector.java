package dev.drover.headnode;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes connections along a route, each hop through the one before it. Blocks its caller. */
final class SshConnector {
  /** Signs of life without an answer before a connection counts as dead. */
  private static final int UNANSWERED = 3;

  private static final String LOGIN_TRIES = "3";

  private final SshSettings settings;
  private final SecretPrompt prompt;
  private final ConnectObserver observer;
  private final Map<String, String> environment;
  private final SshIdentities.KeyRing keys = new SshIdentities.KeyRing();

  SshConnector(
      SshSettings settings,
      SecretPrompt prompt,
      ConnectObserver observer,
      Map<String, String> environment) {
    this.settings = settings;
    this.prompt = prompt;
    this.observer = observer;
    this.environment = Map.copyOf(environment);
  }

  /** A connection to the last hop; the configuration and the trusted keys are read anew. */
  SshConnection connect() throws SshConnectException {
    List<Hop> hops;
    try {
      hops = Route.of(settings, environment);
    } catch (IOException e) {
      throw new SshConnectException(e.getMessage(), true, e);
    }
    observer.way(hops.stream().map(Hop::toString).toList());
    List<Session> sessions = new ArrayList<>();
    try {
      for (Hop hop : hops) {
        sessions.add(login(hop, sessions));
      }
      return new SshConnection(hops.get(hops.size() - 1), sessions);
    } catch (SshConnectException e) {
      SshConnection.close(sessions);
      throw hops.size() == 1
          ? e
          : new SshConnectException(
              e.getMessage()
                  + "\n  way:     "
                  + hops.stream().map(Hop::toString).collect(Collectors.joining(" → ")),
              e.isLasting(),
              e);
    }
  }

  private Session login(Hop hop, List<Session> before) throws SshConnectException {
    LoginDialog dialog = new LoginDialog(prompt);
    int timeout = (int) settings.connectTimeout().toMillis();
    KnownHosts known;
    try {
      known = KnownHosts.read(hop.knownHosts());
    } catch (IOException e) {
      throw new SshConnectException(
          "the trusted host keys cannot be read: " + e + "\n  fix:     make the file readable",
          true,
          e);
    }
    Session session;
    try {
      session = new JSch().getSession(hop.user(), hop.host(), hop.port());
    } catch (JSchException e) {
      throw new SshConnectException("cannot log in at " + hop + ": " + e.getMessage(), true, e);
    }
    HostKeyCheck check =
        new HostKeyCheck(
            hop,
            known,
            (key, trusted) ->
                observer.hostKey(hop.toString(), session.getServerVersion(), key, trusted));
    try {
      session.setDaemonThread(true);
      session.setConfig("StrictHostKeyChecking", "yes");
      session.setConfig("PreferredAuthentications", "publickey,keyboard-interactive,password");
      session.setConfig("MaxAuthTries", LOGIN_TRIES);
      hop.keyAlias().ifPresent(session::setHostKeyAlias);
      session.setHostKeyRepository(check);
      session.setIdentityRepository(new SshIdentities(hop, keys, dialog));
      session.setUserInfo(dialog);
      if (!settings.keepAlive().isZero()) {
        session.setServerAliveInterval((int) settings.keepAlive().toMillis());
        session.setServerAliveCountMax(UNANSWERED);
      }
      long start = System.nanoTime();
      if (before.isEmpty()) {
        session.setSocketFactory(new ObservedSockets(hop, timeout));
      } else {
        session.setProxy(tunnel(before.get(before.size() - 1), hop).asProxy());
        observer.reached(hop.toString(), since(start));
      }
      session.connect(timeout);
      observer.loggedIn(hop.toString(), session.getServerVersion(), dialog.proofs(), since(start));
      return session;
    } catch (JSchException e) {
      throw failure(hop, e, check, dialog);
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /** Sockets to a hop, told of when they are connected. */
  private final class ObservedSockets implements SocketFactory {
    private final Hop hop;
    private final int timeout;

    ObservedSockets(Hop hop, int timeout) {
      this.hop = hop;
      this.timeout = timeout;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      long start = System.nanoTime();
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(host, port), timeout);
      } catch (IOException e) {
        socket.close();
        throw e;
      }
      observer.reached(hop.toString(), since(start));
      return socket;
    }

    @Override
    public InputStream getInputStream(Socket socket) throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
      return socket.getOutputStream();
    }
  }

  private static Tunnel tunnel(Session from, Hop hop) throws SshConnectException {
    try {
      return Tunnel.open(from, hop.host(), hop.port());
    } catch (IOException e) {
      throw new SshConnectException(
          "the jump host "
              + from.getHost()
              + " does not connect to "
              + hop
              + "\n  fix:     check that name and port as the jump host sees them, and that it allows"
              + " forwarding (AllowTcpForwarding)",
          false,
          e);
    }
  }

  private SshConnectException failure(
      Hop hop, JSchException e, HostKeyCheck check, LoginDialog dialog) {
    String said = String.valueOf(e.getMessage());
    if (check.refusal().isPresent()) {
      return new SshConnectException(check.refusal().get(), true, e);
    }
    if (dialog.failure().isPresent()) {
      return new SshConnectException(
          "cannot log in at " + hop + ": " + dialog.failure().get().getMessage(), true, e);
    }
    if (said.startsWith("Auth ") || said.contains("uthentication failures")) {
      return new SshConnectException(refusedLogin(hop, said, dialog), true, e);
    }
    if (said.contains("Algorithm negotiation fail")) {
      return new SshConnectException(
          hop
              + " and Drover have no algorithm in common: "
              + said
              + "\n  fix:     its SSH server is too old or too narrow; ask its administrators",
          true,
          e);
    }
    return new SshConnectException("cannot connect to " + hop + ": " + network(e, hop), false, e);
  }

  private static String refusedLogin(Hop hop, String said, LoginDialog dialog) {
    int from = said.indexOf('\'');
    String methods = from < 0 ? "" : said.substring(from + 1, said.length() - 1);
    String keys =
        hop.identityFiles().isEmpty()
            ? "no key files"
            : hop.identityFiles().stream().map(Path::toString).collect(Collectors.joining(", "));
    String tried =
        keys
            + (hop.agent().isPresent() ? ", the agent's keys" : ", no agent")
            + (dialog.asked() > 0 ? ", " + dialog.asked() + " answers of yours" : "");
    return hop
        + " refused the login"
        + (methods.isEmpty() ? ": " + said : "; it takes " + methods.replace(",", ", "))
        + "\n  tried:   "
        + tried
        + "\n  fix:     check the user's name and which key is allowed there (ssh-add -l shows the"
        + " agent's); name the key in headnode.identity-file, or type the password with care";
  }

  private String network(Throwable e, Hop hop) {
    Duration patience = settings.connectTimeout();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof UnknownHostException) {
        return "there is no host of that name\n  fix:     check the name, and this machine's network";
      }
      if (cause instanceof SocketTimeoutException || said.contains("timeout")) {
        return "no answer in "
            + patience.toMillis() / 1000.0
            + " s\n  fix:     check the address, a firewall or VPN in between; or raise"
            + " headnode.connect-timeout";
      }
      if (cause instanceof NoRouteToHostException) {
        return cause.getMessage() + "\n  fix:     check this machine's network and VPN";
      }
      if (cause instanceof ConnectException) {
        return cause.getMessage()
            + "\n  fix:     check that an SSH server listens on port "
            + hop.port();
      }
    }
    return e.getMessage()
        + "\n  fix:     try the same by hand: ssh -v -p "
        + hop.port()
        + " "
        + hop.user()
        + "@"
        + hop.host();
  }
}
