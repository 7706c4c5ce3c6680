# shellcheck shell=bash
# What the PBS face tells of itself: qstat -Q -f -F json, qstat -B -f -F json, pbsnodes -a. Sourced; not run.
# A test may keep in $TOY_STATE:
#     queues         the queues that there are, one a line; absent = workq
#     queue.NAME     more of a queue, as lines of its JSON object, without the last comma
#     server         the same of the server

toy_object() { # NAME FILE FIRST-LINE…: an object of lines, and of those in the file
  local name=$1 file=$2 line
  shift 2
  printf '\t\t"%s":\t{\n' "$name"
  for line in "$@"; do printf '\t\t\t%s,\n' "$line"; done
  [ ! -f "$file" ] || sed 's/^/\t\t\t/; $s/$/,/' "$file"
  printf '\t\t\t"toy":\t"True"\n\t\t}'
}

toy_queues() {
  local names=(workq) name separator=''
  [ ! -f "$TOY_STATE/queues" ] || mapfile -t names <"$TOY_STATE/queues"
  printf ',\n\t"Queue":\t{\n'
  for name in "${names[@]}"; do
    printf '%s' "$separator"
    toy_object "$name" "$TOY_STATE/queue.$name" \
      '"queue_type":	"Execution"' '"enabled":	"True"' '"started":	"True"'
    separator=$',\n'
  done
  printf '\n\t}'
}

toy_server() {
  printf ',\n\t"Server":\t{\n'
  toy_object "${TOY_SERVER%%.*}" "$TOY_STATE/server" \
    '"server_state":	"Active"' '"scheduling":	"True"' '"default_queue":	"workq"' '"pbs_version":	"23.06.06"'
  printf '\n\t}'
}

toy_survey() { # QUEUES-OR-SERVER, after the document's header
  local document
  document=$("toy_$1")
  toy_fault empty && document=''
  if toy_fault partial; then
    printf '%s' "${document:0:$((${#document} / 2))}"
    exit 0
  fi
  printf '%s\n}\n' "$document"
  exit 0
}
