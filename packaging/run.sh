#!/usr/bin/env bash
# One command on a fresh Debian 12: installs, builds, starts.
# There is no desktop application yet: with or without a display this runs the headless demo, which evaluates the
# bundled model on its held-out sets by every method. Further arguments go to the demo.
. "$(dirname "$0")/setup.sh"
install_packages "${build_packages[@]}"
build -DR2T2_TESTS=OFF
exec "build/$preset/bin/r2t2" demo "$@"
