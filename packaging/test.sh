#!/usr/bin/env bash
# One command on a fresh Debian 12: installs, builds, passes all tests. Further arguments go to ctest.
. "$(dirname "$0")/setup.sh"
install_packages "${build_packages[@]}" "${test_packages[@]}"
build -DR2T2_TESTS=ON
export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$(mktemp -d)}
exec ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)" "$@"
