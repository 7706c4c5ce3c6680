# Starts a block as a session of its own. Arguments: the block's directory, the job script.
# Prints the job id: the session leader's pid and its start time in clock ticks since boot.
command -v setsid >/dev/null || {
  echo "setsid: command not found" >&2
  exit 127
}
cd "$1" || exit 1
if [ -e cancelled ]; then
  rm -f cancelled
fi
# A background process of this shell leads no group, so setsid works in place and keeps the pid.
setsid bash "$2" >stdout 2>stderr </dev/null &
pid=$!
read -r stat <"/proc/$pid/stat" || {
  kill -TERM "$pid"
  exit 1
}
# shellcheck disable=SC2086  # fields are meant to split
set -- ${stat##*) }
echo "$pid-${20}"
