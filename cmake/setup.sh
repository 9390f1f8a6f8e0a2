# Shell functions that examples/run.sh and tests/run.sh share: what must be installed, and how to build.
# Sourced, not run. Everything it says goes to standard error.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Debian packages and why they are needed: one line each.
build_packages='
g++                 the compiler
cmake               the build system
ninja-build         what cmake builds with
ocl-icd-opencl-dev  the OpenCL ICD loader
opencl-clhpp-headers  the OpenCL C++ bindings
libspdlog-dev       logging
nlohmann-json3-dev  reading the headers of safetensors files
libcli11-dev        command lines of the examples
pocl-opencl-icd     PoCL, an OpenCL device on any CPU
'
test_packages='
libgtest-dev        GoogleTest
libgmock-dev        GoogleMock
libbenchmark-dev    Google Benchmark
'

# ensure_packages LINES: installs those packages of LINES ("name  why") that are missing.
ensure_packages() {
  local missing=() name why
  while read -r name why; do
    [ -n "$name" ] || continue
    if ! dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed; then
      missing+=("$name")
      say "missing: $name ($why)"
    fi
  done <<<"$1"
  [ ${#missing[@]} -gt 0 ] || return 0
  local sudo=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null ||
      die "run this as root or with sudo:
  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    sudo=sudo
  fi
  say "installing ${missing[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# build PRESET [cmake definitions...]: configures once and builds what has changed. TARGETS names what.
build() {
  local preset=$1 log
  shift
  log=$(mktemp)
  (cd "$project" && cmake --preset "$preset" "$@" >"$log" 2>&1) || { cat "$log" >&2; rm -f "$log"; die "configuring failed"; }
  # shellcheck disable=SC2086
  (cd "$project" && cmake --build "build/$preset" ${TARGETS:+--target $TARGETS} >"$log" 2>&1) ||
    { cat "$log" >&2; rm -f "$log"; die "building failed"; }
  rm -f "$log"
}
