#!/bin/bash
# Drover block drover.htex.run-482805.b-0001, on PBS Professional or OpenPBS.
#PBS -N drover.htex.run-482805.b-0001
# Some versions hand the script to the user's login shell, whatever the first line says; that may be a csh.
#PBS -S /bin/bash
# After a node failure PBS would start a rerunnable job again, under the same id, while the first instance may still run.
#PBS -r n
#PBS -q debug-scaling
#PBS -A PROJECT
#PBS -l walltime=00:30:00
#PBS -l select=10:ncpus=208
# Some sites refuse a job without them; PBS holds it while one of them is down.
#PBS -l filesystems=home:flare
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
export PARSL_CORES=208
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 1800))
export DROVER_BLOCK_END

# Worker init, as configured. The block fails here when its last command does.
export TMPDIR=/tmp
drover_init_code=$?
if [ "$drover_init_code" -ne 0 ]; then
  echo "drover: worker init failed with exit code $drover_init_code; no manager was started" >&2
  exit "$drover_init_code"
fi

# In the background, since bash runs no trap while it waits for a command in the foreground.
/opt/java/bin/java -XX:+UseSerialGC -Xms64m '-XX:PretenureSizeThreshold=300k' -Xss512k '-XX:ReservedCodeCacheSize=64m' -XX:-UsePerfData -Xshare:auto '--enable-native-access=ALL-UNNAMED' '-Djava.net.preferIPv4Stack=true' -cp /opt/drover/drover.jar dev.drover.manager.WorkerPoolMain '--address=10.0.0.1' '--port=54000' '--keys=/scratch/project/run/keys' '--run-dir=/scratch/project/run' '--block=b-0001' '--working-dir=/scratch/project' '--log-dir=/scratch/project/run/managers' '--max-workers=5' '--prefetch=0' '--drain-period=0.0' '--walltime=1800.0' '--probe-timeout=30.0' '--kill-grace=5.0' '--output=files' '--max-payload=268435456' --mpi-nodes &
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
