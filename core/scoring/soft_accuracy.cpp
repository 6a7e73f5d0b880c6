#include "core/scoring/soft_accuracy.h"

#include <algorithm>

#include "core/scoring/answer_processor.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

/// Mean over the annotators of min(1, equal among the others / 3).
double leave_one_out(const std::string& answer, const std::vector<std::string>& annotators) {
    const auto equal = static_cast<double>(std::count(annotators.begin(), annotators.end(), answer));
    const auto count = static_cast<double>(annotators.size());
    if (annotators.empty()) {
        return 0.0;
    }
    const double with_an_equal_one_out = std::min(1.0, std::max(0.0, equal - 1.0) / 3.0);
    const double with_another_out = std::min(1.0, equal / 3.0);
    return (equal * with_an_equal_one_out + (count - equal) * with_another_out) / count;
}

std::string on_one_line(std::string_view text) {
    return strip(replace_all(replace_all(std::string(text), "\n", " "), "\t", " "));
}

}  // namespace

double soft_accuracy_m4c(std::string_view answer, const std::vector<std::string>& annotators) {
    std::vector<std::string> processed;
    std::transform(annotators.begin(), annotators.end(), std::back_inserter(processed),
                   [](const std::string& each) { return process_answer(each); });
    return leave_one_out(process_answer(answer), processed);
}

double soft_accuracy_vqa(std::string_view answer, const std::vector<std::string>& annotators) {
    std::vector<std::string> cleaned;
    std::transform(annotators.begin(), annotators.end(), std::back_inserter(cleaned),
                   [](const std::string& each) { return on_one_line(each); });
    std::string given = on_one_line(answer);
    const bool differ = std::any_of(cleaned.begin(), cleaned.end(), [&](const std::string& each) { return each != cleaned.front(); });
    const auto level = [differ](const std::string& text) {
        return lower_case(differ ? process_digits_and_articles(process_punctuation(text)) : text);
    };
    std::transform(cleaned.begin(), cleaned.end(), cleaned.begin(), level);
    return leave_one_out(level(given), cleaned);
}

double direct_answer_accuracy(std::string_view answer, const std::vector<std::string>& annotators) {
    const auto equal = std::count(annotators.begin(), annotators.end(), answer);
    return std::min(1.0, static_cast<double>(equal) / 3.0);
}

}  // namespace r2t2
