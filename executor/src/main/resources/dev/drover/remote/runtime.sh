# Has the Java of a bundle on a head node.
#   DIR TARBALL    unpacks the tarball into DIR, whole or not at all, unless DIR is there, and removes the
#                  tarball; 0 = its Java runs here, 4 = neither is there, 6 = it cannot be unpacked, 7 = it is
#                  no bundle, 8 = its Java does not run here
umask 077
dir=$1
tarball=$2

runs() {
  said=$("$1/runtime/bin/java" -XX:+UseSerialGC -Xmx64m -version 2>&1) && return 0
  echo "$said" | head -n 3 >&2
  echo "this machine is $(uname -m) with $(getconf GNU_LIBC_VERSION 2>/dev/null || echo another C library)" >&2
  return 8
}

unpack() {
  [ -f "$tarball" ] || return 4
  new=$(mktemp -d "$dir.XXXXXX") || return 6
  trap 'rm -rf "$new" "$tarball"' EXIT
  trap 'exit 6' HUP INT TERM
  tar -xzf "$tarball" -C "$new" --strip-components=1 || return 6
  if ! [ -x "$new/runtime/bin/java" ]; then
    echo "there is no runtime/bin/java in it" >&2
    return 7
  fi
  runs "$new" || return 8
  mv -T "$new" "$dir" 2>/dev/null || [ -d "$dir" ] || return 6 # another run may have been faster
}

if [ -d "$dir" ]; then
  runs "$dir"
else
  unpack
fi
