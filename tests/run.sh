#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests. CTest's summary is the last thing printed.
#
#   tests/run.sh                  all tests, in build/release, on the default device (PoCL)
#   tests/run.sh --asan | --tsan  under AddressSanitizer and UBSan, or ThreadSanitizer, in folders of their own
#   tests/run.sh --device NAME    the device tests on pocl, rusticl or oclgrind
#   tests/run.sh --clang          everything built by clang 14 too
#   tests/run.sh --format         only checks that clang-format changes nothing
#   tests/run.sh --tidy           only runs clang-tidy
#   tests/run.sh --bench          only builds the benchmarks, in build/release/tests/benchmarks
#   tests/run.sh --filter REGEX   only the tests whose names match
#
# With CI=true warnings are errors, formatting is checked, clang builds everything, reports are opened in a
# browser, and the device tests run on rusticl and Oclgrind too, in a small form.
set -euo pipefail
# shellcheck source=../cmake/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../cmake/setup.sh"

preset=release
device=pocl
only=
filter=.
clang=
ci=${CI:-false}
while [ $# -gt 0 ]; do
  case "$1" in
    --asan | --tsan) preset=${1#--} ;;
    --device) device=${2:?--device wants a name}; shift ;;
    --filter) filter=${2:?--filter wants a regular expression}; shift ;;
    --clang) clang=yes ;;
    --format | --tidy | --bench) only=${1#--} ;;
    -h | --help) sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
  shift
done

sources() {
  find "$project"/{include,runtime,ops,tests,examples} -name '*.cpp' -o -name '*.hpp' | sort
}

check_format() {
  ensure_packages 'clang-format-14  checks the layout of the sources'
  sources | xargs clang-format-14 --dry-run --Werror
}

definitions=(-DTARN_TESTS=ON)
if [ "$ci" = true ]; then definitions+=(-DTARN_WERROR=ON); fi

# device_tests DEVICE: the tests labelled `device` on another OpenCL implementation, with few random graphs.
device_tests() {
  local run=(ctest --output-on-failure -L device -R "$filter") log=Testing/Temporary/LastTest.log
  cd "$project/build/$preset"
  export TARN_DEVICE=$1 TARN_TEST_GRAPHS=${TARN_TEST_GRAPHS:-40}
  case "$1" in
    pocl) "${run[@]}" ;;
    rusticl)
      ensure_packages 'mesa-opencl-icd  rusticl, a second OpenCL implementation'
      RUSTICL_ENABLE=llvmpipe "${run[@]}" ;;
    oclgrind)
      ensure_packages 'oclgrind  a simulator that reports invalid accesses and data races'
      oclgrind --data-races "${run[@]}" -E 'install|logits'
      # Its exit status says nothing of what it found.
      ! grep -E 'Invalid (read|write)|[Dd]ata race' "$log" || die "oclgrind reports errors: see build/$preset/$log" ;;
    *) die "unknown device $1: pocl, rusticl, oclgrind" ;;
  esac
}

case "$only" in
  format) check_format; exit ;;
  tidy)
    ensure_packages "$build_packages$test_packages"'clang-tidy-14  static analysis'
    build release "${definitions[@]}"
    find "$project"/{runtime,ops} -name '*.cpp' | xargs clang-tidy-14 --quiet -p "$project/build/release"
    exit ;;
  bench)
    ensure_packages "$build_packages$test_packages"'libopenblas-dev  the reference for products
libmimalloc-dev  a heap to compare with'
    build release "${definitions[@]}"
    say "benchmarks: $project/build/release/tests/benchmarks"
    exit ;;
esac

ensure_packages "$build_packages$test_packages"
if [ "$ci" = true ]; then check_format; fi
if [ "$ci" = true ] || [ -n "$clang" ]; then
  ensure_packages 'clang-14  the second compiler'
  build clang "${definitions[@]}" -DTARN_WERROR=ON
fi
if [ "$ci" = true ]; then
  ensure_packages 'chromium  opens a report of the cache laboratory as a reader would'
  (fetch_sentence_model) || say "the model of example 06 could not be fetched: the tests that need it are skipped"
fi
build "$preset" "${definitions[@]}"

case "$preset" in
  asan)
    # One ICD, or another driver's leaks are ours; PoCL handles SIGFPE itself, so a host's 7/0 must be ours.
    export OCL_ICD_VENDORS=/etc/OpenCL/vendors/pocl.icd
    export ASAN_OPTIONS=handle_sigfpe=2:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 ;;
  tsan) export OCL_ICD_VENDORS=/etc/OpenCL/vendors/pocl.icd ;;
esac

if [ "$device" != pocl ]; then
  device_tests "$device"
  exit
fi
if [ "$ci" = true ]; then
  for other in rusticl oclgrind; do
    say "======== device tests on $other"
    (device_tests "$other")
  done
fi
cd "$project/build/$preset"
if [ "$preset" = asan ]; then
  # PoCL's compiler leaks where it compiles: first let PoCL keep what it compiles.
  say "======== once without looking for leaks, to fill PoCL's cache"
  ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 ctest --output-on-failure -j2 -R "$filter"
fi
ctest --output-on-failure -j2 -R "$filter"
