package dev.drover.headnode;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A forward over a link: accepts on a thread of its own, and copies on two for each connection. */
final class PortForward implements Forward {
  private static final Logger LOG = LoggerFactory.getLogger(PortForward.class);

  private final SshLink link;
  private final String host;
  private final int port;
  private final Executor executor;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  PortForward(SshLink link, String host, int port, Executor executor) throws IOException {
    this.link = link;
    this.host = host;
    this.port = port;
    this.executor = executor;
    this.server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    acceptor = new Thread(this::accept, "headnode-forward-" + server.getLocalPort());
    acceptor.setDaemon(true);
    acceptor.start();
  }

  @Override
  public int localPort() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        executor.execute(() -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          LOG.warn("port {} for {}:{}: {}", server.getLocalPort(), host, port, e.toString());
        }
      }
    }
  }

  /** One that cannot be served is closed, and tries again by itself if it likes. */
  private void serve(Socket socket) {
    try {
      Tunnel tunnel = link.connection().tunnel(host, port);
      open.add(tunnel);
      socket.setTcpNoDelay(true);
      executor.execute(() -> copy(tunnel, socket));
      copy(socket, tunnel);
    } catch (IOException e) {
      LOG.debug("no way to {}:{} just now: {}", host, port, e.getMessage());
      end(socket);
    }
    if (server.isClosed()) {
      close();
    }
  }

  /** Until either end is closed, which closes both. */
  private void copy(Socket from, Socket to) {
    byte[] bytes = new byte[32 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        out.write(bytes, 0, count);
        out.flush();
      }
    } catch (IOException e) {
      LOG.debug("a connection to {}:{} ended: {}", host, port, e.toString());
    } finally {
      end(from);
      end(to);
    }
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing a connection to {}:{}: {}", host, port, e.toString());
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("closing port {}: {}", server.getLocalPort(), e.toString());
    }
    awaitAcceptor();
    open.forEach(this::end);
  }

  /** The system listens on until the accept under way has returned, shortly after the close. */
  private void awaitAcceptor() {
    try {
      acceptor.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
