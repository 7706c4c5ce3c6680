# lives ID: whether the process that a job id names is there still, and is the same. A pid is used
# again; a pid with its start time is not. A zombie has ended.
lives() {
  { read -r stat <"/proc/${1%-*}/stat"; } 2>/dev/null || return 1
  started=${1#*-}
  # After "pid (name) " comes field 3, the state; ${20} is field 22, the start. The name may hold anything.
  # shellcheck disable=SC2086  # fields are meant to split
  set -- ${stat##*) }
  [ "$1" != Z ] && [ "$1" != X ] && [ "${20}" = "$started" ]
}
