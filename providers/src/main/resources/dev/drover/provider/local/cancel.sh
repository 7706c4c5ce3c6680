# Asks jobs to end, and leaves a helper that kills what has not ended after the grace. Arguments: the
# helper's text, the grace in seconds, then job id and block directory in turn. Ended jobs are left alone.
reaper=$1 grace=$2
shift 2
asked=
while [ $# -ge 2 ]; do
  id=$1 directory=$2
  shift 2
  lives "$id" || continue
  if [ -n "$directory" ]; then
    echo "TERM sent by Drover" >"$directory/cancelled"
  fi
  # The group is there once setsid has run; until then there is the process alone.
  kill -TERM "-${id%-*}" 2>/dev/null || kill -TERM "${id%-*}" 2>/dev/null
  asked="$asked $id"
done
if [ -n "$asked" ]; then
  # shellcheck disable=SC2086  # ids are meant to split
  setsid sh -c "$reaper" drover-reaper "$grace" $asked >/dev/null 2>&1 </dev/null &
fi
