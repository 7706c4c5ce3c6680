#!/bin/bash
# Drover block ${jobName}, on this machine. It is started as a session of its own, with standard
# output and error in the block's directory. A block that leaves no exit-code file was killed.
# For ShellCheck: single quotes are meant, and traps call the functions.
# shellcheck disable=SC2016,SC2317

<#include "/block-body.ftl">
