"""Holds the program's rule for options against the second implementation, option_rule.py, on 10,000 generated answers (fixed seed).

    check_option_choice.py PROGRAM [COUNT [SEED]]
"""
import collections
import json
import random
import subprocess
import sys
import unicodedata

from option_rule import find_option

TEXTS = [
    ["car", "red bus", "bicycle", "train"], ["A car", "A red bus", "A bicycle", "A train"], ["bus", "red bus", "blue bus", "a bus stop"],
    ["10", "1", "0", "3"], ["1,000", "100", "10.5", "-3"], ["3", "3.0", "30", "0.3"], ["10 cats", "cats", "1 cat", "no cats"],
    ["C", "A", "B", "D"], ["F", "G", "K", "H"], ["Ff", "ff", "FF"], ["yes", "no"], ["No", "Yes"], ["Yes", "No", "not sure"], ["red", "not red"],
    ["fiction", "non-fiction"], ["汽车", "公共汽车", "自行车", "火车"], ["红色", "红", "蓝色", "3个"], ["バス", "赤いバス", "車"],
    ["버스", "빨간 버스", "차"], ["รถ", "รถบัสสีแดง", "จักรยาน"], ["café", "thé", "crème brûlée"], ["Straße", "Gasse", "Weg"],
    ["красный автобус", "автобус", "машина"], ["حافلة", "سيارة", "قطار"], ["٣", "٤", "٥"], ["St. John's", "U.S. Navy", "D.C."],
    ["vitamin C", "vitamin D", "protein", "T-shirt"], ["Red", "red", "blue"], ["same", "same", "other"], ["", "something", "?"],
    ["(2, 3)", "[2, 3]", "2, 3"], ["+", "-", "=", "<"], ["50%", "5%", "$5", "5"], ["the answer", "an option", "choice A", "both A and B"],
    ["[1, 2]", "(1, 2)", "[1, 2)", "(1, 2]"], ["\"Stop\"", "Stop", "'Go'", "Go"], ["{1}", "(1)", "[1]", "1"], ["<b>", "b", "c"], ["a.", "a", "b"], ["½", "1/2", "0.5", "50%"],
    ["A. cat", "B. dog", "C. cow"], ["(A) red", "(B) 3", ""], ["<5", ">=5", "5", "-5"], ["1/2", "\\frac{1}{3}", "2/1", "1:2"], ["3 000", "3", "-3", "3 million"], ["-1", "0", "1"], ["3:30", "3", "30"],
    ["blue", "green", "grey", "pink", "teal", "cyan", "gold", "lime", "iris", "jade"], ["none of the above", "all of the above", "A", "I"],
]
WRAPS = ["{}", "{}", "{}", "{}.", "({})", "[{}]", '"{}"', "'{}'", "“{}”", "`{}`", "**{}**", "*{}*", "${}$", "{{{}}}", "<answer>{}</answer>",
         "<Answer> {} </Answer>", "\\boxed{{{}}}", "\\text{{{}}}", "$\\boxed{{{}}}$", "**({})**", "({}).", "【{}】", "「{}」", "（{}）", "{}。", "{}．",
         "{})", "{}:", "{}：", " {}\n", "\u3000{}\u00a0", "\u200b{}", "{} .", "**{}.**", "((({})))", "_{}_", "<{}>", "{}!", "{}?", "({}", "{}、",
         "```\n{}\n```", "\ufeff{}"]
FRAMES = ["{}", "{}", "{}", "The answer is {}", "The answer is {}.", "Answer: {}", "answer = {}", "ANSWER {}", "**Answer:** {}", "Answer**: {}",
          "The correct answer is: {}", "The answer is {} because of {}", "Answer: {}. {}", "I think it is {}.", "It is {}, not {}.",
          "It is not {} but {}.", "It isn't {}.", "never {}", "rather than {}, {}", "{} rather than {}", "{} instead of {}", "Unlike {}, {} fits",
          "not option {}; {}", "option {}", "Option {} is right", "choice {} and option {}", "(option {})", "The correct option is {}.",
          "{} or {}", "both {} and {}", "{}\n{}", "{}. {}", "{}) {}", "({}) {}", "{}: {}", "{} {}", "{}, because {}", "A {}", "a {}", "An {}", "the {}",
          "There is a {} on the street.", "A {} is here. A {} is there.", "I see {} and I am sure.", "I'd say {}", "so {}", "answer: {} answer: {}",
          "The answer is not {}. The answer is {}.", "My answer is the letter {}", "The answer is option {} since {}", "answer {}?", "{}'s", "{}-52",
          "non-{}", "{}+", "R&{}", "20 °{}", "{}.C.", "{} - {}", "{} – {}", "<answer>{}</answer> {}", "First {}. <answer>{}</answer>",
          "答案是{}", "答案：{}。", "选{}", "应选{}", "我选择{}，因为{}", "不选{}", "答案不是{}，是{}", "不是{}而是{}", "选项{}", "正确选项是{}，选项{}", "我认为是{}。",
          "{}，{}", "答：{}", "正確答案為{}", "답은 {}입니다", "答えは{}です", "الإجابة {}", "A. {} B. {}", "{}. {}\n{}. {}", "({}) {} ({}) {}", "more than {}",
          "neither {} nor {}", "{} of {}", "The ANSWER IS {}", "final answer:\n{}", '{{"answer": "{}"}}', "answer_{}", "answers {}", "{}{}", "I. {}",
          "The option {} I choose", "no {}", "without {}", "as opposed to {}", "{}...", "... {}", "1{}", "{}0", "{}.5", "-{}", "x{}y", "é{}", "红{}色",
          "The answer is {} or {}.", "The answer is either {} or {}.", "Answer: {}, {}", "Answer: {} and {}", "answer: {} or maybe {}", "The answers are {} and {}",
          "Answer: {}/{}", "Answer: {} & {}", "Answer: {}+{}", "{} and {}", "{}, {} and {}", "Either {} or {}", "{}/{}", "{}、{}", "选{}、{}", "答案：{}和{}",
          "答案是{}或者{}", "{}和{}", "option {} or {}", "Answer: {}, {} is wrong", "Answer: {}, because {} is wrong", "{} or {} is right", "not {} or {}",
          "<answer>{}, {}</answer>.", "{} and {} are wrong, so {}", "A or {}", "Answer: A and {}", "The answer is A {}", "{}, I and {}",
          "{} is incorrect; {} is correct.", "Option {} is wrong, option {} is right.", "{} is not the answer", "{} isn't correct but {} is", "{}不对，{}",
          "The answer cannot be {}", "The answer can't be {}, it must be {}", "It is not likely to be {}", "I would choose ({}).", "answer {} is wrong",
          "<think>{}</think>{}", "<think>The answer is {}? No.</think>\n\n{}", "<think>{}", "{}</think>\n{}", "<Thinking>{}</THINKING> so {}", "{}<think>{}",
          "{}<|im_end|>", "{}</s>", "{}<|im_end|>\n<|endoftext|>{}", "<|im_start|>assistant\n{}<|im_end|>", "<s> {} </s> {}", "<｜end▁of▁sentence｜>{}",
          "[THINK]{} or {}[/THINK]{}", "[THINK]The answer is {}", "<seed:think>{}</seed:think> {}", "[think]{}", "[{}]{}", "analysis{}assistantfinal{}",
          "<|channel|>analysis<|message|>It could be {}.<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>", "<|channel|>analysis<|message|>{}",
          "<|channel|>final<|message|>{}", "<|channel|>final <|constrain|>json<|message|>{}", "<|channel|>final <|constrain|>{}", "<|channel|>final{}<|message|>{}",
          "<|channel|>analysis<|message|>{}<|end|><|channel|> final<|constrain|><|message|>{}<|channel|>final", "analysis: {}", "{} assistantfinal {}",
          "<|begin_of_thought|>answer: {}<|end_of_thought|> {}", "{}²", "{}½", "1{}³", "10⁻{}",
          "The answer is **{}. {}**", "Final answer: **{}) {}**", "Therefore, the correct answer is:\n\n**{}. {}**", "<answer>{}. {}</answer>", "Option {} is large. \\boxed{{{}}}", "Option {} is large.\n\n**{}**",
          "Option {} is large.\n**{}. {}**", "{} fits.\n\n{}. {}", "I see {}. So, {}.", "I see {}. Therefore: {}", "{}\n{}\n{}", "{}. {}. {}.", "Option {}. Hence option {}", "\\boxed{{\\text{{{}. {}}}}}",
          "Option {} is small. The answer must be {}.", "The answer would most likely be {}", "The answer is clearly {}.", "The answer is clearly not {}", "The answer is most likely: {}", "The answer's {}",
          "The correct answer to the question is {}.", "The answer, based on {}, is {}", "The answer that fits is not {} but is {}.", "The answer of {}: {}", "Option {} is small. Therefore {} is correct.",
          "{} is correct.", "So {} is the best answer, {} is not", "{} is correct and {} is right.", "Is {} correct?", "If {} is correct, then {}", "Hence, option {} must be the most suitable choice",
          "The correct choice is {}.", "The best option here is {}", "My choice would be {}", "the right one: {}", "I don't think the answer is {}. It is {}", "I doubt that the correct option is {}",
          "not the correct answer: {}", "The answer is unlikely to be {}", "The answer could be {}", "The answer is <b>{}</b>", "answer: <strong>{}. {}", "答案显然是{}", "答案应该不是{}", "正确选项是{}", "所以{}是正确的", "{}正确，{}不对",
          "Yes, {}", "No, {}", "{} and no", "Yes or {}", "No doubt, {}", "The answer is yes, {}", "Let me see {}.\n\nNo, it is {}.", "answer: most likely {}", "answer is therefore, {}", "The answer is \"{}\" as {}",
          "Answer:\n> **{}**", "Answer:\n> {}", "{}\n> {}", "> {}", "- {}", "* {}", "- {}\n- {}", "Answer:\n\n* **{}**", "## Answer\n### {}", "| {} |", "Answer:\n| **{}** |",
          "I don't believe the correct answer is {}.", "I wouldn't say that it is {}, but {}", "It is not true that the answer is {}.", "No one would say the answer is {}; it is {}.",
          "It is false that the best option is {}.", "We can rule out {}.", "{} is ruled out.", "{} is false, {} is not", "{} does not fit.", "{} can be excluded. {}", "I would not choose {}.",
          "Do not select ({}).", "I do not see a {}.", "I cannot see any {} or {}", "The {} is absent.", "Answer: rules out {}, leaving {}", "Neither {} nor {}; {}.", "neither {}, {} nor the option {}, {}",
          "Don't pick {}. Pick {}.", "I don't think the answer to the question is {}", "I don't think the answer, in short, is {} because {}", "No doubt the answer is {}.", "I do not doubt it is {}",
          "I doubt that it is {}", "{} makes no sense, {} does", "{} is not in the picture", "{} seems to be wrong", "{} has been eliminated, so {}", "not {} or a {} and {}", "可以排除{}，{}", "{}可以排除", "我不认为答案是{}",
          "eliminating {} leaves {}", "There is a lack of {}", "{} is unlikely to be {}", "{} is unlikely. {}", "{} cannot be ruled out", "it is wrong to say that {}", "not {}; {}", "{}. Actually, {}.",
          "Answer: {}\n\nEdit: {}", "The answer is {}. Correction: {}.", "{}... no wait, {}", "{}\nWait, no, it's {}.", "The answer is {}. Sorry, it is {}. So {}", "Actually, {}", "**{}** *Oops*, {}", "{}\n**Update**: {} because {}",
          "{}\n\nQuestion: What is next?\nAnswer: {}", "{}\nUSER: thanks\nASSISTANT: The answer is {}.", "I see {}\n### Question 2: {}\n{}", "Question: {}\nAnswer: {}", "{}\nq: {}",
          "A. {}\nB. {}\nC. {}\n\n{}", "minus {}", "negative {}", "It is - {}", "- {}", "{} - {} = {}", "5 minus {}", "–{}", "{}–{}", "<{}", ">= {}", "≥{}", "-> {}", "±{}", "√{}", "{}/{}", "{} / {}", "\\frac{{{}}}{{{}}}",
          "\\frac{{1}}{{2}}", "-\\frac{{1}}{{2}}", "1\\frac{{1}}{{2}}", "{} million", "{} thousands of {}", "{} 000", "{} 000 000", "{}:30", "{}-{}", "{} 1/2", "x/{}", "= {}", "(- {})",
          "◁think▷{}◁/think▷{}", "◁think▷The answer is {}? Maybe {}.", "{}◁/think▷\n\n{}", "◁think▷{}◁/think▷\n\n◁think▷{}", "<mm:think>{}</mm:think>{}", "{}</longcat_think> {}", "<longcat_think>{}",
          "<|START_THINKING|>{}<|END_THINKING|><|START_RESPONSE|>{}<|END_RESPONSE|>", "<|START_THINKING|>The answer is {}", "<|inner_prefix|>{}<|inner_suffix|>{}", "<|inner_prefix|>answer: {}",
          "<|channel>thought\n{}<channel|>{}", "<|channel>thought\n{}", "[unused16]{}[unused17]{}", "[unused16]{}",
          "The correct answer is A because it matches", "The answer is A since {}", "ANSWER: A because", "I would choose A because {}", "A because it matches.", "The answer is I as it matches {}",
          "The answer is {} due to {}", "{} because it matches", "Answer: {} and it is {}", "My answer is {} in this case", "The answer is A red bus.", "I and my brother", "A as in apple", "a in a hat", "A {} in a hat",
          "Answer: B or A may be", "Answer: {}, I in {}", "{} is correct based on {}", "{} is right so {}", "A is on the left, {} is on the right", "A given {} is {}", "A so-called {}",
          "> Answer: {}", "> > {}\n{}", "• {}", "1. {}", "| Answer | {} |", "+ {}", "-{}", "It is not\n- {}"]


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def mutated(rng, text):
    kind = rng.randrange(14)
    if kind == 0:
        return text.upper()
    if kind == 1:
        return text.lower()
    if kind == 2:
        return full_width(text)
    if kind == 3:
        return unicodedata.normalize(rng.choice(["NFD", "NFC", "NFKD"]), text)
    if kind == 4:
        at = rng.randrange(len(text) + 1)
        return text[:at] + rng.choice(["\u200b", "\u00ad", "\u3000", "\n", "\u2060", " ", "-", ".", "\t", "'"]) + text[at:]
    if kind == 5:
        return text + rng.choice([" " + "word " * rng.choice([3, 15, 30]), " It is so.", "\nBecause of that.", "!", " etc."])
    return text


def filler(rng, options):
    kind = rng.randrange(10)
    i = rng.randrange(min(len(options) + 1, 26))
    letter = chr(ord("A") + i)
    text = rng.choice(options)
    if kind < 4:
        out = rng.choice([letter, letter, letter.lower()])
    elif kind < 8:
        out = text
    elif kind == 8:
        out = rng.choice([f"{letter}. {text}", f"({letter}) {text}", f"{letter} {text}", f"{letter}) {text}", f"{letter}、{text}"])
    else:
        out = rng.choice(["3", "3.0", "10", "1000", "1,000", "+3", "-3", "–3", "- 3", "3 000", "1/2", "1 / 2", "<5", "≥ 5", ".5", "10.5", "0010", "3.5", "1,00", "1.2.3", "٣", "10²", "2³", "1½", "3①", "maybe", "the bus", "B2", "I"])
    return rng.choice(WRAPS).format(out) if rng.random() < 0.45 else out


# A letter and a word behind it, of those that show an A or I to be a letter and of others.
HEADS = ["The answer is ", "The correct answer is ", "ANSWER: ", "I would choose ", "", "", "So, ", "The answer is option ", "Option ", "the option ", "Answer: B or ", "Answer: C, ", "Neither B nor ", "answer: **", "答案是"]
BEHIND = ("because since which whereas due based according given etc respectively is isn't are has hasn't does doesn't seems appears and or nor as but so if unless though although while "
          "when where that than rather instead for in on of at by from with without to into about among between over under despite except here both too was wasn't were would could should cannot can't "
          "might may can will red think am have do not then very so-called in-depth because, is's BECAUSE In the this").split()
SECONDS = ["", " it matches", " to its colour", " on the picture", " the picture", " than B", " B", " a wheel", ".", " that", "-to", " upon it"]


def letter_and_word(rng):
    return f"{rng.choice(HEADS)}{rng.choice('AAAIIBCa')}{rng.choice([' ', ' ', ' ', '  ', chr(10), '. ', ''])}{rng.choice(BEHIND)}{rng.choice(SECONDS)}"


def case(rng):
    options = list(rng.choice(TEXTS))
    rng.shuffle(options)
    if rng.random() < 0.1:
        return {"answer": mutated(rng, letter_and_word(rng)), "options": options if rng.random() < 0.6 else TEXTS[rng.choice([7, -2, -1])], "texts_only": False}
    frame = "{}" if rng.random() < 0.1 else rng.choice(FRAMES)
    answer = frame.format(*[filler(rng, options) for _ in range(frame.count("{}") + 1)])
    answer = rng.choice(WRAPS).format(answer) if rng.random() < 0.1 else answer
    answer = mutated(rng, answer)
    return {"answer": answer, "options": options, "texts_only": rng.random() < 0.1}


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 4)
    cases = [case(rng) for _ in range(count)]
    lines = "".join(json.dumps(c) + "\n" for c in cases)
    got = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(got) == count, f"{len(got)} lines for {count} answers"
    rules, different = collections.Counter(), 0
    for c, line in zip(cases, got):
        option, rule = find_option(c["answer"], c["options"], c["texts_only"])
        expected = f"{'-' if option is None else option} {rule}"
        rules[rule] += 1
        if line != expected:
            different += 1
            if different <= 20:
                print(f"{json.dumps(c, ensure_ascii=False)}\n  program {line}, second implementation {expected}")
    print(f"{count} answers, {different} different; by rule: {dict(rules)}")
    few = [rule for rule in ("letter", "text", "declared", "closing", "leading", "contained", "standalone", "none") if rules[rule] < count / 200]
    if few:
        print(f"too few answers went by: {', '.join(few)}")
    return 1 if different or few else 0


if __name__ == "__main__":
    sys.exit(main())
