#!/bin/bash
# Drover block drover.htex.run-482805.b-0001, on PBS Professional or OpenPBS.
#PBS -N drover.htex.run-482805.b-0001
# Some versions hand the script to the user's login shell, whatever the first line says; that may be a csh.
#PBS -S /bin/bash
# After a node failure PBS would start a rerunnable job again, under the same id, while the first instance may still run.
#PBS -r n
#PBS -q workq-route
#PBS -A PROJECT
#PBS -l walltime=01:00:00
#PBS -l select=1:ncpus=256
# Some sites refuse a job without them; PBS holds it while one of them is down.
#PBS -l filesystems=home:eagle
# One chunk on each host: without it two may land on the same one.
#PBS -l place=scatter
# What PBS itself prints around the script. It is brought here only after the job's end.
#PBS -j oe
#PBS -o /scratch/project/run/blocks/b-0001/scheduler-output
#PBS -k doe
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# The script's own output, to be read while it runs.
exec >/scratch/project/run/blocks/b-0001/stdout 2>/scratch/project/run/blocks/b-0001/stderr || exit 1

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
export PARSL_CORES=256
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 3600))
export DROVER_BLOCK_END

# Worker init, as configured. The block fails here when its last command does.
export TMPDIR=/tmp
drover_init_code=$?
if [ "$drover_init_code" -ne 0 ]; then
  echo "drover: worker init failed with exit code $drover_init_code; no manager was started" >&2
  exit "$drover_init_code"
fi

# In the background, since bash runs no trap while it waits for a command in the foreground.
bash -c 'drover_fail() {
  echo "drover: $*" >&2
  exit 78
}
drover_hosts() {
  local text from line host nodelist launch_node=
  local -A seen=()
  hosts=()
  if [ -n "$1" ]; then
    [ -r "$1" ] || drover_fail "cannot read the launcher'\''s host file $1 on $HOSTNAME; make it readable there, or leave it out"
    from="the host file $1" text=$(<"$1")
  elif [ -n "${FLUX_URI-}" ] && nodelist=$(timeout 30 flux resource list -s up -no '\''{nodelist}'\'' </dev/null) &&
    text=$(timeout 30 flux hostlist -e "$nodelist" </dev/null); then
    from="the Flux instance" text=${text// /$'\''\n'\''}
  elif [ -n "${PBS_NODEFILE-}" ] && [ -r "$PBS_NODEFILE" ]; then
    from="PBS_NODEFILE ($PBS_NODEFILE)" text=$(<"$PBS_NODEFILE")
  elif [ -n "${SLURM_JOB_NODELIST-}" ] &&
    text=$(timeout 60 scontrol show hostnames "$SLURM_JOB_NODELIST" </dev/null); then
    from="SLURM_JOB_NODELIST ($SLURM_JOB_NODELIST)"
  elif [ -n "${LSB_DJOB_HOSTFILE-}" ] && [ -r "$LSB_DJOB_HOSTFILE" ]; then
    from="LSB_DJOB_HOSTFILE ($LSB_DJOB_HOSTFILE)" text=$(<"$LSB_DJOB_HOSTFILE") launch_node=maybe
  elif [ -n "${LSB_HOSTS-}" ]; then
    from="LSB_HOSTS" text=${LSB_HOSTS// /$'\''\n'\''} launch_node=maybe
  elif [ -n "${PE_HOSTFILE-}" ] && [ -r "$PE_HOSTFILE" ]; then
    from="PE_HOSTFILE ($PE_HOSTFILE)" text=$(<"$PE_HOSTFILE")
  else
    from="no scheduler'\''s host list" text=localhost
  fi
  while IFS= read -r line; do
    read -r host _ <<<"$line" || true
    if [[ $host =~ ^([^:]+):[0-9]+$ ]]; then host=${BASH_REMATCH[1]}; fi
    if [ "${3-}" = lines ] && [ -n "$1" ]; then host=$line; fi
    if [ -n "$host" ] && [[ $host != \#* ]] && [ -z "${seen["$host"]-}" ]; then
      seen["$host"]=yes
      hosts+=("$host")
    fi
  done <<<"$text"
  if [ -n "$launch_node" ] && [ "${#hosts[@]}" -eq $(($2 + 1)) ]; then hosts=("${hosts[@]:1}"); fi
  if [ "${#hosts[@]}" -lt "$2" ]; then
    drover_fail "the block has $2 nodes, but $from names ${#hosts[@]} different ones (${hosts[*]});" \
      "ask the scheduler for whole, separate nodes (PBS: place=scatter), or give the launcher a host file"
  fi
  hosts=("${hosts[@]:0:$2}")
}
drover_travels() {
  case $1 in
    _ | PWD | OLDPWD | SHLVL | HOSTNAME | HOST | TMPDIR | DISPLAY | BASH_* | BASHOPTS | SHELLOPTS | SSH_* | XDG_*) return 1 ;;
    OMPI_* | OPAL_* | PMIX_* | PMI_* | PRTE_* | HYDRA_* | MPIEXEC_* | FLUX_* | PARALLEL*) return 1 ;;
    PBS_NODENUM | PBS_TASKNUM | PBS_VNODENUM) return 1 ;;
    SLURM_JOB_* | SLURM_CONF | SLURM_CLUSTER_NAME) return 0 ;;
    SLURM*) return 1 ;;
    *) [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ;;
  esac
}
drover_stop() {
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
nodes=$1 given=$2 program=$3 bind=$4 says=$5 node=$6 count=$7
shift 7
options=("${@:1:count}")
shift "$count"
drover_hosts "$given" "$nodes"
launch=$PWD/${JOBNAME:-drover}.launch
rm -f -- "$launch".*
printf '\''%s\n'\'' "${hosts[@]}" >"$launch.hosts" ||
  drover_fail "cannot write the host list $launch.hosts; start the launcher in the block'\''s directory"
words=(-n "$nodes" --hostfile "$launch.hosts")
if [ -n "$bind" ]; then words+=("$bind" none); fi
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
  if [ -n "$stopped" ] && [ "$drover_code" -eq 0 ]; then drover_code=143; fi
  exit "$drover_code"
fi
words+=(--mca ess_base_forward_signals SIGURG)
if [ "$nodes" -gt 1 ]; then words+=(--mca orte_abort_on_non_zero_status 0); fi
stops=0
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
exit "$drover_code"' drover-mpiexec 1 '' mpiexec --cpu-bind ppn 'drover_launch=${DROVER_LAUNCH-}
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
exit "$drover_code"' 2 --ppn 1 /opt/java/bin/java -XX:+UseSerialGC -Xms64m '-XX:PretenureSizeThreshold=300k' -Xss512k '-XX:ReservedCodeCacheSize=64m' -XX:-UsePerfData -Xshare:auto '--enable-native-access=ALL-UNNAMED' '-Djava.net.preferIPv4Stack=true' -cp /opt/drover/drover.jar dev.drover.manager.WorkerPoolMain '--address=10.0.0.1' '--port=54000' '--keys=/scratch/project/run/keys' '--run-dir=/scratch/project/run' '--block=b-0001' '--working-dir=/scratch/project' '--log-dir=/scratch/project/run/managers' '--max-workers=8' '--cores-per-worker=32.0' '--cpu-affinity=list:0-15,128-143:16-31,144-159:32-47,160-175:48-63,176-191:64-79,192-207:80-95,208-223:96-111,224-239:112-127,240-255' '--prefetch=auto' '--drain-period=0.0' '--walltime=3600.0' '--probe-timeout=30.0' '--kill-grace=5.0' '--output=files' '--max-payload=268435456' &
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
