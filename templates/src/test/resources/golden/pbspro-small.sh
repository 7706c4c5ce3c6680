#!/bin/bash
# Drover block b-0007, on PBS Professional or OpenPBS.
#PBS -N b-0007
# Some versions hand the script to the user's login shell, whatever the first line says; that may be a csh.
#PBS -S /bin/bash
# After a node failure PBS would start a rerunnable job again, under the same id, while the first instance may still run.
#PBS -r n
#PBS -l select=1
# One chunk on each host: without it two may land on the same one.
#PBS -l place=scatter
# What PBS itself prints around the script. It is brought here only after the job's end.
#PBS -j oe
#PBS -o /scratch/b-0007/scheduler-output
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# The script's own output, to be read while it runs.
exec >/scratch/b-0007/stdout 2>/scratch/b-0007/stderr || exit 1

drover_exit_code_file=/scratch/b-0007/exit-code
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

cd /scratch/b-0007 || exit 1
export JOBNAME=b-0007

# In the background, since bash runs no trap while it waits for a command in the foreground.
java -jar /opt/drover.jar worker-pool &
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
