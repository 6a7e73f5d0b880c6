#!/bin/sh
# `r2t2 evaluate` killed (kill -9) at random moments and resumed, again and again; then its export is compared, byte for byte,
# with that of a run that was left alone. Clock times are the only difference allowed.
# usage: kill_evaluate.sh build/release/bin/r2t2 [KILLS=300] [SAMPLES=40]
exec python3 - "$@" <<'END'
import json, os, pathlib, random, signal, subprocess, sys, tempfile, time

r2t2 = sys.argv[1]
kills, samples = (int(sys.argv[i]) if len(sys.argv) > i else n for i, n in ((2, 300), (3, 40)))
folder = pathlib.Path(tempfile.mkdtemp(prefix="kill_evaluate."))

def evaluate(session, count, *more):
    return [r2t2, "evaluate", "--eval", "G-dim,K-noise", "--samples", str(count), "--methods", "base,ngd", "--no-controls",
            "--session", str(session), *more]

def seconds(command):
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began

def export(session):
    out = folder / (session.stem + ".exported")
    subprocess.run([r2t2, "export", str(session), "--out", str(out)], check=True, stdout=subprocess.DEVNULL)
    files = {file.name: file.read_bytes() for file in sorted(out.iterdir())}
    results = json.loads(files["results.json"])
    for run in results["runs"]:
        run["started"] = run["finished"] = run["command"] = None   # when, and under which name
    results["session"] = None
    files["results.json"] = json.dumps(results).encode()
    del files["table.tex"]                                         # names session and command on top
    return files

alone, killed = folder / "alone.r2t2", folder / "killed.r2t2"
start = seconds(evaluate(folder / "warm.r2t2", 1))
whole = seconds(evaluate(alone, samples))
work = max(whole - start, 0.1)
print(f"left alone: {whole:.1f} s, of which the start takes about {start:.1f} s", flush=True)
rng, done, early, fresh, died = random.Random(1), False, 0, 0, 0
log = open(folder / "log", "w+")
while not done:
    begun = killed.exists() and killed.stat().st_size > 0
    child = subprocess.Popen(evaluate(killed, samples, *(["--resume"] if begun else [])), stdout=subprocess.DEVNULL, stderr=log)
    if died < kills:
        time.sleep(rng.uniform(0, start + 2 * work / kills))
        child.send_signal(signal.SIGKILL)
    code = child.wait()
    if code == -signal.SIGKILL:
        died += 1
    elif code == 0:
        done = True
    else:
        log.seek(0)
        message = log.read().strip().splitlines()[-1:]
        if begun and "no evaluation" in str(message) or "as in the run that is resumed" in str(message):
            killed.unlink()                                        # killed before there was anything to resume
            fresh += 1
        else:
            sys.exit(f"after {died} kills: exit {code}: {message}; see {folder}")
    log.truncate(0)
print(f"{died} kills, {fresh} times before there was a run to resume")
subprocess.run([r2t2, "verify", str(killed)], check=True)
first, second = export(alone), export(killed)
differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
lines = sum(file.count(b"\n") for name, file in first.items() if name.startswith("samples_"))
if differing:
    sys.exit(f"different: {', '.join(differing)}; see {folder}")
print(f"{lines} samples and results in {len(first)} files: equal, byte for byte")
subprocess.run(["rm", "-r", str(folder)])
END
