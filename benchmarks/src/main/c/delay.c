/*
 * A line with a round-trip time: joins two TUN devices, one here and one in a network namespace, and hands each
 * packet over half that time after it came; in order, none lost, as fast as it can otherwise. Runs as root, until
 * it is killed; both devices are gone with it.
 *
 *   delay ROUND-TRIP-MILLISECONDS HERE NAMESPACE THERE
 *
 * HERE and THERE are the devices' names; their addresses are the caller's to give, once "ready" was printed.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* At 100 ms of round trip these hold 50 ms of 240 MB/s: more than a TCP window lets be under way. */
enum { PACKET = 1500, PACKETS = 8192 };

struct packet {
  long due; /* nanoseconds */
  int length;
  char bytes[PACKET];
};

struct direction {
  int from, to;
  unsigned first, count;
  struct packet *ring;
};

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int tun(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
  if (device < 0 || ioctl(device, TUNSETIFF, &request) < 0) {
    err(1, "no TUN device %s", name);
  }
  return device;
}

/* While its ring is full the device keeps what comes, and then the sender's TCP waits. */
static void take(struct direction *d, long delay) {
  while (d->count < PACKETS) {
    struct packet *p = &d->ring[(d->first + d->count) % PACKETS];
    p->length = read(d->from, p->bytes, PACKET);
    if (p->length <= 0) {
      return;
    }
    p->due = now() + delay;
    d->count++;
  }
}

static void give(struct direction *d) {
  while (d->count > 0 && d->ring[d->first].due <= now()) {
    if (write(d->to, d->ring[d->first].bytes, d->ring[d->first].length) < 0) {
      warn("a packet was lost"); /* the other device is down */
    }
    d->first = (d->first + 1) % PACKETS;
    d->count--;
  }
}

int main(int argc, char **argv) {
  if (argc != 5) {
    errx(2, "usage: delay ROUND-TRIP-MILLISECONDS HERE NAMESPACE THERE");
  }
  long delay = atof(argv[1]) * 1000000 / 2;
  char name[256];
  snprintf(name, sizeof name, "/run/netns/%s", argv[3]);
  struct direction d[2] = {{.from = tun(argv[2])}};
  int namespace = open(name, O_RDONLY);
  if (namespace < 0 || setns(namespace, CLONE_NEWNET) < 0) {
    err(1, "no network namespace %s", argv[3]);
  }
  d[0].to = d[1].from = tun(argv[4]);
  d[1].to = d[0].from;
  for (int i = 0; i < 2; i++) {
    if (!(d[i].ring = calloc(PACKETS, sizeof(struct packet)))) {
      err(1, "no memory");
    }
  }
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd polled[2];
    long next = 0;
    for (int i = 0; i < 2; i++) {
      polled[i] = (struct pollfd){.fd = d[i].from, .events = d[i].count < PACKETS ? POLLIN : 0};
      if (d[i].count > 0 && (next == 0 || d[i].ring[d[i].first].due < next)) {
        next = d[i].ring[d[i].first].due;
      }
    }
    long left = next - now();
    struct timespec wait = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
    if (next == 0 || left > 0) {
      ppoll(polled, 2, next == 0 ? NULL : &wait, NULL);
    }
    for (int i = 0; i < 2; i++) {
      take(&d[i], delay);
      give(&d[i]);
    }
  }
}
