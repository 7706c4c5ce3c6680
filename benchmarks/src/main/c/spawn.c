/*
 * The limit for commands: posix_spawn and waitpid in a loop, a fixed number of children at once.
 *
 *   spawn COUNT AT_ONCE COMMAND [ARGUMENT...]
 *
 * Prints commands a second, and microseconds of CPU time a command, its own included; ends with 1 when a command cannot be started or does not exit with 0.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_micros(int who) {
  struct rusage used;
  getrusage(who, &used);
  return ((double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec) * 1e6 +
         (double)used.ru_utime.tv_usec + (double)used.ru_stime.tv_usec;
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: spawn COUNT AT_ONCE COMMAND [ARGUMENT...]\n");
    return 2;
  }
  long count = atol(argv[1]);
  long at_once = atol(argv[2]);
  char **command = argv + 3;
  long started = 0, ended = 0;
  double begin = seconds();
  while (ended < count) {
    while (started < count && started - ended < at_once) {
      pid_t child;
      int problem = posix_spawn(&child, command[0], NULL, NULL, command, environ);
      if (problem != 0) {
        fprintf(stderr, "spawn: %s: %s\n", command[0], strerror(problem));
        return 1;
      }
      started++;
    }
    int status;
    if (waitpid(-1, &status, 0) < 0) {
      perror("spawn: waitpid");
      return 1;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      fprintf(stderr, "spawn: %s ended with status %d\n", command[0], status);
      return 1;
    }
    ended++;
  }
  double rate = (double)count / (seconds() - begin);
  printf("%.1f %.1f\n", rate, (cpu_micros(RUSAGE_SELF) + cpu_micros(RUSAGE_CHILDREN)) / (double)count);
  return 0;
}
