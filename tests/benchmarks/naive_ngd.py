#!/usr/bin/env python3
"""Neighbourhood gradient descent as one would write it first, in plain PyTorch, against the engine.

Neighbour by neighbour, the whole model in every step, gradients by autograd with respect to r alone. Runs the engine
first, repeats its samples from the same weights on the same machine, and prints seconds, peak memory, counted operations,
the ratios and the largest difference between the two trajectories.

    python3 tests/benchmarks/naive_ngd.py build/release/tests/bench_ngd resources/miniature [--samples 10]
        [--method oracle|kernel-regression] [--mode fixed] [--threads 2] [--warm-up 0] [--logits-everywhere]
    python3 tests/benchmarks/naive_ngd.py build/engine/bin/r2t2-engine-check MODEL --device cuda --precision bf16 --samples 3

bench_ngd takes the bundled world's pictures and questions, r2t2-engine-check noise on any device. --logits-everywhere: the head
on every token, as a language model's loss is usually written, not on the answer's alone. Needs python3-torch (Debian's is the
engine's LibTorch 1.13.1) and python3-numpy. Both sides compute with the same number of threads. The last lines compare with what
this device reaches in one large matrix product of that type: the floor of the counted operations.
"""
import argparse
import glob
import json
import math
import os
import resource
import subprocess
import tempfile
import time

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
import torch.nn.functional as F

from machine import machine
from moai_torch import MoAI, Routing, answer_loss, load_safetensors, normalise
from operations import operations


def config_of(path):
    """The checkpoint's config.json in moai_torch's terms."""
    c = json.load(open(path))
    m, v, p = c["moai"], c["moai"]["vision"], c["moai"]["compressor"]
    return dict(
        vocab_size=c["vocab_size"], hidden_size=c["hidden_size"], intermediate_size=c["intermediate_size"],
        num_hidden_layers=c["num_hidden_layers"], num_attention_heads=c["num_attention_heads"],
        num_key_value_heads=c["num_key_value_heads"], rms_norm_eps=c["rms_norm_eps"], bias=c["bias"],
        rope_theta=c["rope_theta"], plora_r=m["plora_rank"], plora_alpha=m["plora_alpha"],
        mixer_layers=[i for i in range(c["num_hidden_layers"]) if (i + 1) % m["mixer_interval"] == 0],
        expert_heads=m["expert_heads"], expert_rank=m["expert_rank"], vision_hidden=v["hidden_size"],
        vision_intermediate=v["intermediate_size"], vision_layers=v["num_hidden_layers"],
        vision_heads=v["num_attention_heads"], patch_size=v["patch_size"], image_size=v["image_size"],
        perceiver_depth=p["depth"], perceiver_heads=p["heads"], perceiver_dim_head=p["head_dim"],
        perceiver_latents=p["latents"], hide_image_from_language=m["hide_image_from_text"])


class Sample:
    """Tensors of one sample: pixels, fact ids, prompt and answer ids, masks over the merged sequence."""

    logits_everywhere, device, dtype = False, "cpu", torch.float32

    def __init__(self, entry, config):
        side, image_token = config["image_size"], config["vocab_size"]
        patches = (side // config["patch_size"]) ** 2
        u8 = torch.frombuffer(bytearray.fromhex(entry["pixels"]), dtype=torch.uint8)
        self.pixels = normalise(u8.view(side, side, 3).permute(2, 0, 1)[None]).to(self.device, self.dtype)
        self.blank = normalise(torch.zeros(1, 3, side, side, dtype=torch.uint8, device="cpu")).to(self.device, self.dtype)
        self.facts = torch.tensor([[1] + entry["facts"]])
        answer = entry["answer"]
        ids = entry["prompt"] + answer
        self.ids = torch.tensor([ids])
        at, length, first = entry["prompt"].index(image_token), len(ids) + patches - 1, len(entry["prompt"]) + patches - 1
        position = torch.arange(length)[None]
        self.image = (position >= at) & (position < at + patches)
        self.language = ~self.image & (position < first)
        self.real = torch.ones_like(self.image)
        self.labels = torch.full((1, length), -100)
        self.labels[0, first:] = torch.tensor(answer)

    def loss(self, model, routing):
        rows = model.encode_image(self.pixels)
        aux = model.encode_aux(self.facts, None, model.encode_image(self.blank))
        hidden, layout = model(self.ids, self.real, self.language, self.image, rows, aux, routing)
        if self.logits_everywhere:
            logits = model.logits(hidden)[:, :-1].float()
            return F.cross_entropy(logits.flatten(0, 1), self.labels[:, 1:].flatten(), ignore_index=-100), layout
        return answer_loss(model, hidden, self.labels)[0].mean(), layout


    def answer(self, model, routing, stop=2, longest=16):
        """Greedy answer, the whole model for every token: its ids and exp(mean log-probability); the stop token counts if it is all."""
        prompt = int(self.image.sum()) + int(self.language.sum())
        ids, tokens, logs = self.ids[:, :self.ids.shape[1] - self.labels.shape[1] + prompt], [], []
        while len(tokens) < longest:
            more = (1, len(tokens))
            rows = model.encode_image(self.pixels)
            aux = model.encode_aux(self.facts, None, model.encode_image(self.blank))
            grown = lambda mask, value: torch.cat([mask[:, :prompt], torch.full(more, value)], 1)
            hidden, _ = model(ids, grown(self.real, True), grown(self.language, False), grown(self.image, False), rows, aux,
                              routing)
            log = model.logits(hidden[:, -1]).log_softmax(-1)[0]
            best = int(log.argmax())
            if best == stop and tokens:
                break
            logs.append(float(log[best]))
            if best == stop:
                break
            tokens.append(best)
            ids = torch.cat([ids, torch.tensor([[best]])], 1)
        return tokens, math.exp(sum(logs) / len(logs))


def softmax_groups(z):
    return torch.cat([z[:3].softmax(0), z[3:].softmax(0)])


def descend(model, entry, settings, config):
    """Trajectory of r for one sample: Adam on z with r = softmax(z), cosine rate. Returns rows r_0 .. r_T."""
    fixed = settings["mode"] == "fixed"
    neighbours = [Sample(n, config) for n in entry["neighbours"]] or [Sample(entry["sample"], config)]
    weights = entry.get("weights") or [1.0]
    base = lambda s: s.loss(model, Routing())[1].base_routing()[0].mean(0)
    with torch.no_grad():
        r0 = base(Sample(entry["sample"], config))
        own = [None if fixed else base(n) for n in neighbours]
    z = r0.log().clone().requires_grad_()
    optimiser = torch.optim.Adam([z], betas=(0.9, 0.999), eps=1e-8)
    rows = [softmax_groups(z).detach()]
    for t in range(settings["steps"]):
        top, bottom = settings["initial_lr"], settings["final_lr"]
        optimiser.param_groups[0]["lr"] = bottom + (top - bottom) * (1 + math.cos(math.pi * t / settings["steps"])) / 2
        optimiser.zero_grad()
        for n, w, r_n in zip(neighbours, weights, own):
            r = softmax_groups(z)
            routing = Routing("fixed", r) if fixed else Routing("offset", r.log() - r_n.log())
            (w * n.loss(model, routing)[0]).backward()
        optimiser.step()
        rows.append(softmax_groups(z).detach())
    return torch.stack(rows)


def regress(model, entry, settings, config):
    """The engine's line search repeated: an answer and its confidence for every alpha. Returns the largest difference."""
    sample = Sample(entry["sample"], config)
    r, fixed, worst = torch.tensor(entry["r"]), settings["mode"] == "fixed", 0.0
    last = len(entry["alphas"]) - 1                                         # the chosen step again: nothing to compute
    with torch.no_grad():
        for i in range(last):
            native = i == 0
            routing = Routing() if native else Routing("fixed", r[i]) if fixed else Routing("offset", r[i].log() - r[0].log())
            tokens, confidence = sample.answer(model, routing)
            worst = max(worst, abs(confidence - entry["confidences"][i]), 1.0 if tokens != entry["tokens"][i] else 0.0)
    return worst


def peak_megabytes(device):
    if device != "cpu":
        return torch.cuda.max_memory_allocated() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def run_engine(a, folder):
    """samples.json of the engine's run (app/engine_check/work_record.h)."""
    if os.path.basename(a.engine) == "r2t2-engine-check":
        command = [a.engine, "--model", a.model, "--device", a.device, "--precision", a.precision, "--methods", a.method, "--write", folder]
        names = ("samples", "steps", "threads")
    else:
        command = [a.engine, a.model, folder, "--mode", a.mode, "--method", a.method]
        names = ("samples", "steps", "threads", "warm_up")
    for name in names:
        command += ["--" + name.replace("_", "-"), str(getattr(a, name))]
    print("engine:", *subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[:2], sep="\n  ")
    return json.load(open(folder + "/samples.json"))


def load_model(path, config, device, dtype):
    model = MoAI(config).eval()
    missing = set(model.state_dict())
    for file in sorted(glob.glob(path + "/*.safetensors")):                 # shard by shard
        tensors = load_safetensors(file)
        unexpected = model.load_state_dict(tensors, strict=False).unexpected_keys
        if unexpected:
            raise SystemExit(f"{file}: no such tensor in MoAI: {unexpected[0]}")
        missing -= set(tensors)
    if missing:
        raise SystemExit(f"{path}: missing: {sorted(missing)[0]} and {len(missing) - 1} more")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model.to(device, dtype)


def product_rate(device, dtype):
    """Multiply-adds a second of one large matrix product: the median of five."""
    n = 8192 if device != "cpu" else 2048
    x, y, seconds = torch.randn(n, n, dtype=dtype, device=device), torch.randn(n, n, dtype=dtype, device=device), []
    for _ in range(7):
        synchronise(device)
        begin = time.perf_counter()
        x @ y
        synchronise(device)
        seconds.append(time.perf_counter() - begin)
    return n ** 3 / sorted(seconds[2:])[2]


def synchronise(device):
    if device != "cpu":
        torch.cuda.synchronize()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("engine", help="bench_ngd or r2t2-engine-check")
    p.add_argument("model")
    p.add_argument("--samples", type=int, default=10)
    p.add_argument("--steps", type=int, default=10)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--warm-up", type=int, default=2, help="rounds before bench_ngd's clock starts")
    p.add_argument("--mode", choices=("fixed", "offset"), default="offset")
    p.add_argument("--method", choices=("ngd", "oracle", "kernel-regression"), default="ngd")
    p.add_argument("--logits-everywhere", action="store_true")
    p.add_argument("--device", default="cpu", help="cpu or cuda; cuda with r2t2-engine-check alone")
    p.add_argument("--precision", choices=("fp32", "bf16", "fp16", "nf4", "int8"), default="fp32",
                   help="the engine's; nf4 and int8 are compared with plain bf16 (fp32 on the CPU)")
    a = p.parse_args()
    config = config_of(a.model + "/config.json")
    with tempfile.TemporaryDirectory() as folder:
        work = run_engine(a, folder)
    torch.set_num_threads(a.threads)
    weight_only = torch.float32 if a.device == "cpu" else torch.bfloat16
    Sample.dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}.get(a.precision, weight_only)
    Sample.logits_everywhere, Sample.device = a.logits_everywhere, a.device
    model = load_model(a.model, config, a.device, Sample.dtype)
    if a.device != "cpu":
        torch.set_default_device(a.device)                                  # masks and tables are made where they are used
    worst, seconds, counts = 0.0, 0.0, []
    for entry in work["samples"]:
        synchronise(a.device)
        begin = time.perf_counter()
        if a.method == "kernel-regression":
            worst = max(worst, regress(model, entry, work, config))
        else:
            rows = descend(model, entry, work, config)
            worst = max(worst, float((rows.cpu() - torch.tensor(entry["r"], device="cpu")[:len(rows)]).abs().max()))
        synchronise(a.device)
        seconds += time.perf_counter() - begin
        counts.append(operations(config, entry, work["steps"], a.method, a.logits_everywhere))
    report(a, work, seconds / len(counts), [sum(c[i] for c in counts) / len(counts) for i in range(3)], worst)


def report(a, work, naive, counts, worst):
    prepare, steps, plain = counts
    cold, warm = work["prepare_seconds"] + work["descent_seconds"], work["descent_seconds"]
    print("plain PyTorch:", machine(a.threads), sep="\n  ")
    print(f"{a.method}, {a.mode} mode, {work['k']} neighbours, {work['steps']} steps, {len(work['samples'])} samples, "
          f"torch {torch.__version__}, {a.precision} on {a.device}, {a.threads} thread{'s' if a.threads > 1 else ''}")
    print("                              s a sample   ratio   billion multiply-adds   predicted ratio   billion a second   peak MB")
    print(f"plain PyTorch                 {naive:10.4f} {'':7} {plain / 1e9:23.3f} {'':17} {plain / naive / 1e9:18.1f} "
          f"{peak_megabytes(a.device):9.0f}")
    for name, seconds, count in (("nothing prepared", cold, prepare + steps), ("samples prepared", warm, steps)):
        print(f"engine, {name:21} {seconds:10.4f} {naive / seconds:7.1f} {count / 1e9:23.3f} {plain / count:17.1f} "
              f"{count / seconds / 1e9:18.1f} {work['peak_megabytes']:9.0f}")
    rate = product_rate(a.device, Sample.dtype)
    print(f"one large product: {rate / 1e9:.0f} billion multiply-adds a second; floor of the prepared descent {steps / rate:.4f} s, "
          f"the engine takes {warm * rate / steps:.1f} times that")
    what = "confidence" if a.method == "kernel-regression" else "r"
    print(f"largest difference in {what:10} {worst:8.1e}")


if __name__ == "__main__":
    main()
