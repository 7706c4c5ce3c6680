# drover-find NAME COLUMN…: the job of that name in the queue, else the newest in the history.
name=$1
shift
queued=$(condor_q -constraint "JobBatchName == \"$name\"" -af:jr "$@") || exit
if [ -n "$queued" ]; then
  printf '%s\n' "$queued"
else
  condor_history -constraint "JobBatchName == \"$name\"" -limit 1 -af:jr "$@"
fi
