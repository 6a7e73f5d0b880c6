#include "core/scoring/anls.h"

#include <algorithm>
#include <numeric>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr double kLeastSimilarity = 0.5;

std::u32string level(std::string_view text) { return code_points(join_words(split_words(lower_case(text)))); }

}  // namespace

std::size_t levenshtein(std::u32string_view a, std::u32string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

double anls(std::string_view answer, std::string_view truth) {
    const std::u32string a = level(answer);
    const std::u32string b = level(truth);
    if (a.empty() && b.empty()) {
        return 1.0;
    }
    const double similarity = 1.0 - static_cast<double>(levenshtein(a, b)) / static_cast<double>(std::max(a.size(), b.size()));
    return similarity >= kLeastSimilarity ? similarity : 0.0;
}

double anls(std::string_view answer, const std::vector<std::string>& truths) {
    double best = 0.0;
    for (const std::string& truth : truths) {
        best = std::max(best, anls(answer, truth));
    }
    return best;
}

}  // namespace r2t2
