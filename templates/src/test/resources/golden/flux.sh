#!/bin/bash
# Drover block drover-b-0007, for Flux. Nodes without cores are whole nodes, with all that is on them; with cores, each node
# is one slot of so many. There is no working directory among the wishes: where it is missing, Flux would run the
# script in /tmp without a word, so the script goes there itself. Flux reads the wishes in one piece, words quoted as
# in a shell; an odd line among them ends them.
# flux: --job-name=drover-b-0007
# flux: --output='/scratch/it'\''s 50% here/b-0007/stdout'
# flux: --error='/scratch/it'\''s 50% here/b-0007/stderr'
# flux: -N 2
# flux: -n 2
# flux: -c 64
# flux: -g 4
# flux: --exclusive
# flux: -t 3601s
# flux: --queue=pbatch
# flux: --bank='proj 1'
# flux: --requires='host:n[1-2]|gpu'
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

drover_exit_code_file='/scratch/it'\''s 50% here/b-0007/exit-code'
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

cd '/scratch/it'\''s 50% here/b-0007' || exit 1
export JOBNAME=drover-b-0007
export OMP_NUM_THREADS=1
# What was asked for; a node may show more.
export PARSL_CORES=64
export PARSL_MEMORY_GB=1.5
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 3601))
export DROVER_BLOCK_END

# Worker init, as configured. The block fails here when its last command does.
module load jdk
drover_init_code=$?
if [ "$drover_init_code" -ne 0 ]; then
  echo "drover: worker init failed with exit code $drover_init_code; no manager was started" >&2
  exit "$drover_init_code"
fi

# In the background, since bash runs no trap while it waits for a command in the foreground.
flux run -N2 java -jar /opt/drover.jar 'two words' &
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
