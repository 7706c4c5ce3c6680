#!/bin/bash
# Drover block b-0007, on PBS Professional or OpenPBS.
#PBS -N b-0007
# Some versions hand the script to the user's login shell, whatever the first line says; that may be a csh.
#PBS -S /bin/bash
# After a node failure PBS would start a rerunnable job again, under the same id, while the first instance may still run.
#PBS -r n
#PBS -q prod
#PBS -A 'My Project'
#PBS -l walltime=123:04:05
#PBS -l select=1234:ncpus=64:mem=512000mb:ngpus=4:system=polaris
# Some sites refuse a job without them; PBS holds it while one of them is down.
#PBS -l filesystems=home:flare
# One chunk on each host: without it two may land on the same one.
#PBS -l place=scatter:excl
# What PBS itself prints around the script. It is brought here only after the job's end.
#PBS -j oe
#PBS -o '/scratch/it'\''s here/b-0007/scheduler-output'
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# The script's own output, to be read while it runs.
exec >'/scratch/it'\''s here/b-0007/stdout' 2>'/scratch/it'\''s here/b-0007/stderr' || exit 1

drover_exit_code_file='/scratch/it'\''s here/b-0007/exit-code'
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

cd '/scratch/it'\''s here/b-0007' || exit 1
export JOBNAME=b-0007
export GREETING='hello $USER'
# What was asked for; a node may show more.
export PARSL_CORES=64
export PARSL_MEMORY_GB=500
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 443045))
export DROVER_BLOCK_END

# Worker init, as configured. The block fails here when its last command does.
module load jdk
drover_init_code=$?
if [ "$drover_init_code" -ne 0 ]; then
  echo "drover: worker init failed with exit code $drover_init_code; no manager was started" >&2
  exit "$drover_init_code"
fi

# In the background, since bash runs no trap while it waits for a command in the foreground.
pbsdsh -- java -jar /opt/drover.jar worker-pool &
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
