"""Makes minilm.json and minilm.safetensors: 100 sentences and what transformers computes of them with all-MiniLM-L6-v2.

    python3 make_minilm_expected.py DIRECTORY      # of config.json, model.safetensors, tokenizer.json

Needs torch, transformers, safetensors. The weights are not committed; the test runs where R2T2_MINILM_DIR names them.
"""
import json
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

things = ["red circle", "small metal cube", "man in a blue shirt", "number on the bus", "left window"]
frames = ["What is to the left of the {}?", "How many objects are behind the {}?", "Is there a {} in the picture?",
          "What color is the {}?", "Does the {} have the same size as the large sphere?", "Where is the {}?",
          "Which of these is closest to the {}?\nA. table\nB. chair\nC. door\nD. lamp", "What is written on the {}?",
          "Why would somebody need the {}?", "what does the {} say", "Describe the {} in one word.",
          "The {} is made of what material?"]
odd = ["", " ", "?", "a", "A.", "YES", "naïve café déjà vu", "Straße, größer, Fußgänger", "El niño comió una piña.",
       "北京的天气怎么样？", "東京タワーはどこですか", "Где находится красный шар?", "Πού είναι η κόκκινη μπάλα;", "한국어 질문입니다", "كم عدد الكرات؟",
       "x = 3.14 * (y + 2)^2 / $5.00 ~ 10%", "http://example.org/a_b?c=d&e=f#g", "C++20 vs. C# vs. F#", "e-mail: a.b@c.de",
       "1,234,567.89 kg", "10:45 a.m.", "it's Bob's, isn't it?", "“quoted” ‘text’ — with… dashes–", "emoji 😀 and 🚗 here",
       "tab\tand\nnewline\r\nhere", "zero\u200bwidth\u00adsoft", "full　width　ＡＢＣ１２３", "ﬁne ﬂow ligatures", "İstanbul ıssız",
       "supercalifragilisticexpialidocious antidisestablishmentarianism", "z" * 120, "qwrtzpsdfg xkcdvbn",
       "[brackets] {braces} <tags> `ticks` |pipes|", "combining e\u0301 a\u0308 o\u0302", "Ω ≈ ç √ ∫ µ ≤ ≥ ÷",
       "the quick brown fox jumps over the lazy dog", "the " * 300, "long question " * 90 + "?", "…", "ß"]
sentences = [frame.format(thing) for frame in frames for thing in things] + odd
assert len(sentences) == 100, len(sentences)

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModel.from_pretrained(sys.argv[1]).eval()
rows, ids = [], []
with torch.no_grad():
    for sentence in sentences:
        batch = tokenizer([sentence], truncation=True, max_length=256, padding=False, return_tensors="pt")
        ids.append(batch["input_ids"][0].tolist())
        rows.append(torch.nn.functional.normalize(model(**batch).last_hidden_state.mean(1), dim=1)[0])
json.dump([{"text": s, "ids": i} for s, i in zip(sentences, ids)], open("minilm.json", "w"), ensure_ascii=True)
save_file({"embedding": torch.stack(rows).contiguous()}, "minilm.safetensors")
