package dev.drover.interchange;

import dev.drover.protocol.FrameCodec;
import dev.drover.protocol.ManagerId;
import dev.drover.protocol.Session;
import dev.drover.protocol.ToManager;
import dev.drover.task.Payload;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of managers, their keys and their routes on the data socket: opened at each
 * registration, kept for a while when a manager was given up, since it may come back. The loop's
 * thread only.
 */
final class Sessions {
  private static final Logger log = LoggerFactory.getLogger(Sessions.class);
  private static final long REJOIN_MICROS = 1_000_000;

  /** A manager's session, and what waits for the first word in it: before, nobody is there. */
  static final class Peer {
    final ManagerId manager;
    final Payload route;
    final Session session;
    private List<List<byte[]>> unsent = new ArrayList<>();
    private long rejoinAskedMicros = Long.MIN_VALUE / 2;

    private Peer(ManagerId manager, Payload route, Session session) {
      this.manager = manager;
      this.route = route;
      this.session = session;
    }
  }

  private final InterchangeSockets sockets;
  private final FrameCodec codec;
  private final boolean sealed;
  private final long mostPartBytes;
  private final Consumer<Event> lost;
  private final SecureRandom random = new SecureRandom();
  private final Map<ManagerId, Peer> peers = new HashMap<>();
  private final Map<Payload, Peer> byRoute = new HashMap<>();

  /** Managers that were given up and may come back; their routes are still known. */
  private final Map<ManagerId, Peer> givenUp = new HashMap<>();

  /**
   * @param codec of the loop
   * @param lost told of routes on which nobody is any more; keeps that until the turn of the event
   *     that is being handled is over
   */
  Sessions(
      InterchangeAddress address,
      InterchangeSockets sockets,
      FrameCodec codec,
      Consumer<Event> lost) {
    this.sealed = address.keys().isPresent();
    this.mostPartBytes = address.maxMessageBytes();
    this.sockets = sockets;
    this.codec = codec;
    this.lost = lost;
  }

  /** Whose route it is; null = nobody's. */
  Peer of(byte[] route) {
    return byRoute.get(Payload.of(route));
  }

  /** Opens a session in the place of the one before; the key is its manager's to have. */
  Payload open(ManagerId manager, Payload route) {
    forget(manager);
    byte[] key = new byte[sealed ? Session.KEY_BYTES : 0];
    random.nextBytes(key);
    Payload sessionKey = Payload.of(key);
    Peer peer = new Peer(manager, route, Session.ofInterchange(sessionKey, mostPartBytes));
    peers.put(manager, peer);
    byRoute.put(route, peer);
    return sessionKey;
  }

  /**
   * Nothing is sent in it any more.
   *
   * @param mayReturn whether the manager is still to be heard
   */
  void close(ManagerId manager, boolean mayReturn) {
    Peer peer = peers.get(manager);
    if (mayReturn && peer != null) {
      peers.remove(manager);
      givenUp.put(manager, peer);
    } else {
      forget(manager);
    }
  }

  private void forget(ManagerId manager) {
    for (Peer old : new Peer[] {peers.remove(manager), givenUp.remove(manager)}) {
      if (old != null) {
        byRoute.remove(old.route);
      }
    }
  }

  /** Sends to a manager, unless it has no session now. */
  void send(ManagerId manager, ToManager message, long acked) {
    Peer peer = peers.get(manager);
    if (peer != null) {
      send(peer, message, acked);
    }
  }

  void send(Peer peer, ToManager message, long acked) {
    if (byRoute.get(peer.route) != peer) {
      return; // a newer session took its place
    }
    List<byte[]> frames = peer.session.seal(codec.encode(message, acked));
    if (peer.unsent != null) {
      peer.unsent.add(frames);
    } else {
      sendNow(peer, frames);
    }
  }

  private void sendNow(Peer peer, List<byte[]> frames) {
    if (!InterchangeSockets.send(sockets.data, peer.route.bytes(), frames)) {
      lost.accept(new Event.RouteLost(peer.manager, "it cannot be reached"));
    }
  }

  /** Word came: its data socket is connected. That the first one came is answered at once. */
  void heard(Peer peer) {
    if (peer.unsent != null) {
      List<List<byte[]>> waiting = peer.unsent;
      peer.unsent = null;
      waiting.forEach(frames -> sendNow(peer, frames));
      send(peer, new ToManager.Heartbeat(), 0);
    }
  }

  /**
   * Asks a manager whose frames were lost to register again; whether it was not asked just now.
   * Every frame behind the gap says so again: it is asked again when it does not hear.
   */
  boolean askToRejoin(Peer peer, String what, long nowMicros) {
    if (nowMicros - peer.rejoinAskedMicros <= REJOIN_MICROS) {
      return false;
    }
    peer.rejoinAskedMicros = nowMicros;
    log.warn("manager {}: {}; it is asked to register again", peer.manager, what);
    send(peer, new ToManager.Rejoin(what), 0);
    return true;
  }

  void stopAll(String reason) {
    for (Peer peer : List.copyOf(peers.values())) {
      send(peer, new ToManager.Stop(reason), Long.MAX_VALUE);
    }
  }
}
