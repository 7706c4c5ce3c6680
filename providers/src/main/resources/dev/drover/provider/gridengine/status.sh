# drover-status ID…: the user's jobs as XML; then why those of the ids that are in error state are so.
# shellcheck disable=SC2016 # $user is Grid Engine's own word
listing=$(qstat -u '$user' -xml) || exit
printf '%s\n' "$listing"
wrong=$(printf '%s\n' "$listing" | awk -F '[<>]' -v asked=" $* " '
  $2 == "JB_job_number" { id = $3 }
  $2 == "state" && $3 ~ /E/ && index(asked, " " id " ") { ids = ids "," id }
  END { print substr(ids, 2) }')
if [ -n "$wrong" ]; then
  echo '=== drover: error reasons'
  qstat -j "$wrong" | grep -E '^(job_number:|error reason )'
fi
exit 0
