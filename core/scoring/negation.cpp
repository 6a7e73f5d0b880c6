#include "core/scoring/negation.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/scoring/backward_reader.h"
#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

constexpr std::size_t kClauseReach = 120;  ///< characters before a place in which its clause is looked at

enum class Scope {
    Noun,   ///< "not the option B": the thing itself
    Clause  ///< "I would not say that it is B": all that is said
};
constexpr int kMostNounWords = 5, kMostClauseWords = 10;

/// What may stand between a negation and what it refuses; skipped, and its word (empty: none of ASCII). False: none here.
bool skip_between(BackwardReader& reader, Scope scope, std::u32string& skipped) {
    static constexpr std::array<std::u32string_view, 32> kNounWords = {
        U"a", U"an", U"the", U"any", U"option", U"choice", U"letter", U"answer", U"be", U"to", U"likely", U"necessarily", U"really", U"actually",
        U"clearly", U"obviously", U"definitely", U"certainly", U"possibly", U"probably", U"correct", U"right", U"best", U"final", U"proper", U"true",
        U"my", U"most", U"appropriate", U"accurate", U"suitable", U"chosen"};
    static constexpr std::array<std::u32string_view, 60> kClauseWords = {
        U"is", U"was", U"are", U"were", U"it", U"that", U"this", U"there", U"case", U"think", U"believe", U"say", U"mean", U"claim", U"conclude",
        U"suppose", U"agree", U"feel", U"argue", U"recommend", U"suggest", U"choose", U"select", U"pick", U"take", U"go", U"vote", U"with", U"for",
        U"accept", U"consider", U"see", U"find", U"notice", U"spot", U"observe", U"identify", U"detect", U"seem", U"appear", U"look", U"like",
        U"contain", U"show", U"depict", U"include", U"feature", U"display", U"would", U"could", U"can", U"should", U"will", U"do", U"have", U"said",
        U"thought", U"seen", U"picked", U"selected"};
    static constexpr std::array<std::u32string_view, 22> kChinese = {
        U"\u9009\u9879", U"\u9078\u9805", U"\u9009\u62E9", U"\u9078\u64C7", U"\u7B54\u6848", U"\u5E94\u8BE5", U"\u61C9\u8A72", U"\u540C\u4E8E", U"\u540C\u65BC", U"\u9009",
        U"\u9078", U"\u662F", U"\u4E3A", U"\u70BA", U"\u50CF", U"\u5E94", U"\u61C9", U"\u80FD", U"\u4F1A", U"\u6703", U"\u53EF", U"\u8BE5"};
    static constexpr std::array<std::u32string_view, 12> kChineseClause = {
        U"\u8BA4\u4E3A", U"\u8A8D\u70BA", U"\u89C9\u5F97", U"\u89BA\u5F97", U"\u770B\u5230", U"\u770B\u89C1", U"\u770B\u898B", U"\u89C1\u5230", U"\u898B\u5230", U"\u6709", U"\u8BF4", U"\u8AAA"};
    skipped = reader.word();
    if (is_one_of(skipped, kNounWords) || (scope == Scope::Clause && is_one_of(skipped, kClauseWords))) {
        reader.skip(skipped.size());
        return true;
    }
    skipped.clear();
    const auto skip_chinese = [&reader](const auto& words) {
        const auto found = std::find_if(words.begin(), words.end(), [&](std::u32string_view each) { return reader.ends_with(each); });
        reader.skip(found == words.end() ? 0 : found->size());
        return found != words.end();
    };
    return (scope == Scope::Clause && skip_chinese(kChineseClause)) || skip_chinese(kChinese);
}

bool ends_with_any(const BackwardReader& reader, std::u32string_view characters) {
    return std::any_of(characters.begin(), characters.end(), [&](const char32_t& each) { return reader.ends_with(std::u32string_view(&each, 1)); });
}

/// The word before the one that ends here, marks that open between.
std::u32string word_before_last(BackwardReader reader, std::size_t last) {
    reader.skip(last);
    reader.skip_blanks_and_openings();
    return reader.word();
}

bool is_not(std::u32string_view word) { return word.size() > 3 && word.ends_with(U"n't"); }

/// "eliminates", "ruling" (out).
bool is_exclusion(std::u32string_view word) {
    static constexpr std::array<std::u32string_view, 5> kStems = {U"eliminat", U"exclud", U"reject", U"dismiss", U"discard"};
    static constexpr std::array<std::u32string_view, 5> kEndings = {U"", U"s", U"es", U"ed", U"ing"};
    return std::any_of(kStems.begin(), kStems.end(), [&](std::u32string_view stem) {
        const bool silent = stem == U"eliminat" || stem == U"exclud";
        const std::u32string_view ending = word.substr(std::min(stem.size(), word.size()));
        return word.starts_with(stem) && (silent ? ending == U"e" || ending == U"es" || ending == U"ed" || ending == U"ing" : is_one_of(ending, kEndings));
    });
}

bool ends_with_noun_negation(BackwardReader reader) {
    static constexpr std::array<std::u32string_view, 16> kNegations = {U"not",     U"cannot", U"never",  U"neither", U"nor",   U"no",       U"than",   U"without",
                                                                       U"except",  U"unlike", U"isnt",   U"arent",   U"unlikely", U"hardly", U"lacks",  U"lacking"};
    static constexpr std::array<std::u32string_view, 4> kRule = {U"rule", U"rules", U"ruled", U"ruling"};
    if (ends_with_any(reader, U"\u4E0D\u975E\u6CA1\u6C92\u672A\u52FF") || reader.ends_with(U"\u6392\u9664")) {
        return true;
    }
    if (reader.ends_with(U"-")) {
        reader.skip(1);
        return reader.word() == U"non";
    }
    const std::u32string word = reader.word();
    if (word == U"of" || word == U"to" || word == U"out") {
        const std::u32string before = word_before_last(reader, word.size());
        return word == U"out" ? is_one_of(before, kRule) : word == U"to" ? before == U"opposed" : before == U"instead" || before == U"lack" || before == U"absence";
    }
    return is_one_of(word, kNegations) || is_not(word) || is_exclusion(word);
}

/// "doubt", but not "no doubt", "without a doubt" and "I don't doubt".
bool is_doubt(const BackwardReader& reader, std::u32string_view text) {
    static constexpr std::array<std::u32string_view, 3> kDoubts = {U"doubt", U"doubts", U"doubted"};
    static constexpr std::array<std::u32string_view, 5> kNone = {U"no", U"not", U"never", U"without", U"beyond"};
    const std::u32string word = reader.word();
    if (!is_one_of(word, kDoubts)) {
        return false;
    }
    const auto before = [text](std::size_t begin) { return begin > 0 && is_blank(text[begin - 1]) ? BackwardReader(text, begin - 1).word() : std::u32string(); };
    std::size_t begin = reader.at() - word.size();
    std::u32string last = before(begin);
    if (last.ends_with(U"n't")) {
        return false;
    }
    if (last == U"a" || last == U"any") {
        begin -= last.size() + 1;
        last = before(begin);
    }
    return !is_one_of(last, kNone);
}

/// `behind`: the word that was skipped last.
bool ends_with_clause_negation(const BackwardReader& reader, std::u32string_view text, std::u32string_view behind) {
    static constexpr std::array<std::u32string_view, 10> kNegations = {U"not", U"cannot", U"never", U"nobody", U"isnt", U"arent", U"dont", U"doesnt", U"wouldnt", U"cant"};
    static constexpr std::array<std::u32string_view, 7> kUntrue = {U"false", U"untrue", U"incorrect", U"wrong", U"impossible", U"doubtful", U"unlikely"};
    if (ends_with_any(reader, U"\u4E0D\u6CA1\u6C92\u672A")) {
        return true;
    }
    const std::u32string word = reader.word();
    if (word == U"one") {
        return word_before_last(reader, word.size()) == U"no";
    }
    const bool untrue = is_one_of(word, kUntrue) && (behind == U"that" || behind == U"to");
    return untrue || is_one_of(word, kNegations) || is_not(word) || is_doubt(reader, text);
}

bool is_negated_in(Scope scope, std::u32string_view text, std::size_t at) {
    BackwardReader reader(text, at);
    std::u32string behind;
    const int most = scope == Scope::Noun ? kMostNounWords : kMostClauseWords;
    for (int words = 0; words <= most; ++words) {
        reader.skip_blanks_and_openings();
        if (scope == Scope::Noun ? ends_with_noun_negation(reader) : ends_with_clause_negation(reader, text, behind)) {
            return true;
        }
        if (!skip_between(reader, scope, behind)) {
            return false;
        }
    }
    return false;
}

bool begins_word(std::u32string_view text, std::size_t at) { return at == 0 || !(is_word(text[at - 1]) || (text[at - 1] == U'\'' && at > 1 && is_word(text[at - 2]))); }

/// Behind a clause's end that begins at `at`; 0: none.
std::size_t behind_clause_end(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 9> kWords = {U"but", U"because", U"so", U"instead", U"rather", U"since", U"though", U"while", U"although"};
    const char32_t c = text[at];
    if (in_set(c, U",;!?\u3002\n") || (c == U'.' && at + 1 < text.size() && is_blank(text[at + 1]))) {
        return at + 1;
    }
    const std::u32string word = is_word(c) && begins_word(text, at) ? word_from(text, at) : std::u32string();
    return is_one_of(word, kWords) ? at + word.size() : 0;
}

/// Behind "answer", "correct option" at `at`; 0: none.
std::size_t behind_declaring(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 9> kQualities = {U"correct", U"right", U"best", U"final", U"chosen", U"appropriate", U"accurate", U"suitable", U"my"};
    static constexpr std::array<std::u32string_view, 5> kNouns = {U"option", U"choice", U"letter", U"one", U"selection"};
    if (at > 0 && is_word(text[at - 1])) {
        return 0;
    }
    const auto plain_word = [text](std::size_t from) {
        std::u32string word;
        for (; word_at(text, from) && word.size() < 16; ++from) {
            word += is_capital(text[from]) ? text[from] - U'A' + U'a' : text[from];
        }
        return word;
    };
    const std::u32string word = plain_word(at);
    if (word == U"answer") {
        return at + word.size();
    }
    const std::size_t noun = is_one_of(word, kQualities) ? behind_blanks(text, at + word.size()) : 0;
    const std::u32string named = noun > 0 ? plain_word(noun) : std::u32string();
    return is_one_of(named, kNouns) ? noun + named.size() : 0;
}

/// Does a declaration that is denied stand before `at` in the same clause?
bool in_denied_clause(std::u32string_view whole, std::size_t at) {
    const std::size_t reach = at > kClauseReach ? at - kClauseReach : 0;
    const std::u32string_view text = whole.substr(reach, at + 1 - reach);
    const std::size_t here = at - reach;
    std::size_t begin = 0;
    for (std::size_t place = 0; place < here; ++place) {
        const std::size_t behind = behind_clause_end(text, place);
        begin = behind > 0 && behind <= here ? behind : begin;
    }
    for (std::size_t place = begin; place < here; ++place) {
        const std::size_t behind = behind_declaring(text, place);
        if (behind > 0 && behind < here && is_negated(whole, reach + place)) {
            return true;
        }
    }
    return false;
}

/// Reads what is said of something right behind it.
class Verdict {
public:
    Verdict(std::u32string_view text, std::size_t at) : text_(text), at_(at) { read(); }

    [[nodiscard]] bool rejects() {
        static constexpr std::array<std::u32string_view, 8> kIs = {U"is", U"are", U"was", U"were", U"seems", U"looks", U"appears", U"sounds"};
        static constexpr std::array<std::u32string_view, 6> kIsNot = {U"isn't", U"aren't", U"wasn't", U"weren't", U"isnt", U"arent"};
        static constexpr std::array<std::u32string_view, 7> kCan = {U"does", U"do", U"did", U"would", U"can", U"could", U"will"};
        static constexpr std::array<std::u32string_view, 10> kCannot = {U"doesn't", U"don't", U"didn't", U"wouldn't", U"can't", U"couldn't", U"won't", U"cannot", U"doesnt", U"dont"};
        if (is_one_of(word_, kIs)) {
            next();
            skip_to_be();
            skip_adverb();
            return says_wrong() || (take(U"not") && (says_right() || says_out()));
        }
        if (is_one_of(word_, kIsNot)) {
            next();
            return says_right() || says_out();
        }
        if (Verdict other = *this; other.take_be() && (other.says_out_surely() || (other.cannot_ && other.says_right()))) {
            return true;
        }
        if (Verdict other = *this; (other.take(U"has") || other.take(U"have")) && other.take(U"been")) {
            return other.says_out_surely();
        }
        if (Verdict other = *this; other.take(U"makes") && other.take(U"no")) {
            return other.word_ == U"sense";
        }
        if (is_one_of(word_, kCannot)) {
            next();
            return fails();
        }
        if (is_one_of(word_, kCan)) {
            next();
            return take(U"not") && fails();
        }
        return false;
    }

private:
    void read() { word_ = word_from(text_, at_); }
    void next() {
        at_ = behind_blanks(text_, at_ + word_.size());
        read();
    }
    bool take(std::u32string_view word) {
        const bool there = word_ == word;
        if (there) {
            next();
        }
        return there;
    }
    void skip_to_be() {
        Verdict other = *this;
        if (other.take(U"to") && other.take(U"be")) {
            *this = other;
        }
    }
    void skip_adverb() {
        static constexpr std::array<std::u32string_view, 9> kAdverbs = {U"also", U"clearly", U"definitely", U"obviously", U"certainly", U"therefore", U"thus", U"simply", U"probably"};
        if (is_one_of(word_, kAdverbs)) {
            next();
        }
    }
    /// "can be", "cannot be".
    bool take_be() {
        static constexpr std::array<std::u32string_view, 11> kModal = {U"can", U"could", U"may", U"might", U"must", U"should", U"will", U"would", U"cannot", U"can't", U"couldn't"};
        cannot_ = word_ == U"cannot" || word_ == U"can't";
        if (!is_one_of(word_, kModal)) {
            return false;
        }
        next();
        return take(U"be");
    }
    [[nodiscard]] bool says_out() const {
        static constexpr std::array<std::u32string_view, 5> kOut = {U"excluded", U"eliminated", U"rejected", U"dismissed", U"discarded"};
        Verdict other = *this;
        return is_one_of(word_, kOut) || (other.take(U"ruled") && other.word_ == U"out");
    }
    [[nodiscard]] bool says_out_surely() const {
        Verdict other = *this;
        other.skip_adverb();
        return other.says_out();
    }
    [[nodiscard]] bool says_wrong() const {
        static constexpr std::array<std::u32string_view, 16> kWrong = {
            U"incorrect", U"wrong", U"impossible", U"invalid", U"false", U"untrue", U"absent", U"missing", U"nowhere", U"implausible", U"improbable",
            U"inaccurate", U"inappropriate", U"unsuitable", U"irrelevant", U"inconsistent"};
        Verdict other = *this;
        if (other.take(U"unlikely")) {
            return !(other.word_ == U"to" && is_blank(text_[other.at_ - 1]));
        }
        return is_one_of(word_, kWrong) || says_out();
    }
    [[nodiscard]] bool says_right() const {
        static constexpr std::array<std::u32string_view, 5> kBetween = {U"the", U"a", U"an", U"best", U"most"};
        static constexpr std::array<std::u32string_view, 22> kRight = {
            U"correct", U"right", U"true", U"possible", U"valid", U"answer", U"option", U"choice", U"it", U"present", U"visible", U"shown", U"there",
            U"here", U"seen", U"depicted", U"pictured", U"likely", U"plausible", U"suitable", U"appropriate", U"accurate"};
        static constexpr std::array<std::u32string_view, 5> kPictures = {U"picture", U"image", U"photo", U"photograph", U"scene"};
        Verdict other = *this;
        for (int words = 0; words < 3 && is_one_of(other.word_, kBetween); ++words) {
            other.next();
        }
        if (is_one_of(other.word_, kRight)) {
            return true;
        }
        return other.take(U"in") && other.take(U"the") && is_one_of(other.word_, kPictures);
    }
    /// "fit", "make sense", of what does not.
    [[nodiscard]] bool fails() const {
        static constexpr std::array<std::u32string_view, 12> kVerbs = {
            U"fit", U"match", U"apply", U"work", U"hold", U"appear", U"exist", U"belong", U"suit", U"correspond", U"agree", U"qualify"};
        Verdict other = *this;
        return is_one_of(word_, kVerbs) || (other.take(U"make") && other.word_ == U"sense");
    }

    std::u32string_view text_;
    std::size_t at_;
    std::u32string word_;
    bool cannot_ = false;
};

}  // namespace

bool is_negated(std::u32string_view text, std::size_t at) { return is_negated_in(Scope::Noun, text, at) || is_negated_in(Scope::Clause, text, at); }

bool is_refused(std::u32string_view text, std::size_t at) { return is_negated(text, at) || in_denied_clause(text, at); }

bool is_rejected(std::u32string_view text, std::size_t end) {
    static constexpr std::array<std::u32string_view, 17> kChinese = {
        U"\u4E0D\u5BF9", U"\u4E0D\u5C0D", U"\u4E0D\u6B63\u786E", U"\u4E0D\u6B63\u78BA", U"\u9519", U"\u932F", U"\u662F\u9519", U"\u662F\u932F", U"\u4E0D\u662F\u7B54\u6848",
        U"\u88AB\u6392\u9664", U"\u53EF\u4EE5\u6392\u9664", U"\u53EF\u6392\u9664", U"\u5E94\u6392\u9664", U"\u61C9\u6392\u9664", U"\u4E0D\u7B26", U"\u4E0D\u6210\u7ACB", U"\u4E0D\u5B58\u5728"};
    while (end < text.size() && (is_blank(text[end]) || closes(text[end]))) {
        ++end;
    }
    const bool chinese = std::any_of(kChinese.begin(), kChinese.end(), [&](std::u32string_view each) { return has_at(text, end, each); });
    return chinese || Verdict(text, end).rejects();
}

bool follows_nor(std::u32string_view text, std::size_t at) {
    static constexpr std::array<std::u32string_view, 4> kBetween = {U"the", U"option", U"choice", U"letter"};
    BackwardReader reader(text, at);
    reader.skip_blanks_and_openings();
    for (int words = 0; words < 3 && is_one_of(reader.word(), kBetween); ++words) {
        reader.skip(reader.word().size());
        reader.skip_blanks_and_openings();
    }
    return reader.word() == U"nor";
}

bool joins_alike(std::u32string_view between) {
    static constexpr std::array<std::u32string_view, 4> kArticles = {U"a", U"an", U"the", U"any"};
    std::size_t at = behind_blanks(between, 0);
    at = behind_blanks(between, at + (character_at(between, at) == U',' ? 1 : 0));
    std::u32string word = word_from(between, at);
    if (word != U"or" && word != U"and") {
        return false;
    }
    at = behind_blanks(between, at + word.size());
    word = word_from(between, at);
    at = is_one_of(word, kArticles) ? behind_blanks(between, at + word.size()) : at;
    return at == between.size();
}

}  // namespace r2t2
