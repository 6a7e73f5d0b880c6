#!/usr/bin/env bash
# tests/fuzz/run.sh BUILD SECONDS [TARGET...]: runs fuzz targets on the fixtures and what earlier runs found (BUILD/corpus).
# A finding is left as BUILD/findings/TARGET-crash-...; the exit code is then not 0.
set -euo pipefail
build=${1:?build folder}
seconds=${2:?seconds for each target}
shift 2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$here/../data
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(dataset_json json picture tsv benchmarks facts_json sentencepiece wordpiece safetensors model_config npy)
mkdir -p "$build/findings"
status=0
for target in "${targets[@]}"; do
    corpus=$build/corpus/$target
    seeds=$build/seeds/$target
    mkdir -p "$corpus" "$seeds"
    [ -d "$here/seeds/$target" ] && cp "$here/seeds/$target"/* "$seeds"
    case $target in
        dataset_json) cp "$data"/reference/*.json "$seeds" ;;
        json) cp "$data"/reference/*.json "$data"/cases/nan-literal/*.jsonl "$seeds" ;;
        picture) cp "$data"/cases/animated-webp/*.webp "$data"/cases/data-check-pictures/data/images/*.jpg "$data"/../vision/data/*.[pjw]* "$seeds" ;;
        tsv) cp "$data"/benchmarks/mmbench/*.tsv "$seeds" ;;
        benchmarks)  # the first byte is the place in benchmark_tree_list.h
            place=0
            while IFS=$'\t' read -r folder file; do
                { printf "\\x$(printf %x $place)"; cat "$data/benchmarks/$folder/$file"; } >"$seeds/$place"
                place=$((place + 1))
            done < <(sed -nE 's/^ *\{+"[^"]+", "([^"]+)", "[^"]+", [0-9]+, "([^"]+)",.*/\1\t\2/p' "$here/../benchmark_readers/benchmark_tree_list.h")
            ;;
        sentencepiece) cp "$data"/tokenizer/*.model "$seeds" ;;
        wordpiece) { printf 0; cat "$data/bert/tiny/vocab.txt"; } >"$seeds/vocabulary" ;;
    esac
    echo "== $target, $seconds s"
    "$build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="$build/findings/$target-" -print_final_stats=1 "$corpus" "$seeds" 2>&1 |
        grep -E "^(stat::|==|SUMMARY|Done)|ERROR" || status=1
done
[ -z "$(ls "$build/findings")" ] || { ls "$build/findings"; status=1; }
exit $status
