"""What option_rule.py reads: levelled and unwrapped texts, numbers, options, letters and what is refused. Steps 0 to 2 of the rule's text
(docs/benchmarks.md, "How an answer's option is found"), with regular expressions and Python's Unicode tables instead of scanners and ICU.
"""
import functools
import re
import unicodedata
from fractions import Fraction

UNSPACED_NAMES = ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL", "THAI", "LAO ",
                  "KHMER", "MYANMAR")
TAGS = [("<answer>", "</answer>"), ("<strong>", "</strong>"), ("<em>", "</em>"), ("<b>", "</b>"), ("<i>", "</i>")]
PAIRS = [("```", "```"), ("**", "**"), ("__", "__"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ('"', '"'), ("'", "'"), ("`", "`"),
         ("*", "*"), ("_", "_"), ("$", "$"), ("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("【", "】"), ("〔", "〕"), ("〈", "〉"),
         ("《", "》"), ("「", "」"), ("『", "』"), ("«", "»"), ("‹", "›")]
COMMANDS = [r"\mathrm{", r"\mathbf{", r"\textbf{", r"\boxed{", r"\text{"]
OPENINGS = "[" + re.escape("\"'`*_$([{<【〔〈《「『«‹") + " \n]*"
BEFORE = r"(?:\\(?:boxed|text|mathrm|mathbf|textbf)(?=\{|\Z)|[" + OPENINGS[1:-1] + ")*"  # likewise, read backwards
NOT_INSIDE = r"(?<![W])(?<![W]')"
# What refuses a thing that is named right behind it, nouns' words between.
NEGATED = (
    NOT_INSIDE + r"(?:not|cannot|never|neither|nor|no|than|without|except|unlike|unlikely|hardly|isnt|arent|[W']{1,9}n't|instead" + BEFORE + r"of|opposed" +
    BEFORE + r"to|(?:rule|rules|ruled|ruling)" + BEFORE + r"out|(?:eliminat|exclud)(?:e|es|ed|ing)|(?:reject|dismiss|discard)(?:s|es|ed|ing)?|(?:lack|absence)" + BEFORE +
    r"of|lacks|lacking)|(?<![W])(?<![W]')non-|排除|[不非没沒未勿]")
NO_DOUBT = r"(?<!n't[ \n])" + "".join(rf"(?<!(?<![W]){no}[ \n]{article})" for no in ("no", "not", "never", "without", "beyond") for article in ("", r"a[ \n]", r"any[ \n]"))
# What refuses all that a clause says: verbs may stand between, too.
NOT_SO = (
    NOT_INSIDE + r"(?:not|cannot|never|nobody|no" + BEFORE + r"one|isnt|arent|dont|doesnt|wouldnt|cant|[W']{1,9}n't)|" + NO_DOUBT + r"(?<![W])(?<![W]')(?:doubt|doubts|doubted)|" + NOT_INSIDE +
    r"(?:false|untrue|incorrect|wrong|impossible|doubtful|unlikely)(?=" + BEFORE + r"(?:that|to)(?![W]))|[不没沒未]")
NOUN_WORDS = ("a|an|the|any|option|choice|letter|answer|be|to|likely|necessarily|really|actually|clearly|obviously|definitely|certainly|possibly|probably|correct|right|"
              "best|final|proper|true|my|most|appropriate|accurate|suitable|chosen")
CLAUSE_WORDS = ("is|was|are|were|it|that|this|there|case|think|believe|say|mean|claim|conclude|suppose|agree|feel|argue|recommend|suggest|choose|select|pick|take|go|vote|with|for|"
                "accept|consider|see|find|notice|spot|observe|identify|detect|seem|appear|look|like|contain|show|depict|include|feature|display|would|could|can|should|will|do|have|said|thought|seen|picked|selected")
CHINESE_WORDS = "选项|選項|选择|選擇|答案|应该|應該|同于|同於|[选選是为為像应應能会會可该]"
CHINESE_CLAUSE_WORDS = "认为|認為|觉得|覺得|看到|看见|看見|见到|見到|[有说說]"


def between(words, chinese, most):
    return "(?:(?:" + NOT_INSIDE + f"(?:{words})|{chinese})" + BEFORE + "){0,%d}" % most


NEGATION = re.compile("(?:" + NEGATED + ")" + BEFORE + between(NOUN_WORDS, CHINESE_WORDS, 5) + r"\Z")
CLAUSE_NEGATION = re.compile("(?:" + NOT_SO + ")" + BEFORE + between(NOUN_WORDS + "|" + CLAUSE_WORDS, CHINESE_WORDS + "|" + CHINESE_CLAUSE_WORDS, 10) + r"\Z")

CLOSINGS = "\"'`*_$)]}>】〕〉》」』»›"
WORD_END = "(?![a-z0-9_W])(?!'[a-z0-9_W])"  # of a text as small() has it
RIGHT = (rf"(?:(?:the|a|an|best|most){WORD_END}[ \n]*){{0,3}}(?:correct|right|true|possible|valid|answer|option|choice|it|present|visible|shown|there|here|seen|depicted|pictured|"
         rf"likely|plausible|suitable|appropriate|accurate|in{WORD_END}[ \n]*the{WORD_END}[ \n]*(?:picture|image|photo|photograph|scene)){WORD_END}")
OUT = rf"(?:excluded|eliminated|rejected|dismissed|discarded|ruled{WORD_END}[ \n]*out){WORD_END}"
WRONG = (rf"(?:(?:incorrect|wrong|impossible|invalid|false|untrue|absent|missing|nowhere|implausible|improbable|inaccurate|inappropriate|unsuitable|irrelevant|inconsistent|"
         rf"unlikely(?![ \n]+to{WORD_END})){WORD_END}|{OUT})")
SURELY = rf"(?:(?:also|clearly|definitely|obviously|certainly|therefore|thus|simply|probably){WORD_END}[ \n]*)?"
REJECTION = re.compile(
    "[ \\n" + re.escape(CLOSINGS) + "]*(?:不对|不對|不正确|不正確|错|錯|是错|是錯|不是答案|被排除|可以排除|可排除|应排除|應排除|不符|不成立|不存在|"
    rf"(?:is|are|was|were|seems|looks|appears|sounds){WORD_END}[ \n]*(?:to{WORD_END}[ \n]*be{WORD_END}[ \n]*)?{SURELY}(?:{WRONG}|not{WORD_END}[ \n]*(?:{RIGHT}|{OUT}))|"
    rf"(?:isn't|aren't|wasn't|weren't|isnt|arent){WORD_END}[ \n]*(?:{RIGHT}|{OUT})|"
    rf"(?:can|could|may|might|must|should|will|would|cannot|can't|couldn't){WORD_END}[ \n]*be{WORD_END}[ \n]*{SURELY}{OUT}|(?:has|have){WORD_END}[ \n]*been{WORD_END}[ \n]*{SURELY}{OUT}|"
    rf"(?:cannot|can't){WORD_END}[ \n]*be{WORD_END}[ \n]*{RIGHT}|"
    rf"(?:(?:does|do|did|would|can|could|will){WORD_END}[ \n]*not|doesn't|don't|didn't|wouldn't|can't|couldn't|won't|cannot|doesnt|dont){WORD_END}[ \n]*"
    rf"(?:fit|match|apply|work|hold|appear|exist|belong|suit|correspond|agree|qualify|make{WORD_END}[ \n]*sense){WORD_END}|makes{WORD_END}[ \n]*no{WORD_END}[ \n]*sense{WORD_END})")
TOKEN = re.compile(r"</?s>|<bos>|<eos>|<pad>|<unk>|<start_of_turn>|<end_of_turn>|<\|([^<>| \t\r\n]{1,39})\|>|<｜([^<>｜ \t\r\n]{1,30})｜>")
END_NAMES = {"im_end", "endoftext", "eot_id", "eom_id", "end_of_text", "end", "EOT", "return", "eos", "endofturn", "end_of_sentence", "end_of_turn"}
JOINER = re.compile(rf"[ \n]*(?:(?:[,;/&+、]|(?:and|or){WORD_END}|或者|以及|还是|還是|和|或|与|與|及)[ \n]*){{1,4}}")
FILLER = re.compile(rf"(?:(?:the|options?|choices?|letters?|maybe|perhaps|possibly|probably|also|both|either){WORD_END}|选项|選項|可能)[ \n]*")
CLAUSE = re.compile(rf"[ \n]*(?:(?:is|isn't|was|wasn't|cannot|can't|does|doesn't|would|has){WORD_END}|[是不错錯])")
NO_ARTICLE = re.compile(rf"[ \n]*(?:nor|is|are|was|were|because|since|as|but|if|though|would|could|might|may|can|will|etc|both|too|respectively){WORD_END}")

THOUGHT = "think|thinking|reasoning|seed:think|mm:think|longcat_think"
THOUGHT_BEGINS = re.compile(rf"<(?:{THOUGHT})>|\[think\]|<\|(?:begin_of_thought|start_thinking|inner_prefix)\|>|◁think▷|<\|channel>thought|\[unused16\]", re.I | re.A)
THOUGHT_ENDS = re.compile(rf"</(?:{THOUGHT})>|\[/think\]|<\|(?:end_of_thought|end_thinking|inner_suffix)\|>|◁/think▷|<channel\|>|\[unused17\]", re.I | re.A)
# What stands behind an A or I that is a letter. No article and no pronoun stand before the first of these, no article before the others; the pronoun may stand before the
# second where nothing is declared, and before the third always.
SECOND = rf"{WORD_END}[ \n]*"
BOTH = (rf"because|since|which|whereas|due(?={SECOND}to{WORD_END})|based(?={SECOND}(?:on|upon){WORD_END})|according(?={SECOND}to{WORD_END})|"
        rf"given(?={SECOND}(?:the|that|this|these|those|its|it|their|how|what|all){WORD_END})|etc|respectively|is|isn't|are|has|hasn't|does|doesn't|seems|appears")
BEHIND_DECLARED_I = (rf"and|or|nor|as|but|so|if|unless|though|although|while|when|where|that|than|rather(?={SECOND}than{WORD_END})|instead|for|in|on|of|at|by|from|with|"
                     "without|to|into|about|among|between|over|under|despite|except|here|both|too")
BEHIND_A = "was|wasn't|were|would|could|should|cannot|can't"


def behind_letter(words):
    return re.compile(rf"[ \n]+(?:{words}){WORD_END}(?!-[a-z0-9_W])")


LETTER_A, LETTER_I = behind_letter(f"{BOTH}|{BEHIND_DECLARED_I}|{BEHIND_A}"), behind_letter(BOTH)
DECLARED_I = behind_letter(f"{BOTH}|{BEHIND_DECLARED_I}")


def is_letter(text, at, letter, declared=False):
    """Is the letter before `at` one, or an article or a pronoun?"""
    if letter not in "AaIi" or open_ended(text, at):
        return True
    words = LETTER_A if letter in "Aa" else DECLARED_I if declared else LETTER_I
    return words.match(small(text[at:at + 80])) is not None


def token_name(m):
    return (m[1] or m[2] or m[0].strip("</>")).replace("▁", "_")


def is_token(m):
    return m is not None and token_name(m) not in ("begin_of_thought", "end_of_thought", "START_THINKING", "END_THINKING", "inner_prefix", "inner_suffix")


def without_end_tokens(text):
    while is_token(m := re.search(rf"(?:{TOKEN.pattern})[ \t\r\n]*\Z", text)):
        text = text[:m.start()]
    while is_token(m := re.match(rf"[ \t\r\n]*(?:{TOKEN.pattern})", text)):
        turn = token_name(m).strip(" \t\r\n</>") in ("im_start", "start_header_id", "start_of_turn")
        text = text[m.end():]
        while turn and (role := re.match(r"(?:assistant|model)(?=[\n<]|\Z)", text)):
            text = text[role.end():]
    return text


def bare(answer):
    """Without special tokens that leaked and without reasoning in tags."""
    whole = answer
    finals = list(re.finditer(r"<\|channel\|>[ \t]*final[ \t]*(?:<\|constrain\|>[ \t]*[A-Za-z0-9_+/.-]*[ \t]*)?<\|message\|>", whole))
    stripped = whole.rfind("assistantfinal") if whole.startswith("analysis") else -1
    if finals:
        answer = whole[finals[-1].end():]
    elif stripped >= 0:
        answer = whole[stripped + len("assistantfinal"):]
    elif "<|channel|>" in whole:
        answer = whole[:whole.index("<|channel|>")]
    channels = answer != whole
    if channels and not answer:
        return ""
    text = without_end_tokens(answer)
    for m in TOKEN.finditer(text):
        if m[0] in ("</s>", "<eos>", "<end_of_turn>") or (m[1] or m[2]) and token_name(m) in END_NAMES:
            text = without_end_tokens(text[:m.start()])
            break
    if not text.strip():
        text = answer
    closed = list(THOUGHT_ENDS.finditer(text))
    spoken = text[closed[-1].end():] if closed else text
    opened = THOUGHT_BEGINS.search(spoken)
    spoken = spoken[:opened.start()] if opened else spoken
    left = without_end_tokens(spoken)
    return spoken if not left.strip() and not closed and not opened and not channels else left


def unspaced(c):
    return unicodedata.category(c)[0] in "LMN" and ord(c) > 255 and unicodedata.name(c, "").startswith(UNSPACED_NAMES)


def shape(text):
    """One ASCII character a character, for regular expressions: W of a word (ASCII ones stay), a blank for a script without blanks."""
    out = []
    for c in text:
        if c.isascii():
            out.append(c)
        elif unspaced(c):
            out.append(" ")
        else:
            out.append("W" if unicodedata.category(c)[0] in "LMN" else c)
    return "".join(out)


def word(c):
    return c != "" and (c == "_" or unicodedata.category(c)[0] in "LMN") and not unspaced(c)


def sign(c):
    return c != "" and unicodedata.category(c)[0] in "PS"


def apart(text):
    """Numbers that NFKC would run into the digits before them: raised, lowered, fractions, in rings."""
    kinds = {"<super>": "^", "<sub>": "_"}
    out, before = [], ""
    for c in text:
        category, kind = unicodedata.category(c), unicodedata.decomposition(c).split(" ")[0]
        mark = ""
        if category in ("No", "Sm"):
            mark = kinds.get(kind, " " if category == "No" and kind in ("<fraction>", "<circle>", "<compat>") else "")
        if mark and before and before != mark:
            out.append(mark)
        elif before == " " and (mark == " " or category == "Nd"):
            out.append(" ")
        out.append(c)
        before = mark or ("digit" if category == "Nd" else "")
    return "".join(out)


def level(text):
    out = []
    for c in unicodedata.normalize("NFKC", apart(text)):
        if unicodedata.category(c) == "Cf" or "\ufe00" <= c <= "\ufe0f":
            continue
        if unicodedata.category(c) == "Nd":
            c = str(unicodedata.digit(c))
        out.append({"‘": "'", "’": "'", "‛": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "‐": "-", "‑": "-", "−": "-", "⁄": "/"}.get(c, c))
    blanks = re.compile(r"[\s\x1c-\x1f]+")
    text = blanks.sub(lambda m: "\n" if re.search("[\n\v\f\r\x85\u2028\u2029]", m[0]) else " ", "".join(out)).strip(" \n")
    return one_spelling(text)


def one_spelling(text):
    """Minus, fractions and comparisons of numbers."""
    text = re.sub(r"\\[dt]?frac\{(\d+)\}\{(\d+)\}", lambda m: (" " if re.search(r"\d\Z", text[:m.start()], re.A) else "") + f"{m[1]}/{m[2]}", text, flags=re.A)
    text = re.sub(r"(?<=\d) ?/ ?(?=\d)", "/", text, flags=re.A)
    out = ""
    for at, c in enumerate(text):
        sign_here = c in "‒–" and re.match(r"\.?\d", text[at + 1:], re.A) and not (at > 0 and (word(text[at - 1]) or text[at - 1] == ")"))
        out += "-" if sign_here else {"≥": ">=", "≤": "<="}.get(c, c)
    return re.sub(r"(?<=[<>≠±]) (?=[+-]?\.?\d)|(?<=[<>]=) (?=[+-]?\.?\d)", "", out, flags=re.A)


def closes_at_the_end(inner, opening, closing):
    if opening == closing or len(closing) > 1:
        return closing not in inner
    depth = 1
    for c in inner:
        depth += (c == opening) - (c == closing)
        if depth == 0:
            return False
    return True


def without_layer(text):
    if len(text) > 1 and text[-1] in ".。":
        return text[:-1].strip(" \n")
    for opening, closing in [*TAGS, *[(c, "}") for c in COMMANDS], *PAIRS]:
        if len(text) > len(opening + closing) and text.lower().startswith(opening) and text.lower().endswith(closing):
            inner = text[len(opening):-len(closing)]
            if inner.strip(" \n") and closes_at_the_end(inner, opening[-1] if len(closing) == 1 and opening != closing else opening, closing):
                return inner.strip(" \n")
    return text


def unwrap(text):
    return list(layers(text))[-1]


LINE_MARKS = ">#-*+•|"


def without_line_marks(text):
    """Markdown's quotes, headings, bullets and one-cell rows, before a letter or what opens something."""
    def line(text):
        row = re.fullmatch(r"\| (.+) \|", text)
        text = row[1] if row else text
        m = re.match(r"(?:> *|#+ +|[-*+•] +)*", text)
        rest = text[m.end():]
        return rest if rest and (unicodedata.category(rest[0])[0] == "L" or rest[0] in "\"'`*_$([{<\\【〔〈《「『«‹") else text
    return "\n".join(line(each) for each in text.split("\n"))


def number(text):
    """A Fraction; None: the text is no number."""
    if not re.fullmatch(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.))(?:\.\d+)?", text, re.ASCII):
        return None
    return Fraction(text.replace(",", ""))


LARGE = "(?:hundred|thousand|million|billion|trillion|dozen)"


def numbers_in(text):
    """(begin, end, value) of every number with what belongs to it; the value is None where it is no number by itself: in a word, a fraction, a
    range, a time, behind a comparison, before "million"."""
    digits = r"\d(?:\d|[.,](?=\d))*"
    pattern = re.compile(rf"(?:\d{{1,3}}(?![\d.,]|[.,]\d)(?: \d{{3}}(?!\d|,\d))+(?:\.\d(?:\d|[.,](?=\d))*)?|{digits})", re.A)
    at = 0
    while m := pattern.search(text, at):
        begin, end = m.span()
        spaced = " " in m[0]
        further = re.compile(rf"(?:(?:[-–:/]{digits})|(?: {digits}/(?=\d)){digits})+", re.A).match(text, end)
        joined = further is not None
        end = further.end() if joined else end
        glued = joined or word(text[begin - 1:begin]) or word(text[end:end + 1]) or "^" in (text[begin - 1:begin], text[end:end + 1])
        if large := re.compile(f" {LARGE}s?(?![A-Za-z0-9_])", re.I | re.A).match(text, end):
            if not word(text[large.end():large.end() + 1]):
                end, glued = large.end(), True
        before = text[begin - 1:begin]
        if before == "." and not word(text[:begin - 1][-1:]):
            begin -= 1
        before, further = text[:begin][-1:], text[:max(begin - 1, 0)][-1:]
        value = None if glued else number(text[begin:end].replace(" ", "") if spaced else text[begin:end])
        signed = before != "" and before in "+-" and not word(further) and further != ")"
        if signed:
            begin -= 1
            value = None if glued else number(text[begin:end].replace(" ", "") if spaced else text[begin:end])
        elif spaced_minus := re.search(r"(?:(?:\A|[\n:=(\[{\"'`*_$] ?)|(?<![A-Za-z0-9_])is )[-‒–] \Z", small(text[:begin]) if not word(text[begin - 1:begin]) else ""):
            begin -= 2
            value = None if value is None else -value
        elif spelled := re.search(r"(?:\A|[^A-Za-z0-9_W'])(?:negative|minus) \Z", small(text[:begin])):
            word_begin = begin - (9 if text[:begin].lower().endswith("negative ") else 6)
            difference = small(text[word_begin:word_begin + 1]) == "m" and re.search(r"(?:\d|(?<![A-Za-z0-9_W])[A-Za-z]|\)) \Z", text[:word_begin], re.A)
            begin = word_begin
            value = None if value is None or difference else -value
        comparison = re.search(r"(?:<=|>=|[<>≠±√])\Z", text[:begin])
        if comparison:
            c = comparison.start()
            arrow_or_tag = text[c] == ">" and c > 0 and (text[c - 1] in "-=/" or word(text[c - 1]))
            if not arrow_or_tag:
                begin, value = c, None
        if before == "/" and word(text[:m.start() - 1][-1:]):
            value = None
        yield begin, end, value
        at = max(end, m.end())


def number_of(text):
    """Of a text that is one number, in digits or with a word for its sign."""
    if number(text) is not None:
        return number(text)
    tokens = list(numbers_in(text))
    return tokens[0][2] if len(tokens) == 1 and tokens[0][:2] == (0, len(text)) else None


def layers(text):
    """The text, and what is left of it after each layer that comes off."""
    text = text.strip(" \n")
    yield text
    for _ in range(16):
        inner = without_layer(text)
        if inner == text:
            return
        text = inner
        yield text


def own_letters_off(texts):
    """"A. cat", "B. dog": texts that all begin with their own letters are what stands behind them."""
    off = []
    for i, text in enumerate(texts):
        letter = chr(ord("A") + i)
        m = re.match(rf"(?:\({letter}\)|\[{letter}\]|{letter}[.):])[ \n](?=.)", text, re.I | re.A | re.S) if i < 26 else None
        if not m and text:
            return texts
        off.append(text[m.end():] if m else text)
    return off if sum(map(bool, texts)) > 1 else texts


class Options:
    def __init__(self, options):
        levelled = own_letters_off([level(o) for o in options])
        self.plain = [unwrap(o) for o in levelled]
        folded = [p.casefold() for p in self.plain]
        by_case_alone = any(folded[i] == folded[j] and self.plain[i] != self.plain[j] for i in range(len(folded)) for j in range(i))
        self.fold = (lambda s: s) if by_case_alone else str.casefold
        keys = [self.key(p) for p in self.plain]
        # Options that only their wrappers tell apart keep them.
        self.wrapped = [any(k == keys[i] and self.key(levelled[j]) != self.key(levelled[i]) for j, k in enumerate(keys)) for i in range(len(keys))]
        self.raw = [o.strip() if keys.count(k) > 1 and k else None for o, k in zip(options, keys)]
        self.plain = [whole if w else p for whole, w, p in zip(levelled, self.wrapped, self.plain)]
        self.texts = [self.key(p) for p in self.plain]
        self.letters = min(len(options), 26)

    def key(self, text):
        return self.fold(text).replace("\n", " ")

    def copied(self, answer):
        """Of options with the same words: the one whose text the answer copies."""
        same = [i for i, raw in enumerate(self.raw) if raw is not None and raw == answer.strip()]
        if len(same) == 1:
            return same[0]
        same = [i for i, p in enumerate(self.plain) if self.wrapped[i] and p == level(answer)]
        return same[0] if len(same) == 1 else None

    def equal(self, text):
        for layer in layers(text):
            same = [i for i, t in enumerate(self.texts) if t == self.key(layer)]
            if same and layer:
                return same[0] if len(same) == 1 else None
        if number_of(layer) is not None:
            same = [i for i, p in enumerate(self.plain) if number_of(p) == number_of(layer)]
            return same[0] if len(same) == 1 else None
        return None

    def letter(self, c):
        i = ord(c.lower()) - ord("a") if c.isascii() and c.isalpha() else 99
        return i if i < self.letters else None

    def found(self, text):
        """(begin, end, option) in places of the text as options are compared, which map back by `back`."""
        compared, back = "", []
        for i, c in enumerate(text):
            key = self.key(c)
            compared += key
            back += [i] * len(key)
        back.append(len(text))
        tokens = list(numbers_in(text))
        out = []
        for option, wanted in enumerate(self.texts):
            plain = self.plain[option]
            if number_of(plain) is not None or not any(not unicodedata.category(c).startswith("P") and c != " " for c in plain.replace("\n", " ")):
                continue
            for m in re.finditer("(?=" + re.escape(wanted) + ")", compared):
                b, e = m.start(), m.start() + len(wanted)
                whole = not (word(compared[:b][-1:]) and word(wanted[0])) and not (word(compared[e:e + 1]) and word(wanted[-1]))
                b, e = back[b], back[e]
                cut = any(s < p < t for s, t, _ in tokens for p in (b, e))
                if len(plain) == 1 and plain.isascii() and plain.isalpha():
                    whole = whole and text[b] == plain and alone(text, b) and is_letter(text, e, plain)
                if whole and not cut:
                    out.append((b, e, option))
        for b, e, value in tokens:
            verbatim = text[b:e] in self.plain
            if value is not None:
                out += [(b, e, i) for i, p in enumerate(self.plain) if number_of(p) == value and (not verbatim or p == text[b:e])]
        return out


def begins(text, at):
    return not re.search(r"\w\Z|°\Z|\w[-'&]\Z|(?<!\w)\w\.\Z", shape(text[:at]), re.ASCII)


def ends(text, at):
    return not re.match(r"\w|[+#°]|[-'&]\w", shape(text[at + 1:]), re.ASCII) and not abbreviates(text, at)


def alone(text, at):
    """A word of its own, not joined to another."""
    return begins(text, at) and ends(text, at)


def abbreviates(text, at):
    return bool(re.match(r"\.[^\W\d_](?!\w)", shape(text[at + 1:at + 4]), re.ASCII)) and text[at + 2].isalpha()


def open_ended(text, at):
    c = text[at:at + 1]
    return c in ("", "\n") or sign(c) or unspaced(c) or bool(re.match(" [-–—:=,;.)]", text[at:]))


@functools.lru_cache
def over_words(pattern):
    return re.compile(pattern.pattern.replace("W", "A-Za-z0-9_W"))


def stands_before(pattern, text, at):
    before = "".join("W" if not c.isascii() and word(c) else c for c in text[max(0, at - 240):at].lower().replace("W", "w"))
    return over_words(pattern).search(before) is not None


CLAUSE_END = re.compile(r"[,;!?。\n]|\.(?=[ \n])|(?<![A-Za-z0-9_W])(?<![A-Za-z0-9_W]')(?:but|because|so|instead|rather|since|though|while|although)(?![A-Za-z0-9_W])(?!'[A-Za-z0-9_W])")
DECLARING = re.compile("(?<![A-Za-z0-9_W])(?:answer|(?:correct|right|best|final|chosen|appropriate|accurate|suitable|my)(?![A-Za-z0-9_W])[ \n]*"
                       "(?:option|choice|letter|one|selection))(?![A-Za-z0-9_W])")


def refused(text, at):
    """By a negation before it, or as part of a declaration that is denied."""
    if negated(text, at):
        return True
    low = small(text[max(0, at - 120):at + 1])
    here = len(low) - (1 if at < len(text) else 0)
    begin = max([m.end() for m in CLAUSE_END.finditer(low) if m.end() <= here], default=0)
    return any(m.end() < here and negated(text, at - here + m.start()) for m in every(DECLARING, low) if m.start() >= begin)


def negated(text, at):
    return stands_before(NEGATION, text, at) or stands_before(CLAUSE_NEGATION, text, at)


def rejected(text, end):
    return REJECTION.match(small(text), end) is not None


def wrapped(text):
    """(letter, length) of a letter in wrappers at the beginning."""
    def inside(s, depth):
        skipped = len(s) - len(s.lstrip(" \n"))
        s = s[skipped:]
        if s[:1].isascii() and s[:1].isalpha():
            return None if word(s[1:2]) else (s[0], skipped + 1)
        if depth == 5:
            return None
        for opening, closing in [*TAGS, *[(c, "}") for c in COMMANDS], *PAIRS]:
            if s.startswith(opening) and (got := inside(s[len(opening):], depth + 1)):
                m = re.match(r"[ \n]*" + "(?:(?!" + re.escape(closing) + r")[.):。、])?[ \n]*" + re.escape(closing), s[len(opening) + got[1]:])
                if m:
                    return got[0], skipped + len(opening) + got[1] + m.end()
        return None

    if text[:1].isascii() and text[:1].isalpha():
        return None
    got = inside(text, 0)
    return got if got and not word(text[got[1]:got[1] + 1]) else None


def marked(text, at):
    """A letter with a mark behind it, as lists have it."""
    m = re.match(r"([A-Za-z])([.):。、])", text[at:])
    if not m or abbreviates(text, at):
        return False
    return not (m[1].islower() and m[2] == "." and text[at + 2:at + 3] not in ("", " ", "\n"))


def small(text):
    return "".join("W" if not c.isascii() and word(c) else c for c in re.sub("[A-Z]", lambda m: m[0].lower(), text))


def every(pattern, text):
    at = 0
    while m := pattern.search(text, at):
        yield m
        at = m.start() + 1
