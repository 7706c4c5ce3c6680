# ask RUN WORD...: runs drover WORD... with the jar and the Java that the interchange of RUN was
# started with. 70 = interchange.json does not name them, 71 = no such jar, 72 = no such Java; else
# what drover says, and its exit code.
ready=$1/interchange.json
run=$1
shift
jar=$(sed -n 's/.*"jar":"\([^"]*\)".*/\1/p' "$ready" 2>/dev/null)
java=$(sed -n 's/.*"java":"\([^"]*\)".*/\1/p' "$ready" 2>/dev/null)
if [ -z "$jar" ] || [ -z "$java" ]; then
  if [ -d "$run" ]; then
    echo "$ready does not name the jar and the Java of the run" >&2
  else
    echo "there is no $run" >&2
  fi
  exit 70
fi
if ! [ -f "$jar" ]; then
  echo "$jar is gone" >&2
  exit 71
fi
if ! [ -x "$java" ]; then
  echo "$java is gone" >&2
  exit 72
fi
exec "$java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx512m -Xss512k \
  -XX:ReservedCodeCacheSize=48m -XX:CompressedClassSpaceSize=64m -XX:-UsePerfData \
  -cp "$jar" dev.drover.cli.Main "$@"
