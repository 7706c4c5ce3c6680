# drover-cancel COUNT ID… DIRECTORY…: deletes the jobs, and notes in the directories of those that Grid
# Engine says it deletes that it was Drover who asked. An empty directory is none.
count=$1
shift
[ "$count" -gt 0 ] || exit 0
position=0
ids=
for word; do
  position=$((position + 1))
  [ "$position" -gt "$count" ] || ids="$ids $word"
done
# shellcheck disable=SC2086 # numbers, one word each
answer=$(qdel $ids 2>&1)
code=$?
printf '%s\n' "$answer"
shift "$count"
for id in $ids; do
  if [ -n "$1" ] && printf '%s\n' "$answer" | grep -Eq "has (deleted|registered the) job $id( for deletion)?\$"; then
    : >"$1/cancelled-$id"
  fi
  shift
done
exit $code
