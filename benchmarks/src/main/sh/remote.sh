#!/usr/bin/env bash
# Runs COUNT commands on a head node, and prints when the first result was known and how many there were a second.
# The head node is this machine with an sshd of its own, the laptop a network namespace of it, and between them is
# a line with that round-trip time; or there is none of these, and the command is started on the head node. As root.
#
#   remote.sh NAME COUNT MILLISECONDS DELAY    in an empty directory; DELAY is the program of src/main/c/delay.c
#   remote.sh NAME COUNT                       the same on the head node
set -euo pipefail
name=$1 count=$2 millis=${3:-} delay=${4:-}
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../../../.." && pwd)
here=$PWD
laptop=drvb$$ # also the devices' names, with a letter more
net=10.$((192 + $$ / 256 % 32)).$(($$ % 256))
port=$((20000 + $$ % 10000))
command=("$root/drover" run --set worker.max-per-node=2)

sshd() { "$root/providers/src/test/clusters/sshd" --dir "$here/ssh" "$@"; }

clean_up() {
  sshd down --purge || true
  [ -z "${line:-}" ] || kill "$line" 2> /dev/null || true
  ip netns del "$laptop" 2> /dev/null || true
}

device() { # NAME ADDRESS [ip's option…]: a queue so long that no burst of TCP's is lost
  ip "${@:3}" address add "$2/30" dev "$1"
  ip "${@:3}" link set "$1" up txqueuelen 10000
}

lay_the_line() {
  ip netns add "$laptop"
  "$delay" "$millis" "${laptop}h" "$laptop" "${laptop}l" > line &
  line=$!
  until grep -q ready line; do
    kill -0 $line
    sleep 0.05
  done
  device "${laptop}h" "$net.1"
  device "${laptop}l" "$net.2" -n "$laptop"
  ip -n "$laptop" link set lo up
}

log_in_there() {
  sshd up --port $port --while $$ --option "ListenAddress $net.1"
  sed "s/127.0.0.1/$net.1/" ssh/known_hosts > known_hosts
  printf '%s\n' 'site.name = remote' 'provider.type = local' "headnode.url = ssh://root@$net.1:$port" \
    "headnode.identity-file = $here/ssh/id" "headnode.known-hosts = $here/known_hosts" > site.properties
  command=(ip netns exec "$laptop" "${command[@]}" --site ./site.properties)
}

# A TCP connection is made in one round trip; the best of ten.
round_trip() {
  # shellcheck disable=SC2016 # the inner bash is to expand these
  ip netns exec "$laptop" bash -c 'for _ in {1..10}; do
      begin=$EPOCHREALTIME
      exec 3<> "/dev/tcp/$0/$1" || exit 1
      printf "%s %s\n" "$begin" "$EPOCHREALTIME"
    done' "$net.1" $port \
    | awk -v name="$name" '{ t = ($2 - $1) * 1000; if (NR == 1 || t < best) best = t }
        END { printf "figure %s.line-ms %.2f\n", name, best }'
}

# FIGURE TASKS WORD…: the first result is known when the journal here has an end of a task.
timed() {
  local figure=$name.$1 tasks=$2 begin=$EPOCHREALTIME first
  shift 2
  "${command[@]}" --run-dir "$figure" "$@" > "$figure.out" 2> "$figure.err" &
  until grep -qs '"t":"done"' "$figure/journal.jsonl" || ! kill -0 $! 2> /dev/null; do
    sleep 0.02
  done
  first=$EPOCHREALTIME
  wait $! || { cat "$figure.err" >&2; return 1; }
  awk -v a="$begin" -v b="$first" -v c="$EPOCHREALTIME" -v n="$tasks" -v name="$figure" 'BEGIN {
    printf "figure %s.first %.3f\n", name, b - a
    if (n > 1) printf "figure %s.rate %.1f\n", name, (n - 1) / (c - b)
  }'
}

if [ -n "$millis" ]; then
  trap clean_up EXIT
  lay_the_line
  log_in_there
  round_trip
  timed new 1 -- /bin/true # its first run there sends the jar
fi
timed all "$count" --array "1-$count" -- /bin/true
