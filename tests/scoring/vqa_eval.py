"""VQA-v2's own measure, written again from its evaluation script (GT-Vision-Lab/VQA, PythonEvaluationTools/vqaEvaluation/vqaEval.py, the state of
11 March 2021), with the one deviation that docs/benchmarks.md decides: compared without regard to case. Held against the program's on generated questions.

    vqa_eval.py PROGRAM [COUNT [SEED]]
"""
import json
import random
import re
import subprocess
import sys

CONTRACTIONS = {
    'aint': "ain't", 'arent': "aren't", 'cant': "can't", 'couldve': "could've", 'couldnt': "couldn't", "couldn'tve": "couldn't've",
    "couldnt've": "couldn't've", 'didnt': "didn't", 'doesnt': "doesn't", 'dont': "don't", 'hadnt': "hadn't", "hadnt've": "hadn't've",
    "hadn'tve": "hadn't've", 'hasnt': "hasn't", 'havent': "haven't", 'hed': "he'd", "hed've": "he'd've", "he'dve": "he'd've", 'hes': "he's",
    'howd': "how'd", 'howll': "how'll", 'hows': "how's", "Id've": "I'd've", "I'dve": "I'd've", 'Im': "I'm", 'Ive': "I've", 'isnt': "isn't",
    'itd': "it'd", "itd've": "it'd've", "it'dve": "it'd've", 'itll': "it'll", "let's": "let's", 'maam': "ma'am", 'mightnt': "mightn't",
    "mightnt've": "mightn't've", "mightn'tve": "mightn't've", 'mightve': "might've", 'mustnt': "mustn't", 'mustve': "must've",
    'neednt': "needn't", 'notve': "not've", 'oclock': "o'clock", 'oughtnt': "oughtn't", "ow's'at": "'ow's'at", "'ows'at": "'ow's'at",
    "'ow'sat": "'ow's'at", 'shant': "shan't", "shed've": "she'd've", "she'dve": "she'd've", "she's": "she's", 'shouldve': "should've",
    'shouldnt': "shouldn't", "shouldnt've": "shouldn't've", "shouldn'tve": "shouldn't've", "somebody'd": 'somebodyd',
    "somebodyd've": "somebody'd've", "somebody'dve": "somebody'd've", 'somebodyll': "somebody'll", 'somebodys': "somebody's",
    'someoned': "someone'd", "someoned've": "someone'd've", "someone'dve": "someone'd've", 'someonell': "someone'll",
    'someones': "someone's", 'somethingd': "something'd", "somethingd've": "something'd've", "something'dve": "something'd've",
    'somethingll': "something'll", 'thats': "that's", 'thered': "there'd", "thered've": "there'd've", "there'dve": "there'd've",
    'therere': "there're", 'theres': "there's", 'theyd': "they'd", "theyd've": "they'd've", "they'dve": "they'd've", 'theyll': "they'll",
    'theyre': "they're", 'theyve': "they've", 'twas': "'twas", 'wasnt': "wasn't", "wed've": "we'd've", "we'dve": "we'd've", 'weve': "we've",
    'werent': "weren't", 'whatll': "what'll", 'whatre': "what're", 'whats': "what's", 'whatve': "what've", 'whens': "when's",
    'whered': "where'd", 'wheres': "where's", 'whereve': "where've", 'whod': "who'd", "whod've": "who'd've", "who'dve": "who'd've",
    'wholl': "who'll", 'whos': "who's", 'whove': "who've", 'whyll': "why'll", 'whyre': "why're", 'whys': "why's", 'wont': "won't",
    'wouldve': "would've", 'wouldnt': "wouldn't", "wouldnt've": "wouldn't've", "wouldn'tve": "wouldn't've", 'yall': "y'all",
    "yall'll": "y'all'll", "y'allll": "y'all'll", "yall'd've": "y'all'd've", "y'alld've": "y'all'd've", "y'all'dve": "y'all'd've",
    'youd': "you'd", "youd've": "you'd've", "you'dve": "you'd've", 'youll': "you'll", 'youre': "you're", 'youve': "you've",
}
NUMBERS = {"none": "0", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
           "ten": "10"}
MARKS = [";", "/", "[", "]", '"', "{", "}", "(", ")", "=", "+", "\\", "_", "-", ">", "<", "@", "`", ",", "?", "!"]


def process_punctuation(text):
    out = text
    for mark in MARKS:
        beside_blank = mark + " " in text or " " + mark in text
        out = out.replace(mark, "" if beside_blank or re.search(r"\d,\d", text) else " ")
    return re.sub(r"(?!<=\d)\.(?!\d)", "", out, count=32)  # the script hands re.UNICODE, 32, where the count belongs


def process_digits_and_articles(text):
    words = [NUMBERS.get(word, word) for word in text.lower().split()]
    return " ".join(CONTRACTIONS.get(word, word) for word in words if word not in ("a", "an", "the"))


def one_line(text):
    return text.replace("\n", " ").replace("\t", " ").strip()


def accuracy(answer, annotators):
    answer, annotators = one_line(answer), [one_line(a) for a in annotators]
    if len(set(annotators)) > 1:
        annotators = [process_digits_and_articles(process_punctuation(a)) for a in annotators]
        answer = process_digits_and_articles(process_punctuation(answer))
    annotators, answer = [a.lower() for a in annotators], answer.lower()
    shares = [min(1, sum(other == answer for i, other in enumerate(annotators) if i != left_out) / 3) for left_out in range(len(annotators))]
    return sum(shares) / len(shares)


# Worked by hand: annotators, answer, value.
BY_HAND = [
    (["the square"] * 5 + ["a", "b", "c", "d", "e"], "square", 1.0),  # 0 by the script before 2021, which left the annotators' articles
    (["the square"] * 5 + ["p", "q", "r", "s", "t"], "the square", 1.0),
    (["the square"] * 10, "square", 0.0),  # all say the same: nothing is levelled
    (["the square"] * 10, "The square\n", 1.0),
    (["square"] + [f"zz{i}" for i in range(9)], "square", 0.3),
    (["two"] * 4 + ["2"] * 6, "2", 1.0),
    (["2 dogs"] * 3 + ["cat"] * 7, "two dogs!", 0.9),
    (["dont know"] * 3 + ["cat"] * 7, "don't know", 0.9),
    (["yes."] * 2 + ["no"] * 8, "yes", 0.6),
    (["1,000"] * 4 + ["x"] * 6, "1000", 1.0),
    (["x-y"] * 4 + ["z"] * 6, "x y", 1.0),
]
WORDS = ["square", "the square", "a square", "Square", "square.", "SQUARE!", "red-brown", "red brown", "2", "two", "Two dogs", "2 dogs", "the 2 dogs", "none", "0", "1,000", "1000", "1.5 oz",
         "U.S.A.", "usa", "don't know", "dont know", "men's", "mens", "yes", "Yes", "yes.", "no", "yes/no", "yes / no", "a - b", "an apple, a pear", "what?!", "$5.00", "it's", "its", "caf\u00e9",
         "CAF\u00c9", "\u00a0red", "red\tcar", "red car\n", "", ".", "the", "a.b.c", "...", "isn't it", "isnt it", "somebody'd", "(left)", "left", "\u516c\u8f66"]


def case(rng):
    few = rng.sample(WORDS, rng.choice([1, 2, 3, 5]))
    annotators = [rng.choice(few) for _ in range(rng.choice([10, 10, 10, 1, 3]))]
    answer = rng.choice(few) if rng.random() < 0.8 else rng.choice(WORDS)
    answer = rng.choice(["{}", "{}", "{}", "{}.", "the {}", "{}!", " {} ", "{}\n", "({})"]).format(answer)
    return annotators, answer.upper() if rng.random() < 0.1 else answer


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 10)
    cases = [(annotators, answer) for annotators, answer, _ in BY_HAND] + [case(rng) for _ in range(count)]
    for annotators, answer, value in BY_HAND:
        assert abs(accuracy(answer, annotators) - value) < 1e-12, (annotators, answer, value, accuracy(answer, annotators))
    lines = "".join(json.dumps({"answer": answer, "scoring": {"rule": "soft-vqa", "answers": annotators}}) + "\n" for annotators, answer in cases)
    got = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(got) == len(cases), f"{len(got)} lines for {len(cases)} questions"
    different, values = 0, set()
    for (annotators, answer), line in zip(cases, got):
        expected = accuracy(answer, annotators)
        values.add(round(expected, 6))
        if abs(float(line) - expected) > 1e-9:
            different += 1
            if different <= 20:
                print(f"{answer!r} of {annotators!r}: program {line}, second implementation {expected}")
    print(f"{len(cases)} questions, {different} different; values {sorted(values)}")
    return 1 if different or len(values) < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
