#!/bin/bash
# Drover block ${jobName}, for Flux. Nodes without cores are whole nodes, with all that is on them; with cores, each node
# is one slot of so many. There is no working directory among the wishes: where it is missing, Flux would run the
# script in /tmp without a word, so the script goes there itself. Flux reads the wishes in one piece, words quoted as
# in a shell; an odd line among them ends them.
# flux: --job-name=${sh(jobName)}
# flux: --output=${sh(stdout)}
# flux: --error=${sh(stderr)}
# flux: -N ${nodes}
<#if coresPerNode??>
# flux: -n ${nodes}
# flux: -c ${coresPerNode}
</#if>
<#if acceleratorsPerNode?? && acceleratorsPerNode gt 0>
# flux: -g ${acceleratorsPerNode}
</#if>
<#if exclusive || !coresPerNode??>
# flux: --exclusive
</#if>
<#if walltimeSeconds??>
# flux: -t ${walltimeSeconds}s
</#if>
<#if queue??>
# flux: --queue=${sh(queue)}
</#if>
<#if account??>
# flux: --bank=${sh(account)}
</#if>
<#if constraint??>
# flux: --requires=${sh(constraint)}
</#if>
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

<#include "/block-body.ftl">
