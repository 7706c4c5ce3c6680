# $1: nodes, $2: own host file or nothing, $3: program, $4: its bind option or nothing, $5: "ppn" when
# the options say so themselves, $6: the text of node.sh, $7: how many options; these; the command.
nodes=$1 given=$2 program=$3 bind=$4 says=$5 node=$6 count=$7
shift 7
options=("${@:1:count}")
shift "$count"

drover_hosts "$given" "$nodes"
launch=$PWD/${JOBNAME:-drover}.launch
rm -f -- "$launch".*
printf '%s\n' "${hosts[@]}" >"$launch.hosts" ||
  drover_fail "cannot write the host list $launch.hosts; start the launcher in the block's directory"
words=(-n "$nodes" --hostfile "$launch.hosts")
if [ -n "$bind" ]; then words+=("$bind" none); fi

# The two families spell one-per-node differently, and both call themselves mpiexec.
version=$(timeout 20 "$program" --version </dev/null 2>&1)
case $version in
  *OpenRTE* | *"Open MPI"* | *"Open-MPI"*)
    words+=(--map-by ppr:1:node)
    while read -r name; do
      if drover_travels "$name"; then words+=(-x "$name"); fi
    done < <(
      compgen -e
      echo DROVER_LAUNCH
    )
    ;;
  *)
    if [ -z "$says" ]; then words+=(--ppn 1); fi
    if [[ $version == *HYDRA* ]]; then words+=(-genvall -disable-auto-cleanup); fi
    # Only HPE's PALS has this word for binding. Its default ends all ranks when one fails.
    if [ "$bind" = --cpu-bind ]; then words+=(--no-abort-on-failure --no-transfer); fi
    ;;
esac
pid=
if [[ $version != *OpenRTE* ]]; then
  stopped=
  drover_stop() {
    if [ -z "$pid" ]; then exit 143; fi
    stopped=yes
    kill -TERM "$pid" 2>/dev/null
  }
  "$program" "${words[@]}" "${options[@]}" "$@" &
  pid=$!
  drover_wait "$pid"
  # Hydra loses the codes, now and then, of ranks that its own TERM ended.
  if [ -n "$stopped" ] && [ "$drover_code" -eq 0 ]; then drover_code=143; fi
  exit "$drover_code"
fi

# Open MPI before 5 gives a TERM one second, and loses the codes of managers that fail alone.
words+=(--mca ess_base_forward_signals SIGURG)
if [ "$nodes" -gt 1 ]; then words+=(--mca orte_abort_on_non_zero_status 0); fi
stops=0
# The first time gently, and again while mpirun may not listen yet; the second time as mpirun does.
drover_stop() {
  stops=$((stops + 1))
  if [ -z "$pid" ]; then exit 143; fi
  if [ "$stops" -gt 1 ]; then
    kill -TERM "$pid" 2>/dev/null
  else
    while kill -URG "$pid"; do sleep 2; done </dev/null >/dev/null 2>&1 &
  fi
}
DROVER_LAUNCH=$launch "$program" "${words[@]}" "${options[@]}" bash -c "$node" drover-node "$@" &
pid=$!
drover_wait "$pid"
if [ "$drover_code" -eq 0 ] && [ -s "$launch.codes" ]; then read -r drover_code <"$launch.codes"; fi
exit "$drover_code"
