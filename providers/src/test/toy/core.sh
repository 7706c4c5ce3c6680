# A toy batch scheduler that keeps real state: the part that all its faces share. A face is a small
# script named as the scheduler's command (bin-pbs/qsub, bin-lsf/bjobs …) that sources this file, and
# words its answers exactly as the transcripts do. Sourced by bash; not run.
#
# TOY_STATE   directory of the scheduler's state, which its user makes and removes
# $TOY_STATE/fault    what goes wrong now, made and removed by a test, one word a line:
#     down            every command fails as when the server cannot be reached
#     hang            every command hangs until it is killed
#     lost-answer     a submission is taken, and then hangs: its answer is lost
#     empty           a listing answers with success and nothing in it
#     garbage         a listing answers with success and text that is none
#     partial         a listing leaves out every second job
#     forget          ended jobs are purged: no listing and no record knows them
# $TOY_STATE/jobs/N/  one job: name script stdout stderr walltime nodes (as given), submitted started
#     ended (seconds since 1970), pid, code (exit code), cancelled, held, preempted, timed-out,
#     reason (why it waits), extra (whatever a face keeps)
# $TOY_STATE/slots    how many jobs run at once; absent = all
# $TOY_STATE/log      every command as it was called, one a line, after its time

set -u
: "${TOY_STATE:?names the directory of the toy scheduler}"
mkdir -p "$TOY_STATE/jobs"
printf '%s %s %s\n' "$(date +%s)" "${0##*/}" "$*" >>"$TOY_STATE/log"

toy_fault() { # WORD: whether that goes wrong now
  [ -f "$TOY_STATE/fault" ] && grep -qx -- "$1" "$TOY_STATE/fault"
}

toy_hang_if_asked() {
  if toy_fault hang; then exec sleep 3600; fi
}

toy_locked() { # COMMAND…: one at a time, as a server works
  (
    flock 9
    "$@"
  ) 9>"$TOY_STATE/lock"
}

toy_new_number() {
  local n
  n=$(cat "$TOY_STATE/last" 2>/dev/null || echo 100)
  n=$((n + 1))
  echo "$n" >"$TOY_STATE/last"
  echo "$n"
}

# Takes a job and prints its number. The environment is the job's own. It starts at the next look.
# A face may define toy_before_start NUMBER DIRECTORY, which is called before the job can start.
toy_submit() { # NAME SCRIPT STDOUT STDERR WALLTIME_SECONDS(0 = none) NODES HELD(0|1)
  local n dir
  n=$(toy_locked toy_new_number)
  dir=$TOY_STATE/jobs/$n
  mkdir "$dir"
  echo "$1" >"$dir/name"
  cp "$2" "$dir/script"
  echo "$2" >"$dir/script-path"
  echo "$3" >"$dir/stdout"
  echo "$4" >"$dir/stderr"
  echo "$5" >"$dir/walltime"
  echo "$6" >"$dir/nodes"
  [ "$7" = 0 ] || touch "$dir/held"
  pwd >"$dir/cwd"
  env -0 >"$dir/environment"
  date +%s >"$dir/submitted"
  if declare -F toy_before_start >/dev/null; then toy_before_start "$n" "$dir"; fi
  toy_tick
  echo "$n"
  if toy_fault lost-answer; then exec sleep 3600; fi
}

toy_lives() { # PID
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  [ "${stat%% *}" != Z ]
}

toy_numbers() { # every job's number, in order
  [ -d "$TOY_STATE/jobs" ] && find "$TOY_STATE/jobs" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n
}

# What becomes of time: starts what may start, ends what has run out. Every face calls it first.
toy_tick() {
  toy_locked toy_tick_locked
}

toy_tick_locked() {
  local n dir running=0 slots
  slots=$(cat "$TOY_STATE/slots" 2>/dev/null || echo 1000000)
  for n in $(toy_numbers); do
    dir=$TOY_STATE/jobs/$n
    if [ -f "$dir/pid" ] && [ ! -f "$dir/ended" ]; then
      if ! toy_lives "$(cat "$dir/pid")"; then
        date +%s >"$dir/ended"
      else
        running=$((running + 1))
      fi
    fi
  done
  for n in $(toy_numbers); do
    dir=$TOY_STATE/jobs/$n
    if [ ! -f "$dir/pid" ] && [ ! -f "$dir/ended" ] && [ ! -f "$dir/held" ] && [ "$running" -lt "$slots" ]; then
      toy_start "$n"
      running=$((running + 1))
    fi
  done
}

# The job as a session of its own: its code is kept, its walltime ends it as a scheduler does.
# A face that defines toy_job_environment NUMBER, which prints lines NAME=VALUE, adds them to the job's environment.
toy_start() {
  local n=$1 dir=$TOY_STATE/jobs/$1
  date +%s >"$dir/started"
  # shellcheck disable=SC2016 # the inner shell expands
  setsid bash -c '
    dir=$1
    cd "$(cat "$dir/cwd")" || exit 1
    while IFS= read -r -d "" pair; do export "${pair?}"; done <"$dir/environment"
    if [ -f "$dir/job-environment" ]; then
      while IFS= read -r pair; do export "${pair?}"; done <"$dir/job-environment"
    fi
    stdout=$(cat "$dir/stdout") stderr=$(cat "$dir/stderr")
    job= asked=
    trap "asked=yes; [ -z \"\$job\" ] || kill -TERM \$job 2>/dev/null" TERM
    # Who hears of the job from itself finds its pid.
    (
      echo "$BASHPID" >"$dir/script-pid"
      exec bash "$dir/script"
    ) >"$stdout" 2>"$stderr" &
    job=$!
    [ -z "$asked" ] || kill -TERM "$job" 2>/dev/null
    limit=$(cat "$dir/walltime")
    if [ "$limit" -gt 0 ]; then
      (
        sleep "$limit" &
        nap=$!
        trap "kill $nap; exit" TERM
        wait "$nap"
        touch "$dir/timed-out"
        kill -TERM "$job" 2>/dev/null
        sleep 5
        kill -KILL "$job" 2>/dev/null
      ) >/dev/null 2>&1 &
      timer=$!
    fi
    code=143
    while :; do
      wait "$job"
      code=$?
      [ -d "/proc/$job" ] && [ "$code" -gt 128 ] || break
    done
    [ -z "${timer:-}" ] || kill "$timer" 2>/dev/null
    echo "$code" >"$dir/code.new" && mv "$dir/code.new" "$dir/code"
    date +%s >"$dir/ended"
  ' toy-job "$dir" </dev/null >/dev/null 2>&1 9>&- &
  echo $! >"$dir/pid"
}

# held | queued | running | ended, and what it was: completed | failed | cancelled | timed-out | preempted
toy_state() { # NUMBER
  local dir=$TOY_STATE/jobs/$1
  if [ -f "$dir/ended" ]; then
    if [ -f "$dir/cancelled" ]; then echo cancelled
    elif [ -f "$dir/preempted" ]; then echo preempted
    elif [ -f "$dir/timed-out" ]; then echo timed-out
    elif [ "$(cat "$dir/code" 2>/dev/null)" = 0 ]; then echo completed
    else echo failed; fi
  elif [ -f "$dir/pid" ]; then echo running
  elif [ -f "$dir/held" ]; then echo held
  else echo queued; fi
}

toy_get() { # NUMBER FIELD [DEFAULT]
  cat "$TOY_STATE/jobs/$1/$2" 2>/dev/null || printf '%s\n' "${3-}"
}

toy_knows() { # NUMBER: whether the scheduler still knows the job
  [ -d "$TOY_STATE/jobs/$1" ] || return 1
  if toy_fault forget && [ -f "$TOY_STATE/jobs/$1/ended" ]; then return 1; fi
}

# 0 = asked to end, 1 = it had ended, 2 = unknown
toy_cancel() { # NUMBER
  local dir=$TOY_STATE/jobs/$1 pid
  [ -d "$dir" ] || return 2
  [ ! -f "$dir/ended" ] || return 1
  touch "$dir/cancelled"
  if [ -f "$dir/pid" ]; then
    pid=$(cat "$dir/script-pid" 2>/dev/null)
    [ -n "$pid" ] || pid=$(cat "$dir/pid")
    kill -TERM "$pid" 2>/dev/null
    ( sleep 5; kill -KILL "$pid" 2>/dev/null ) >/dev/null 2>&1 9>&- &
  else
    date +%s >"$dir/ended"
  fi
  return 0
}
