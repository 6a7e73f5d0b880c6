#!/usr/bin/env python3
"""A checkpoint that is cut, overwritten or exchanged while it loads, in both front ends: the right result or an error, never a mixture,
never a signal.

    R2T2=build/release/bin/r2t2 STUDIO=build/release/tests/open_studio MODEL=resources/miniature tests/benchmarks/loading_races.py [TIMES]

Two models lie ready, A and B: other weights, other config.json, other tokenizer.model (as many pieces in another order). While A is being
opened, at a moment drawn at random within the time that opening takes, its files are
    cut          weights, config.json or tokenizer.model truncated where they lie
    overwritten  by B's bytes where they lie, byte for byte in place
    renamed      B's files moved over A's, one after another
TIMES each (50), for r2t2 (`inspect --json`: every number of the answer is compared) and for the studio's way of opening
(libr2t2_inspector through STUDIO, which prints hashes and an answer; left out where STUDIO is not set). What comes back is A's result, B's, or an
error with exit code 1 or 2 and a sentence; anything else is counted, printed, and makes this exit with 1.
"""
import json, os, random, shutil, subprocess, sys, tempfile, threading, time

R2T2 = os.path.abspath(os.environ["R2T2"])
STUDIO = os.path.abspath(os.environ["STUDIO"]) if os.environ.get("STUDIO") else None
MODEL = os.path.abspath(os.environ["MODEL"])
TIMES = int(sys.argv[1]) if len(sys.argv) > 1 else 50
FILES = ["config.json", "tokenizer.model", "model.safetensors"]
random.seed(7)


def pieces_of(data):
    """Top-level fields of a SentencePiece model: (bytes, is_piece)."""
    def varint(at):
        value, shift = 0, 0
        while True:
            byte = data[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                return value, at
    at, fields = 0, []
    while at < len(data):
        begin = at
        key, at = varint(at)
        assert key & 7 == 2, "only messages at the top"
        size, at = varint(at)
        at += size
        fields.append((data[begin:at], key >> 3 == 1))
    return fields


def make_other(a, b):
    """B: the gates' weights turned around, other experts' heads, the last two ordinary pieces exchanged."""
    shutil.copytree(a, b)
    config = json.load(open(f"{b}/config.json"))
    config["moai"]["expert_heads"] *= 2
    json.dump(config, open(f"{b}/config.json", "w"), indent=2)
    fields = pieces_of(open(f"{a}/tokenizer.model", "rb").read())
    places = [i for i, (_, piece) in enumerate(fields) if piece]
    i, j = places[-1], places[-2]
    fields[i], fields[j] = fields[j], fields[i]
    open(f"{b}/tokenizer.model", "wb").write(b"".join(text for text, _ in fields))
    weights = bytearray(open(f"{a}/model.safetensors", "rb").read())
    header = json.loads(weights[8:8 + int.from_bytes(weights[:8], "little")])
    begin = 8 + int.from_bytes(weights[:8], "little")
    for name, tensor in header.items():
        if name != "__metadata__" and "moai_CA_img_aux.linear_o.1" in name:
            low, high = (begin + x for x in tensor["data_offsets"])
            weights[low:high] = b"".join(bytes([x[0], x[1], x[2], x[3] ^ 128]) for x in zip(*[iter(weights[low:high])] * 4))
    open(f"{b}/model.safetensors", "wb").write(weights)


def inspect(model):
    return [R2T2, "inspect", "--json", "--quiet", "--model", model, "--reference-samples", "40", "--sample", "G-dim/3", "--methods", "base"]


def numbers(text):
    """All of the answer that depends on the model."""
    found = json.loads(text)
    for method in found["methods"]:
        method.pop("seconds", None)
        for step in method.get("steps", []):
            step.pop("seconds", None)
    return json.dumps([found.get("model"), found["methods"]], sort_keys=True)


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, done.stdout, done.stderr


def cut(folder, other):
    name = random.choice(FILES)
    os.truncate(f"{folder}/{name}", random.randrange(os.path.getsize(f"{folder}/{name}")))


def overwrite(folder, other):
    for name in random.sample(FILES, 3):
        with open(f"{folder}/{name}", "r+b") as file, open(f"{other}/{name}", "rb") as source:
            file.write(source.read())
            file.truncate()


def rename(folder, other):
    fresh = tempfile.mkdtemp(dir=".")
    for name in FILES:
        shutil.copy(f"{other}/{name}", f"{fresh}/{name}")
    for name in random.sample(FILES, 3):
        os.rename(f"{fresh}/{name}", f"{folder}/{name}")


def race(command, outcome, change, folder, a, b, seconds, allowed):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(a, folder)
    time.sleep(0.03)
    timer = threading.Timer(random.uniform(0.0, seconds), change, (folder, b))
    timer.start()
    code, out, err = run(command(folder))
    timer.join()
    if code in (1, 2):
        return "error" if err.strip() else f"exit {code} without a word"
    if code != 0:
        return f"exit {code}: {err.strip()[-200:]}"
    return allowed.get(outcome(out), "A MIXTURE")


def main():
    os.chdir(tempfile.mkdtemp())
    os.environ["XDG_CACHE_HOME"] = os.path.abspath("cache")
    os.environ["XDG_DATA_HOME"] = os.path.abspath("data")
    shutil.copytree(MODEL, "a")
    make_other("a", "b")
    ends = [("r2t2", inspect, numbers)]
    if STUDIO:
        for name in ("a", "b"):
            assert run([R2T2, "reference", "build", "bundled", "--samples", "40", "--model", name, "--out", f"references-{name}"])[0] == 0
        # with the references of A: where B was opened whole, they are refused, which is an error and no mixture
        ends.append(("studio", lambda model: [STUDIO, model, "references-b" if model == "b" else "references-a"], lambda out: out.strip()))
    bad = 0
    for label, command, outcome in ends:
        allowed, seconds = {}, 0.0
        for name in ("a", "b"):
            run(command(name))  # once for the references, which are kept
            start = time.time()
            code, out, err = run(command(name))
            assert code == 0, err
            seconds = time.time() - start
            allowed[outcome(out)] = name.upper()
        assert len(allowed) == 2, "the two models answer alike: nothing could be told apart"
        for change in (cut, overwrite, rename):
            counts = {}
            for _ in range(TIMES):
                what = race(command, outcome, change, "raced", "a", "b", seconds, allowed)
                counts[what] = counts.get(what, 0) + 1
            bad += sum(count for what, count in counts.items() if what not in ("A", "B", "error"))
            print(f"{label:7}{change.__name__:12}", ", ".join(f"{what} {count}" for what, count in sorted(counts.items())), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
