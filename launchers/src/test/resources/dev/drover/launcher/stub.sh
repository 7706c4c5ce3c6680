#!/bin/bash
# Stands for any launcher program: starts as many copies as it is told, and says how it was called.
# It knows the command by its first word, which is bash or $MANAGER.
me=${0##*/}
printf '%s\n' "$me" "$@" >>"$STUB_LOG/$me.argv"
if [ "${1-}" = --version ]; then
  echo "${STUB_VERSION-HYDRA build details:}"
  exit
fi
count=1 hostfile='' relative=''
while [ $# -gt 0 ] && [ "$1" != bash ] && [ "$1" != "$MANAGER" ]; do
  case $1 in
    -n) count=$2; shift ;;
    -N[0-9]*) count=${1#-N} ;;
    --ntasks=*) count=${1#*=} ;;
    --relative=*) relative=${1#*=} ;;
    --hostfile) hostfile=$2; shift ;;
  esac
  shift
done
command=()
while [ $# -gt 0 ] && [ "$1" != ::: ]; do command+=("$1"); shift; done
if [ "${1-}" = ::: ]; then shift; count=$#; fi
hosts=()
if [ -n "$hostfile" ]; then mapfile -t hosts <"$hostfile"; fi
if [ "$me" = srun ]; then step=$((${relative:-0} + 7)); fi
pids=()
# Before the first of them is there; what comes while they are started is done once all of them are.
started='' asked=''
signal() {
  again=yes
  if [ -z "$started" ]; then
    asked=$1
    return
  fi
  # As Slurm's srun does it: TERM is the end of all.
  if [ "$me" = srun ]; then kill -KILL "${pids[@]}"; else kill -"$1" "${pids[@]}"; fi
}
trap 'signal TERM' TERM
trap 'signal URG' URG
for ((i = 0; i < count; i++)); do
  export STUB_RANK=${relative:-$i} STUB_HOST=${hosts[i]-}
  if [ "$me" = srun ]; then export SLURM_PROCID=$i SLURM_STEP_ID=$step SLURM_CPU_BIND=none; fi
  "${command[@]}" &
  pids+=("$!")
done
if [ "$me" = srun ]; then echo "${pids[@]}" >"$STUB_LOG/step.$SLURM_JOB_ID.$step"; fi
started=yes
if [ -n "$asked" ]; then signal "$asked"; fi
worst=0
for pid in "${pids[@]}"; do
  again=yes
  while [ -n "$again" ]; do again=; code=0; wait "$pid" || code=$?; done
  if [ "$code" -gt "$worst" ]; then worst=$code; fi
done
exit "$worst"
