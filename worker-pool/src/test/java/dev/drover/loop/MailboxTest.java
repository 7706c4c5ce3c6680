package dev.drover.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxTest {
  private static final int POSTERS = 4;
  private static final int POSTS = 50_000;

  private record Post(int poster, int number) {}

  private final Mailbox<Post> mailbox = new Mailbox<>();
  private Selector selector;

  @BeforeEach
  void watch() throws IOException {
    selector = Selector.open();
    mailbox.wakeUps().register(selector, SelectionKey.OP_READ);
  }

  @AfterEach
  void close() throws IOException {
    selector.close();
    mailbox.close();
  }

  private int wakeUpsNow() throws IOException {
    int ready = selector.selectNow();
    selector.selectedKeys().clear();
    return ready;
  }

  private List<Post> takeAll() {
    List<Post> taken = new ArrayList<>();
    mailbox.take(taken::add, Integer.MAX_VALUE);
    return taken;
  }

  @Test
  void aQuietPost_wakesNobody_butKeepsTheLoopFromFallingAsleep() throws IOException {
    assertThat(mailbox.beforeSleep()).isTrue();
    mailbox.postQuietly(new Post(0, 1));
    assertThat(wakeUpsNow()).isZero();
    mailbox.post(new Post(0, 2));
    assertThat(wakeUpsNow()).isEqualTo(1);
    mailbox.afterSleep();
    assertThat(takeAll()).containsExactly(new Post(0, 1), new Post(0, 2));

    mailbox.postQuietly(new Post(0, 3));
    assertThat(mailbox.beforeSleep()).isFalse();
  }

  /** An interrupt closes a channel that blocks; this one does not. */
  @Test
  void aPosterWithAnInterrupt_wakesTheLoop_andKeepsIt() throws IOException {
    for (int i = 1; i <= 3; i++) {
      assertThat(mailbox.beforeSleep()).isTrue();
      Thread.currentThread().interrupt();
      mailbox.post(new Post(0, i));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(wakeUpsNow()).isEqualTo(1);
      mailbox.afterSleep();
      assertThat(takeAll()).hasSize(1);
    }
    sleepsSoundly();
  }

  /** Sleeps without a timeout: a wake-up that is lost would let the test run into its own. */
  @RepeatedTest(5)
  void fourThreadsHammering_wakeTheLoopForEachPost_inTheOrderOfEachPoster() throws Exception {
    List<Thread> posters = new ArrayList<>();
    for (int p = 0; p < POSTERS; p++) {
      int poster = p;
      posters.add(
          new Thread(
              () -> {
                for (int i = 0; i < POSTS; i++) {
                  mailbox.post(new Post(poster, i));
                  if (i % 16 == poster) {
                    Thread.yield(); // gives the loop a chance to fall asleep
                  }
                }
              }));
    }
    posters.forEach(Thread::start);

    int[] next = new int[POSTERS];
    int taken = 0;
    while (taken < POSTERS * POSTS) {
      int work =
          mailbox.take(
              post -> {
                assertThat(post.number()).isEqualTo(next[post.poster()]);
                next[post.poster()]++;
              },
              7);
      taken += work;
      if (work == 0 && mailbox.beforeSleep()) {
        selector.select();
        selector.selectedKeys().clear();
        mailbox.afterSleep();
      }
    }
    for (Thread poster : posters) {
      poster.join();
    }

    assertThat(next).containsOnly(POSTS);
    sleepsSoundly();
  }

  /** Not a byte is left that would wake an idle loop over and over. */
  private void sleepsSoundly() throws IOException {
    assertThat(mailbox.beforeSleep()).isTrue();
    wakeUpsNow(); // one stale wake-up is allowed: its writer was between the mark and the write
    mailbox.afterSleep();
    assertThat(mailbox.beforeSleep()).isTrue();
    assertThat(wakeUpsNow()).isZero();
    mailbox.afterSleep();
  }

  /**
   * The post comes just as the loop makes up its mind to sleep, and finds that it may not. Two
   * threads that spin for one another get through few rounds where others have the cpus: no more
   * are asked for than ten seconds have room for.
   */
  @Test
  void aPostInTheInstantOfFallingAsleep_leavesNoByteThatWakesForEver() throws Exception {
    int rounds = 20_000;
    AtomicInteger go = new AtomicInteger();
    AtomicInteger posted = new AtomicInteger();
    Thread poster =
        new Thread(
            () -> {
              for (int round = 1; round <= rounds; round++) {
                while (go.get() < round) {
                  Thread.onSpinWait();
                }
                mailbox.post(new Post(0, round));
                posted.set(round);
              }
            });
    poster.start();
    long end = System.nanoTime() + 10_000_000_000L;
    for (int round = 1; round <= rounds && System.nanoTime() - end < 0; round++) {
      go.set(round);
      for (int i = 0; i < round % 64; i++) {
        Thread.onSpinWait();
      }
      if (mailbox.beforeSleep()) {
        mailbox.afterSleep();
      }
      while (posted.get() < round) {
        Thread.onSpinWait();
      }
      assertThat(takeAll()).containsExactly(new Post(0, round));
      sleepsSoundly();
    }
    go.set(rounds);
    poster.join();
  }

  @Test
  void aPostWhileTheLoopSleeps_wakesItOnce() throws Exception {
    assertThat(mailbox.beforeSleep()).isTrue();
    assertThat(wakeUpsNow()).isZero();

    mailbox.post(new Post(0, 1));
    mailbox.post(new Post(0, 2));

    assertThat(wakeUpsNow()).isEqualTo(1);
    mailbox.afterSleep();
    assertThat(wakeUpsNow()).isZero();
    assertThat(takeAll()).containsExactly(new Post(0, 1), new Post(0, 2));
    sleepsSoundly();
  }

  @Test
  void aPostWhileTheLoopIsAwake_keepsItFromSleeping_andWritesNothing() throws Exception {
    mailbox.post(new Post(0, 1));

    assertThat(wakeUpsNow()).isZero();
    assertThat(mailbox.beforeSleep()).isFalse();
    assertThat(takeAll()).hasSize(1);
    sleepsSoundly();
  }

  @Test
  void aLoopThatASocketWoke_isNotWokenByTheMailboxLater() throws Exception {
    assertThat(mailbox.beforeSleep()).isTrue();
    mailbox.afterSleep(); // something else woke it

    mailbox.post(new Post(0, 1));

    assertThat(wakeUpsNow()).isZero();
    assertThat(takeAll()).hasSize(1);
    sleepsSoundly();
  }

  @Test
  void take_takesNoMoreThanItWasTold() {
    for (int i = 0; i < 10; i++) {
      mailbox.post(new Post(0, i));
    }
    List<Post> taken = new ArrayList<>();

    assertThat(mailbox.take(taken::add, 3)).isEqualTo(3);

    assertThat(taken).hasSize(3);
    assertThat(mailbox.beforeSleep()).isFalse();
    assertThat(takeAll()).hasSize(7).last().isEqualTo(new Post(0, 9));
    assertThat(mailbox.take(taken::add, 3)).isZero();
  }

  @Test
  void aPostAfterTheClose_isDropped_withoutHarm() throws Exception {
    assertThat(mailbox.beforeSleep()).isTrue();
    mailbox.close();

    mailbox.post(new Post(0, 1));
  }
}
