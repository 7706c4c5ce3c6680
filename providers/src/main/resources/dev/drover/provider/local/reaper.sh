# Kills what is left of jobs' sessions after a grace. Arguments: the grace in seconds, the job ids.
left=$1
shift
ids=$*

# The living processes of the sessions. A session's number is not used again while it has a member; a
# pid that has a new owner with another start time names another session.
survivors() {
  sessions=
  for id in $ids; do
    start=${id#*-}
    if { read -r stat <"/proc/${id%-*}/stat"; } 2>/dev/null; then
      # shellcheck disable=SC2086  # fields are meant to split
      set -- ${stat##*) }
      start=${20}
    fi
    if [ "$start" = "${id#*-}" ]; then
      sessions="$sessions ${id%-*}"
    fi
  done
  for file in /proc/[0-9]*/stat; do
    { read -r stat <"$file"; } 2>/dev/null || continue
    # shellcheck disable=SC2086  # fields are meant to split
    set -- ${stat##*) }
    if [ "$1" = Z ] || [ "$1" = X ]; then
      continue
    fi
    case "$sessions " in
      *" $4 "*)
        file=${file#/proc/}
        echo "${file%/stat}"
        ;;
    esac
  done
}

# Five seconds of killing suffice for all but processes that the kernel itself holds.
while [ "$left" -ge -5 ]; do
  victims=$(survivors)
  if [ -z "$victims" ]; then
    exit 0
  fi
  if [ "$left" -le 0 ]; then
    # shellcheck disable=SC2086  # pids are meant to split
    kill -KILL $victims
  fi
  sleep 1
  left=$((left - 1))
done
