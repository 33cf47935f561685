#!/usr/bin/env bash
# Joins the shards, and removes them once the index is there. Arguments: COMMAND FOLDER COUNT OUTPUT
set -euo pipefail
command=$1
folder=$2
count=$3
output=$4

shards=()
for ((shard = 1; shard <= count; ++shard)); do shards+=("$folder/$shard-of-$count.sbx"); done
node "$command" merge "${shards[@]}" --output "$output"
rm -f -- "${shards[@]}"
