#!/bin/bash
# One rank: throws darts at a square and counts those within the circle. Prints "hits darts".
# Its number comes from the MPI launcher that started it: MPICH's, Open MPI's, Slurm's, or none.
rank=${PMI_RANK:-${OMPI_COMM_WORLD_RANK:-${SLURM_PROCID:-0}}}
awk -v darts="$1" -v seed="$((DROVER_TASK_ID * 1000 + rank))" 'BEGIN {
  srand(seed)
  for (i = 0; i < darts; i++) {
    x = rand(); y = rand()
    if (x * x + y * y < 1) hits++
  }
  print hits, darts
}'
