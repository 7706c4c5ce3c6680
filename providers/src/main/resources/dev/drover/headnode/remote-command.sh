# Runs one command on a head node for a Drover elsewhere. Its standard input is the line to that
# Drover: when it ends, because Drover gave the command up or the connection broke, the command and
# all of its process group are killed. Both streams say where the command's own output begins and
# ends, since start-up files and banners print what they like before it.

drover_say() {
  printf '%s%s%s' "$drover_a" "$drover_b" "$1"
  printf '%s%s%s' "$drover_a" "$drover_b" "$1" >&2
}

drover_end() { # CODE
  drover_say ">$1
"
  exit 0
}

# The group is there once setsid has run; until then there is the process alone. It may have come to be
# between the two, hence the third.
drover_kill() {
  kill -s KILL -- "-$drover_pid" || {
    kill -s KILL "$drover_pid"
    kill -s KILL -- "-$drover_pid"
  }
}

drover_main() {
  exec 3<&0 </dev/null
  drover_init
  drover_say '<'
  case $1 in
    */*)
      if [ ! -e "$1" ]; then
        printf '%s: command not found\n' "$1" >&2
        drover_end 127
      elif [ -d "$1" ] || [ ! -x "$1" ]; then
        printf '%s: permission denied\n' "$1" >&2
        drover_end 126
      fi
      ;;
    *)
      if ! command -v "$1" >/dev/null 2>&1; then
        printf '%s: command not found\n' "$1" >&2
        drover_end 127
      fi
      ;;
  esac
  # Should the line hang without an end, this kills it.
  if command -v timeout >/dev/null 2>&1; then
    set -- timeout -s KILL "$drover_limit" "$@"
  fi
  # A session of its own, and so a process group whose number is its first process's.
  if [ -n "$drover_reads" ]; then
    printf '%s' "$drover_input" 2>/dev/null | setsid "$@" 3<&- &
  else
    setsid "$@" </dev/null 3<&- &
  fi
  drover_pid=$!
  trap drover_kill HUP INT TERM
  # Shells tell of killed children on standard error; the command's own is kept aside.
  exec 4>&2 2>/dev/null
  (
    trap - HUP INT TERM
    while read -r drover_line <&3; do : "$drover_line"; done
    drover_kill
  ) >/dev/null 4>&- &
  drover_watch=$!
  wait "$drover_pid"
  drover_code=$?
  kill "$drover_watch"
  exec 2>&4 4>&-
  drover_end "$drover_code"
}

