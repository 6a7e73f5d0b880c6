#!/usr/bin/env bash
# Installs what is missing (Debian 12) and builds. Sourced by run.sh and test.sh; may be run by itself.
#   R2T2_PRESET   CMake preset, default release
#   R2T2_JOBS     parallel compile jobs, default: cores, at most one per 1.5 GiB of memory
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. packaging/debian-packages.sh
preset=${R2T2_PRESET:-release}

install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local become=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "missing packages: ${missing[*]}; install them as root" >&2; exit 2; }
        become=(sudo)
    fi
    echo "installing: ${missing[*]}" >&2
    "${become[@]}" apt-get update -qq
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

build() {
    local memory_jobs jobs
    memory_jobs=$(awk '/MemAvailable/ {n = int($2 / 1572864); print (n < 1 ? 1 : n)}' /proc/meminfo)
    jobs=${R2T2_JOBS:-$(( $(nproc) < memory_jobs ? $(nproc) : memory_jobs ))}
    cmake --preset "$preset" "$@" >&2
    cmake --build --preset "$preset" -j "$jobs" >&2
}
