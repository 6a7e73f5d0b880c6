#!/usr/bin/env python3
"""Makes the tokenizer fixtures of this folder with Debian's sentencepiece tools (0.1.97).

lines.bin              test lines, separated by newline; some are not valid UTF-8
NAME.model             a small model, trained by spm_train on a made-up corpus
NAME.ids               what spm_encode answers, one line of ids for each line of lines.bin
NAME.decoded.bin       what spm_decode answers to NAME.ids
NAME.random.ids, NAME.random.decoded.bin   the same for random ids
"""
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SYMBOLS = "[UNUSED_TOKEN_145],[UNUSED_TOKEN_146],<box>,\u00a7\u00a7"


def corpus(rng):
    things = "square circle triangle ring star cross box lamp table chair window tree house dog cat bird car".split()
    colours = "red green blue yellow purple orange black white grey brown pink".split()
    places = "left right above below behind near under inside beside between".split()
    verbs = "shows contains hides touches covers follows meets carries counts reaches".split()
    foreign = ["Gr\u00fc\u00dfe aus K\u00f6ln, wie geht's?", "o\u00f9 est le caf\u00e9 ?", "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c",
               "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440", "\u0645\u0631\u062d\u0628\u0627", "\uc548\ub155\ud558\uc138\uc694"]
    out = []
    for i in range(3000):
        c, d = rng.choice(colours), rng.choice(colours)
        s, t = rng.choice(things), rng.choice(things)
        out.append(rng.choice([
            f"The {c} {s} {rng.choice(verbs)} the {d} {t}.",
            f"Is the {s} {rng.choice(places)} the {t}? {rng.choice(['Yes', 'No'])}, it is {c}.",
            f"How many {c} {s}s are {rng.choice(places)} the {d} {t}? {rng.randrange(1000)}",
            f"(A) {s}  (B) {t}  (C) {c}   (D) none of them",
            f"{rng.choice(foreign)} {s}!",
            f"x{rng.randrange(100)} = {rng.random():.3f} * {rng.randrange(50)}; // {s}_{t}",
        ]))
    return out


def lines(rng, sentences):
    fixed = [
        "", " ", "  ", "\t", " \t ", "\r", "a", " a", "a ", "  a  b   c  ", "\u2581", "\u2581\u2581a\u2581", "a\u2581b", "\u3000\u3000x\u3000y",
        "\u00a0nbsp\u00a0", "\u200bzero\u200bwidth\u200d", "\ufeffBOM", "tab\there", "\x01\x02control\x7f", "nul\x00inside", "\x00",
        "\u00e9 e\u0301 \u00e9", "a\u0301\u0302\u0303\u0304\u0305", "\u0301alone", "\ufb01 \ufb02 \u2460 \u00bd \u2122 \u33a1 \ufdfa \u01c4", "\uff21\uff22\uff23\uff11\uff12\uff13 \uff76\uff9e\uff77\uff9f",
        "\u1e9b\u0323", "\u212b \u2126", "\U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", "\u2764\ufe0f", "\U0001f44d\U0001f3fd ok",
        "\u4f60\u597d\uff0c\u4e16\u754c\u3002", "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c", "\uc548\ub155\ud558\uc138\uc694", "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\u0928\u092e\u0938\u094d\u0924\u0947", "\ud7a3\u1100\u1161\u11a8",
        "<unk>", "<s>", "</s>", "<s> a </s>", "<pad>", "<0x41>", "<0x0A>", "<image>", "<unk><unk>", "\u2047", " \u2047 ",
        "[UNUSED_TOKEN_145]", "[UNUSED_TOKEN_146]user", "a[UNUSED_TOKEN_145]b", "[UNUSED_TOKEN_145][UNUSED_TOKEN_146]",
        "[UNUSED_TOKEN_14", "[UNUSED_TOKEN_147]", " [UNUSED_TOKEN_145] ", "[[UNUSED_TOKEN_145]]", "<box><box>", "<bo", "a <box> b", "\u00a7\u00a7\u00a7",
        "\u00a7", "\u00a7 \u00a7\u00a7", "\ufffd", "\ufffd\ufffd", "\U0010ffff", "\ue000", "\ufdd0", "\ufffe",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ababababababababababab", "the the the the", "Thethethe", "000000000000", "3.14159", "1,225", "-1e-7",
        "http://example.org/?q=1&r=%20#top", "if (a < b) { return a[i] * 2; }", "snake_case camelCase kebab-case", "\\n\\t\\\\", "''\"\"``",
        "ÀÉÎÕÜ àéîõü ßẞ", "ΑΒΓ αβγς", "ПРИВЕТ", "İıĞğ", "\u202eright to left\u202c", "\u0f3a\u0fd0", "\U0001d400\U0001d7d8", "\u2028line\u2029par",
        "x" * 300, "\u4e16" * 200, "\U0001f600" * 100, " " * 100 + "x" + " " * 100, "[UNUSED_TOKEN_145]" * 20, "The red square shows the blue circle. " * 120,
    ]
    out = [f.encode("utf-8", "surrogatepass") for f in fixed]
    out += [
        b"\xff", b"\xfe\xff", b"a\xffb", b"\x80", b"\xbf\xbf", b"\xc3", b"\xc3(", b"\xe2\x96", b"\xe2\x28\xa1", b"\xe2\x96x", b"\xf0\x9f\x98",
        b"\xf0\x9f\x98x", b"\xc0\xaf", b"\xc0\x80", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80",
        b"\xfc\x84\x80\x80\x80\x80", b"ok \xe4\xb8 broken \xad", b" \xff ", b"\xff\xff\xff", b"The red \xc3\x28 box", b"\xef\xbf\xbd\xff",
    ]
    alphabet = "aeiou tshe rdbox  .,?()0123\u2581\u00e9\u4e16\U0001f600\u0301\t\ufb01\u3000[]<>\u00a7"
    while len(out) < 230:
        out.append("".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 60))).encode())
    while len(out) < 260:
        out.append(bytes(b for b in rng.randbytes(rng.randrange(1, 40)) if b != 10))
    out += [s.encode() for s in rng.sample(sentences, 40)]
    return out


def run(*command, **kwargs):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **kwargs).stdout


def main():
    rng = random.Random(20240312)
    sentences = corpus(rng)
    with tempfile.TemporaryDirectory() as work:
        text = os.path.join(work, "corpus.txt")
        with open(text, "w") as file:
            file.write("\n".join(sentences) + "\n")
        rules = os.path.join(work, "rules.tsv")
        with open(rules, "w") as file:
            file.write("41\t61\n42\t62\nE9\t65\nFB01\t66 69\n9\t20\n200B\t\n")
        common = [f"--input={text}", "--num_threads=1", "--hard_vocab_limit=false", "--character_coverage=0.999"]
        models = {
            "unigram_nmt_nfkc": ["--model_type=unigram", "--vocab_size=500", f"--user_defined_symbols={SYMBOLS}"],
            "bpe_bytes": ["--model_type=bpe", "--vocab_size=900", "--byte_fallback=true", "--add_dummy_prefix=false",
                          "--remove_extra_whitespaces=false", "--allow_whitespace_only_pieces=true", "--split_digits=true",
                          "--normalization_rule_name=identity", f"--user_defined_symbols={SYMBOLS}"],
            "char": ["--model_type=char", f"--normalization_rule_tsv={rules}", "--vocab_size=90",
                     "--user_defined_symbols=<box>", "--treat_whitespace_as_suffix=true"],
        }
        for name, options in models.items():
            run("spm_train", f"--model_prefix={work}/{name}", *common, *options)
            os.replace(f"{work}/{name}.model", f"{HERE}/{name}.model")
    data = b"\n".join(lines(rng, sentences)) + b"\n"
    with open(f"{HERE}/lines.bin", "wb") as file:
        file.write(data)
    for name in models:
        model = f"--model={HERE}/{name}.model"
        ids = run("spm_encode", model, "--output_format=id", input=data)
        count = len(run("spm_export_vocab", model).splitlines())
        random_ids = [" ".join(str(rng.choice([rng.randrange(count), rng.randrange(min(count, 270))]))
                      for _ in range(rng.randrange(1, 30))) for _ in range(200)]
        vocabulary = [line.split(b"\t")[0] for line in run("spm_export_vocab", model).splitlines()]
        newline = vocabulary.index(b"<0x0A>") if b"<0x0A>" in vocabulary else -1
        random_text = "".join(" ".join(i for i in line.split() if int(i) != newline) + "\n" for line in random_ids)
        for stem, text in ((name, ids), (name + ".random", random_text.encode())):
            with open(f"{HERE}/{stem}.ids", "wb") as file:
                file.write(text)
            with open(f"{HERE}/{stem}.decoded.bin", "wb") as file:
                file.write(run("spm_decode", model, "--input_format=id", input=text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
