#!/usr/bin/env python3
"""Neighbourhood gradient descent as one would write it first, in plain PyTorch, against the engine.

Neighbour by neighbour, the whole model in every step, gradients by autograd with respect to r alone. Runs `bench_ngd`
first, repeats its samples from the same weights on the same machine, and prints seconds, the ratio and the largest
difference between the two trajectories.

    python3 tests/benchmarks/naive_ngd.py build/release/tests/bench_ngd resources/miniature [--samples 10]
        [--method oracle|kernel-regression] [--mode fixed]

Needs Debian's python3-torch (the same LibTorch 1.13.1 as the engine's) and python3-numpy. One thread each.
"""
import argparse
import json
import math
import os
import subprocess
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

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

    def __init__(self, entry, config):
        side, image_token = config["image_size"], config["vocab_size"]
        patches = (side // config["patch_size"]) ** 2
        u8 = torch.frombuffer(bytearray.fromhex(entry["pixels"]), dtype=torch.uint8)
        self.pixels = normalise(u8.view(side, side, 3).permute(2, 0, 1)[None])
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
        blank = normalise(torch.zeros_like(self.pixels, dtype=torch.uint8))
        rows = model.encode_image(self.pixels)
        aux = model.encode_aux(self.facts, None, model.encode_image(blank))
        hidden, layout = model(self.ids, self.real, self.language, self.image, rows, aux, routing)
        return answer_loss(model, hidden, self.labels)[0].mean(), layout


    def answer(self, model, routing, stop=2, longest=16):
        """Greedy answer, the whole model for every token: its ids and exp(mean log-probability); the stop token counts if it is all."""
        blank = normalise(torch.zeros_like(self.pixels, dtype=torch.uint8))
        prompt = int(self.image.sum()) + int(self.language.sum())
        ids, tokens, logs = self.ids[:, :self.ids.shape[1] - self.labels.shape[1] + prompt], [], []
        while len(tokens) < longest:
            more = (1, len(tokens))
            rows = model.encode_image(self.pixels)
            aux = model.encode_aux(self.facts, None, model.encode_image(blank))
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


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("bench_ngd")
    p.add_argument("model")
    p.add_argument("--samples", type=int, default=10)
    p.add_argument("--mode", choices=("fixed", "offset"), default="offset")
    p.add_argument("--method", choices=("ngd", "oracle", "kernel-regression"), default="ngd")
    a = p.parse_args()
    torch.set_num_threads(1)
    config = config_of(a.model + "/config.json")
    model = MoAI(config).eval()
    model.load_state_dict(load_safetensors(a.model + "/model.safetensors"))
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    with tempfile.TemporaryDirectory() as folder:
        line = subprocess.run([a.bench_ngd, a.model, folder, str(a.samples), "5", "10", a.mode, a.method], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        engine = json.loads(line)
        work = json.load(open(folder + "/samples.json"))
    worst, begin, counts = 0.0, time.perf_counter(), []
    for entry in work["samples"]:
        if a.method == "kernel-regression":
            worst = max(worst, regress(model, entry, work, config))
        else:
            rows = descend(model, entry, work, config)
            worst = max(worst, float((rows - torch.tensor(entry["r"])[:len(rows)]).abs().max()))
    naive = (time.perf_counter() - begin) / len(work["samples"])
    for entry in work["samples"]:
        counts.append(operations(config, entry, work["steps"], a.method))
    prepare, steps, plain = (sum(c[i] for c in counts) / len(counts) for i in range(3))
    cold, warm = engine["prepare_seconds"] + engine["descent_seconds"], engine["descent_seconds"]
    print(f"{a.method}, {a.mode} mode, {len(work['samples'])} samples, torch {torch.__version__}, one thread")
    print("                              s a sample   ratio   million multiply-adds   predicted ratio")
    print(f"plain PyTorch                 {naive:10.4f} {'':7} {plain / 1e6:23.0f}")
    for name, seconds, count in (("nothing prepared", cold, prepare + steps), ("samples prepared", warm, steps)):
        print(f"engine, {name:21} {seconds:10.4f} {naive / seconds:7.1f} {count / 1e6:23.0f} {plain / count:17.1f}")
    what = "confidence" if a.method == "kernel-regression" else "r"
    print(f"largest difference in {what:10} {worst:8.1e}")


if __name__ == "__main__":
    main()
