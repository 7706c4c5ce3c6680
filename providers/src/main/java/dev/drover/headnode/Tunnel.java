package dev.drover.headnode;

import com.jcraft.jsch.ChannelDirectTCPIP;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Proxy;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A TCP connection that a host behind SSH makes, as a socket: timeouts and all, so that what speaks
 * over it, such as SSH through a jump host, need not know.
 */
final class Tunnel extends Socket {
  /**
   * What waits for a reader here at most, in bytes: beyond it the whole SSH connection waits with
   * it, other channels too.
   */
  private static final int BUFFER = 16 << 20;

  /**
   * What the other side may send before it hears that this one goes on reading, in bytes: OpenSSH's
   * own, 20 MB/s at a round trip of 100 ms. The library's own is a sixteenth of it.
   */
  private static final int WINDOW = 2 << 20;

  private static final int PACKET = 32 << 10;

  private final ChannelDirectTCPIP channel;
  private final OutputStream out;
  private final InputStream in;
  private volatile int timeout;

  private Tunnel(ChannelDirectTCPIP channel, ByteQueue received) throws IOException {
    this.channel = channel;
    this.out = channel.getOutputStream();
    this.in = received.reader(() -> timeout);
  }

  /**
   * Opens one; blocks for 20 s at most.
   *
   * @param host as the session's server resolves it
   * @throws IOException if the server could not or would not connect
   */
  static Tunnel open(Session session, String host, int port) throws IOException {
    try {
      ChannelDirectTCPIP channel = (ChannelDirectTCPIP) session.openChannel("direct-tcpip");
      ByteQueue received = new ByteQueue(BUFFER);
      channel.setOutputStream(received.writer());
      channel.setLocalWindowSizeMax(WINDOW);
      channel.setLocalPacketSize(PACKET);
      channel.setHost(host);
      channel.setPort(port);
      channel.connect(0); // 20 s; with another limit JSch does not notice that the session ends
      return new Tunnel(channel, received);
    } catch (JSchException e) {
      throw new IOException(
          "no connection from " + session.getHost() + " to " + host + ":" + port, e);
    }
  }

  @Override
  public InputStream getInputStream() {
    return in;
  }

  @Override
  public OutputStream getOutputStream() {
    return out;
  }

  @Override
  public void setSoTimeout(int millis) {
    timeout = millis;
  }

  @Override
  public int getSoTimeout() {
    return timeout;
  }

  /** The sockets at both ends of it are the servers' own. */
  @Override
  public void setTcpNoDelay(boolean on) {
    // Nothing to set here.
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  /** Both directions. */
  @Override
  public void close() throws IOException {
    in.close();
    channel.disconnect();
  }

  /** This tunnel as the way for another JSch session. */
  Proxy asProxy() {
    return new Proxy() {
      @Override
      public void connect(SocketFactory factory, String host, int port, int millis) {
        // It is connected.
      }

      @Override
      public InputStream getInputStream() {
        return in;
      }

      @Override
      public OutputStream getOutputStream() {
        return out;
      }

      @Override
      public Socket getSocket() {
        return Tunnel.this;
      }

      @Override
      public void close() {
        try {
          Tunnel.this.close();
        } catch (IOException e) {
          throw new IllegalStateException("closing a tunnel does not fail", e);
        }
      }
    };
  }
}
