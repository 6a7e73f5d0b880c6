#!/usr/bin/env bash
# packaging/gpu-check.sh [REPORT]: on a machine with an NVIDIA card, nvcc, CMake, Ninja, nlohmann/json, utf8proc and a LibTorch with CUDA
# (Python's torch carries one), without Qt, OpenCV, FAISS and SQLite: builds the engine, compares every kernel with its CPU version,
# times models of random weights beside plain PyTorch and beside the floor of the counted operations on that card, and writes one
# report (default: docs/gpu/DATE-DEVICE.txt).
#
#   TORCH_DIR   .../share/cmake/Torch of the LibTorch (default: that of python3's torch)
#   BUILD       build folder (default: build/engine); random checkpoints are kept there (MoAI-7B's takes 18 GB)
#   CONFIGS     models to time (default: "medium moai-7b"); PRECISIONS (default: "bf16 nf4"); SAMPLES (default: 3)
#   DEVICE      cuda, or cpu to try the script itself (default: cuda); PYTHON with torch and numpy (default: python3)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${BUILD:-build/engine}
torch=${TORCH_DIR:-$(${PYTHON:-python3} -c 'import torch, os; print(os.path.join(torch.utils.cmake_prefix_path, "Torch"))')}
command -v nvcc >/dev/null || export PATH=/usr/local/cuda/bin:$PATH
command -v nvcc >/dev/null || { echo "gpu-check: nvcc was not found in PATH or /usr/local/cuda/bin" >&2; exit 1; }
cmake --preset engine -B "$build" -DTorch_DIR="$torch" -DR2T2_CUDA=ON
cmake --build "$build"
check=$build/bin/r2t2-engine-check
device=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1 | tr ' /' '--' || true)
report=${1:-docs/gpu/$(date +%F)-${device:-no-device}.txt}
mkdir -p "$(dirname "$report")"
status=0
target=${DEVICE:-cuda}

# What the card holds, a few times a second, into $build/memory.
watch_memory() {
    : >"$build/memory"
    while nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits >>"$build/memory" 2>/dev/null; do sleep 0.2; done
}
{
    echo "date    $(date -u +%FT%TZ)"
    echo "commit  $(git rev-parse HEAD 2>/dev/null || echo unknown)$(git diff --quiet 2>/dev/null || echo ', with local changes')"
    echo "device  ${device:-none}"
    nvidia-smi --query-gpu=driver_version,memory.total --format=csv,noheader 2>/dev/null || true
    nvcc --version | tail -1
    echo
    "$check" --device "$target" --kernels-only || status=1
    if [ $status -ne 0 ]; then
        echo "nothing was timed: the kernels are wrong or there is no device"
        CONFIGS=none
    fi
    for config in ${CONFIGS:-medium moai-7b}; do
        [ "$config" != none ] || break
        for precision in ${PRECISIONS:-bf16 nf4}; do
            echo
            echo "== $config, $precision"
            watch_memory & watcher=$!
            "$check" --device "$target" --model "$build/random-$config" --config "$config" --precision "$precision" --samples "${SAMPLES:-3}" || status=1
            kill $watcher 2>/dev/null && wait $watcher 2>/dev/null || true
            echo "memory of the device used by all programs, at most: $(sort -n "$build/memory" 2>/dev/null | tail -1) MiB"
            echo
            "${PYTHON:-python3}" tests/benchmarks/naive_ngd.py "$check" "$build/random-$config" --device "$target" --precision "$precision" \
                --samples "${SAMPLES:-3}" --logits-everywhere || status=1
        done
    done
} 2>&1 | tee "$report"
grep -q "^kernel WRONG\|^kernels not run\|error:" "$report" && status=1
echo "gpu-check: $report"
exit $status
