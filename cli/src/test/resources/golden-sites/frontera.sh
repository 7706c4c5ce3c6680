#!/bin/bash
# Drover block drover.htex.run-482805.b-0001, for Slurm. What nobody asked for is left to the cluster: some refuse --mem, --gres or --exclusive.
#SBATCH --job-name=drover.htex.run-482805.b-0001
#SBATCH --chdir=/scratch/project/run/blocks/b-0001
#SBATCH --output=/scratch/project/run/blocks/b-0001/stdout
#SBATCH --error=/scratch/project/run/blocks/b-0001/stderr
# One task on each node, since one manager runs there. Slurm counts cores by the task, so that this makes
# --cpus-per-task the cores of a node.
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
# In minutes, rounded up.
#SBATCH --time=60
#SBATCH --partition=small
# A block that lost its node is over: started again, it would be one that nobody asked for.
#SBATCH --no-requeue
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# What sbatch exports of the wishes above, each srun below would take for its own: before 22.05 every task of it
# wants all the cores, since 24.05 it refuses another number of them, and it warns of more tasks than one a node.
unset SLURM_CPUS_PER_TASK SLURM_TRES_PER_TASK SLURM_NTASKS_PER_NODE

drover_exit_code_file=/scratch/project/run/blocks/b-0001/exit-code
drover_command_pid=
drover_command_ended=

# The file appears whole or not at all. Zero is written only when the command itself ended so: bash
# comes here with zero, too, when worker init calls exit, or a signal that nobody traps ends the script.
drover_record_exit_code() {
  local code=$?
  trap '' HUP INT TERM USR1 USR2 XCPU
  if [ -z "$drover_command_ended" ] && [ "$code" -eq 0 ]; then
    code=1
  fi
  echo "$code" >"$drover_exit_code_file.new" && mv -f "$drover_exit_code_file.new" "$drover_exit_code_file"
  exit "$code"
}

# Whatever asks the block to end asks the command to end; the script stays to see how it did.
drover_end() {
  drover_signalled=yes
  if [ -z "$drover_command_pid" ]; then
    exit 143
  fi
  kill -TERM "$drover_command_pid" 2>/dev/null || true
}

trap drover_record_exit_code EXIT
trap drover_end HUP INT TERM USR1 USR2 XCPU

cd /scratch/project/run/blocks/b-0001 || exit 1
export JOBNAME=drover.htex.run-482805.b-0001
# What was asked for; a node may show more.
export PARSL_CORES=56
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 3600))
export DROVER_BLOCK_END

# In the background, since bash runs no trap while it waits for a command in the foreground.
bash -c 'drover_stop() {
  exit 143
}
drover_asked() {
  drover_signalled=yes
  drover_stop
}
trap drover_asked HUP INT TERM
drover_wait() {
  drover_signalled=yes
  while [ -n "$drover_signalled" ]; do
    drover_signalled=
    drover_code=0
    wait "$1" || drover_code=$?
  done
  if [ "$drover_code" -lt 0 ]; then drover_code=143; fi
}
if [ -z "${SLURM_JOB_ID-}" ]; then
  echo "drover: srun needs a Slurm job, and SLURM_JOB_ID is not set; take the slurm provider, or start inside an allocation (salloc)" >&2
  exit 78
fi
unset SLURM_CPUS_PER_TASK SLURM_TRES_PER_TASK SLURM_NTASKS_PER_NODE
steps=$1
shift
launch=$PWD/${JOBNAME:-drover}.launch
rm -f -- "$launch".*
pids=()
drover_stop() {
  local i ids=()
  if [ "${#pids[@]}" -eq 0 ]; then exit 143; fi
  for i in "${!pids[@]}"; do
    if ! kill -0 "${pids[i]}" 2>/dev/null; then continue; fi
    if [ -s "$launch.$i.step" ]; then ids+=("$(<"$launch.$i.step")"); else kill -TERM "${pids[i]}"; fi
  done
  if [ "${#ids[@]}" -gt 0 ] && ! timeout 60 scancel --ctld --signal=URG "${ids[@]}" </dev/null; then
    kill -TERM "${pids[@]}" 2>/dev/null
  fi
}
for ((i = 0; i < steps; i++)); do
  if [ "$steps" -eq 1 ]; then words=("$@"); else words=("$1" --relative="$i" "${@:2}"); fi
  DROVER_LAUNCH=$launch.$i "${words[@]}" &
  pids+=("$!")
done
code=0
for pid in "${pids[@]}"; do
  drover_wait "$pid"
  if [ "$drover_code" -gt "$code" ]; then code=$drover_code; fi
done
exit "$code"' drover-srun 1 srun '--nodes=1' '--ntasks=1' '--ntasks-per-node=1' '--kill-on-bad-exit=0' '--wait=0' --no-kill --overlap '--cpu-bind=none' '--mem=0' '--mpi=none' '--export=ALL' bash -c 'drover_launch=${DROVER_LAUNCH-}
drover_polls=${DROVER_LAUNCH_POLL-}
drover_manager=
drover_asked=
unset DROVER_LAUNCH DROVER_LAUNCH_POLL
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
exit "$drover_code"' drover-node /opt/java/bin/java -XX:+UseSerialGC -Xms64m '-XX:PretenureSizeThreshold=300k' -Xss512k '-XX:ReservedCodeCacheSize=64m' -XX:-UsePerfData -Xshare:auto '--enable-native-access=ALL-UNNAMED' '-Djava.net.preferIPv4Stack=true' -cp /opt/drover/drover.jar dev.drover.manager.WorkerPoolMain '--address=10.0.0.1' '--port=54000' '--keys=/scratch/project/run/keys' '--run-dir=/scratch/project/run' '--block=b-0001' '--working-dir=/scratch/project' '--log-dir=/scratch/project/run/managers' '--max-workers=56' '--cores-per-worker=1.0' '--prefetch=auto' '--drain-period=0.0' '--walltime=3600.0' '--probe-timeout=30.0' '--kill-grace=5.0' '--output=files' '--max-payload=268435456' '--mpi-launcher=ibrun' &
drover_command_pid=$!
# A signal ends wait early, and with a code of its own: wait again, which also tells the code of a
# command that has ended since.
drover_signalled=yes
while [ -n "$drover_signalled" ]; do
  drover_signalled=
  drover_code=0
  wait "$drover_command_pid" || drover_code=$?
done
# bash 5.2 loses the code, and says -1, when the command ends in the very instant of the signal.
if [ "$drover_code" -lt 0 ]; then
  drover_code=143
fi
drover_command_ended=yes
exit "$drover_code"
