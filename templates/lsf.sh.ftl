#!/bin/bash
# Drover block ${jobName}, for LSF, which reads these wishes only when bsub gets the script as its standard input.
#BSUB -J ${sh(jobName)}
<#if queue??>
#BSUB -q ${sh(queue)}
</#if>
<#if account??>
#BSUB -P ${sh(account)}
</#if>
<#if reservation??>
#BSUB -U ${sh(reservation)}
</#if>
<#if walltimeSeconds??>
# Hours and minutes, rounded up. On nodes of several speeds LSF may scale this, unless the site has set ABS_RUNLIMIT.
#BSUB -W ${((walltimeSeconds + 59) / 3600)?floor}:${(((walltimeSeconds + 59) / 60)?floor % 60)?string("00")}
</#if>
<#if coresPerNode??>
# LSF counts slots: so many in all, and so many on each node.
#BSUB -n ${nodes * coresPerNode}
#BSUB -R "span[ptile=${coresPerNode}]"
<#if memoryPerNodeMib??>
# Of each node, whether the site counts memory by node or by slot (needs LSF 10.1.0.9). There is no limit -M beside it:
# what that counts, a process, a node or the job, is the site's setting.
#BSUB -R "rusage[mem=${memoryPerNodeMib}MB/host]"
</#if>
<#if acceleratorsPerNode?? && acceleratorsPerNode gt 0>
#BSUB -gpu "num=${acceleratorsPerNode}"
</#if>
<#else>
# Whole nodes, with their memory and accelerators, as on IBM's CORAL machines. Elsewhere say how many cores a node has.
#BSUB -nnodes ${nodes}
</#if>
<#if constraint??>
#BSUB -R "select[${constraint}]"
</#if>
<#if exclusive>
#BSUB -x
</#if>
# A block that lost its node is over: started again, it would be one that nobody asked for.
#BSUB -rn
# LSF's own report, beside this script: bsub is started in the block's directory, and sends mail where there is no file.
#BSUB -o scheduler-output
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# LSF would keep what the block prints to itself until the end, and add its report to it.
exec >${sh(stdout)} 2>${sh(stderr)} || exit 1

<#include "/block-body.ftl">
