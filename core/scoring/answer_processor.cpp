#include "core/scoring/answer_processor.h"

#include <array>
#include <utility>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::string_view kMarks = ";/[]\"{}()=+\\_-><@`,?!";
constexpr int kMostFullStops = 32;  ///< upstream hands a flag of that value where a count belongs

bool is_ascii_digit(std::string_view text, std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; }

bool has_digit_comma_digit(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == ',' && is_ascii_digit(text, i - 1) && is_ascii_digit(text, i + 1)) {
            return true;
        }
    }
    return false;
}

std::string without_full_stops(std::string_view text) {
    std::string out;
    int deleted = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '.' && !is_ascii_digit(text, i + 1) && deleted < kMostFullStops) {
            ++deleted;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string_view digit_of(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kNumbers = {
        {{"none", "0"}, {"zero", "0"}, {"one", "1"}, {"two", "2"}, {"three", "3"}, {"four", "4"},
         {"five", "5"}, {"six", "6"}, {"seven", "7"}, {"eight", "8"}, {"nine", "9"}, {"ten", "10"}}};
    for (const auto& [name, digits] : kNumbers) {
        if (name == word) {
            return digits;
        }
    }
    return word;
}

}  // namespace

std::string process_punctuation(std::string_view text) {
    std::string out(text);
    const bool thousands = has_digit_comma_digit(text);
    for (const char mark : kMarks) {
        const bool beside_space = text.find(std::string{mark, ' '}) != std::string_view::npos ||
                                  text.find(std::string{' ', mark}) != std::string_view::npos;
        out = replace_all(std::move(out), std::string(1, mark), beside_space || thousands ? "" : " ");
    }
    return without_full_stops(out);
}

std::string process_digits_and_articles(std::string_view text) {
    std::vector<std::string> words;
    for (const std::string& word : split_words(lower_case(text))) {
        const std::string_view digits = digit_of(word);
        if (digits != "a" && digits != "an" && digits != "the") {
            words.emplace_back(contraction_of(digits));
        }
    }
    return join_words(words);
}

std::string process_answer(std::string_view answer) {
    std::string text = lower_case(answer);
    text = replace_all(std::move(text), ",", "");
    text = replace_all(std::move(text), "?", "");
    text = strip(replace_all(std::move(text), "'s", " 's"));
    text = replace_all(std::move(text), "\n", " ");
    text = strip(replace_all(std::move(text), "\t", " "));
    return process_digits_and_articles(process_punctuation(text));
}

}  // namespace r2t2
