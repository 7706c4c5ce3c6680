# Files that are sent for the tasks of runs: kept by their SHA-256 in RUNS/.sent, for all runs.
#   missing RUNS      reads hashes; prints those that are not there
#   check RUNS        reads hashes; removes and prints those whose content is another
#   place RUNS WORK   reads HASH/MODE/NAME; puts each into WORK, unless something of that name is there;
#                     what nobody has sent for 30 days is removed from RUNS/.sent
umask 077
store=$2/.sent
case $1 in
  missing)
    while read -r hash; do
      touch -c "$store/$hash" 2>/dev/null
      [ -f "$store/$hash" ] || echo "$hash"
    done
    ;;
  check)
    while read -r hash; do
      is=$(sha256sum <"$store/$hash") || exit 1
      [ "${is%% *}" = "$hash" ] || { rm -f "$store/$hash" && echo "$hash"; }
    done
    ;;
  place)
    mkdir -p "$3" || exit 1
    while IFS=/ read -r hash mode name; do
      to=$3/$name
      [ -e "$to" ] && continue
      mkdir -p "${to%/*}" && cp --reflink=auto "$store/$hash" "$to.drover-new" &&
        chmod "$mode" "$to.drover-new" && mv "$to.drover-new" "$to" || exit 1
    done
    find "$store" -type f -mtime +30 -delete
    ;;
esac
