/*
 * A task that the memory's speed bounds: a = b + s * c over arrays that no cache holds, as in
 * McCalpin's STREAM. Each page is touched first by the process that uses it.
 *
 *   triad MEGABYTES ROUNDS
 *
 * MEGABYTES of each of the three arrays. Ends with 1 when the memory cannot be had or the sum is wrong.
 */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: triad MEGABYTES ROUNDS\n");
    return 2;
  }
  size_t count = (size_t)atol(argv[1]) * 1000 * 1000 / sizeof(double);
  long rounds = atol(argv[2]);
  double *a = malloc(count * sizeof(double));
  double *b = malloc(count * sizeof(double));
  double *c = malloc(count * sizeof(double));
  if (a == NULL || b == NULL || c == NULL) {
    fprintf(stderr, "triad: no memory\n");
    return 1;
  }
  for (size_t i = 0; i < count; i++) {
    a[i] = 0;
    b[i] = 1;
    c[i] = 2;
  }
  for (long round = 0; round < rounds; round++) {
    double scale = (double)round;
    for (size_t i = 0; i < count; i++) {
      a[i] = b[i] + scale * c[i];
    }
    if (a[count - 1] != 1 + 2 * scale) {
      fprintf(stderr, "triad: wrong sum\n");
      return 1;
    }
  }
  return 0;
}
