# began PID: prints when that process began, in seconds since the epoch by the clock of this host; fails
# where there is none. For the scripts that follow it.
began() {
  # The name in it may hold blanks; the start is the twentieth word behind it.
  ticks=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20)
  boot=$(sed -n 's/^btime //p' /proc/stat)
  [ -n "$ticks" ] && echo $((boot + ticks / $(getconf CLK_TCK 2>/dev/null || echo 100)))
}

