#!/bin/bash
# Drover block drover.htex.run-482805.b-0001, for Flux. Nodes without cores are whole nodes, with all that is on them; with cores, each node
# is one slot of so many. There is no working directory among the wishes: where it is missing, Flux would run the
# script in /tmp without a word, so the script goes there itself. Flux reads the wishes in one piece, words quoted as
# in a shell; an odd line among them ends them.
# flux: --job-name=drover.htex.run-482805.b-0001
# flux: --output=/scratch/project/run/blocks/b-0001/stdout
# flux: --error=/scratch/project/run/blocks/b-0001/stderr
# flux: -N 1
# flux: --exclusive
# flux: -t 3600s
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

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
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + 3600))
export DROVER_BLOCK_END

# In the background, since bash runs no trap while it waits for a command in the foreground.
env 'FLUX_F58_FORCE_ASCII=1' flux run -N1 '--tasks-per-node=1' -o 'exit-timeout=none' -o 'cpu-affinity=off' -o 'gpu-affinity=off' -o 'pmi=off' --label-io /opt/java/bin/java -XX:+UseSerialGC -Xms64m '-XX:PretenureSizeThreshold=300k' -Xss512k '-XX:ReservedCodeCacheSize=64m' -XX:-UsePerfData -Xshare:auto '--enable-native-access=ALL-UNNAMED' '-Djava.net.preferIPv4Stack=true' -cp /opt/drover/drover.jar dev.drover.manager.WorkerPoolMain '--address=10.0.0.1' '--port=54000' '--keys=/scratch/project/run/keys' '--run-dir=/scratch/project/run' '--block=b-0001' '--working-dir=/scratch/project' '--log-dir=/scratch/project/run/managers' '--cores-per-worker=1.0' '--prefetch=auto' '--drain-period=0.0' '--walltime=3600.0' '--probe-timeout=30.0' '--kill-grace=5.0' '--output=files' '--max-payload=268435456' '--mpi-launcher=flux' &
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
