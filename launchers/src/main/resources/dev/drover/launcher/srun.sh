# $1: how many steps; then srun, its options and the command.
if [ -z "${SLURM_JOB_ID-}" ]; then
  echo "drover: srun needs a Slurm job, and SLURM_JOB_ID is not set; take the slurm provider, or start inside an allocation (salloc)" >&2
  exit 78
fi
# What the job was asked for would be taken for each srun's own wish.
unset SLURM_CPUS_PER_TASK SLURM_TRES_PER_TASK SLURM_NTASKS_PER_NODE
steps=$1
shift
launch=$PWD/${JOBNAME:-drover}.launch
rm -f -- "$launch".*
pids=()

# A TERM to srun itself kills its tasks at once (Slurm 22.05). Slurm passes URG on, which by itself
# does nothing, and node.sh makes a TERM of it. Without --ctld scancel asks all nodes of the job, and fails
# when the step is not on all of them (22.05).
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
exit "$code"
