#!/bin/bash
# Stands for scancel --ctld --signal=URG JOB.STEP ...
shift 2
for step in "$@"; do
  # A manager may be there before srun has told of it.
  until [ -s "$STUB_LOG/step.$step" ]; do sleep 0.05; done
  read -ra pids <"$STUB_LOG/step.$step"
  kill -URG "${pids[@]}"
done
