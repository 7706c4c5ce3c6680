package dev.drover.headnode;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One live connection to a head node, through its jump hosts; carries many channels. Calls block;
 * any thread may make them, but none that may be interrupted: JSch loses interrupts.
 */
final class SshConnection {
  /** What OpenSSH allows unless told otherwise. */
  private static final int MAX_SESSIONS = 10;

  /** How often, 50 ms apart, a server that has just ended a channel is asked again for one. */
  private static final int PATIENCE = 40;

  /** Nothing was begun, or nothing that may not be done twice: another try may do. */
  static final class NotOpenedException extends HeadNodeException {
    private static final long serialVersionUID = 1L;

    NotOpenedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Prepares a channel before it is opened. */
  interface Preparation<C> {
    void prepare(C channel) throws IOException, JSchException;
  }

  private final Hop hop;
  private final List<Session> sessions;
  private final ChannelSlots slots = new ChannelSlots(MAX_SESSIONS);

  /**
   * @param hop the head node
   * @param sessions one a hop, the head node's the last
   */
  SshConnection(Hop hop, List<Session> sessions) {
    this.hop = hop;
    this.sessions = List.copyOf(sessions);
  }

  /** Where it leads. */
  Hop hop() {
    return hop;
  }

  boolean isAlive() {
    return sessions.stream().allMatch(Session::isConnected);
  }

  ChannelSlots slots() {
    return slots;
  }

  /**
   * Opens a channel of a session, in a slot that the caller frees when the channel has ended.
   *
   * @param kind as JSch names it: {@code exec}, {@code sftp}
   * @param patience for a slot
   * @throws NotOpenedException if the connection is dead
   * @throws IOException if there is no slot in time, or the server gives none
   */
  <C extends Channel> C open(
      String kind, Class<C> type, Preparation<C> preparation, Duration patience)
      throws IOException {
    for (int refusals = 0; ; refusals++) {
      slots.take(patience);
      C channel = null;
      try {
        channel = type.cast(session().openChannel(kind));
        if (channel == null) {
          throw new JSchException("the session is ending");
        }
        preparation.prepare(channel);
        channel.connect(0); // 20 s; with another limit JSch does not notice that the session ends
        return channel;
      } catch (JSchException | RuntimeException e) { // JSch trips over a session that is ending
        slots.free();
        if (!isRefusal(channel, e)) {
          throw notOpened(kind, channel, e);
        }
        // At first it may only not have noticed yet that another one has ended.
        boolean othersAreOpen = refusals > 0 && slots.refused();
        if (!othersAreOpen && refusals >= PATIENCE) {
          throw new HeadNodeException(
              hop
                  + " opens no session, though none is open\n  fix:     ask its administrators"
                  + " whether sessions are allowed (MaxSessions)",
              e);
        }
        pause();
      } catch (IOException e) {
        slots.free();
        throw e;
      }
    }
  }

  private boolean isRefusal(Channel channel, Exception e) {
    return channel != null && channel.isClosed() && isNotOpened(e) && isAlive();
  }

  /** JSch's words when the server refused a channel, or did not answer. */
  private static boolean isNotOpened(Exception e) {
    return "channel is not opened.".equals(e.getMessage());
  }

  private IOException notOpened(String kind, Channel channel, Exception e) {
    boolean wasOpened = channel != null && !isNotOpened(e) && isAlive();
    if (wasOpened && kind.equals("sftp")) {
      return new HeadNodeException(
          hop + " has no SFTP\n  fix:     ask its administrators for it (Subsystem sftp)", e);
    }
    close(); // no answer is no connection
    return new NotOpenedException("the connection to " + hop + " is gone", e);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadNodeException("interrupted", e);
    }
  }

  /** A TCP connection from the head node; it takes no slot. */
  Tunnel tunnel(String host, int port) throws IOException {
    return Tunnel.open(session(), host, port);
  }

  private Session session() {
    return sessions.get(sessions.size() - 1);
  }

  /** Ends it with all that it carries. */
  void close() {
    close(sessions);
  }

  static void close(List<Session> sessions) {
    for (int i = sessions.size() - 1; i >= 0; i--) {
      sessions.get(i).disconnect();
    }
  }
}
