# drover-history {ID DIRECTORY}…: the records of ended jobs. One qacct for each job, since it reads a
# list of ids as its first. It has no record of a job that was deleted before it started, and the same
# one for a job that was deleted and one that was killed: so cancel.sh leaves a note. Job numbers come
# again, after years or a qmaster's crash: so the job's name is told, too.
while [ $# -ge 2 ]; do
  if [ -n "$2" ]; then
    sed -n "s/^#\$ -N /=== drover: name $1 /p" "$2/submit.sh" 2>/dev/null
    [ ! -e "$2/cancelled-$1" ] || echo "=== drover: cancelled $1"
  fi
  qacct -j "$1" 2>/dev/null
  shift 2
done
exit 0
