#!/bin/bash
# Drover block ${jobName}, for Slurm. What nobody asked for is left to the cluster: some refuse --mem, --gres or --exclusive.
#SBATCH --job-name=${sh(jobName)}
#SBATCH --chdir=${sh(directory)}
<#-- Slurm reads %j and its like in these two as patterns, and %% as a per cent sign. -->
#SBATCH --output=${sh(stdout?replace("%", "%%"))}
#SBATCH --error=${sh(stderr?replace("%", "%%"))}
# One task on each node, since one manager runs there. Slurm counts cores by the task, so that this makes
# --cpus-per-task the cores of a node.
#SBATCH --nodes=${nodes}
#SBATCH --ntasks-per-node=1
<#if coresPerNode??>
#SBATCH --cpus-per-task=${coresPerNode}
</#if>
<#if memoryPerNodeMib??>
#SBATCH --mem=${memoryPerNodeMib}M
</#if>
<#-- A gres of the site's own words that names GPUs says how many, too. -->
<#if acceleratorsPerNode?? && acceleratorsPerNode gt 0 && !(gres!"")?contains("gpu")>
#SBATCH --gpus-per-node=${acceleratorsPerNode}
</#if>
<#if gres??>
#SBATCH --gres=${sh(gres)}
</#if>
<#if exclusive>
#SBATCH --exclusive
</#if>
<#if walltimeSeconds??>
# In minutes, rounded up.
#SBATCH --time=${((walltimeSeconds + 59) / 60)?floor}
</#if>
<#if queue??>
#SBATCH --partition=${sh(queue)}
</#if>
<#if account??>
#SBATCH --account=${sh(account)}
</#if>
<#if qos??>
#SBATCH --qos=${sh(qos)}
</#if>
<#if reservation??>
#SBATCH --reservation=${sh(reservation)}
</#if>
<#if constraint??>
#SBATCH --constraint=${sh(constraint)}
</#if>
<#if clusters??>
#SBATCH --clusters=${sh(clusters)}
</#if>
# A block that lost its node is over: started again, it would be one that nobody asked for.
#SBATCH --no-requeue
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

# What sbatch exports of the wishes above, each srun below would take for its own: before 22.05 every task of it
# wants all the cores, since 24.05 it refuses another number of them, and it warns of more tasks than one a node.
unset SLURM_CPUS_PER_TASK SLURM_TRES_PER_TASK SLURM_NTASKS_PER_NODE

<#include "/block-body.ftl">
