#!/bin/bash
# One process that the toy's mpiexec starts: pals-rank.sh PPN HOSTS BINDING PROGRAM... It has the name of
# its host as the kernel tells it, what PALS tells it, and in TOY_CPUS the cpus that it would be bound to;
# bound it is not, since this machine need not have them.
ppn=$1 bind=$3
IFS=, read -ra hosts <<<"$2"
shift 3
export PALS_RANKID=$PMI_RANK PALS_LOCAL_RANKID=$((PMI_RANK % ppn)) TOY_CPUS=$bind
case $bind in
  list:*)
    IFS=: read -ra groups <<<"${bind#list:}"
    TOY_CPUS=${groups[PALS_LOCAL_RANKID]}
    ;;
esac
# shellcheck disable=SC2016 # the inner bash is to expand these
exec unshare --uts bash -c 'hostname "$1" && shift && exec "$@"' host "${hosts[PMI_RANK / ppn]}" "$@"
