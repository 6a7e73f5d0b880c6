// MathVista's normalisation, as its script applies it to what a language model extracted; here the extraction is its own shortcuts
// (a choice as it is, a number, The answer is "..."), else the whole response. Declared in answer_key.h.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "core/scoring/anls.h"
#include "core/scoring/answer_key.h"
#include "core/scoring/bare_answer.h"
#include "core/scoring/python_float.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

/// Python's str(int(value)).
std::string integer_text(double value) {
    char text[400];
    std::snprintf(text, sizeof text, "%.0f", std::trunc(value));
    return text[0] == '-' && text[1] == '0' ? "0" : text;
}

/// Python's str(value): the shortest digits that read back the same, always with a point or an exponent.
std::string float_text(double value) {
    char text[64];
    const double size = std::abs(value);
    const bool plain = value == 0 || (size >= 1e-4 && size < 1e16);
    const auto [end, code] = std::to_chars(text, text + sizeof text, value, plain ? std::chars_format::fixed : std::chars_format::scientific);
    std::string out(text, code == std::errc() ? end : text);
    return plain && out.find('.') == std::string::npos ? out + ".0" : out;
}

/// Python's round(value, decimals): exact, halves to the even digit.
double rounded(double value, int decimals) {
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", std::clamp(decimals, 0, 30), value);
    return python_float(text).value_or(value);
}

std::string extracted(const std::string& response) {
    constexpr std::string_view kPhrase = "The answer is \"", kEnd = "\".";
    const std::size_t begin = response.find(kPhrase);
    const std::size_t line_end = begin == std::string::npos ? begin : std::min(response.find('\n', begin), response.size());
    if (begin != std::string::npos) {
        const std::string line = response.substr(begin + kPhrase.size(), line_end - begin - kPhrase.size());
        if (const std::size_t end = line.rfind(kEnd); end != std::string::npos) {
            return line.substr(0, end);
        }
    }
    return response;
}

std::string nearest_choice(std::string_view extraction, const std::vector<std::string>& choices) {
    const std::string text = strip(extraction);
    if (text.empty() || choices.empty()) {
        return {};
    }
    std::size_t best = std::numeric_limits<std::size_t>::max();
    const std::string* nearest = nullptr;
    for (const std::string& choice : choices) {
        const std::size_t distance = levenshtein(code_points(text), code_points(choice));
        nearest = distance < best ? &choice : nearest;
        best = std::min(best, distance);
    }
    return *nearest;
}

}  // namespace

MathVistaAnswer mathvista_answer(std::string_view response, const AnswerKey& key) {
    const OptionChoice named = key.options.empty() ? OptionChoice{} : find_option(response, key.options);
    if (named.option) {
        return {key.options[*named.option], named.rule, false, false};
    }
    const std::string text = is_tokens_alone(response) ? std::string() : std::string(response);
    if (!key.options.empty()) {
        return {nearest_choice(extracted(text), key.options), ChoiceRule::None, true, true};
    }
    if (key.answer_type == "integer" || key.answer_type == "float") {
        std::optional<double> number = python_float(text);
        number = number ? number : python_float(extracted(text));
        if (!number) {
            return {{}, ChoiceRule::None, false, true};
        }
        if (key.answer_type == "integer") {
            return {integer_text(*number), ChoiceRule::None, false, false};
        }
        return {key.precision < 0 ? std::string() : float_text(rounded(*number, key.precision)), ChoiceRule::None, false, false};
    }
    return {extracted(text), ChoiceRule::None, false, strip(text).empty()};
}

}  // namespace r2t2
