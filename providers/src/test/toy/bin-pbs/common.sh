# shellcheck shell=bash disable=SC2034,SC2154
# What the PBS and the Torque face of the toy share: ids, directives, what a job finds in its
# environment. Sourced; not run.
# Beyond core.sh's, a test may keep in $TOY_STATE/jobs/N/:
#     letter      the state that qstat shows, whatever the job does: E, M, S, …
#     comment     the comment that qstat shows
# and in $TOY_STATE/queues the queues that there are, one a line; absent = any. With the PBS face
# $TOY_STATE/hosts names the nodes, one a line, of which a job has the first ones; absent = this host.

TOY_SERVER=toy-pbs.example.org

pbs_id() { # NUMBER
  echo "$1.$TOY_SERVER"
}

pbs_number() { # ID: its number, or nothing for an id of another server or none at all
  local number=${1%%.*}
  case $number in '' | *[!0-9]*) return ;; esac
  case $1 in "$number" | "$number.${TOY_SERVER%%.*}" | "$number.$TOY_SERVER") echo "$number" ;; esac
}

# The words of the #PBS lines above the first command, one a line, read with quotes and backslashes
# as qsub reads them.
pbs_directive_words() { # SCRIPT
  local line
  while IFS= read -r line; do
    case $line in
      '#PBS '*) printf '%s\n' "${line#'#PBS '}" | xargs printf '%s\n' ;;
      '#'* | '') ;;
      *) break ;;
    esac
  done <"$1"
}

pbs_seconds() { # [[H:]M:]S
  local total=0 part
  for part in ${1//:/ }; do total=$((total * 60 + 10#$part)); done
  echo "$total"
}

pbs_option() { # LETTER [VALUE]: one option of qsub
  case $1 in
    N) name=$2 ;;
    o) output=$2 ;;
    q) queue=$2 ;;
    l) pbs_resource "$2" ;;
    h) held=1 ;;
    A | S | r | j | W | v | m | e) ;;
  esac
}

pbs_resource() { # NAME=VALUE
  echo "$1" >>"$resources"
  case $1 in walltime=*) walltime=$(pbs_seconds "${1#*=}") ;; esac
}

# Reads the script's directives, then the command line, which wins.
pbs_read_qsub() { # ARGUMENTS…
  local words=() word letter
  name='' output=/dev/null queue=workq walltime=0 held=0
  resources=$(mktemp "$TOY_STATE/resources.XXXXXX")
  script=$(realpath -- "${!#}")
  if [ ! -f "$script" ]; then
    echo "qsub: script file:: No such file or directory" >&2
    exit 1
  fi
  mapfile -t words < <(pbs_directive_words "$script")
  words+=("${@:1:$#-1}")
  set -- "${words[@]}"
  while [ $# -gt 0 ]; do
    word=$1
    shift
    letter=${word#-}
    case $word in
      -h | -n | -V) pbs_option "$letter" ;;
      -?) pbs_option "$letter" "$1"; shift ;;
      *) echo "qsub: invalid option -- '$word'" >&2; exit 2 ;;
    esac
  done
}

pbs_check_queue() { # QUEUE
  [ ! -f "$TOY_STATE/queues" ] || grep -qx -- "$1" "$TOY_STATE/queues"
}

# What a job finds, but for what its user asked to pass on.
toy_before_start() { # NUMBER DIRECTORY
  local n=$1 dir=$2
  mv "$resources" "$dir/resources"
  echo "$queue" >"$dir/queue"
  face_nodefile "$dir" >"$dir/nodefile"
  cat >"$dir/job-environment" <<END
PBS_JOBID=$(pbs_id "$n")
PBS_JOBNAME=$name
PBS_QUEUE=$queue
PBS_O_WORKDIR=$PWD_OF_QSUB
PBS_O_HOST=$(hostname)
PBS_NODEFILE=$dir/nodefile
PBS_ENVIRONMENT=PBS_BATCH
END
}

# A job starts at home. Of its own output only the error is kept, since two openings of one file, as
# -j oe would have it, overwrite each other.
pbs_take() { # prints the job's id
  local n
  PWD_OF_QSUB=$PWD
  cd "$HOME" || exit 1
  n=$(toy_submit "$name" "$script" /dev/null "$output" "$walltime" 1 "$held")
  [ -n "$n" ] || exit 1
  pbs_id "$n"
}

pbs_repeat() { # LINE TIMES
  local i
  for ((i = 0; i < $2; i++)); do echo "$1"; done
}

pbs_down() { # PROGRAM EXIT_CODE
  if toy_fault down; then
    echo "Connection refused" >&2
    echo "$1: cannot connect to server $TOY_SERVER (errno=15010)" >&2
    exit "$2"
  fi
}

pbs_select() { # the rest of qselect: -x, -u USER, -N NAME
  local wanted='' ended=$1 n
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      -x) ended=1; shift ;;
      -N) wanted=$2; shift 2 ;;
      *) shift 2 ;;
    esac
  done
  for n in $(toy_numbers); do
    toy_knows "$n" || continue
    [ "$(toy_get "$n" name)" = "$wanted" ] || continue
    if [ "$ended" = 1 ] || [ ! -f "$TOY_STATE/jobs/$n/ended" ]; then pbs_id "$n"; fi
  done
}

pbs_leaves_out() { # COUNT: whether a partial listing leaves out the job that comes at that place
  toy_fault partial && [ $(($1 % 2)) = 0 ]
}
