#!/usr/bin/env bash
# One command on a fresh Debian 12: installs, builds, starts.
# With a display: the workbench. Without one: the headless demo, which evaluates the bundled model on its held-out sets by
# every method, and its figures. Further arguments go to what is started.
. "$(dirname "$0")/setup.sh"
install_packages "${build_packages[@]}"
build -DR2T2_TESTS=OFF
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "build/$preset/bin/r2t2-studio" "$@"
fi
if [ $# -gt 0 ]; then
    exec "build/$preset/bin/r2t2" demo "$@"
fi
out=build/$preset/demo
mkdir -p "$out"
session=$out/demo-$(date +%Y%m%d-%H%M%S).sqlite
"build/$preset/bin/r2t2" demo --session "$session"
echo "figures and their numbers:"
"build/$preset/bin/r2t2" figure --all --session "$session" --out "$out/figures" --format svg,pdf,png,csv
