#!/usr/bin/env bash
# Installs what is missing, builds, and runs the examples in order; the last one prints what caching saved.
#
#   examples/run.sh                    all of them
#   examples/run.sh NAME [arguments]   one, such as `examples/run.sh 05_cache_savings --json`: then standard
#                                      output is the program's alone. 06_sentences needs a model of 90 MB:
#                                      this fetches it, once; the run of all does not
#   examples/run.sh --help             this
set -euo pipefail
# shellcheck source=../cmake/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

case "${1:-}" in
  -h | --help) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
esac

names=()
for file in "$project"/examples/[0-9][0-9]_*.cpp; do names+=("$(basename "$file" .cpp)"); done

wanted=("${names[@]}")
if [ $# -gt 0 ]; then
  wanted=("$1")
  shift
  printf '%s\n' "${names[@]}" | grep -qx "${wanted[0]}" || die "no example ${wanted[0]}; there are: ${names[*]}"
fi

ensure_packages "$build_packages"
if [ "${wanted[*]}" = 06_sentences ]; then
  (fetch_sentence_model) || say "the model could not be fetched"
fi
TARGETS="${wanted[*]}" build release -DTARN_TESTS=OFF

programs=$project/build/release/examples
if [ ${#wanted[@]} -eq 1 ] && [ ${#names[@]} -gt 1 ]; then
  exec "$programs/${wanted[0]}" "$@"
fi
for name in "${wanted[@]}"; do
  printf '\n======== %s\n\n' "$name"
  "$programs/$name"
done
