# runs SECONDS FOLDER: tells of each run directory in FOLDER, the one that was used last first, what
# a look at it shows, as lines of a word and a text; "run NAME" begins each.
#   begin HOST NOW         is the first line; "missing" or "denied" follows where FOLDER is, and
#                          "end" is the last
#   denied                 the run directory, or its journal, cannot be read
#   lock JSON              who holds it
#   process START          that process lives on this host, and began then
#   header JSON            its run.json
#   url URL                the head node that it is on, seen from here
#   journal CHANGED BYTES  when the journal was written last
#   first LINE, last LINE  its first line, and its last whole one
#   torn                   what follows that is no whole line
#   counts ACCEPTED ENDED SUCCEEDED
#                          tasks in the journal; left out once SECONDS are over
# All times are seconds since the epoch by the clock of this host.
LC_ALL=C
export LC_ALL
now=$(date +%s)
limit=$((now + $1))
host=$(cat /proc/sys/kernel/hostname)

tell() { # As it is: echo may read backslashes.
  printf '%s %s\n' "$1" "$2"
}

process() {
  pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$1")
  grep -q "\"host\":\"$host\"" "$1" && start=$(began "$pid") && echo "process $start"
}

whole() { # The lines of the journal, without what is torn.
  if [ -n "$torn" ]; then sed '$d'; else cat; fi
}

journal() {
  if ! [ -r "$1" ]; then
    echo denied
    return
  fi
  echo "journal $(stat -c '%Y %s' "$1")"
  if ! [ -s "$1" ]; then
    echo counts 0 0 0
    return
  fi
  torn=$(tail -c 1 "$1" | tr '\0' x)
  tell first "$(head -c 4000 "$1" | tr '\0' ' ' | head -n 1)"
  tell last "$(tail -c 20000 "$1" | tr '\0' ' ' | whole | tail -n 1)"
  [ -n "$torn" ] && echo torn
  [ "$(date +%s)" -lt "$limit" ] || return
  accepted=$(whole <"$1" | grep -c '^{"t":"accepted",')
  # An array is accepted by one line.
  more=$(whole <"$1" | grep -o '^{"t":"accepted","id":[0-9]*,"n":[0-9]*' |
    awk -F : '{ tasks += $NF - 1 } END { printf "%.0f", tasks }')
  ended=$(whole <"$1" | grep -c '^{"t":"done",')
  succeeded=$(whole <"$1" | grep -c '^{"t":"done","id":[0-9]*,"try":[0-9]*,"end":"SUCCEEDED"')
  echo "counts $((accepted + more)) $ended $succeeded"
}

echo "begin $host $now"
if ! [ -d "$2" ]; then
  echo missing
elif ! cd "$2" 2>/dev/null || ! [ -r . ]; then
  echo denied
else
  # shellcheck disable=SC2012 # by time, which find does not sort by
  ls -1td ./*/ 2>/dev/null | while IFS= read -r run; do
    run=${run%/}
    if ! [ -r "$run" ] || ! [ -x "$run" ]; then
      tell run "${run#./}"
      echo denied
    elif [ -e "$run/lock" ] || [ -e "$run/run.json" ] || [ -e "$run/journal.jsonl" ] ||
      [ -e "$run/site.properties" ]; then
      tell run "${run#./}"
      if [ -s "$run/lock" ]; then
        tell lock "$(tr '\n' ' ' <"$run/lock")"
        process "$run/lock"
      fi
      [ -r "$run/run.json" ] && tell header "$(tr '\n' ' ' <"$run/run.json")"
      grep -q '^headnode.interchange *= *here' "$run/site.properties" 2>/dev/null ||
        sed -n 's/^headnode\.url *= */url /p' "$run/site.properties" 2>/dev/null
      [ -e "$run/journal.jsonl" ] && journal "$run/journal.jsonl"
    fi
  done
fi
echo end
exit 0
