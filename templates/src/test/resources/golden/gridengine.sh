#!/bin/bash
# Drover block b-0007, for Grid Engine.
#$ -N b-0007
# A queue's own shell may be csh.
#$ -S /bin/bash
#$ -o /scratch/u/b-0007/stdout
#$ -e /scratch/u/b-0007/stderr
# A block that was lost with its node is not to start a second time.
#$ -r n
# A block that no queue could ever take is refused at once, and does not wait for ever.
#$ -w e
#$ -l h_rt=10800
# Slots, which the environment's allocation rule lays on nodes: one for each core that is asked for.
#$ -pe mpi-8 9872
# Nodes are kept free for a wide block, where the scheduler does so at all.
#$ -R y
#$ -q long.q
#$ -P physics
#$ -ar 12
#$ -l exclusive=true
# Memory and accelerators go by other names at every site: add them by directives.add, as -l h_vmem=4G or -l gpu=1.
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

drover_exit_code_file=/scratch/u/b-0007/exit-code
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
  # To the scheduler these are orders, such as to run the job again.
  case $code in
    99 | 100)
      echo "drover: the scheduler is told exit code 1 instead of $code, which it would obey" >&2
      code=1
      ;;
  esac
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

cd /scratch/u/b-0007 || exit 1
export JOBNAME=b-0007
export OMP_NUM_THREADS=1
# What was asked for; a node may show more.
export PARSL_CORES=8
export PARSL_MEMORY_GB=16
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 10800))
export DROVER_BLOCK_END

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
