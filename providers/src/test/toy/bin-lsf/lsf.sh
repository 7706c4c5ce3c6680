# What the toy's LSF commands share, over ../core.sh. The words are from public documentation and the open descendants
# of LSF; none was captured from a real one. Sourced, not run.
# shellcheck source=../core.sh
. "${0%/*}/../core.sh"

toy_hang_if_asked
if toy_fault down; then
  # The real ones say so, too, and try again for as long as LSB_NTRIES lets them.
  echo 'LSF is down. Please wait ...' >&2
  exit 255
fi
toy_tick

dash_if_empty() {
  echo "${1:--}"
}

job_stat() { # NUMBER
  case $(toy_state "$1") in
    held) echo PSUSP ;;
    queued) echo PEND ;;
    running) if [ -f "$TOY_STATE/jobs/$1/suspended" ]; then echo USUSP; else echo RUN; fi ;;
    completed) echo DONE ;;
    *) echo EXIT ;;
  esac
}

# A job that never ran has no code; of one that ran out of time it is that of LSF's signal, SIGUSR2.
job_exit_code() { # NUMBER
  case $(job_stat "$1") in
    EXIT)
      [ -f "$TOY_STATE/jobs/$1/pid" ] || return
      if [ "$(toy_state "$1")" = timed-out ]; then echo 140; else toy_get "$1" code 137; fi
      ;;
  esac
}

job_exit_reason() { # NUMBER
  case $(toy_state "$1") in
    cancelled) echo 'TERM_OWNER: job killed by owner' ;;
    timed-out) echo 'TERM_RUNLIMIT: job killed after reaching LSF run time limit' ;;
    preempted) echo 'TERM_PREEMPT: job killed after preemption' ;;
  esac
}

job_pend_reason() { # NUMBER
  case $(toy_state "$1") in
    held) echo 'Job was suspended by the user while pending;' ;;
    queued) echo 'New job is waiting for scheduling;' ;;
  esac
}
