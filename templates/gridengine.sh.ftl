<#-- Grid Engine places slots, not nodes: only a parallel environment gives a job more than one node. -->
<#if nodes gt 1 && !parallelEnvironment??>
  <#stop "a block of " + nodes + " nodes needs provider.parallel-environment on Grid Engine (qconf -spl lists them)">
</#if>
<#-- A path in -o or -e cannot quote a comma, a colon, a blank or a dollar sign: the script then redirects by itself. -->
<#assign plainPaths = (stdout + stderr)?matches("[A-Za-z0-9_./+-]+")>
<#assign slots = nodes * (coresPerNode!1)>
<#assign exitCodesThatAreOrders = "99 | 100">
#!/bin/bash
# Drover block ${jobName}, for Grid Engine.
#$ -N ${jobName}
# A queue's own shell may be csh.
#$ -S /bin/bash
<#if plainPaths>
#$ -o ${stdout}
#$ -e ${stderr}
<#else>
#$ -o /dev/null
#$ -e /dev/null
</#if>
# A block that was lost with its node is not to start a second time.
#$ -r n
# A block that no queue could ever take is refused at once, and does not wait for ever.
#$ -w e
<#if walltimeSeconds??>
#$ -l h_rt=${walltimeSeconds}
</#if>
<#if parallelEnvironment??>
# Slots, which the environment's allocation rule lays on nodes: one for each core that is asked for.
#$ -pe ${parallelEnvironment} ${slots}
</#if>
<#if nodes gt 1>
# Nodes are kept free for a wide block, where the scheduler does so at all.
#$ -R y
</#if>
<#if queue??>
#$ -q ${queue}
</#if>
<#if account??>
#$ -P ${account}
</#if>
<#if reservation??>
#$ -ar ${reservation}
</#if>
<#if exclusive>
#$ -l exclusive=true
</#if>
# Memory and accelerators go by other names at every site: add them by directives.add, as -l h_vmem=4G or -l gpu=1.
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

<#if !plainPaths>
exec >${sh(stdout)} 2>${sh(stderr)} || exit 1

</#if>
<#include "/block-body.ftl">
