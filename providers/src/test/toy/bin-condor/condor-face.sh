# What the commands of the toy HTCondor share; sourced. A job's number is its cluster, the process is 0.
# shellcheck shell=bash disable=SC2034
# shellcheck source=../core.sh
. "${BASH_SOURCE[0]%/*}/../core.sh"

face_begin() { # what to say when the schedd cannot be reached
  toy_hang_if_asked
  if toy_fault down; then
    printf '%b\n' "$1" >&2
    exit 1
  fi
  toy_tick
}

# One attribute of a job, as -af:r prints it.
face_value() { # NUMBER ATTRIBUTE
  local state code
  state=$(toy_state "$1")
  code=$(toy_get "$1" code)
  case $2 in
    JobStatus)
      case $state in
        queued) echo 1 ;;
        held) echo 5 ;;
        running)
          if [ -f "$TOY_STATE/jobs/$1/cancelled" ]; then echo 3
          else toy_get "$1" extra 2; fi
          ;;
        completed | failed) echo 4 ;;
        cancelled | timed-out | preempted) echo 3 ;;
      esac
      ;;
    LastJobStatus)
      case $state in
        queued) echo 0 ;;
        held | preempted) echo 1 ;;
        running) echo 1 ;;
        *) if [ -f "$TOY_STATE/jobs/$1/pid" ]; then echo 2; else echo 1; fi ;;
      esac
      ;;
    ExitBySignal)
      case $state in
        completed | failed) if [ "$code" = 137 ]; then echo true; else echo false; fi ;;
        *) echo undefined ;;
      esac
      ;;
    ExitCode)
      case $state in
        completed | failed) if [ "$code" = 137 ]; then echo undefined; else echo "$code"; fi ;;
        *) echo undefined ;;
      esac
      ;;
    ExitSignal) if [ "$state" = failed ] && [ "$code" = 137 ]; then echo 9; else echo undefined; fi ;;
    HoldReason) if [ "$state" = held ]; then toy_get "$1" reason '"submitted on hold at user'"'"'s request"'; else echo undefined; fi ;;
    RemoveReason)
      case $state in
        cancelled) echo '"via condor_rm (by user alice)"' ;;
        timed-out | preempted)
          printf "\"The job attribute PeriodicRemove expression '%s' evaluated to TRUE\"\n" "$(toy_get "$1" periodic-remove)"
          ;;
        *) echo undefined ;;
      esac
      ;;
    *) echo undefined ;;
  esac
}

face_line() { # NUMBER ATTRIBUTE…
  local n=$1 attribute line
  shift
  line=$n.0
  for attribute; do line="$line $(face_value "$n" "$attribute")"; done
  echo "$line"
}

face_has_left_the_queue() { # NUMBER
  case $(toy_state "$1") in
    queued | held | running) return 1 ;;
  esac
}

# The numbers that the words ask for: ids, or -constraint; the rest goes to face_attributes.
face_select() { # WORD…
  face_attributes=()
  face_numbers=()
  face_limit=1000000
  local n
  while [ $# -gt 0 ]; do
    case $1 in
      -constraint)
        for n in $(toy_numbers); do
          if [ "$2" = "JobBatchName == \"$(toy_get "$n" name)\"" ]; then face_numbers+=("$n"); fi
        done
        shift
        ;;
      -limit) face_limit=$2 && shift ;;
      -af:jr)
        shift
        face_attributes=("$@")
        return
        ;;
      *.0) if toy_knows "${1%.0}"; then face_numbers+=("${1%.0}"); fi ;;
    esac
    shift
  done
}
