#!/bin/bash
# Stands for scancel --ctld --signal=URG JOB.STEP ...
shift 2
for step in "$@"; do
  read -ra pids <"$STUB_LOG/step.$step"
  kill -URG "${pids[@]}"
done
