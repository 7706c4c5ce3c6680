# Prints the id of the job that was started by a script in a directory, or nothing if none was.
# Arguments: the block's directory, the job script. An id that is older than the script is another job's.
[ -d "$1" ] || exit 0 # no job starts without it
cd "$1" || exit 1
[ -e "$2" ] || exit 0
# Not "newer": some clocks of files tick so slowly that both were written in one instant.
if [ -e job-id ] && ! [ "$2" -nt job-id ]; then
  read -r id <job-id && echo "$id"
fi
exit 0
