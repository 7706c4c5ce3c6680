package dev.drover.cli.doctor;

import dev.drover.headnode.ConnectObserver;
import dev.drover.headnode.HeadNodeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The steps of a connection, hop by hop: what the head node tells of it until it is there, or an
 * error ends it. Later connections are passed over.
 */
final class ConnectSteps implements ConnectObserver {
  /** Of each hop, in this order. */
  private enum Stage {
    REACH("reach"),
    SERVER("ssh"),
    HOST_KEY("host key"),
    LOGIN("login");

    private final String word;

    Stage(String word) {
      this.word = word;
    }
  }

  private final Checkup checkup;
  private List<String> hops = List.of();
  private int hop;
  private Stage next = Stage.REACH;
  private boolean over;

  ConnectSteps(Checkup checkup) {
    this.checkup = checkup;
  }

  @Override
  public synchronized void way(List<String> way) {
    if (hops.isEmpty()) {
      hops = List.copyOf(way);
    }
  }

  @Override
  public synchronized void reached(String to, Duration took) {
    if (!over) {
      ok(Stage.REACH, "%s in %d ms%s".formatted(to, took.toMillis(), through()));
    }
  }

  private String through() {
    return hop == 0 ? "" : ", through " + hops.get(hop - 1);
  }

  @Override
  public synchronized void hostKey(String of, String server, String key, boolean trusted) {
    if (!over) {
      ok(Stage.SERVER, server);
      if (trusted) {
        ok(Stage.HOST_KEY, key + ", known");
      }
    }
  }

  @Override
  public synchronized void loggedIn(String at, String server, List<String> proofs, Duration took) {
    if (over) {
      return;
    }
    if (next == Stage.SERVER) {
      ok(Stage.SERVER, server);
      ok(Stage.HOST_KEY, "by a certificate of an authority that is known");
    }
    String by = proofs.isEmpty() ? "a key of the agent's" : String.join(", ", proofs);
    ok(Stage.LOGIN, "%s in %d ms, by %s".formatted(at, took.toMillis(), by));
  }

  private void ok(Stage stage, String found) {
    checkup.add(Step.ok(stage.word, found));
    if (stage != Stage.LOGIN) {
      next = Stage.values()[stage.ordinal() + 1];
      return;
    }
    next = Stage.REACH;
    hop++;
    over = hop == hops.size();
  }

  /** The host of the last hop, as the machine before it resolves its name. */
  synchronized String host() {
    String last = hops.get(hops.size() - 1);
    String address = last.substring(last.indexOf('@') + 1, last.lastIndexOf(':'));
    return address.replaceAll("[\\[\\]]", "");
  }

  /** Whether there is no jump host. */
  synchronized boolean isDirect() {
    return hops.size() == 1;
  }

  /** Where no step has been told of, the user's own configuration is at fault. */
  synchronized void failed(IOException e) {
    // What wraps it names the way, which the steps have told.
    String words = (e.getCause() instanceof HeadNodeException first ? first : e).getMessage();
    if (hops.isEmpty()) {
      checkup.add(Step.failed("ssh config", words));
      return;
    }
    checkup.add(Step.failed(next.word, words));
    for (Stage later : Stage.values()) {
      if (later.ordinal() > next.ordinal()) {
        checkup.add(Step.untried(later.word, "needs the step above"));
      }
    }
    hops.stream()
        .skip(hop + 1L)
        .forEach(far -> checkup.add(Step.untried(Stage.REACH.word, far + " is behind that")));
    over = true;
  }
}
