#!/bin/bash
# Drover block drover-b-0007, for LSF, which reads these wishes only when bsub gets the script as its standard input.
#BSUB -J drover-b-0007
#BSUB -q pbatch
#BSUB -P 'proj 1'
#BSUB -U maintenance
# Hours and minutes, rounded up. On nodes of several speeds LSF may scale this, unless the site has set ABS_RUNLIMIT.
#BSUB -W 1:01
# LSF counts slots: so many in all, and so many on each node.
#BSUB -n 128
#BSUB -R "span[ptile=64]"
# Of each node, whether the site counts memory by node or by slot (needs LSF 10.1.0.9). There is no limit -M beside it:
# what that counts, a process, a node or the job, is the site's setting.
#BSUB -R "rusage[mem=1536MB/host]"
#BSUB -gpu "num=4"
#BSUB -R "select[type==any && hname!='n1']"
#BSUB -x
# A block that lost its node is over: started again, it would be one that nobody asked for.
#BSUB -rn
# LSF's own report, beside this script: bsub is started in the block's directory, and sends mail where there is no file.
#BSUB -o scheduler-output
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# LSF would keep what the block prints to itself until the end, and add its report to it.
exec >'/scratch/it'\''s 50% here/b-0007/stdout' 2>'/scratch/it'\''s 50% here/b-0007/stderr' || exit 1

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
blaunch java -jar /opt/drover.jar 'two words' &
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
