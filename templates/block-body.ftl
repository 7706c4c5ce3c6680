<#--
  What every job script does below its directives: write the exit code as the last act, run worker init, start the managers, pass
  on signals. A template of your own takes it in by the same line as the shipped ones: <#include "/block-body.ftl">
  Above that line, <#assign exitCodesThatAreOrders = "99 | 100"> names codes that the scheduler must not see.
-->
drover_exit_code_file=${sh(exitCodeFile)}
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
<#if exitCodesThatAreOrders??>
  # To the scheduler these are orders, such as to run the job again.
  case $code in
    ${exitCodesThatAreOrders})
      echo "drover: the scheduler is told exit code 1 instead of $code, which it would obey" >&2
      code=1
      ;;
  esac
</#if>
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

cd ${sh(directory)} || exit 1
export JOBNAME=${sh(jobName)}
<#list environment as name, value>
export ${name}=${sh(value)}
</#list>
<#if coresPerNode??>
# What was asked for; a node may show more.
export PARSL_CORES=${coresPerNode}
</#if>
<#if memoryPerNodeMib??>
export PARSL_MEMORY_GB=${memoryPerNodeMib / 1024}
</#if>
<#if walltimeSeconds??>
# When the scheduler ends this job, in seconds since 1970: managers start nothing that cannot end by then.
DROVER_BLOCK_END=$(($(date +%s) + ${walltimeSeconds}))
export DROVER_BLOCK_END
</#if>
<#if workerInit??>

# Worker init, as configured. The block fails here when its last command does.
${workerInit}
drover_init_code=$?
if [ "$drover_init_code" -ne 0 ]; then
  echo "drover: worker init failed with exit code $drover_init_code; no manager was started" >&2
  exit "$drover_init_code"
fi
</#if>

# In the background, since bash runs no trap while it waits for a command in the foreground.
${sh(command)} &
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
