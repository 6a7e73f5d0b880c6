"""Multiply-adds of one sample's re-routing, counted from the shapes: what a speed-up was predicted to be.

Matrix products only. A backward pass of r costs as much as the forward pass of what lies behind the first mixer (there are
gradients of activations, none of weights), attention twice as much, two and a half times where the engine computes its
probabilities again. Over long sequences the engine leaves out keys that causality hides: half of the decoder's scores.
"""

LONG = 1 << 16                                                              # scores a head from which the engine does so


def _vision(c):
    patches = (c["image_size"] // c["patch_size"]) ** 2
    n, v, h = patches + 1, c["vision_hidden"], c["hidden_size"]
    layer = n * (4 * v * v + 2 * v * c["vision_intermediate"]) + 2 * n * n * v
    return patches * 3 * c["patch_size"] ** 2 * v + c["vision_layers"] * layer + patches * (v * h + h * h)


def _compressor(c, rows):
    latents, inner, h = c["perceiver_latents"], c["perceiver_heads"] * c["perceiver_dim_head"], c["hidden_size"]
    all_rows = rows + latents
    layer = latents * h * inner + all_rows * h * 2 * inner + 2 * latents * all_rows * inner + latents * inner * h + 2 * latents * h * h
    return c["perceiver_depth"] * layer


def _projections(c, queries, keys):
    """wqkv on `keys` rows and wo on `queries` rows."""
    h, d = c["hidden_size"], c["hidden_size"] // c["num_attention_heads"]
    return keys * h * (h + 2 * c["num_key_value_heads"] * d) + queries * h * h


def _scores(c, queries, keys, engine):
    """Scores and weighted values."""
    seen = 0.5 if engine and queries * keys >= LONG else 1
    return 2 * queries * keys * seen * c["hidden_size"]


def _attention(c, queries, keys, engine=True):
    return _projections(c, queries, keys) + _scores(c, queries, keys, engine)


def _adapter(c, rows):
    """PLoRA of one layer on its image rows."""
    h, i, kv = c["hidden_size"], c["intermediate_size"], 2 * c["num_key_value_heads"] * (c["hidden_size"] // c["num_attention_heads"])
    return rows * c["plora_r"] * ((h + h + kv) + 2 * h + 2 * (h + i) + (i + h))


def _feed_forward(c, rows):
    return rows * 3 * c["hidden_size"] * c["intermediate_size"]


def _expert(c, queries, sources, cached_source=False):
    h, pair = c["hidden_size"], 2 * c["hidden_size"] * c["expert_rank"]
    return 2 * queries * pair + (0 if cached_source else 2 * sources * pair) + 2 * queries * sources * h


def _mixer(c, image, language, latents_cached, with_image=True):
    latents = c["perceiver_latents"]
    of_group = lambda rows, other: (_expert(c, rows, latents, latents_cached) + _expert(c, rows, other) + _expert(c, rows, rows))
    return of_group(language, image) + (of_group(image, language) if with_image else 0)


class Sample:
    def __init__(self, c, entry):
        self.image = (c["image_size"] // c["patch_size"]) ** 2
        self.language, self.answer = len(entry["prompt"]) - 1, len(entry["answer"])
        self.fed = max(self.answer - 1, 0)
        self.facts = len(entry["facts"]) + 1
        self.rows = self.image + self.language + self.fed


def _layers(c, s, first, engine, backward=False, everywhere=False):
    """Layers from `first` on and the head, forward or backward. The engine has the first mixer's outputs, runs the last layer on
    answering rows only, has merged its adapters and leaves dead images out."""
    total = 0
    for l in range(first, c["num_hidden_layers"]):
        last = l == c["num_hidden_layers"] - 1
        if l in c["mixer_layers"] and not (engine and l == first):
            total += _mixer(c, s.image, s.language, engine, not (last and c["hide_image_from_language"]))
        hidden = c["hide_image_from_language"] and engine and last
        keys = s.rows - s.image if hidden else s.rows
        queries = s.fed + 1 if engine and last else s.rows
        scores = _scores(c, queries, keys, engine) * (1 if not backward else 2.5 if engine and queries * keys >= LONG else 2)
        total += _projections(c, queries, keys) + scores + _feed_forward(c, queries) + (0 if engine else _adapter(c, s.image))
    return total + (s.rows if everywhere else s.fed + 1) * c["hidden_size"] * c["vocab_size"]


def _front(c, s):
    return 2 * _vision(c) + _compressor(c, s.facts + s.image)


def operations(c, entry, steps, method, everywhere=False):
    """(engine's preparation, engine's steps, plain implementation). `everywhere`: the plain one's head runs on every token."""
    first = min(c["mixer_layers"])
    x = Sample(c, entry["sample"])
    before = lambda s: (sum(_attention(c, s.rows, s.rows) + _feed_forward(c, s.rows) for _ in range(first)) +
                        _mixer(c, s.image, s.language, False))
    routed = lambda s: _layers(c, s, first, True)
    whole = lambda s: _front(c, s) + _layers(c, s, 0, False, everywhere=everywhere)
    behind = lambda s: _layers(c, s, first, False, backward=True, everywhere=everywhere)
    prepare = lambda s: _front(c, s) - _vision(c) + before(s) + routed(s)  # the empty map is encoded once a model
    if method == "kernel-regression":
        probes = len(entry["alphas"]) - 1
        tokens = sum(len(t) + 1 for t in entry["tokens"][:-1])
        # A later token of the engine's runs one row through the cached layers; its plain counterpart the whole model.
        one = _feed_forward(c, 1) * c["num_hidden_layers"] + _attention(c, 1, 1) * c["num_hidden_layers"]
        return prepare(x), probes * routed(x) + (tokens - probes) * one, tokens * whole(x)
    pulls = [Sample(c, n) for n in entry["neighbours"]] or [x]
    engine = steps * sum(routed(s) + _layers(c, s, first, True, backward=True) for s in pulls)
    plain = whole(x) + (0 if method == "oracle" else sum(whole(s) for s in pulls)) + steps * sum(whole(s) + behind(s) for s in pulls)
    return prepare(x) + (0 if method == "oracle" else sum(prepare(s) for s in pulls)), engine, plain
