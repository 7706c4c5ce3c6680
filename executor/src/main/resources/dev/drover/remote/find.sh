# find BASE PATTERN: prints "begin", then "SIZE NAME" and a NUL for each file that the pattern names
# in BASE, and for those below directories that it names. Nothing in the pattern but *, ? and [ is
# special.
printf begin
cd "$1" 2>/dev/null || exit 0
IFS=
for each in ./$2; do
  [ -e "$each" ] && find -L "$each" -type f -printf '%s %p\0'
done
exit 0
