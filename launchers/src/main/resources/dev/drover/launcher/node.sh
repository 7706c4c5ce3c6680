# On a node: runs one manager, and turns what its launcher can send into the TERM it understands.
drover_launch=${DROVER_LAUNCH-}
drover_polls=${DROVER_LAUNCH_POLL-}
drover_manager=
drover_asked=
unset DROVER_LAUNCH DROVER_LAUNCH_POLL
# srun's own choices would become those of each srun that a task starts.
unset SLURM_CPU_BIND SLURM_CPU_BIND_LIST SLURM_CPU_BIND_TYPE SLURM_CPU_BIND_VERBOSE
if [ "${SLURM_MPI_TYPE-}" = none ]; then unset SLURM_MPI_TYPE; fi

drover_end() {
  drover_signalled=yes
  if [ -z "$drover_asked" ] && [ -n "$drover_manager" ]; then kill -TERM "$drover_manager" 2>/dev/null; fi
  drover_asked=yes
}
trap drover_end HUP INT TERM URG

if [ -n "$drover_launch" ] && [ "${SLURM_PROCID-}" = 0 ]; then
  echo "${SLURM_JOB_ID-}.${SLURM_STEP_ID-}" >"$drover_launch.step"
fi
"$@" <&0 &
drover_manager=$!
if [ -n "$drover_asked" ]; then kill -TERM "$drover_manager" 2>/dev/null; fi

# GNU parallel passes no signal to other nodes: the file that asks is looked for once a second.
drover_poller=
if [ -n "$drover_polls" ]; then
  while kill -0 $$ 2>/dev/null; do
    if [ -e "$drover_launch.stop" ]; then
      kill -URG $$
      break
    fi
    sleep 1
  done </dev/null >/dev/null 2>&1 &
  drover_poller=$!
fi

drover_signalled=yes
while [ -n "$drover_signalled" ]; do
  drover_signalled=
  drover_code=0
  wait "$drover_manager" || drover_code=$?
done
if [ "$drover_code" -lt 0 ]; then drover_code=143; fi
if [ -n "$drover_poller" ]; then kill "$drover_poller" 2>/dev/null; fi
if [ -n "$drover_launch" ] && [ "$drover_code" -ne 0 ]; then echo "$drover_code" >>"$drover_launch.codes"; fi
exit "$drover_code"
