#!/bin/bash
# Fences a worker pool on its node: when the pool's manager is dead or silent, kills every process of the pool, so that
# no task runs here while the same task is run again elsewhere.
#
#   guardian.sh POOL MANAGER_PID SILENCE_SECONDS MARKER_FILE [SCRATCH_DIRECTORY...]   < pipe held by the manager
#
# The manager writes a line per beat, and "bye" before an orderly end. Needs bash 4.2, grep, sleep, rm.
set -u

pool_entry="DROVER_POOL=$1"
manager=$2
silence=$3
marker=$4
shift 4

trap '' TERM HUP INT QUIT PIPE

# Kills, round after round, each process whose environment holds the pool's entry, until three rounds in a row find
# none: the kernel shows no environment of a process that is within its exec, which takes long on a busy node. A process
# that hangs in the kernel dies when it leaves it, so 300 rounds of 0.1 s are enough of an effort.
fence() {
  local round file pid found quiet=0
  for ((round = 0; round < 300; round++)); do
    found=no
    while IFS= read -r file; do
      pid=${file#/proc/}
      pid=${pid%/environ}
      if [[ $pid == "$$" || $pid == "$manager" ]]; then
        continue
      fi
      found=yes
      kill -KILL "$pid" 2> /dev/null
    done < <(grep -lszxF -e "$pool_entry" /proc/[0-9]*/environ)
    if [[ $found == yes ]]; then
      quiet=0
    elif ((++quiet == 3)); then
      return
    fi
    sleep 0.1
  done
}

# Removes a scratch directory; refuses what is relative, a link, the root or directly below the root.
remove() {
  local path
  if [[ $1 != /* || -L $1 || ! -d $1 ]]; then
    return
  fi
  path=$(cd -P -- "$1" && pwd -P) || return
  if [[ $path == /*/* ]]; then
    rm -rf --one-file-system -- "$path"
  else
    printf 'guardian: refused to remove %s\n' "$path" >&2
  fi
}

# Silence is counted in seconds that this process itself has run, so that a job suspended as a whole is not fenced when
# it resumes.
silent=0
while true; do
  IFS= read -r -t 1 line
  status=$?
  if ((status > 128)); then
    silent=$((silent + 1))
    if ((silent == silence)); then
      printf '%(%Y-%m-%dT%H:%M:%S%z)T manager %s was silent for %s s: its tasks were killed\n' \
        -1 "$manager" "$silence" >> "$marker"
    fi
    if ((silent >= silence)); then
      fence
    fi
  elif ((status != 0)); then
    break
  elif [[ $line == bye ]]; then
    exit 0
  else
    silent=0
  fi
done

fence
for directory in "$@"; do
  remove "$directory"
done
