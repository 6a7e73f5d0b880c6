"""What option_rule.py reads: levelled and unwrapped texts, numbers, options, letters and what is refused. Steps 0 to 2 of the rule's text
(docs/benchmarks.md, "How an answer's option is found"), with regular expressions and Python's Unicode tables instead of scanners and ICU.
"""
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
BEFORE = r"(?:\\(?:boxed|text|mathrm|mathbf|textbf)(?=\{)|[" + OPENINGS[1:-1] + ")*"  # likewise, read backwards
NEGATED = (
    r"(?:(?<![W])(?<![W]')(?:not|cannot|never|neither|nor|no|than|without|except|unlike|unlikely|hardly|isnt|arent|[W']{1,9}n't|instead" + BEFORE + r"of|opposed" +
    BEFORE + r"to)|(?<![W])(?<![W]')non-|[不非没沒未勿])" + BEFORE)
NEGATION = re.compile(
    NEGATED +
    r"(?:(?:(?<![W])(?<![W]')(?:a|an|the|option|choice|letter|answer|be|to|likely|necessarily|really|actually|clearly|obviously|definitely|certainly|possibly|probably)|选项|選項|选择|選擇|答案|应该|應該|同于|同於|[选選是为為像应應能会會可该])" + BEFORE +
    r"){0,5}\Z")
DENIAL = re.compile(
    "(?:" + NEGATED + r"(?:(?<![W])(?<![W]')(?:think|believe|say|mean|claim|conclude|suppose|agree|feel)" + BEFORE + r")?|(?<![W])(?<![W]')doubts?" + BEFORE + ")" +
    r"(?:(?<![W])(?<![W]')(?:correct|right|best|final|proper|true|only|my|the|that|most|likely|appropriate|accurate|suitable|chosen)" + BEFORE + r"){0,6}\Z")

CLOSINGS = "\"'`*_$)]}>】〕〉》」』»›"
WORD_END = "(?![a-z0-9_W])(?!'[a-z0-9_W])"  # of a text as small() has it
RIGHT = (rf"(?:(?:the|a|an|best|most){WORD_END}[ \n]*){{0,3}}(?:correct|right|true|possible|valid|answer|option|choice){WORD_END}")
REJECTION = re.compile(
    "[ \\n" + re.escape(CLOSINGS) + "]*(?:不对|不對|不正确|不正確|错|錯|是错|是錯|不是答案|"
    rf"(?:is|are|was|were){WORD_END}[ \n]*(?:(?:also|clearly|definitely|obviously|certainly|therefore|thus|simply|probably){WORD_END}[ \n]*)?"
    rf"(?:(?:incorrect|wrong|impossible|invalid){WORD_END}|not{WORD_END}[ \n]*{RIGHT})|"
    rf"(?:isn't|aren't|wasn't|weren't|isnt|arent){WORD_END}[ \n]*{RIGHT}|(?:cannot|can't){WORD_END}[ \n]*be{WORD_END}[ \n]*{RIGHT})")
TOKEN = re.compile(r"</?s>|<bos>|<eos>|<pad>|<unk>|<start_of_turn>|<end_of_turn>|<\|([^<>| \t\r\n]{1,39})\|>|<｜([^<>｜ \t\r\n]{1,30})｜>")
END_NAMES = {"im_end", "endoftext", "eot_id", "eom_id", "end_of_text", "end", "EOT", "return", "eos", "endofturn", "end_of_sentence", "end_of_turn"}
JOINER = re.compile(rf"[ \n]*(?:(?:[,;/&+、]|(?:and|or){WORD_END}|或者|以及|还是|還是|和|或|与|與|及)[ \n]*){{1,4}}")
FILLER = re.compile(rf"(?:(?:the|options?|choices?|letters?|maybe|perhaps|possibly|probably|also|both|either){WORD_END}|选项|選項|可能)[ \n]*")
CLAUSE = re.compile(rf"[ \n]*(?:(?:is|isn't|was|wasn't|cannot|can't|does|doesn't|would|has){WORD_END}|[是不错錯])")
NO_ARTICLE = re.compile(rf"[ \n]*(?:is|are|was|were|because|since|as|but|if|though|would|could|might|may|can|will|etc|both|too|respectively){WORD_END}")


def token_name(m):
    return (m[1] or m[2] or m[0].strip("</>")).replace("▁", "_")


def is_token(m):
    return m is not None and token_name(m) not in ("begin_of_thought", "end_of_thought")


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
    closed = list(re.finditer(r"</(?:think|thinking|reasoning|seed:think)>|\[/think\]|<\|end_of_thought\|>", text, re.I | re.A))
    spoken = text[closed[-1].end():] if closed else text
    opened = re.search(r"<(?:think|thinking|reasoning|seed:think)>|\[think\]|<\|begin_of_thought\|>", spoken, re.I | re.A)
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
    return blanks.sub(lambda m: "\n" if re.search("[\n\v\f\r\x85\u2028\u2029]", m[0]) else " ", "".join(out)).strip(" \n")


def closes_at_the_end(inner, opening, closing):
    if opening == closing or len(closing) > 1:
        return closing not in inner
    depth = 1
    for c in inner:
        depth += (c == opening) - (c == closing)
        if depth == 0:
            return False
    return True


def unwrap(text):
    text = text.strip(" \n")
    for _ in range(16):
        before = text
        if len(text) > 1 and text[-1] in ".。":
            text = text[:-1]
        else:
            for opening, closing in [*TAGS, *[(c, "}") for c in COMMANDS], *PAIRS]:
                if len(text) > len(opening + closing) and text.lower().startswith(opening) and text.lower().endswith(closing):
                    inner = text[len(opening):-len(closing)]
                    if inner.strip(" \n") and closes_at_the_end(inner, opening[-1] if len(closing) == 1 and opening != closing else opening, closing):
                        text = inner
                        break
        text = text.strip(" \n")
        if text == before:
            break
    return text


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


def numbers_in(text):
    """(begin, end, value) of every run of digits with its points, commas and sign; the value is None in a word."""
    for m in re.finditer(r"\d(?:\d|[.,](?=\d))*", text, re.ASCII):
        begin, end = m.span()
        before = text[begin - 1:begin]
        glued = word(before) or word(text[end:end + 1]) or "^" in (before, text[end:end + 1])
        if before == "." and not word(text[:begin - 1][-1:]):
            begin -= 1
        before, further = text[:begin][-1:], text[:max(begin - 1, 0)][-1:]
        if before and before in "+-" and not word(further) and further != ")":
            begin -= 1
        yield begin, end, None if glued else number(text[begin:end])


class Options:
    def __init__(self, options):
        self.plain = [unwrap(level(o)) for o in options]
        folded = [p.casefold() for p in self.plain]
        by_case_alone = any(folded[i] == folded[j] and self.plain[i] != self.plain[j] for i in range(len(folded)) for j in range(i))
        self.fold = (lambda s: s) if by_case_alone else str.casefold
        self.texts = [self.key(p) for p in self.plain]
        self.letters = min(len(options), 26)

    def key(self, text):
        return self.fold(text).replace("\n", " ")

    def equal(self, text):
        text = unwrap(text)
        same = [i for i, t in enumerate(self.texts) if t == self.key(text)]
        if not text:
            return None
        if not same and number(text) is not None:
            same = [i for i, p in enumerate(self.plain) if number(p) == number(text)]
        return same[0] if len(same) == 1 else None

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
            if number(plain) is not None or not any(not unicodedata.category(c).startswith("P") and c != " " for c in plain.replace("\n", " ")):
                continue
            for m in re.finditer("(?=" + re.escape(wanted) + ")", compared):
                b, e = m.start(), m.start() + len(wanted)
                whole = not (word(compared[:b][-1:]) and word(wanted[0])) and not (word(compared[e:e + 1]) and word(wanted[-1]))
                b, e = back[b], back[e]
                cut = any(s < p < t for s, t, _ in tokens for p in (b, e))
                if len(plain) == 1 and plain.isascii() and plain.isalpha():
                    whole = whole and text[b] == plain and alone(text, b) and (plain not in "AaIi" or open_ended(text, e))
                if whole and not cut:
                    out.append((b, e, option))
        for b, e, value in tokens:
            verbatim = text[b:e] in self.plain
            if value is not None:
                out += [(b, e, i) for i, p in enumerate(self.plain) if number(p) == value and (not verbatim or p == text[b:e])]
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


def stands_before(pattern, text, at):
    before = "".join("W" if not c.isascii() and word(c) else c for c in text[max(0, at - 120):at].lower().replace("W", "w"))
    return re.search(pattern.pattern.replace("W", "A-Za-z0-9_W"), before) is not None


def refused(text, at):
    return stands_before(NEGATION, text, at)


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
