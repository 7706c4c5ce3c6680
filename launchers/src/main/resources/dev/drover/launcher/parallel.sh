# $1: nodes, $2: own file of sshlogins or nothing, $3: program, $4: the text of node.sh,
# $5: how many options; these; the command.
nodes=$1 given=$2 program=$3 node=$4 count=$5
shift 5
options=("${@:1:count}")
shift "$count"

drover_hosts "$given" "$nodes" lines
launch=$PWD/${JOBNAME:-drover}.launch
rm -f -- "$launch".*
# A group for each host, and one job for each group: else a host whose manager ends early gets a second.
jobs=()
for i in "${!hosts[@]}"; do
  if [ "${hosts[i]}" = localhost ]; then hosts[i]=:; fi
  jobs+=("$i@d$i")
  echo "@d$i/1/${hosts[i]}"
done >"$launch.hosts" ||
  drover_fail "cannot write the host list $launch.hosts; start the launcher in the block's directory"

# The command and the variables travel in a private file: ssh would show them to all users.
(
  umask 077
  {
    echo 'PATH=/usr/bin:/bin'
    while read -r name; do
      if drover_travels "$name"; then printf 'export %s=%q\n' "$name" "${!name}"; fi
    done < <(compgen -e)
    printf 'export DROVER_LAUNCH=%q DROVER_LAUNCH_POLL=yes\n' "$launch"
    printf 'cd %q || exit 1\n' "$PWD"
    printf 'exec bash -c %q drover-node' "$node"
    printf ' %q' "$@"
    echo
  } >"$launch.node.sh"
) || drover_fail "cannot write $launch.node.sh; start the launcher in the block's directory"

pid=
stops=0
# The first time by the file that each node looks for; the second time as parallel does.
drover_stop() {
  stops=$((stops + 1))
  if [ -z "$pid" ]; then exit 143; fi
  : >"$launch.stop"
  if [ "$stops" -gt 1 ]; then kill -TERM "$pid" 2>/dev/null; fi
}
# Without BatchMode an unknown host's key would be asked for, for ever.
export PARALLEL_SSH=${PARALLEL_SSH:-ssh -o BatchMode=yes}
"$program" --plain --line-buffer --jobs 1 --hostgroups --sshloginfile "$launch.hosts" "${options[@]}" \
  -q bash "$launch.node.sh" ::: "${jobs[@]}" </dev/null &
pid=$!
drover_wait "$pid"
if [ -s "$launch.codes" ]; then read -r drover_code <"$launch.codes"; fi
exit "$drover_code"
