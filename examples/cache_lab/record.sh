#!/usr/bin/env bash
# Writes the traces of traces/ anew: record.sh FOLDER, where FOLDER has the built examples. Sizes and
# order are the same each time on the same device; the times are not. One thread asks, and the lanes
# are fixed, so that nothing is learned between the runs.
set -euo pipefail
programs=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$here/traces"
export TARN_LANES=parallel TARN_MEMORY_LIMIT=4GiB TARN_CACHE_LIMIT=64MiB
for name in $("$programs/cache_programs"); do
  "$programs/07_cache_lab" record "$here/traces/$name.trace" -- "$programs/cache_programs" "$name"
done
