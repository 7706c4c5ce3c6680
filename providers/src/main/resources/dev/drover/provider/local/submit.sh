# Starts a block as a session of its own. Arguments: the block's directory, the job script.
# Prints the job id: the session leader's pid and its start time in clock ticks since boot. The job itself writes
# it into job-id, before its script: an answer may be lost on its way, and then find.sh reads it there.
command -v setsid >/dev/null || {
  echo "setsid: command not found" >&2
  exit 127
}
cd "$1" || exit 1
if [ -e cancelled ] || [ -e job-id ]; then
  rm -f cancelled job-id
fi
# A background process of this shell leads no group, so setsid works in place and keeps the pid.
# shellcheck disable=SC2016  # the job's own shell is to expand these
setsid sh -c '
  script=$1
  read -r stat <"/proc/$$/stat" || exit 1
  set -- ${stat##*) }
  echo "$$-${20}" >job-id.new && mv -f job-id.new job-id && exec bash "$script"
' drover-job "$2" >stdout 2>stderr </dev/null &
pid=$!
# No answer before the job has a session of its own: over SSH, what is in this group dies with this script.
until [ -e job-id ]; do
  { read -r stat <"/proc/$pid/stat"; } 2>/dev/null || break
  case ${stat##*) } in
    Z* | X*) break ;;
  esac
  sleep 0.01
done
read -r id <job-id || {
  echo "the job ended before its script began; its stderr: $(cat stderr)" >&2
  exit 1
}
echo "$id"
