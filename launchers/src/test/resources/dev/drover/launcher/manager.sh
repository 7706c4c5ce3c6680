#!/bin/bash
# Stands for a manager: says that it is there, and stays until it is told to end, or for STUB_LIFE
# seconds; then it ends with STUB_CODE, if its rank is STUB_FAILS or that is not set.
rank=${STUB_RANK-${PMI_RANK-${OMPI_COMM_WORLD_RANK-${SSH_STUB_HOST-0}}}}
trap 'echo "$rank" >>"$STUB_LOG/term"; exit 143' TERM
for word in "$@"; do printf '[%s]' "$word"; done >"$STUB_LOG/words.$rank.$$"
env >"$STUB_LOG/env.$rank.$$"
echo "$rank ${STUB_HOST-}" >>"$STUB_LOG/started"
if [ "${STUB_FAILS-$rank}" = "$rank" ] && [ -n "${STUB_CODE-}" ]; then
  if [ "$STUB_CODE" = killed ]; then kill -KILL $$; fi
  exit "$STUB_CODE"
fi
end=$((SECONDS + ${STUB_LIFE:-0}))
while [ "$SECONDS" -lt "$end" ]; do sleep 0.1; done
echo "$rank" >>"$STUB_LOG/ended"
