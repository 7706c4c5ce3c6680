#!/bin/bash
# Stands for ssh: drops options and host, and runs the rest here, as a session of its own that
# knows none of this side's variables. Each host has its own TMPDIR: Open MPI's daemons collide in one.
while [ "${1#-}" != "$1" ]; do
  case $1 in -l | -p | -o) shift 2 ;; *) shift ;; esac
done
host=$1
shift
if [ "${1-}" = -- ]; then shift; fi
echo "$host" >>"$STUB_LOG/ssh"
mkdir -p "$STUB_LOG/tmp.$host"
setsid env -i TMPDIR="$STUB_LOG/tmp.$host" PATH="$PATH" HOME="$HOME" SHELL=/bin/bash USER=nobody SSH_STUB_HOST="$host" bash -c "$*" <&0 &
wait $!
