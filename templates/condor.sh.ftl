<#-- HTCondor's parallel universe would start this script on every machine at once, and needs a dedicated scheduler. -->
<#if nodes gt 1>
  <#stop "a block of " + nodes + " nodes is nothing that HTCondor gives: set provider.nodes-per-block = 1 and raise provider.max-blocks">
</#if>
<#-- In a submit description a dollar sign begins a macro. -->
<#function literal text><#return text?replace("$", "$(DOLLAR)")></#function>
#!/bin/bash
# Drover block ${jobName}, for HTCondor: the lines with CONDOR are its submit description, and "queue" follows them.
#CONDOR universe = vanilla
#CONDOR batch_name = ${jobName}
#CONDOR executable = ${literal(directory)}/submit.sh
#CONDOR output = ${literal(stdout)}
#CONDOR error = ${literal(stderr)}
#CONDOR log = ${literal(schedulerOutput)}
# The block's directory is shared with the machines. Where a pool does not know that it is, output streams back as it is written.
#CONDOR should_transfer_files = IF_NEEDED
#CONDOR when_to_transfer_output = ON_EXIT
#CONDOR stream_output = true
#CONDOR stream_error = true
#CONDOR notification = never
#CONDOR request_cpus = ${coresPerNode!1}
<#if memoryPerNodeMib??>
# In MiB.
#CONDOR request_memory = ${memoryPerNodeMib}
</#if>
<#if (acceleratorsPerNode!0) gt 0>
#CONDOR request_gpus = ${acceleratorsPerNode}
</#if>
# A block that lost its machine is not to start a second time; the rule below then removes it.
<#if constraint??>
#CONDOR requirements = (${constraint}) && NumJobStarts =!= 1
<#else>
#CONDOR requirements = NumJobStarts =!= 1
</#if>
<#if account??>
#CONDOR accounting_group = ${account}
</#if>
# TERM before KILL when the block is removed, and half a minute between them.
#CONDOR +WantGracefulRemoval = true
#CONDOR job_max_vacate_time = 30
#CONDOR leave_in_queue = false
# HTCondor has no walltime of its own.
<#if walltimeSeconds??>
#CONDOR periodic_remove = (JobStatus == 2 && time() - JobCurrentStartDate > ${walltimeSeconds}) || (JobStatus == 1 && NumJobStarts > 0)
<#else>
#CONDOR periodic_remove = JobStatus == 1 && NumJobStarts > 0
</#if>
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

<#include "/block-body.ftl">
