# drover-submit SCRIPT [OPTION…]: hands the submit description in the script's head to HTCondor.
script=$1
shift
{
  sed -n 's/^#CONDOR //p' "$script" || exit
  echo queue
} | condor_submit -terse "$@" -
