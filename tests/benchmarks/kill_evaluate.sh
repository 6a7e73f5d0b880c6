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
    subprocess.run([r2t2, "export", str(session), "--out", str(out)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    files = {file.name: file.read_bytes() for file in sorted(out.iterdir())}
    results = json.loads(files["results.json"])
    for run in results["runs"]:
        run["started"] = run["finished"] = run["command"] = None   # when, and under which name
    results["session"] = None
    files["results.json"] = json.dumps(results).encode()
    del files["table.tex"]                                         # names session and command on top
    return files

def finish_in_spite_of_kills(session, log):
    """Until the evaluation is through; kills of this round, and how many left nothing to resume."""
    global left
    died = fresh = 0
    while True:
        begun = session.exists() and session.stat().st_size > 0
        child = subprocess.Popen(evaluate(session, samples, *(["--resume"] if begun else [])), stdout=subprocess.DEVNULL, stderr=log)
        if left > 0:
            time.sleep(rng.uniform(0, longest))
            child.send_signal(signal.SIGKILL)
        code = child.wait()
        if code == 0:
            return died, fresh
        if code == -signal.SIGKILL:
            died, left = died + 1, left - 1
        else:
            log.seek(0)
            message = log.read().strip().splitlines()[-1:]
            if not (begun and ("no evaluation" in str(message) or "as in the run that is resumed" in str(message))):
                sys.exit(f"exit {code}: {message}; see {folder}")
            for file in folder.glob(session.name + "*"):           # killed before there was anything to resume
                file.unlink()
            fresh += 1
        log.seek(0)
        log.truncate(0)

alone = folder / "alone.r2t2"
seconds(evaluate(folder / "warm.r2t2", 1))
start = seconds(evaluate(folder / "start.r2t2", 1))
whole = seconds(evaluate(alone, samples))
longest = start + 0.2 * max(whole - start, 0)
print(f"left alone: {whole:.1f} s, of which the start takes about {start:.1f} s; killed after up to {longest:.1f} s", flush=True)
expected = export(alone)
rng, left, rounds, killed, fresh = random.Random(1), kills, 0, 0, 0
with open(folder / "log", "w+") as log:
    while left > 0:
        session = folder / f"killed{rounds}.r2t2"
        more = finish_in_spite_of_kills(session, log)
        rounds, killed, fresh = rounds + 1, killed + more[0], fresh + more[1]
        subprocess.run([r2t2, "verify", str(session)], check=True, stdout=subprocess.DEVNULL)
        found = export(session)
        differing = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        if differing:
            sys.exit(f"different after {more[0]} kills: {', '.join(differing)}; see {folder}")
lines = sum(file.count(b"\n") for name, file in expected.items() if name.startswith("samples_"))
print(f"{killed} kills in {rounds} evaluations, {fresh} before there was a run to resume; each time {lines} samples and the results "
      f"in {len(expected)} files are equal, byte for byte")
subprocess.run(["rm", "-r", str(folder)])
END
