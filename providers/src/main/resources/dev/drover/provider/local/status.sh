# Tells how jobs stand. Arguments: job id and block directory, in turn; no directory if it is unknown.
# Prints a line a job: "ID running", "ID ended CODE" or "ID cancelled CODE", where CODE is - if the job
# script wrote none; no line for a job that is gone and has no directory.
while [ $# -ge 2 ]; do
  id=$1 directory=$2
  shift 2
  if lives "$id"; then
    echo "$id running"
  elif [ -n "$directory" ]; then
    # After the process, so that a script that ended in between has written its code.
    code=
    { read -r code <"$directory/exit-code"; } 2>/dev/null
    how=ended
    if [ -e "$directory/cancelled" ]; then
      how=cancelled
    fi
    echo "$id $how ${code:--}"
  fi
done
