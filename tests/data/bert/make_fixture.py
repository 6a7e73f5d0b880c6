"""Makes tiny/: a random BERT sentence encoder, and what NumPy alone computes with it. Run here; the outputs are committed.

The tokenizer below works on characters and Python's unicodedata, the encoder in float64: an independent way to the same
vectors. Needs numpy.
"""
import json
import math
import struct
import unicodedata

import numpy as np

H, LAYERS, HEADS, WIDE, POSITIONS, TYPES, MAX_TOKENS = 12, 2, 3, 20, 24, 2, 16
WORDS = ("[PAD] [UNK] [CLS] [SEP] [MASK] a b c d e ##a ##b ##c ##d ##e what color is the ball red ##dish how many "
         "dogs cat ##s cafe ? ! . , - 3 4 ##8 $ 中 国 ##ing play left of").split()
TEXTS = ["what color is the ball?", "How many DOGS!", "caf\u00e9", "Caf\u0065\u0301 $3,48", "reddish cats playing",
         "\u4e2d\u56fd the ball", "", "   ", "\u00a0what\u2003color\tis\nthe\u0000 ball\u200b", "unknown xyz ball", "a" * 101,
         "abcde edcba", "what is the ball left of the ball left of the ball left of the ball", "-3.4!?", "\ufffd red"]

rng = np.random.default_rng(11)
tensors = {}


def tensor(name, *shape, around=0.0):
    tensors[name] = (around + rng.normal(0, 0.3, shape)).astype(np.float32)


tensor("embeddings.word_embeddings.weight", len(WORDS), H)
tensor("embeddings.position_embeddings.weight", POSITIONS, H)
tensor("embeddings.token_type_embeddings.weight", TYPES, H)


def linear(name, out, into):
    tensor(name + ".weight", out, into)
    tensor(name + ".bias", out)


def norm(name):
    tensor(name + ".weight", H, around=1.0)
    tensor(name + ".bias", H)


norm("embeddings.LayerNorm")
for i in range(LAYERS):
    at = f"encoder.layer.{i}."
    for part in ("query", "key", "value"):
        linear(at + "attention.self." + part, H, H)
    linear(at + "attention.output.dense", H, H)
    norm(at + "attention.output.LayerNorm")
    linear(at + "intermediate.dense", WIDE, H)
    linear(at + "output.dense", H, WIDE)
    norm(at + "output.LayerNorm")


def write_safetensors(path):
    header, data = {}, b""
    for name in sorted(tensors):
        raw = tensors[name].astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


def words_of(text):
    spaced = ""
    for c in text:
        if c in "\0\ufffd" or (unicodedata.category(c) in ("Cc", "Cf", "Co") and c not in "\t\n\r"):
            continue
        spaced += f" {c} " if 0x4E00 <= ord(c) <= 0x9FFF else c
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn").lower()
    return "".join(f" {c} " if unicodedata.category(c)[0] == "P" or c in "$+<=>^`|~" else c for c in plain).split()


def pieces_of(word):
    if len(word) > 100:
        return ["[UNK]"]
    out, begin = [], 0
    while begin < len(word):
        for end in range(len(word), begin, -1):
            piece = ("##" if begin else "") + word[begin:end]
            if piece in WORDS:
                out.append(piece)
                begin = end
                break
        else:
            return ["[UNK]"]
    return out


def ids_of(text):
    pieces = [p for w in words_of(text) for p in pieces_of(w)][: MAX_TOKENS - 2]
    return [WORDS.index(p) for p in ["[CLS]"] + pieces + ["[SEP]"]]


def layer_norm(x, name):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + 1e-12) * weights[name + ".weight"] + weights[name + ".bias"]


def apply(x, name):
    return x @ weights[name + ".weight"].T + weights[name + ".bias"]


def embed(ids):
    x = weights["embeddings.word_embeddings.weight"][ids] + weights["embeddings.position_embeddings.weight"][: len(ids)]
    x = layer_norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(LAYERS):
        at = f"encoder.layer.{i}."
        heads = []
        q, k, v = (apply(x, at + "attention.self." + part) for part in ("query", "key", "value"))
        for h in range(HEADS):
            own = slice(h * H // HEADS, (h + 1) * H // HEADS)
            scores = q[:, own] @ k[:, own].T / math.sqrt(H / HEADS)
            shares = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(shares / shares.sum(-1, keepdims=True) @ v[:, own])
        x = layer_norm(x + apply(np.concatenate(heads, -1), at + "attention.output.dense"), at + "attention.output.LayerNorm")
        wide = apply(x, at + "intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = layer_norm(x + apply(wide, at + "output.dense"), at + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


weights = {name: value.astype(np.float64) for name, value in tensors.items()}
write_safetensors("tiny/model.safetensors")
open("tiny/vocab.txt", "w").write("\n".join(WORDS) + "\n")
json.dump({"model_type": "bert", "hidden_act": "gelu", "hidden_size": H, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
           "intermediate_size": WIDE, "vocab_size": len(WORDS), "max_position_embeddings": POSITIONS, "type_vocab_size": TYPES,
           "layer_norm_eps": 1e-12, "position_embedding_type": "absolute"}, open("tiny/config.json", "w"), indent=1)
json.dump({"max_seq_length": MAX_TOKENS, "do_lower_case": False}, open("tiny/sentence_bert_config.json", "w"))
json.dump([{"text": t, "ids": ids_of(t), "embedding": [float(f"{v:.9g}") for v in embed(ids_of(t))]} for t in TEXTS],
          open("tiny/expected.json", "w"), indent=1)
