# drover-find NAME: the user's jobs as XML, then the records of those of that name that have ended.
# shellcheck disable=SC2016 # $user is Grid Engine's own word
qstat -u '$user' -xml || exit
echo '=== drover: records'
qacct -o "$(id -un)" -j "$1" 2>/dev/null
exit 0
