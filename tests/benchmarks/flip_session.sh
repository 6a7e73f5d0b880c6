#!/usr/bin/env bash
# 200 single bits of a session flip, one at a time; each session is read by export, figure, compare and the window's tables. Every flip that
# changes what is shown must be named, or the reader refuses. Prints how many were read as before and how many were heard.
#
#     ninja -C build/release test_ui_flip_session r2t2 && tests/benchmarks/flip_session.sh [BUILD] [FLIPS]
set -euo pipefail
build=${1:-build/release}
R2T2_FLIPS=${2:-200} QT_QPA_PLATFORM=offscreen QTEST_FUNCTION_TIMEOUT=7200000 "$build/tests/test_ui_flip_session"
