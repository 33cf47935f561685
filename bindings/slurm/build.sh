#!/usr/bin/env bash
# Builds an index on a Slurm cluster: an array job makes the shards, and a job that depends on it joins them.
#
#   build.sh SHARDS OUTPUT FILES... [options of `signalbox build`]
#
# OUTPUT and FILES lie where every node sees them. Partition, account, time and memory come from Slurm's own SBATCH_*
# variables. A shard whose process is killed is tried again, three times in all; a shard that is there is kept. Prints the
# number of the joining job. Set SIGNALBOX_RESUME=1 to go on with the shards of an earlier run of the same build.
set -euo pipefail

if [ $# -lt 3 ] || ! [[ $1 =~ ^[1-9][0-9]*$ ]]; then
  sed -n '4p' "$0" >&2
  exit 2
fi
shards=$1
output=$(realpath -m -- "$2")
shift 2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command=$(realpath -- "$here/../cli.js")
folder=$output.shards

if [ -e "$folder" ] && [ "${SIGNALBOX_RESUME:-}" != 1 ]; then
  echo "$folder is there already: remove it, or go on with its shards by SIGNALBOX_RESUME=1" >&2
  exit 1
fi
mkdir -p -- "$folder"

array=$(sbatch --parsable --job-name=signalbox-shard --array="1-$shards" --requeue --open-mode=append \
  --output="$folder/shard-%a.log" "$here/shard.sh" "$command" "$folder" "$shards" "$@")
sbatch --parsable --job-name=signalbox-merge --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes \
  --open-mode=append --output="$folder/merge.log" "$here/merge.sh" "$command" "$folder" "$shards" "$output"
