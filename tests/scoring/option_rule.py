"""Which option does an answer name? A second implementation, written from the rule's text (docs/benchmarks.md, "How an answer's option is
found"). Held against the first by check_option_choice.py.
"""
import re

from option_text import *

MARKUP = r"[*_\"'`]"
E = "(?![A-Za-z0-9_W])(?!'[A-Za-z0-9_W])"  # a word of small() ends
ADVERB = ("clearly|obviously|definitely|certainly|most|very|almost|likely|probably|possibly|perhaps|maybe|therefore|thus|hence|simply|indeed|actually|surely|undoubtedly|"
          "evidently|apparently|presumably|really|then")
ADVERBS = rf"(?:,?[ \n]*(?:{ADVERB}){E},?[ \n]*){{0,3}}"
B = rf"{E}[ \n]*"
VERB = (rf"(?:(?:is|was){B}|(?:must|would|should|will){B}{ADVERBS}be{B}|(?:has|have){B}to{B}be{B}|(?:can|could){B}only{B}be{B}|ought{B}to{B}be{B}|"
        rf"would{B}have{B}to{B}be{B}|(?:seems|appears){B}to{B}be{B}|turns{B}out{B}to{B}be{B})")
COLON = rf"(?:{ADVERBS}[:=](?:{MARKUP}+(?=[ \n]|$))?[ \n]*)?"
IS = rf"(?:'s{B}|{MARKUP}*[ \n]*(?:{ADVERBS}{VERB})?){COLON}"
CHINESE_IS = (rf"{MARKUP}*[ \n]*(?:应该|應該|应当|應當|必须|必須|必然|肯定|一定|显然|顯然|明显|明顯|很可能|最可能|可能|只能|确实|確實|应|應|就){{0,3}}"
              rf"(?:是|为|為|选择|選擇|选|選)?[ \n]*{IS}")
WORD_BEGINS = "(?<![A-Za-z0-9_W])"
NOT_IN_WORD = "(?![A-Za-z0-9_W])"
KEYWORD = re.compile(
    rf"{WORD_BEGINS}(?:(?<!/)answer{NOT_IN_WORD}|(?:correct|right|best|final|chosen|appropriate|accurate|suitable|my){NOT_IN_WORD}[ \n]*"
    rf"(?:option|choice|letter|one|selection){NOT_IN_WORD})")
CONNECTOR = re.compile(IS)
CHINESE = re.compile(rf"(?:(?:正确|正確|正确的|正確的|最佳)(?:选项|選項)|(?:答案|回答|答|选择|選擇|选|選)(?![项項])){CHINESE_IS}")
PHRASE = re.compile(rf"{MARKUP}*[ \n]*(?=,|(?:to|for|of|in|from|on|here|that|which|choice|option|based|given|according|as|among|considering){E})")
OPTION = re.compile(rf"{WORD_BEGINS}(?:option|choice){NOT_IN_WORD}{IS}|(?:选项|選項){CHINESE_IS}")


NOR = re.compile(r"(?<![W])(?<![W]')nor" + BEFORE + r"(?:(?:the|option|choice|letter)" + BEFORE + r"){0,3}\Z")


class Lists:
    """Letters of several options side by side."""

    def __init__(self, o, text, found, lettered):
        self.o, self.text, self.low, self.found = o, text, small(text), found
        self.covered = {p for b, e, _ in found if e - b > 1 for p in range(b, e)}
        self.all = []  # (begin, end, options, refused)
        at = 0
        while lettered and o.letters > 1 and at < len(text):
            items = self.chain(at)
            if len({i for i, _, _ in items}) > 1:
                end = items[-1][1]
                self.all.append((at, end, {i for i, _, _ in items}, refused(text, at) or rejected(text, end)))
                at = end - 1
            at += 1

    def chain(self, at):
        items, nxt = [], self.item(at, True)
        ends_by = ""  # marks that end a list whose first letter is refused
        while nxt:
            items.append(nxt)
            if len(items) == 1 and refused(self.text, at):
                ends_by = ",;、" if stands_before(NOR, self.text, at) else ";"
            nxt = self.next(nxt, ends_by)
        return items

    def letter(self, at, first):
        """(option, end, is it a bare capital)"""
        text = self.text
        if at >= len(text) or at in self.covered:
            return None
        if re.match("[" + re.escape("\"'`*_$([{<【〔〈《「『«‹\\") + "]", text[at]):
            got = wrapped(text[at:])
            return (self.o.letter(got[0]), at + got[1], False) if got and self.o.letter(got[0]) is not None else None
        plus = re.match(r"\+[A-Z]", text[at + 1:]) and not word(text[at + 3:at + 4])
        good = begins(text, at) if first else not word(text[:at][-1:])
        if self.o.letter(text[at]) is None or not good or not (ends(text, at) or plus) or not (text[at].isupper() or text[at + 1:at + 2] == ")"):
            return None
        return (self.o.letter(text[at]), at + 1, True) if text[at + 1:at + 2] not in tuple(").:") else (self.o.letter(text[at]), at + 2, False)

    def item(self, at, first):
        got = self.letter(at, first)
        if not got:
            return None
        begin = re.compile(r"[ \n]*\(?").match(self.text, got[1]).end()
        own = max((e for b, e, i in self.found if b == begin and i == got[0]), default=None)
        if own is None:
            return got
        return got[0], own + (self.text[begin - 1:begin] == "(" and begin > got[1] and self.text[own:own + 1] == ")"), False

    def next(self, last, ends_by):
        text, low = self.text, self.low
        if m := JOINER.match(low, last[1]):
            if m[0].lstrip(" \n")[:1] in tuple(ends_by):
                return None
            at = m.end()
            for _ in range(3):
                at = f.end() if (f := FILLER.match(low, at)) else at
            got = self.item(at, False)
            if not got or (CLAUSE.match(low, got[1]) and not re.search(r"/|or|或|还是|還是", m[0])):
                return None
            if not got[2] or open_ended(text, got[1]) or JOINER.match(low, got[1]):
                return got
            list_ends = NO_ARTICLE.match(low, got[1])
            if re.fullmatch(r"[ \n,;、]+", m[0]) and not list_ends:
                return None
            return got if is_letter(text, got[1], text[at]) or (text[at] == "A" and list_ends) else None
        if last[2] and (m := re.match(r" [A-Z]", text[last[1]:])) and (got := self.letter(last[1] + 1, False)):
            behind = last[1] + 2
            further = re.match(" [A-Z]", text[behind:]) and self.o.letter(text[behind + 1]) is not None and ends(text, behind + 1)
            return got if open_ended(text, behind) or further else None
        return None

    def around(self, place):
        return next((x for x in self.all if x[0] <= place < x[1]), None)

    def behind(self, at):
        """The list at `at`, or behind "either" and the like."""
        for _ in range(13):
            if at >= len(self.text):
                return None
            if (x := self.around(at)) and x[0] == at:
                return None if x[3] else x
            if f := FILLER.match(self.low, at):
                at = f.end()
            elif self.text[at] in "\"'`*_$([{<【〔〈《「『«‹ \n":
                at += 1
            else:
                return None
        return None


def behind_openings(text, at):
    """Behind up to five marks that open something, wherever they close."""
    opening = re.compile("[ \n]*(?:" + "|".join(re.escape(o) for o, _ in [*TAGS, *[(c, "") for c in COMMANDS], *PAIRS]) + ")")
    for _ in range(5):
        at = m.end() if (m := opening.match(text, at)) else at
    return re.compile("[ \n]*").match(text, at).end()


def letter_here(o, text, at, after_option):
    if got := wrapped(text[at:]):
        return None if rejected(text, at + got[1]) else o.letter(got[0])
    at = behind_openings(text, at)
    c = text[at:at + 1]
    if not c or o.letter(c) is None or not alone(text, at) or rejected(text, at + 1):
        return None
    if text[at + 1:at + 2] in (")", ":") and text[at + 1:]:
        return o.letter(c)
    if c.islower():
        return o.letter(c) if c not in "ai" and re.match(r"$|[\n!?。]|\.(?=[ \n]|$)", text[at + 1:]) else None
    if c == "I" or (c == "A" and not after_option):
        rest = text[at + 1:].lstrip(" \n")
        own = any(b == 0 and i == o.letter(c) for b, _, i in o.found(rest))
        return o.letter(c) if is_letter(text, at + 1, c, not after_option) or own else None
    return o.letter(c)


def yes_or_no(o, text, at=0):
    """(option, end): the word that a text begins with, where the options are yes and no."""
    if len(o.plain) != 2 or o.equal("yes") is None or o.equal("no") is None:
        return None
    begin = re.compile(OPENINGS).match(text, at).end()
    low = small(text)
    m = re.compile(rf"(yes|no){E}").match(low, begin)
    if not m:
        return None
    other = "no" if m[1] == "yes" else "yes"
    both = re.compile("[ \n" + re.escape(CLOSINGS) + rf"]*(?:[/&-]|(?:and|or){E})" + OPENINGS + other + E).match(low, m.end())
    idiom = m[1] == "no" and re.compile(rf"[ \n]*(?:doubt|question|problem|matter|wonder){E}").match(low, m.end())
    return None if both or idiom else (o.equal(m[1]), m.end())


SEVERAL = -1
SENTENCE_END = re.compile(r"[\n!?。]|\.(?=[ \n]|$)|$")


def with_or_without_article(o, text):
    if (option := o.equal(text)) is not None:
        return option
    m = re.match(r"(?:a|an|the)[ \n]+", unwrap(text), re.I | re.A)
    return o.equal(unwrap(text)[m.end():]) if m else None


def sentence_text(o, text, begin):
    ends = [e.start() for e in SENTENCE_END.finditer(text) if e.start() > begin]
    return next((x for x in (with_or_without_article(o, text[begin:e]) for e in ends) if x is not None), None)


def letters_at(o, text, low, lists, begin):
    """An option, SEVERAL or None."""
    if lists.behind(begin):
        return SEVERAL
    option = letter_here(o, text, begin, False)
    if option is None:
        inside = behind_openings(text, begin)
        article = re.compile(r"(?:the(?![A-Za-z0-9_W])[ \n]*)?").match(low, inside).end()
        if f := re.compile(r"letter(?![A-Za-z0-9_W])[ \n]*").match(low, article) or OPTION.match(low, article):
            option = letter_here(o, text, f.end(), True)
    return option


def named_at(o, text, low, lists, texts_only, begin):
    """What a declaration names whose connector ends at `begin`."""
    if refused(text, begin):
        return None
    behind = re.compile(ADVERBS).match(low, begin).end()
    for place in dict.fromkeys([begin, behind]):
        if (option := sentence_text(o, text, place)) is not None:
            return option
    if word := yes_or_no(o, text, behind):
        return word[0]
    return None if texts_only else letters_at(o, text, low, lists, behind)


def in_tag(o, text, low, lists, texts_only, begin, end):
    inside = unwrap(text[begin:end])
    if (option := with_or_without_article(o, inside)) is not None:
        return option
    if word := yes_or_no(o, inside):
        return word[0]
    if texts_only:
        return None
    if re.fullmatch("[A-Za-z][.):]?", inside) and o.letter(inside[0]) is not None:
        return o.letter(inside[0])
    return letters_at(o, text, low, lists, begin)


def closing_brace(text, begin):
    depth = 1
    for at in range(begin, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    return len(text)


def declared(o, text, lists, texts_only):
    """An option, SEVERAL or None."""
    low, found = small(text), None
    starts = {m.start(): m for pattern in (KEYWORD, CHINESE) for m in every(pattern, low)}
    for m in every(re.compile(r"<answer>|\\boxed\{"), low):
        starts[m.start()] = m
    for m in every(re.compile(rf"{WORD_BEGINS}(?:no|oh|hmm|actually|wait|sorry|oops|correction|corrected|rather|scratch|edit|update){NOT_IN_WORD}"), low):
        starts.setdefault(m.start(), None)
    for start, m in sorted(starts.items()):
        option = None
        if m is None:
            option = corrected(o, text, low, lists, texts_only, start)
        elif m[0] == "<answer>":
            end = low.find("</answer>", m.end())
            option = in_tag(o, text, low, lists, texts_only, m.end(), end if end >= 0 else len(text))
        elif m[0] == "\\boxed{":
            end = closing_brace(text, m.end())
            if refused(text, start) or rejected(text, min(end + 1, len(text))):
                continue
            if several := lists.around(start):
                option = None if several[3] else SEVERAL
            else:
                option = in_tag(o, text, low, lists, texts_only, m.end(), end)
        elif low[:start].endswith("<") and low.startswith("answer>", start):
            continue
        elif not negated(text, start):
            english = low[start].isascii()
            option = named_at(o, text, low, lists, texts_only, CONNECTOR.match(low, m.end()).end() if english else m.end())
            first = PHRASE.match(low, m.end()) if english and option is None else None
            if first and first.end() < len(text):
                phrase_end = min(SENTENCE_END.search(text, first.end() + 1).start(), (low + ":").index(":", first.end() + 1), first.end() + 121)
                for at in range(first.end() + 1, phrase_end):
                    verb = re.compile(VERB).match(low, at) if low[at - 1] in " \n," else None
                    if verb:
                        option = named_at(o, text, low, lists, texts_only, re.compile(COLON).match(low, verb.end()).end())
                    if option is not None:
                        break
        found = found if option is None else option
    return found


CORRECTION = re.compile(
    rf"(?:(?:no|oh|hmm){E}[,.:;!…-]*[ \n]*)?(?:actually|wait|sorry|oops|correction|rather|scratch{B}that){E}[,.:;!…-]*[ \n]*(?:(?:no|actually|wait|hmm|sorry|it's|it{B}is|make{B}(?:it|that)){E}[,.:;!…-]*[ \n]*){{0,3}}")
NEW_ANSWER = re.compile(rf"(?:edit|correction|corrected|update)(?:{MARKUP}*[ \n]*)[:=](?:{MARKUP}+(?=[ \n]|$))?[ \n]*")


def corrected(o, text, low, lists, texts_only, start):
    """What a sentence that takes back what stands before it names, and nothing more; None: `start` begins no such sentence."""
    before = text[:start].rstrip(" \n\"'`*_")
    if not before or not (text[start - 1] in " \n\"'`*_") or not (before[-1] in ".!?。…" or "\n" in text[len(before):start]):
        return None
    if m := NEW_ANSWER.match(low, start):
        return named_at(o, text, low, lists, texts_only, m.end())
    if m := CORRECTION.match(low, start):
        for e in SENTENCE_END.finditer(text):
            if m.end() < e.start() <= m.end() + max(map(len, o.plain), default=0) + 200 and (option := item(o, text[m.end():e.start()], True, texts_only)) is not None:
                return None if refused(text, m.end()) else option
    return None


def mentioned(o, text, lists):
    """What "option X" names, where all agree."""
    named = set()
    for m in every(OPTION, small(text)):
        if not refused(text, m.end()):
            named |= several[2] if (several := lists.behind(m.end())) else {letter_here(o, text, m.end(), True)} - {None}
    return named.pop() if len(named) == 1 else None


def item(o, segment, own_line, texts_only):
    """The option that a line or sentence is, and nothing else."""
    word = yes_or_no(o, segment)
    if word and open_ended(segment, word[1]):
        return word[0]
    inside = unwrap(segment)
    if own_line and (option := o.equal(inside)) is not None:
        return option
    if texts_only:
        return None
    opening = re.compile("[" + re.escape("\"'`*_$([{<【〔〈《「『«‹\\") + "]")
    wrapped_up = opening.match(segment) is not None
    if m := re.match(rf"(?:so|therefore|thus|hence|finally|overall|ultimately){E}[,:]?[ \n]*", small(inside)):
        wrapped_up = opening.match(inside[m.end():]) is not None
        inside = unwrap(inside[m.end():])
    if m := re.match(rf"(?:option|choice|letter){E}[ \n]*", small(inside)):
        wrapped_up = wrapped_up or opening.match(inside[m.end():]) is not None
        inside = unwrap(inside[m.end():])
    if got := wrapped(inside):
        letter, end, wrapped_up = got[0], got[1], True
    elif inside and not word_at(inside, 1):
        letter, end = inside[0], 1
    else:
        return None
    if o.letter(letter) is None:
        return None
    mark = re.compile("[.):。、,]?").match(inside, end)
    if mark.end() == len(inside):
        return o.letter(letter) if letter.isupper() or wrapped_up or mark[0] == ")" else None
    rest = re.compile("[ \n]*").match(inside, mark.end()).end()
    if rest == end:
        return None
    rest = re.compile(r"(?:[-–—:][ \n]*)?").match(inside, rest).end()
    return o.letter(letter) if o.equal(inside[rest:]) == o.letter(letter) else None


def word_at(text, at):
    return word(text[at:at + 1])


def ending(o, text, end, whole_line, texts_only):
    """(begin, option, begins a line, is a letter with its text) of the longest item that ends at `end`."""
    line = text.rfind("\n", 0, end) + 1
    reach = max(map(len, o.plain), default=0) + 200
    for begin in range(max(line, end - reach), end):
        before = text[:begin].rstrip(" \n")
        sentence = text[begin] not in " \n" and (before[-1:] in tuple("!?。") or before[-1:] == "." and len(before) < begin)
        if begin != line and re.fullmatch("[A-Za-z][.):]?", text[begin:end]) and re.search(r"[A-Za-z]\.\Z", before):
            letter = len(before) - 2  # of a list: "A. red bus B. C"
            sentence = sentence and not (o.letter(text[letter]) is not None and begins(text, letter))
        if begin == line or sentence:
            option = item(o, text[begin:end], begin == line and whole_line, texts_only)
            if option is not None:
                return begin, option, begin == line, has_letter_and_text(o, text[begin:end], option)
    return None


def has_letter_and_text(o, segment, option):
    """As a list of the options has it."""
    return o.equal(segment) is None and re.fullmatch("[A-Za-z][.):]?", unwrap(segment)) is None and option is not None


def closing(o, text, texts_only):
    last = ending(o, text, len(text), True, texts_only)
    if not last or last[0] == 0:
        return None
    end, own_line = len(text[:last[0]].rstrip(" \n.!?。")), last[2]
    before = ending(o, text, end, own_line, texts_only)
    if not before or before[1] == last[1]:
        return last[1]
    listed = []  # the options that stand right before it, each with its own text
    while before and before[3] and len(listed) < 27:
        listed.insert(0, before[1])
        before = ending(o, text, len(text[:before[0]].rstrip(" \n.!?。")), before[2], texts_only) if before[0] else None
    return last[1] if listed == sorted(set(range(len(o.plain)))) and last[2] else None


SAID_RIGHT = re.compile(
    "[ \n" + re.escape(CLOSINGS) + rf"]*(?:(?:是正确|是正確|正确|正確|对|對)|{ADVERBS}{VERB}{ADVERBS}(?:(?:the|a|an|my|most|only|single){B}){{0,3}}"
    rf"(?:answer{E}|(?:correct|right|best|appropriate|accurate|suitable){E}(?=[ \n]*(?:[^A-Za-z0-9_W \n]|$|(?:answer|option|choice|one|because|since|which|whereas|due|based|according|given|and|as|but|so|though|although|while|for|here){E}))))")
CLAUSE_BEGINS = re.compile(
    r"(?:\A|[\n.,;:!?。、]|所以|因此|故|因而|(?<![A-Za-z0-9_W])(?<![A-Za-z0-9_W]')(?:therefore|thus|hence|so|consequently|accordingly))" + OPENINGS.replace(" \n", " ") +
    r"(?:(?<![A-Za-z0-9_W])(?<![A-Za-z0-9_W]')(?:option|choice|letter|answer|the)" + OPENINGS.replace(" \n", " ") + r"){0,3}\Z")


def asserted(o, text, found, lists):
    low, named, of_its_own = small(text), set(), False
    for at, c in enumerate(text):
        if lists.around(at):
            continue
        if re.match("[" + re.escape("\"'`*_$([{<【〔〈《「『«‹\\") + "]", c):
            got = wrapped(text[at:])
            letter, end = (got[0], at + got[1]) if got else ("", 0)
        else:
            letter, end = (c, at + 1) if c.isascii() and c.isupper() and alone(text, at) else ("", 0)
        if not letter or o.letter(letter) is None:
            continue
        end += text[end:end + 1] in tuple(".):")
        begin = re.compile("[ \n]*").match(text, end).end()
        end = max((e for b, e, i in found if b == begin and i == o.letter(letter)), default=end)
        m = SAID_RIGHT.match(low, end)
        if m and text[SENTENCE_END.search(text, m.end()).start():][:1] != "?" and not refused(text, at):
            named.add(o.letter(letter))
            of_its_own = of_its_own or CLAUSE_BEGINS.search(low[:at]) is not None
    return named.pop() if len(named) == 1 and of_its_own else None


def enclosed(text, at):
    return at > 0 and text[at - 1] in "\"'`*_$([{<【〔〈《「『«‹" and text[at + 1:at + 2] in tuple("\"'`*_$)]}>】〕〉》」』»›")


def own_line(text, at):
    return re.fullmatch("[A-Za-z]", text[text.rfind("\n", 0, at) + 1:(text + "\n").find("\n", at)]) is not None


def after_option_word(text, at):
    return re.search("(?<![A-Za-z0-9_W])(?<![A-Za-z0-9_W]')(?:option|choice)" + BEFORE + r"\Z", small(text[:at])) is not None


def leading(o, text, lists):
    """(option, ends)"""
    if lists.behind(0):
        return None, True
    got = wrapped(text)
    letter = got[0] if got else text[:1]
    if not letter or o.letter(letter) is None:
        return None, False
    if rejected(text, got[1] if got else 2 if marked(text, 0) else 1):
        return None, False
    if got or marked(text, 0) or own_line(text, 0):
        same_case = re.compile("[A-Z]" if letter.isupper() else "[a-z]")
        listed = {text[m.start()] for m in same_case.finditer(text) if o.letter(m[0]) is not None and alone(text, m.start()) and
                  (marked(text, m.start()) and m.start() + 2 < len(text) or enclosed(text, m.start()) or own_line(text, m.start())) and
                  not refused(text, m.start()) and not rejected(text, m.end())}
        return (None if len(listed) > 1 else o.letter(letter)), True
    if text[1:2] in (" ", "\n") and text[1:2] and o.equal(text[2:]) == o.letter(letter):
        return o.letter(letter), True
    return None, False


RUN_ON = re.compile(r"\n[#*> ]*(?:question|q|user|human|instruction)(?: \d+)?[* ]*:", re.A | re.I)


ALSO = re.compile(rf"[ \n]*,?[ \n]*(?:or|and){E}[ \n]*(?:(?:a|an|the|any){E}[ \n]*)?")


def find_option(answer, options, texts_only=False):
    """An answer that goes on with a question of its own making ends before it, where it has answered by then."""
    o = Options(options)
    answer = bare(answer)
    if (option := o.copied(answer)) is not None:
        return option, "text"
    text = level(answer)
    if m := RUN_ON.search(text):
        first = option_in(o, text[:m.start()], texts_only)
        if first[0] is not None and first[1] not in ("contained", "standalone"):
            return first
    return option_in(o, text, texts_only)


def option_in(o, text, texts_only):
    whole, text = text, unwrap(text)
    if not any(p[:1] and p[0] in LINE_MARKS for p in o.plain):
        text = unwrap(without_line_marks(text))
    if not texts_only and re.fullmatch("[A-Za-z][.):]?", text) and o.letter(text[0]) is not None:
        return o.letter(text[0]), "letter"
    if (option := next((x for x in (o.equal(whole), o.equal(text)) if x is not None), None)) is not None:
        return option, "text"
    if found_word := yes_or_no(o, text):
        return found_word[0], "opening"
    found = o.found(text)
    lists = Lists(o, text, found, not texts_only)
    if (option := declared(o, text, lists, texts_only)) is not None:
        return (None, "none") if option == SEVERAL else (option, "declared")
    if (option := closing(o, text, texts_only)) is not None:
        return option, "closing"
    if not texts_only:
        if (option := asserted(o, text, found, lists)) is not None or (option := mentioned(o, text, lists)) is not None:
            return option, "declared"
    if not texts_only:
        option, ends_here = leading(o, text, lists)
        if ends_here:
            return option, "none" if option is None else "leading"
    if len(text) <= max(64, 2 * sum(map(len, o.plain))):
        outer = [f for f in found if not any(g[0] <= f[0] and f[1] <= g[1] and g[1] - g[0] > f[1] - f[0] for g in found)]
        named, denied = set(), -1  # where the last text ends that is refused
        for b, e, i in sorted(outer, key=lambda f: (f[0], -f[1], f[2])):
            if refused(text, b) or denied >= 0 and ALSO.fullmatch(small(text[denied:b])):
                denied = e
            elif not rejected(text, e):
                several = lists.around(b)
                named |= {i} if several is None else set() if several[3] else several[2]
        if len(named) == 1:
            return named.pop(), "contained"
    if not texts_only:
        letters = [m for m in re.finditer("[A-Za-z]", text) if o.letter(m[0]) is not None and alone(text, m.start()) and
                   not any(b <= m.start() < e for b, e, _ in found) and not lists.around(m.start()) and
                   not refused(text, m.start()) and not rejected(text, m.end())]
        named = {o.letter(m[0]) for m in letters if m[0].isupper() and
                 (is_letter(text, m.end(), m[0]) or m[0] == "A" and after_option_word(text, m.start()))}
        named |= {i for x in lists.all if not x[3] for i in x[2]}
        named = named or {o.letter(m[0]) for m in letters if m[0].islower() and
                          (text[:m.start()][-1:] + text[m.end():][:1]) in ("()", "[]") and not word(text[:m.start() - 1][-1:])}
        if len(named) == 1:
            return named.pop(), "standalone"
    return None, "none"
