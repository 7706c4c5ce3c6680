#!/bin/bash
# Drover block b-0007, for HTCondor: the lines with CONDOR are its submit description, and "queue" follows them.
#CONDOR universe = vanilla
#CONDOR batch_name = b-0007
#CONDOR executable = /scratch/it's $(DOLLAR)(HOME), y:z/submit.sh
#CONDOR output = /scratch/it's $(DOLLAR)(HOME), y:z/stdout
#CONDOR error = /scratch/it's $(DOLLAR)(HOME), y:z/stderr
#CONDOR log = /scratch/it's $(DOLLAR)(HOME), y:z/scheduler-output
# The block's directory is shared with the machines. Where a pool does not know that it is, output streams back as it is written.
#CONDOR should_transfer_files = IF_NEEDED
#CONDOR when_to_transfer_output = ON_EXIT
#CONDOR stream_output = true
#CONDOR stream_error = true
#CONDOR notification = never
#CONDOR request_cpus = 1
# A block that lost its machine is not to start a second time; the rule below then removes it.
#CONDOR requirements = NumJobStarts =!= 1
# TERM before KILL when the block is removed, and half a minute between them.
#CONDOR +WantGracefulRemoval = true
#CONDOR job_max_vacate_time = 30
#CONDOR leave_in_queue = false
# HTCondor has no walltime of its own.
#CONDOR periodic_remove = JobStatus == 1 && NumJobStarts > 0
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

drover_exit_code_file='/scratch/it'\''s $(HOME), y:z/exit-code'
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

cd '/scratch/it'\''s $(HOME), y:z' || exit 1
export JOBNAME=b-0007
export OMP_NUM_THREADS=1

# Worker init, as configured. The block fails here when its last command does.
module load java
drover_init_code=$?
if [ "$drover_init_code" -ne 0 ]; then
  echo "drover: worker init failed with exit code $drover_init_code; no manager was started" >&2
  exit "$drover_init_code"
fi

# In the background, since bash runs no trap while it waits for a command in the foreground.
java -jar /opt/drover.jar worker-pool --name 'two words' &
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
