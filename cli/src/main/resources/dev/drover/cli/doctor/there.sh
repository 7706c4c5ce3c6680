# What drover doctor asks of a head node. Each verb prints lines of a word and what it stands for.
#   shell                 who and where this is: user, host, shell, home
#   clock                 the time
#   addresses NAME        an address of that name, as this machine resolves it, a line each
#   missing PROGRAM...    those that are not found
#   place PATH            as an absolute one: a relative one is in the home directory, as ~/ is
#   directory PATH        makes it, writes to it, removes what was made; path, kind, free (KiB)
#   interface ADDRESS     the network interface of this machine that has it
#   facts RUN             what the nodes of a run have left there: address, and the report
#   remove RUN            removes the directory of a run, once its interchange is gone
umask 077

shell() {
  if [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then
    echo "the home directory ${HOME:-(HOME is not set)} is not there, or cannot be written to" >&2
    return 1
  fi
  echo "user $(id -un)"
  echo "host $(cat /proc/sys/kernel/hostname)"
  echo "shell ${SHELL:-unknown}"
  echo "home $HOME"
}

clock() {
  date '+now %s.%N'
}

addresses() {
  getent ahosts "$1" | sed 's/ .*//' | sort -u | sed 's/^/address /'
}

missing() {
  for program; do
    command -v "$program" >/dev/null || echo "missing $program"
  done
  echo "path $PATH"
}

place() {
  case $1 in
    /*) path=$1 ;;
    [~]) path=$HOME ;;
    [~]/*) path=$HOME/${1#??} ;;
    *) path=$HOME/$1 ;;
  esac
  echo "path $path"
}

directory() {
  place "$1"
  above=$path
  while [ ! -e "$above" ] && [ ! -L "$above" ]; do above=$(dirname "$above"); done
  mkdir -p "$path" || return 1
  file=$(mktemp "$path/.drover-doctor-XXXXXX") || return 1
  # More than fits into what a file system keeps with the name.
  printf '%65536s' x >"$file"
  written=$?
  rm -f "$file"
  echo "kind $(stat -f -c %T "$path" 2>/dev/null)"
  echo "free $(df -Pk "$path" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\) .*/\1/p')"
  while [ "$path" != "$above" ]; do
    rmdir "$path" 2>/dev/null || break
    path=$(dirname "$path")
  done
  return "$written"
}

interface() {
  PATH=$PATH:/usr/sbin:/sbin ip -o address show to "$1" 2>/dev/null | sed -n '1s/^[0-9]*: *\([^ ]*\) .*/interface \1/p'
}

facts() {
  sed -n 's/.*registered at \([^ ]*\) with .*/address \1/p' "$1"/managers/*.log | head -n 1
  sed 's/^/report /' "$1/doctor.json"
}

remove() {
  pid=$(sed -n 's/.*"pid":\([0-9]*\).*/\1/p' "$1/lock")
  tries=20
  while [ -n "$pid" ] && [ "$tries" -gt 0 ] && kill -0 "$pid" 2>/dev/null; do
    tries=$((tries - 1))
    sleep 0.5
  done
  rm -rf "$1"
}

"$@"
