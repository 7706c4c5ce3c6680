# Finds or starts the interchange of a run on a head node.
#   look RUN                     prints what the one that lives there said when it was ready; 0,
#                                or 3 = there is none, 7 = another host has it, 8 = it says nothing
#   where RUN JAVA               prints where a Java of version 17 or newer is; 0, or 5 = nowhere
#   start RUN JAR JAVA WORD...   starts one in a session of its own, waits until it is ready, and
#                                prints what it said; 4 = no such jar, 5 = no Java, 6 = it ended,
#                                9 = nothing can be written to RUN
# JAVA is a path or a name, or empty: one is looked for. The words go to drover interchange.
umask 077
run=$2

# What the process of that pid said. It is kept in interchange.json by whoever hears of it first: the
# one who started it may be gone.
ready() {
  [ -s "$run/keys/submission" ] || return 1
  said=$(grep "^{\"drover_json\".*\"pid\":$1," "$run/interchange.out" 2>/dev/null | tail -n 1)
  [ -n "$said" ] || return 1
  if [ "$said" != "$(cat "$run/interchange.json" 2>/dev/null)" ]; then
    new=$run/interchange.new.$$
    { printf '%s\n' "$said" >"$new" && mv "$new" "$run/interchange.json"; } || rm -f "$new"
  fi
  printf '%s\n' "$said" # echo may read backslashes
}

# Whether the process that the lock tells of lives, and is no later one of the same number: a reboot
# counts from the beginning, and the lock stays.
lives() {
  kill -0 "$pid" 2>/dev/null || return 1
  started=$(sed -n 's/.*"processStarted":"\([^"]*\)".*/\1/p' "$run/lock")
  started=$(date -d "${started:-@0}" +%s 2>/dev/null)
  [ "${started:-0}" -ne 0 ] && is=$(began "$pid") || return 0 # it cannot be told
  apart=$((is - started))
  [ "${apart#-}" -le 2 ]
}

look() {
  [ -s "$run/lock" ] || return 3
  host=$(sed -n 's/.*"host":"\([^"]*\)".*/\1/p' "$run/lock")
  pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$run/lock")
  if [ "$host" != "$(cat /proc/sys/kernel/hostname)" ]; then
    echo "the interchange of $run runs on $host, and this is $(cat /proc/sys/kernel/hostname)" >&2
    return 7
  fi
  lives || return 3
  # It may be about to begin, or to end.
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    ready "$pid" && return 0
    kill -0 "$pid" 2>/dev/null || return 3
    sleep 0.5
  done
  echo "process $pid has $run and does not say how it is reached" >&2
  return 8
}

is_new_enough() {
  version=$("$1" -XX:+UseSerialGC -Xmx64m -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  major=${version%%[!0-9]*}
  [ "${major:-0}" -ge 17 ]
}

find_java() {
  # shellcheck disable=SC2088 # it comes from a file, where no shell has read it
  case $1 in
    "~/"*) set -- "$HOME/${1#"~/"}" ;;
    ?*) set -- "$(command -v "$1" || echo "$1")" ;;
  esac
  seen=
  for java in "$1" "${JAVA_HOME:+$JAVA_HOME/bin/java}" "$(command -v java)" \
    /usr/lib/jvm/*/bin/java /opt/java/*/bin/java; do
    if [ -n "$java" ] && [ -x "$java" ]; then
      is_new_enough "$java" && return 0
      seen="$seen; $java is ${version:-no Java that starts}"
    fi
  done
  echo "no Java of version 17 or newer: looked at executor.java (${1:-not set}), JAVA_HOME (${JAVA_HOME:-not set})," \
    "PATH ($PATH), /usr/lib/jvm and /opt/java$seen" >&2
  return 5
}

where() {
  find_java "$3" && echo "$java"
}

# A disk may be full, or a quota used up, which only a write shows.
can_write() {
  if room=$(dd if=/dev/zero of="$run/.room" bs=65536 count=1 2>&1); then
    rm -f "$run/.room"
    return 0
  fi
  rm -f "$run/.room"
  echo "$room" | head -n 1 >&2
  return 9
}

start() {
  jar=$3
  find_java "$4" || return 5
  [ -f "$jar" ] || return 4
  shift 4
  setsid "$java" -XX:+UseSerialGC -Xmx512m -Xss512k -XX:ReservedCodeCacheSize=64m \
    -XX:CompressedClassSpaceSize=64m -XX:-UsePerfData --enable-native-access=ALL-UNNAMED \
    -cp "$jar" dev.drover.cli.Main interchange "$run" "$@" >>"$run/interchange.out" 2>"$run/interchange.err" </dev/null &
  pid=$!
  while kill -0 $pid 2>/dev/null; do
    ready $pid && return 0
    sleep 0.2
  done
  can_write || return 9
  tail -n 20 "$run/interchange.err" >&2
  return 6
}

"$1" "$@"
