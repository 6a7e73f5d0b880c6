#!/bin/sh
# How long `r2t2 --help` takes (no torch is loaded), against /bin/true: median of 40 starts each, in turns, after one warm-up.
# usage: start.sh [build/release/bin/r2t2]
exec python3 - "${1:-build/release/bin/r2t2}" <<'END'
import statistics, subprocess, sys, time

def start(*command):
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return 1e3 * (time.perf_counter() - began)

ours, bare = [], []
start(sys.argv[1], "--help")
for _ in range(40):
    ours.append(start(sys.argv[1], "--help"))
    bare.append(start("/bin/true"))
print(f"r2t2 --help {statistics.median(ours):.1f} ms (slowest {max(ours):.1f}); /bin/true {statistics.median(bare):.1f} ms")
END
