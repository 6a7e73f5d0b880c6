"""MoAI in plain PyTorch: CLIP tower, projector, compressor, InternLM2 decoder with PLoRA, MoAI mixers, loss.

Module and parameter names are those of the published checkpoint, so state dicts can be exchanged with the C++ model.
Every size is a field of the config dictionary (see default_config). Shapes: B batch, S merged length (prompt with
<image> replaced by P patches, then the answer), H hidden size, M number of mixers.

Routing order everywhere: img_aux, img_lang, img_self, lang_aux, lang_img, lang_self.
"""
import json
import math
import struct

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

# Debian's torch 1.13 returns garbage from oneDNN's GELU backward: never use oneDNN here.
torch._C._set_mkldnn_enabled(False)


def default_config():
    return dict(
        vocab_size=256, hidden_size=64, intermediate_size=160, num_hidden_layers=4, num_attention_heads=4,
        num_key_value_heads=2, rms_norm_eps=1e-5, bias=False, rope_theta=1e6, plora_r=8, plora_alpha=8,
        mixer_layers=[1, 3], expert_heads=4, expert_rank=32,
        vision_hidden=128, vision_intermediate=256, vision_layers=2, vision_heads=4, patch_size=16, image_size=64,
        perceiver_depth=2, perceiver_heads=4, perceiver_dim_head=16, perceiver_latents=16,
        hide_image_from_language=False)


def golden_config(c):
    """Config dictionary from the config.json of the golden vectors."""
    v, p = c["vision"], c["perceiver"]
    return dict(
        vocab_size=c["vocab_size"], hidden_size=c["hidden_size"], intermediate_size=c["intermediate_size"],
        num_hidden_layers=c["num_hidden_layers"], num_attention_heads=c["num_attention_heads"],
        num_key_value_heads=c["num_key_value_heads"], rms_norm_eps=c["rms_norm_eps"], bias=c["bias_wqkv_wo"],
        rope_theta=c["rope_theta"], plora_r=c["plora"]["r"], plora_alpha=c["plora"]["alpha"],
        mixer_layers=c["moai"]["mixer_layers"], expert_heads=c["moai"]["expert_heads"],
        expert_rank=c["moai"]["expert_rank"], vision_hidden=v["hidden_size"], vision_intermediate=v["intermediate_size"],
        vision_layers=v["num_hidden_layers"], vision_heads=v["num_attention_heads"], patch_size=v["patch_size"],
        image_size=v["image_px"], perceiver_depth=p["depth"], perceiver_heads=p["heads"],
        perceiver_dim_head=p["dim_head"], perceiver_latents=p["num_latents"], hide_image_from_language=False)


# ---------------------------------------------------------------- routing

class Routing:
    """How the gates act. mode: 'native'; 'fixed' (value = weights r); 'offset' (value = delta added to gate logits).

    value has shape [6], [M,6], [B,1,6] or [B,M,6]: shared or per mixer, for all samples or for each.
    One-hot training dice and Dirichlet mixes are 'fixed' with value [B,M,6].
    """

    def __init__(self, mode="native", value=None):
        self.mode = mode
        if value is not None:
            while value.dim() < 3:
                value = value.unsqueeze(0)
        self.value = value

    def weights(self, logits, mixer, group):
        """logits [B,N,3] of one group (0 image, 1 language) -> weights broadcastable to [B,N,3]."""
        if self.mode == "native":
            return logits.softmax(-1)
        m = mixer if self.value.shape[1] > 1 else 0
        v = self.value[:, m, None, 3 * group:3 * group + 3]
        return v if self.mode == "fixed" else (logits + v).softmax(-1)


NATIVE = Routing()


# ---------------------------------------------------------------- small parts

class RMSNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class PLoRALinear(nn.Module):
    """y = W x, plus the low-rank adapter on image tokens only."""

    def __init__(self, n_in, n_out, r, alpha, bias=False):
        super().__init__()
        self.Plora_main = nn.Linear(n_in, n_out, bias=bias)
        self.Plora_A = nn.Linear(n_in, r, bias=False)
        self.Plora_B = nn.Linear(r, n_out, bias=False)
        self.scale = alpha / r

    def forward(self, x, im_mask):
        return self.Plora_main(x) + self.Plora_B(self.Plora_A(x) * (im_mask[..., None] * self.scale))


def attend(q, k, v, scale, bias=None):
    """q [B,h,N,d], k and v [B,h,T,d]; bias is added to the scores."""
    s = torch.matmul(q, k.transpose(-1, -2)) * scale
    if bias is not None:
        s = s + bias
    return torch.matmul(s.softmax(-1), v)


def split_heads(x, h):
    return x.view(x.shape[0], x.shape[1], h, -1).transpose(1, 2)


def merge_heads(x):
    return x.transpose(1, 2).flatten(2)


# ---------------------------------------------------------------- CLIP vision tower

class VisionAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c["vision_hidden"]
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(h, h) for _ in range(4))
        self.heads = c["vision_heads"]

    def forward(self, x):
        q, k, v = (split_heads(p(x), self.heads) for p in (self.q_proj, self.k_proj, self.v_proj))
        return self.out_proj(merge_heads(attend(q, k, v, q.shape[-1] ** -0.5)))


class VisionMLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.fc1 = nn.Linear(c["vision_hidden"], c["vision_intermediate"])
        self.fc2 = nn.Linear(c["vision_intermediate"], c["vision_hidden"])

    def forward(self, x):
        x = self.fc1(x)
        return self.fc2(x * torch.sigmoid(1.702 * x))


class VisionLayer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.self_attn = VisionAttention(c)
        self.layer_norm1 = nn.LayerNorm(c["vision_hidden"])
        self.mlp = VisionMLP(c)
        self.layer_norm2 = nn.LayerNorm(c["vision_hidden"])

    def forward(self, x):
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class VisionEmbeddings(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, p = c["vision_hidden"], c["patch_size"]
        n = (c["image_size"] // p) ** 2 + 1
        self.class_embedding = nn.Parameter(torch.randn(h) * 0.02)
        self.patch_embedding = nn.Conv2d(3, h, p, p, bias=False)
        self.position_embedding = nn.Embedding(n, h)
        self.patch = p

    def forward(self, px):
        b, _, height, width = px.shape
        p = self.patch
        patches = px.reshape(b, 3, height // p, p, width // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, -1, 3 * p * p)
        x = F.linear(patches, self.patch_embedding.weight.flatten(1))       # the convolution: stride = kernel
        x = torch.cat([self.class_embedding.expand(b, 1, -1), x], 1)
        return x + self.position_embedding.weight


class VisionModel(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embeddings = VisionEmbeddings(c)
        self.pre_layrnorm = nn.LayerNorm(c["vision_hidden"])
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(VisionLayer(c) for _ in range(c["vision_layers"]))
        self.post_layernorm = nn.LayerNorm(c["vision_hidden"])              # stored, never used

    def forward(self, px):
        x = self.pre_layrnorm(self.embeddings(px))
        for layer in self.encoder.layers:
            x = layer(x)
        return x[:, 1:]                                                     # class token dropped


# ---------------------------------------------------------------- compressor

class PerceiverAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, inner = c["hidden_size"], c["perceiver_heads"] * c["perceiver_dim_head"]
        self.norm_media, self.norm_latents = nn.LayerNorm(h), nn.LayerNorm(h)
        self.to_q, self.to_kv = nn.Linear(h, inner, bias=False), nn.Linear(h, 2 * inner, bias=False)
        self.to_out = nn.Linear(inner, h, bias=False)
        self.heads = c["perceiver_heads"]

    def forward(self, x, z, bias):
        zl = self.norm_latents(z)
        q = split_heads(self.to_q(zl), self.heads)
        k, v = self.to_kv(torch.cat([self.norm_media(x), zl], 1)).chunk(2, -1)
        k, v = split_heads(k, self.heads), split_heads(v, self.heads)
        return self.to_out(merge_heads(attend(q, k, v, q.shape[-1] ** -0.5, bias)))


class Compressor(nn.Module):
    def __init__(self, c):
        super().__init__()
        h = c["hidden_size"]
        self.latents = nn.Parameter(torch.randn(c["perceiver_latents"], h))
        self.layers = nn.ModuleList(
            nn.ModuleList([PerceiverAttention(c),
                           nn.Sequential(nn.LayerNorm(h), nn.Linear(h, h, bias=False), nn.GELU(), nn.Linear(h, h, bias=False))])
            for _ in range(c["perceiver_depth"]))
        self.norm = nn.LayerNorm(h)

    def forward(self, x, mask):
        """x [B,T,H], mask [B,T] true on real rows (None: all) -> [B,latents,H]."""
        z = self.latents.expand(x.shape[0], -1, -1)
        bias = None
        if mask is not None:
            bias = F.pad(torch.zeros(mask.shape).masked_fill(~mask, -1e30), (0, z.shape[1]))[:, None, None]
        for attention, ff in self.layers:
            z = z + attention(x, z, bias)
            z = z + ff(z)
        return self.norm(z)


# ---------------------------------------------------------------- mixer

class Expert(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, r = c["hidden_size"], c["expert_rank"]
        for n in "qkvo":
            setattr(self, "linear_" + n, nn.Sequential(nn.Linear(h, r, bias=False), nn.Linear(r, h, bias=False)))
        self.heads = c["expert_heads"]

    def forward(self, q, kv, bias=None):
        Q = split_heads(F.gelu(self.linear_q(q)), self.heads)
        K = split_heads(F.gelu(self.linear_k(kv)), self.heads)
        V = split_heads(F.gelu(self.linear_v(kv)), self.heads)
        o = merge_heads(attend(Q, K, V, Q.shape[-1] ** -0.5, bias))
        return q + F.gelu(self.linear_o(o))


IMG_EXPERTS = ("moai_CA_img_aux", "moai_CA_img_lang", "moai_SA_img")
LANG_EXPERTS = ("moai_CA_lang_aux", "moai_CA_lang_img", "moai_SA_lang")


class Attention(nn.Module):
    """Self-attention of InternLM2 and, in mixer layers, the MoAI mixer in front of it."""

    def __init__(self, c, mixer, last):
        super().__init__()
        h = c["hidden_size"]
        self.dead_images = last and c["hide_image_from_language"]
        self.heads, self.kv_heads = c["num_attention_heads"], c["num_key_value_heads"]
        self.dim = h // self.heads
        plora = c["plora_r"], c["plora_alpha"], c["bias"]
        self.wqkv = PLoRALinear(h, (self.heads + 2 * self.kv_heads) * self.dim, *plora)
        self.wo = PLoRALinear(h, h, *plora)
        self.mixer = mixer                                                  # its number, or None
        if mixer is not None:
            for name in IMG_EXPERTS + LANG_EXPERTS:
                setattr(self, name, Expert(c))
            self.moai_GA_img, self.moai_GA_lang = nn.Linear(h, 3), nn.Linear(h, 3)

    def group(self, names, x, sources, weights):
        """Weighted sum of three experts. sources: (kv, bias) each. An expert runs only on rows that give it weight."""
        out = 0
        for e, (name, (kv, bias)) in enumerate(zip(names, sources)):
            w = weights[..., e:e + 1]
            expert = getattr(self, name)
            if w.requires_grad or w.shape[1] > 1 or w.shape[0] == 1 or bool((w != 0).all()):
                out = out + w * expert(x, kv, bias)
                continue
            rows = w.flatten().nonzero().flatten()
            if len(rows):
                y = expert(x[rows], kv[rows], None if bias is None else bias[rows])
                out = out + torch.zeros_like(x).index_add(0, rows, w[rows] * y)
        return out

    def mix(self, x, s):
        """x [B,S,H] normed; s: the sample layout and aux latents. Returns x with image and language rows replaced."""
        X, Y = s.gather_image(x), s.gather_language(x)
        g_img, g_lang = self.moai_GA_img(X), self.moai_GA_lang(Y)
        w_img = s.routing.weights(g_img, self.mixer, 0)
        w_lang = s.routing.weights(g_lang, self.mixer, 1)
        s.gates.append((g_img, g_lang))
        # Image rows of the last layer are read by nobody when image tokens are hidden from language tokens.
        X2 = X if self.dead_images else self.group(IMG_EXPERTS, X, [(s.aux, None), (Y, s.lang_bias), (X, None)], w_img)
        Y2 = self.group(LANG_EXPERTS, Y, [(s.aux, None), (X, None), (Y, s.lang_bias)], w_lang)
        return s.scatter(x, X2, Y2)

    def forward(self, x, s):
        if self.mixer is not None:
            x = self.mix(x, s)
        b, n, _ = x.shape
        qkv = self.wqkv(x, s.im_mask).view(b, n, self.kv_heads, -1, self.dim)
        q = s.rope(qkv[:, :, :, :-2].flatten(2, 3).transpose(1, 2))
        k = s.rope(qkv[:, :, :, -2].transpose(1, 2)).repeat_interleave(self.heads // self.kv_heads, 1)
        v = qkv[:, :, :, -1].transpose(1, 2).repeat_interleave(self.heads // self.kv_heads, 1)
        return self.wo(merge_heads(attend(q, k, v, self.dim ** -0.5, s.bias)), s.im_mask)


class FeedForward(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, i, plora = c["hidden_size"], c["intermediate_size"], (c["plora_r"], c["plora_alpha"])
        self.w1, self.w3 = PLoRALinear(h, i, *plora), PLoRALinear(h, i, *plora)
        self.w2 = PLoRALinear(i, h, *plora)

    def forward(self, x, im_mask):
        return self.w2(F.silu(self.w1(x, im_mask)) * self.w3(x, im_mask), im_mask)


class DecoderLayer(nn.Module):
    def __init__(self, c, mixer, last):
        super().__init__()
        self.attention_norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        self.attention = Attention(c, mixer, last)
        self.ffn_norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        self.feed_forward = FeedForward(c)

    def forward(self, h, s):
        h = h + self.attention(self.attention_norm(h), s)
        return h + self.feed_forward(self.ffn_norm(h), s.im_mask)


class Layout:
    """Where image, language and answer tokens of a batch are; masks and tables derived from that."""

    def __init__(self, c, attention_mask, im_mask, lang_mask, routing):
        b, n = im_mask.shape
        self.routing, self.gates, self.aux = routing, [], None
        self.im_mask, self.lang_mask = im_mask, lang_mask
        self.rows = torch.arange(b)[:, None]
        self.image_at = im_mask.nonzero()[:, 1].view(b, -1)                 # [B,P]
        count = lang_mask.sum(1)
        self.lang_at = (~lang_mask).to(torch.uint8).sort(stable=True, dim=1)[1][:, :int(count.max())]
        self.lang_real = torch.arange(self.lang_at.shape[1]) < count[:, None]       # [B,N] false on padding
        self.lang_bias = None
        if not bool(self.lang_real.all()):
            self.lang_bias = torch.zeros(self.lang_real.shape).masked_fill(~self.lang_real, -1e30)[:, None, None]
        seen = torch.ones(n, n, dtype=torch.bool).tril() & (attention_mask[:, None] != 0)
        if c["hide_image_from_language"]:
            seen = seen & ~(~im_mask[:, :, None] & im_mask[:, None, :])
        self.bias = torch.zeros(seen.shape).masked_fill(~seen, -1e30)[:, None]
        dim = c["hidden_size"] // c["num_attention_heads"]
        angle = torch.arange(n)[:, None] * c["rope_theta"] ** (-torch.arange(0, dim, 2) / dim)
        self.cos, self.sin = (torch.cat([f(angle)] * 2, -1) for f in (torch.cos, torch.sin))

    def to_dtype(self, dtype):
        self.bias, self.cos, self.sin = self.bias.to(dtype), self.cos.to(dtype), self.sin.to(dtype)

    def rope(self, x):
        x1, x2 = x.chunk(2, -1)
        return x * self.cos + torch.cat([-x2, x1], -1) * self.sin

    def gather_image(self, x):
        return x[self.rows, self.image_at]

    def gather_language(self, x):
        return x[self.rows, self.lang_at]

    def scatter(self, x, image, language):
        x = x.clone()
        x[self.rows, self.image_at] = image
        keep = self.lang_real[..., None]
        x[self.rows, self.lang_at] = torch.where(keep, language, x[self.rows, self.lang_at])
        return x

    def base_routing(self):
        """Gate weights averaged over the group's tokens: [B,M,6]."""
        out = []
        real = self.lang_real[..., None]
        for m, (g_img, g_lang) in enumerate(self.gates):
            w_img = self.routing.weights(g_img, m, 0).expand_as(g_img).mean(1)
            w_lang = self.routing.weights(g_lang, m, 1).expand_as(g_lang)
            out.append(torch.cat([w_img, (w_lang * real).sum(1) / real.sum(1)], -1))
        return torch.stack(out, 1)


# ---------------------------------------------------------------- the whole model

class MoAI(nn.Module):
    def __init__(self, config):
        super().__init__()
        c = self.config = config
        h = c["hidden_size"]
        self.image_token = c["vocab_size"]
        self.model = nn.Module()
        self.model.tok_embeddings = nn.Embedding(c["vocab_size"] + 1, h)
        mixers = c["mixer_layers"]
        self.model.layers = nn.ModuleList(
            DecoderLayer(c, mixers.index(i) if i in mixers else None, i == c["num_hidden_layers"] - 1)
            for i in range(c["num_hidden_layers"]))
        self.model.norm = RMSNorm(h, c["rms_norm_eps"])
        self.output = nn.Linear(h, c["vocab_size"], bias=False)
        self.vit = nn.Module()
        self.vit.vision_tower = nn.Module()
        self.vit.vision_tower.vision_model = VisionModel(c)
        self.vision_proj = nn.Sequential(nn.Linear(c["vision_hidden"], h), nn.GELU(), nn.Linear(h, h))
        self.moai_compressor = Compressor(c)

    def encode_image(self, pixels):
        return self.vision_proj(self.vit.vision_tower.vision_model(pixels))

    def encode_aux(self, aux_ids, aux_mask, map_rows):
        """Tokens of the verbalised facts and rows of the segmentation map -> latents [B,latents,H]."""
        rows = torch.cat([self.model.tok_embeddings(aux_ids), map_rows], 1)
        if aux_mask is not None:
            aux_mask = F.pad(aux_mask, (0, map_rows.shape[1]), value=True)
        return self.moai_compressor(rows, aux_mask)

    def merge(self, input_ids, image_rows):
        """Token embeddings with the one <image> of every row replaced by its image rows."""
        emb = self.model.tok_embeddings(input_ids)
        at = (input_ids == self.image_token).nonzero()[:, 1].tolist()
        if len(set(at)) == 1:                                               # same place in every row: one cut
            return torch.cat([emb[:, :at[0]], image_rows, emb[:, at[0] + 1:]], 1)
        return torch.stack([torch.cat([e[:p], x, e[p + 1:]]) for e, x, p in zip(emb, image_rows, at)])

    def forward(self, input_ids, attention_mask, lang_mask, im_mask, image_rows, aux, routing=NATIVE):
        """input_ids before expansion; the three masks have merged length. Returns final hidden states and the layout."""
        s = Layout(self.config, attention_mask, im_mask, lang_mask, routing)
        s.aux = aux
        h = self.merge(input_ids, image_rows)
        s.to_dtype(h.dtype)
        for layer in self.model.layers:
            h = layer(h, s)
        return self.model.norm(h), s

    def logits(self, hidden):
        return self.output(hidden)


def answer_loss(model, hidden, labels):
    """Cross-entropy [number of answer tokens], and the row of each; labels -100 elsewhere, predicted from t-1."""
    rows, at = (labels[:, 1:] != -100).nonzero(as_tuple=True)
    logits = model.logits(hidden[rows, at])
    return F.cross_entropy(logits, labels[rows, at + 1], reduction="none"), rows


def count_parameters(model):
    return sum(p.numel() for p in model.parameters())


# ---------------------------------------------------------------- safetensors and the golden check

def load_safetensors(path):
    kinds = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "U8": np.uint8, "BOOL": np.bool_, "F16": np.float16,
             "I32": np.int32, "BF16": np.uint16}
    raw = np.memmap(path, np.uint8, "r")
    n = struct.unpack("<Q", raw[:8].tobytes())[0]
    out = {}
    for name, t in json.loads(raw[8:8 + n].tobytes()).items():
        if name != "__metadata__":
            a, b = t["data_offsets"]
            values = raw[8 + n + a:8 + n + b].view(kinds[t["dtype"]]).reshape(t["shape"])
            if t["dtype"] == "BF16":                                        # the upper half of a float32
                values = (values.astype(np.uint32) << 16).view(np.float32)
            out[name] = torch.from_numpy(np.array(values))
    return out


def save_safetensors(path, tensors):
    header, blobs, at = {}, [], 0
    for name, t in tensors.items():
        blob = t.detach().float().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + b"".join(blobs))


MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073]).view(1, 3, 1, 1) * 255
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711]).view(1, 3, 1, 1) * 255


def normalise(u8):
    return (u8.float() - MEAN) / STD


def check_golden(folder):
    model = MoAI(golden_config(json.load(open(folder + "/config.json"))))
    print(folder, "parameters", count_parameters(model),
          model.load_state_dict(load_safetensors(folder + "/weights.safetensors"), strict=False))

    def inputs(t):
        image = model.encode_image(normalise(t["image_u8"]) if "image_u8" in t else t["pixel_values"])
        aux = model.moai_compressor(t["aux_embeds"], None)
        return dict(input_ids=t["input_ids"], attention_mask=t["merged_attention_mask"], lang_mask=t["lang_mask"],
                    im_mask=t["im_mask"], image_rows=image, aux=aux)

    single = load_safetensors(folder + "/case1_single_clean.safetensors")
    batch = load_safetensors(folder + "/case2_batch_clean.safetensors")
    four = load_safetensors(folder + "/case4_override.safetensors")
    six = load_safetensors(folder + "/case6_offset.safetensors")
    for name, t in (("single", single), ("batch", batch)):
        hidden, s = model(**inputs(t))
        loss = answer_loss(model, hidden, t["labels"])[0].mean()
        r0 = s.base_routing().mean(1)
        print(" ", name, "loss", float((loss - t["loss"]).abs()), "r_base", float((r0 - t["r_base"]).abs().max()),
              "logits", float((model.logits(hidden) - t["logits"]).abs().max()) if "logits" in t else "-")
    for file, mode, key in ((four, "fixed", "r"), (six, "offset", "delta")):
        for name, t in (("single", single), ("batch", batch)):
            if name + ".ansmix0.loss" not in file:
                continue
            worst_loss = worst_grad = 0
            for i, r in enumerate(file[key].float()):
                r = r.clone().requires_grad_()
                hidden, _ = model(**inputs(t), routing=Routing(mode, r))
                loss = answer_loss(model, hidden, t["labels"])[0].mean()
                grad, = torch.autograd.grad(loss, r)
                worst_loss = max(worst_loss, float((loss - file[name + ".ansmix0.loss"][i]).abs()))
                worst_grad = max(worst_grad, float((grad - file[name + ".ansmix0.grad"][i]).abs().max()))
            print(" ", name, mode, "loss", worst_loss, "gradient", worst_grad)


if __name__ == "__main__":
    import os
    torch.set_num_threads(1)
    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "golden")
    for variant in "AB":
        check_golden(os.path.join(golden, variant))
