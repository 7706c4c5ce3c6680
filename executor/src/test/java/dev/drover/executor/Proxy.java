package dev.drover.executor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between a manager and its interchange: passes the ports of a range from 127.0.0.2 on
 * to the same ports of 127.0.0.1, and can be cut, frozen and made to refuse.
 */
final class Proxy implements AutoCloseable {
  private final List<ServerSocket> listeners = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean frozen;
  private volatile boolean refusing;
  private volatile boolean closed;

  Proxy(int firstPort, int lastPort) throws IOException {
    for (int port = firstPort; port <= lastPort; port++) {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), port));
      listeners.add(listener);
      start(() -> accept(listener));
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "test-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(ServerSocket listener) {
    while (!closed) {
      try {
        Socket from = listener.accept();
        if (refusing) {
          from.close();
          continue;
        }
        Socket to = new Socket("127.0.0.1", listener.getLocalPort());
        sockets.add(from);
        sockets.add(to);
        if (refusing) { // since the look above; a cut may have missed these
          close(from);
          close(to);
          continue;
        }
        start(() -> copy(from, to));
        start(() -> copy(to, from));
      } catch (IOException e) {
        continue; // nobody listens behind, or this one is closed
      }
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[65_536];
    try {
      int count;
      while ((count = from.getInputStream().read(buffer)) > 0) {
        synchronized (this) {
          while (frozen) {
            wait();
          }
        }
        to.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException | InterruptedException e) {
      // cut
    } finally {
      close(from);
      close(to);
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.setSoLinger(true, 0); // as a router that forgot the connection
      socket.close();
    } catch (IOException e) {
      return; // closed already
    }
  }

  /** Breaks every connection; new ones may come. */
  void cut() {
    List.copyOf(sockets).forEach(this::close);
  }

  /** Lets nothing through, and breaks nothing. */
  synchronized void freeze(boolean on) {
    frozen = on;
    notifyAll();
  }

  /** Takes no new connections. */
  void refuse(boolean on) {
    refusing = on;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    freeze(false);
    for (ServerSocket listener : listeners) {
      listener.close();
    }
    cut();
  }
}
