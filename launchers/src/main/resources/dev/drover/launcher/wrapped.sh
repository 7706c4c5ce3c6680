# $1: the block's nodes; then the command.
echo "drover: note: the wrapped launcher runs its command once, on the first of the block's $1 nodes; the others idle unless the words before the command, or the manager itself, reach them" >&2
shift
exec "$@"
