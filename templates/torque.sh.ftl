#!/bin/bash
# Drover block ${jobName}, on Torque.
#PBS -N ${sh(jobName)}
# Torque feeds the script to the user's login shell, whatever the first line says; that may be a csh.
#PBS -S /bin/bash
# After a node failure Torque would start a rerunnable job again, under the same id, while the first instance may still run.
#PBS -r n
<#if queue??>
#PBS -q ${sh(queue)}
</#if>
<#if account??>
#PBS -A ${sh(account)}
</#if>
<#if walltimeSeconds??>
#PBS -l walltime=${(walltimeSeconds / 3600)?floor?c?left_pad(2, "0")}:${(walltimeSeconds % 3600 / 60)?floor?c?left_pad(2, "0")}:${(walltimeSeconds % 60)?c?left_pad(2, "0")}
</#if>
# Without all of a node's cores, several of a block's nodes may be the same host.
#PBS -l nodes=${nodes}<#if coresPerNode??>:ppn=${coresPerNode}</#if><#if acceleratorsPerNode?? && acceleratorsPerNode gt 0 && !(selectOptions!"")?contains("gpus=")>:gpus=${acceleratorsPerNode}</#if><#if selectOptions??>:${selectOptions}</#if>
<#if memoryPerNodeMib??>
# Of the whole job: Torque has no word for the memory of a node.
#PBS -l mem=${memoryPerNodeMib * nodes}mb
</#if>
<#if exclusive>
#PBS -n
</#if>
# What Torque itself prints around the script. It is brought here only after the job's end.
#PBS -j oe
#PBS -o ${sh(schedulerOutput)}
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# The script's own output, to be read while it runs.
exec >${sh(stdout)} 2>${sh(stderr)} || exit 1

<#include "/block-body.ftl">
