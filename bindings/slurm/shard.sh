#!/usr/bin/env bash
# One task of the array: shard SLURM_ARRAY_TASK_ID of COUNT. Arguments: COMMAND FOLDER COUNT FILES... [options]
set -euo pipefail
command=$1
folder=$2
count=$3
shift 3
shard=$SLURM_ARRAY_TASK_ID
file=$folder/$shard-of-$count.sbx

for attempt in 1 2 3; do
  # The command writes a shard as a whole or not at all: one that is there is finished.
  [ -e "$file" ] && exit 0
  echo "shard $shard of $count, attempt $attempt" >&2
  status=0
  node "$command" build "$@" --shard "$shard/$count" --output "$file" || status=$?
  # Only a process that was killed is tried again: errors in the files remain, and a process that was asked to stop
  # (SIGHUP, SIGINT, SIGTERM) is not to go on.
  case $status in 129 | 130 | 143) exit "$status" ;; esac
  [ "$status" -gt 128 ] || exit "$status"
done
exit "$status"
