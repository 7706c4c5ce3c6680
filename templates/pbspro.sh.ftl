#!/bin/bash
# Drover block ${jobName}, on PBS Professional or OpenPBS.
#PBS -N ${sh(jobName)}
# Some versions hand the script to the user's login shell, whatever the first line says; that may be a csh.
#PBS -S /bin/bash
# After a node failure PBS would start a rerunnable job again, under the same id, while the first instance may still run.
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
#PBS -l select=${nodes}<#if coresPerNode??>:ncpus=${coresPerNode}</#if><#if memoryPerNodeMib??>:mem=${memoryPerNodeMib}mb</#if><#if acceleratorsPerNode?? && acceleratorsPerNode gt 0 && !(selectOptions!"")?contains("ngpus=")>:ngpus=${acceleratorsPerNode}</#if><#if selectOptions??>:${selectOptions}</#if>
<#if filesystems??>
# Some sites refuse a job without them; PBS holds it while one of them is down.
#PBS -l filesystems=${sh(filesystems)}
</#if>
# One chunk on each host: without it two may land on the same one.
#PBS -l place=scatter<#if exclusive>:excl</#if>
# What PBS itself prints around the script. It is brought here only after the job's end.
#PBS -j oe
#PBS -o ${sh(schedulerOutput)}
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# The script's own output, to be read while it runs.
exec >${sh(stdout)} 2>${sh(stderr)} || exit 1

<#include "/block-body.ftl">
