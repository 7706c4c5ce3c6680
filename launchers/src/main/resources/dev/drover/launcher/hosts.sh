# Says why no manager can be placed, and ends: 78 is "configuration" in sysexits.h.
drover_fail() {
  echo "drover: $*" >&2
  exit 78
}

# Fills the array hosts with the first $2 hosts of the job, each once, in the scheduler's order.
# $1: the user's own host file, or nothing. $3: "lines" keeps whole lines of that file.
drover_hosts() {
  local text from line host nodelist launch_node=
  local -A seen=()
  hosts=()
  if [ -n "$1" ]; then
    [ -r "$1" ] || drover_fail "cannot read the launcher's host file $1 on $HOSTNAME; make it readable there, or leave it out"
    from="the host file $1" text=$(<"$1")
  elif [ -n "${FLUX_URI-}" ] && nodelist=$(timeout 30 flux resource list -s up -no '{nodelist}' </dev/null) &&
    text=$(timeout 30 flux hostlist -e "$nodelist" </dev/null); then
    from="the Flux instance" text=${text// /$'\n'}
  elif [ -n "${PBS_NODEFILE-}" ] && [ -r "$PBS_NODEFILE" ]; then
    from="PBS_NODEFILE ($PBS_NODEFILE)" text=$(<"$PBS_NODEFILE")
  elif [ -n "${SLURM_JOB_NODELIST-}" ] &&
    text=$(timeout 60 scontrol show hostnames "$SLURM_JOB_NODELIST" </dev/null); then
    from="SLURM_JOB_NODELIST ($SLURM_JOB_NODELIST)"
  elif [ -n "${LSB_DJOB_HOSTFILE-}" ] && [ -r "$LSB_DJOB_HOSTFILE" ]; then
    from="LSB_DJOB_HOSTFILE ($LSB_DJOB_HOSTFILE)" text=$(<"$LSB_DJOB_HOSTFILE") launch_node=maybe
  elif [ -n "${LSB_HOSTS-}" ]; then
    from="LSB_HOSTS" text=${LSB_HOSTS// /$'\n'} launch_node=maybe
  elif [ -n "${PE_HOSTFILE-}" ] && [ -r "$PE_HOSTFILE" ]; then
    from="PE_HOSTFILE ($PE_HOSTFILE)" text=$(<"$PE_HOSTFILE")
  else
    from="no scheduler's host list" text=localhost
  fi
  while IFS= read -r line; do
    read -r host _ <<<"$line" || true
    # A count behind the host, as in "n1:4", is MPICH's.
    if [[ $host =~ ^([^:]+):[0-9]+$ ]]; then host=${BASH_REMATCH[1]}; fi
    if [ "${3-}" = lines ] && [ -n "$1" ]; then host=$line; fi
    if [ -n "$host" ] && [[ $host != \#* ]] && [ -z "${seen["$host"]-}" ]; then
      seen["$host"]=yes
      hosts+=("$host")
    fi
  done <<<"$text"
  # LSF on machines with jsrun names the launch node first, which is none of the block's.
  if [ -n "$launch_node" ] && [ "${#hosts[@]}" -eq $(($2 + 1)) ]; then hosts=("${hosts[@]:1}"); fi
  if [ "${#hosts[@]}" -lt "$2" ]; then
    drover_fail "the block has $2 nodes, but $from names ${#hosts[@]} different ones (${hosts[*]});" \
      "ask the scheduler for whole, separate nodes (PBS: place=scatter), or give the launcher a host file"
  fi
  hosts=("${hosts[@]:0:$2}")
}

# Whether a variable of the batch node means the same on other nodes.
drover_travels() {
  case $1 in
    _ | PWD | OLDPWD | SHLVL | HOSTNAME | HOST | TMPDIR | DISPLAY | BASH_* | BASHOPTS | SHELLOPTS | SSH_* | XDG_*) return 1 ;;
    OMPI_* | OPAL_* | PMIX_* | PMI_* | PRTE_* | HYDRA_* | MPIEXEC_* | FLUX_* | PARALLEL*) return 1 ;;
    PBS_NODENUM | PBS_TASKNUM | PBS_VNODENUM) return 1 ;;
    SLURM_JOB_* | SLURM_CONF | SLURM_CLUSTER_NAME) return 0 ;;
    SLURM*) return 1 ;;
    *) [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] ;;
  esac
}
