#!/usr/bin/env bash
# Prints row $1 of $2 rows of the Mandelbrot set, 100 characters wide.
exec awk -v row="$1" -v rows="$2" 'BEGIN {
  shades = " .:-=+*%@#"
  y = -1.2 + 2.4 * (row + 0.5) / rows
  for (column = 0; column < 100; column++) {
    x = -2.2 + 3.2 * column / 100
    a = b = 0
    for (n = 0; n < 900 && a * a + b * b < 4; n++) { t = a * a - b * b + x; b = 2 * a * b + y; a = t }
    printf "%s", n == 900 ? "#" : substr(shades, 1 + (n < 81 ? int(sqrt(n)) : 8), 1)
  }
  print ""
}'
