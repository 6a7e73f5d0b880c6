#include "core/scoring/function_words.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "core/scoring/option_letters.h"
#include "core/scoring/text_places.h"

namespace r2t2 {

namespace {

enum class WordKind : std::uint8_t {
    Reason,     ///< neither an article nor the pronoun I stands before it
    Joining,    ///< no article; the pronoun may ("I and my brother"), but not as what is declared
    Auxiliary,  ///< no article; the pronoun always may ("I would")
    Noun        ///< it may be one, or an adjective: "a can"
};
enum Use : unsigned { kNone = 0, kList = 1, kRight = 2 };  ///< ends_letter_list, goes_on_behind_right

struct FunctionWord {
    std::u32string_view word;
    WordKind kind = WordKind::Joining;
    unsigned uses = kNone;
    std::u32string_view next{};  ///< for a letter before it one of these words has to stand behind it, each with blanks around it
};

constexpr FunctionWord kFunctionWords[] = {
    {U"because", WordKind::Reason, kList | kRight},
    {U"since", WordKind::Reason, kList | kRight},
    {U"which", WordKind::Reason, kRight},
    {U"whereas", WordKind::Reason, kRight},
    {U"due", WordKind::Reason, kRight, U" to "},
    {U"based", WordKind::Reason, kRight, U" on upon "},
    {U"according", WordKind::Reason, kRight, U" to "},
    {U"given", WordKind::Reason, kRight, U" the that this these those its it their how what all "},
    {U"etc", WordKind::Reason, kList},
    {U"respectively", WordKind::Reason, kList},
    {U"is", WordKind::Reason, kList},
    {U"isn't", WordKind::Reason},
    {U"are", WordKind::Reason, kList},
    {U"has", WordKind::Reason},
    {U"hasn't", WordKind::Reason},
    {U"does", WordKind::Reason},
    {U"doesn't", WordKind::Reason},
    {U"seems", WordKind::Reason},
    {U"appears", WordKind::Reason},
    {U"and", WordKind::Joining, kRight},
    {U"or", WordKind::Joining},
    {U"nor", WordKind::Joining, kList},
    {U"as", WordKind::Joining, kList | kRight},
    {U"but", WordKind::Joining, kList | kRight},
    {U"so", WordKind::Joining, kRight},
    {U"if", WordKind::Joining, kList},
    {U"unless", WordKind::Joining},
    {U"though", WordKind::Joining, kList | kRight},
    {U"although", WordKind::Joining, kRight},
    {U"while", WordKind::Joining, kRight},
    {U"when", WordKind::Joining},
    {U"where", WordKind::Joining},
    {U"that", WordKind::Joining},
    {U"than", WordKind::Joining},
    {U"rather", WordKind::Joining, kNone, U" than "},
    {U"instead", WordKind::Joining},
    {U"for", WordKind::Joining, kRight},
    {U"in", WordKind::Joining},
    {U"on", WordKind::Joining},
    {U"of", WordKind::Joining},
    {U"at", WordKind::Joining},
    {U"by", WordKind::Joining},
    {U"from", WordKind::Joining},
    {U"with", WordKind::Joining},
    {U"without", WordKind::Joining},
    {U"to", WordKind::Joining},
    {U"into", WordKind::Joining},
    {U"about", WordKind::Joining},
    {U"among", WordKind::Joining},
    {U"between", WordKind::Joining},
    {U"over", WordKind::Joining},
    {U"under", WordKind::Joining},
    {U"despite", WordKind::Joining},
    {U"except", WordKind::Joining},
    {U"here", WordKind::Joining, kRight},
    {U"both", WordKind::Joining, kList},
    {U"too", WordKind::Joining, kList},
    {U"was", WordKind::Auxiliary, kList},
    {U"wasn't", WordKind::Auxiliary},
    {U"were", WordKind::Auxiliary, kList},
    {U"would", WordKind::Auxiliary, kList},
    {U"could", WordKind::Auxiliary, kList},
    {U"should", WordKind::Auxiliary},
    {U"cannot", WordKind::Auxiliary},
    {U"can't", WordKind::Auxiliary},
    {U"might", WordKind::Noun, kList},
    {U"may", WordKind::Noun, kList},
    {U"can", WordKind::Noun, kList},
    {U"will", WordKind::Noun, kList},
};

const FunctionWord* function_word(std::u32string_view word) {
    const auto found = std::find_if(std::begin(kFunctionWords), std::end(kFunctionWords), [&](const FunctionWord& each) { return each.word == word; });
    return found == std::end(kFunctionWords) ? nullptr : found;
}

/// "so-called".
bool is_joined(std::u32string_view text, std::size_t end) { return character_at(text, end) == U'-' && word_at(text, end + 1); }

bool has_use(std::u32string_view text, std::size_t at, Use use) {
    const FunctionWord* const found = function_word(word_from(text, behind_blanks(text, at)));
    return found != nullptr && (found->uses & use) != 0;
}

}  // namespace

bool is_letter_before(std::u32string_view text, std::size_t at, char32_t letter, LetterPlace place) {
    if (!may_be_a_word(letter)) {
        return true;
    }
    const std::size_t begin = behind_blanks(text, at);
    const std::u32string word = word_from(text, begin);
    const FunctionWord* const found = function_word(word);
    if (found == nullptr || begin == at || is_joined(text, begin + word.size())) {
        return false;
    }
    const std::u32string next = U' ' + word_from(text, behind_blanks(text, begin + word.size())) + U' ';
    if (!found->next.empty() && found->next.find(next) == std::u32string_view::npos) {
        return false;
    }
    const bool article = letter == U'A' || letter == U'a';
    switch (found->kind) {
        case WordKind::Reason:
            return true;
        case WordKind::Joining:
            return article || place == LetterPlace::Declared;
        case WordKind::Auxiliary:
            return article;
        case WordKind::Noun:
            break;
    }
    return false;
}

bool is_no_word(std::u32string_view text, std::size_t at, char32_t letter, LetterPlace place) {
    return !may_be_a_word(letter) || no_word_follows(text, at) || is_letter_before(text, at, letter, place);
}

bool ends_letter_list(std::u32string_view text, std::size_t at) { return has_use(text, at, kList); }
bool goes_on_behind_right(std::u32string_view text, std::size_t at) { return has_use(text, at, kRight); }

}  // namespace r2t2
