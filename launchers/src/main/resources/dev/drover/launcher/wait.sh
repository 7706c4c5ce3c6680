# Asks the managers to end: each script says how, once there are any.
drover_stop() {
  exit 143
}
drover_asked() {
  drover_signalled=yes
  drover_stop
}
trap drover_asked HUP INT TERM

# Waits for process $1 and leaves its code in drover_code. A signal ends wait early: wait again.
drover_wait() {
  drover_signalled=yes
  while [ -n "$drover_signalled" ]; do
    drover_signalled=
    drover_code=0
    wait "$1" || drover_code=$?
  done
  # bash 5.2 says -1 when the process ends in the very instant of the signal.
  if [ "$drover_code" -lt 0 ]; then drover_code=143; fi
}
