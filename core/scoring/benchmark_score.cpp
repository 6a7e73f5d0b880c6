#include "core/scoring/benchmark_score.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <map>

namespace r2t2 {

namespace {

using Rows = std::vector<const ScoredRow*>;
using Division = std::map<std::string, Rows>;

Division divided(const Rows& rows, const std::function<std::string(const ScoredRow&)>& by) {
    Division parts;
    for (const ScoredRow* row : rows) {
        parts[by(*row)].push_back(row);
    }
    return parts;
}

std::string category_of(const ScoredRow& row) { return row.category; }
std::string group_of(const ScoredRow& row) { return row.group; }

double mean_value(const Rows& rows) {
    double sum = 0.0;
    for (const ScoredRow* row : rows) {
        sum += row->value;
    }
    return rows.empty() ? 0.0 : sum / static_cast<double>(rows.size());
}

std::int64_t count_of(const Rows& rows) { return static_cast<std::int64_t>(rows.size()); }

bool all_right(const Rows& rows) {
    return std::all_of(rows.begin(), rows.end(), [](const ScoredRow* row) { return row->correct; });
}

NamedNumber percent_of(std::string name, const Rows& rows) {
    return {std::move(name), 100.0 * mean_value(rows), "%", count_of(rows), 100.0};
}

/// Groups whose rows are all right.
NamedNumber whole_groups(std::string name, const Rows& rows) {
    const Division groups = divided(rows, group_of);
    const auto right = std::count_if(groups.begin(), groups.end(), [](const auto& group) { return all_right(group.second); });
    const auto count = static_cast<double>(groups.size());
    return {std::move(name), groups.empty() ? 0.0 : 100.0 * static_cast<double>(right) / count, "%",
            static_cast<std::int64_t>(groups.size()), 100.0};
}

std::vector<NamedNumber> mmbench(const Rows& rows) {
    Rows base;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(base), [](const ScoredRow* row) { return row->id == row->group; });
    std::vector<NamedNumber> out = {whole_groups("CircularEval", rows), percent_of("VanillaEval", base)};
    for (const auto& [category, part] : divided(rows, category_of)) {
        out.push_back(whole_groups("CircularEval " + category, part));
    }
    return out;
}

constexpr std::array<std::string_view, 10> kPerception = {"existence", "count",    "position", "color",   "posters",
                                                          "celebrity", "scene", "landmark", "artwork", "OCR"};
constexpr std::array<std::string_view, 4> kCognition = {"commonsense_reasoning", "numerical_calculation", "text_translation",
                                                        "code_reasoning"};
constexpr double kSubtaskPoints = 200.0;

/// The sum over the subtasks that are there, then each of them with its two halves.
template <typename Names>
std::vector<NamedNumber> mme_part(const char* title, const Names& names, const Division& subtasks) {
    std::vector<NamedNumber> out = {{title, 0.0, "points", 0, 0.0}};
    for (const std::string_view each : names) {
        const std::string name(each);
        const auto found = subtasks.find(name);
        if (found == subtasks.end()) {
            continue;
        }
        const NamedNumber acc = percent_of(name + " acc", found->second);
        const NamedNumber plus = whole_groups(name + " acc+", found->second);
        out.front().value += acc.value + plus.value;
        out.front().count += acc.count;
        out.front().maximum += kSubtaskPoints;
        out.push_back({name, acc.value + plus.value, "points", acc.count, kSubtaskPoints});
        out.push_back(acc);
        out.push_back(plus);
    }
    return out;
}

std::vector<NamedNumber> mme(const Rows& rows) {
    const Division subtasks = divided(rows, category_of);
    std::vector<NamedNumber> out = mme_part("MME-P", kPerception, subtasks);
    const std::vector<NamedNumber> cognition = mme_part("MME-C", kCognition, subtasks);
    if (cognition.size() > 1) {
        out.insert(out.end(), cognition.begin(), cognition.end());
    }
    return out;
}

/// The mean over sources, every source alike.
std::vector<NamedNumber> cv_bench(std::string title, const Rows& rows) {
    std::vector<NamedNumber> out = {{std::move(title), 0.0, "%", count_of(rows), 100.0}};
    const Division sources = divided(rows, category_of);
    for (const auto& [source, part] : sources) {
        out.push_back(percent_of(source, part));
        out.front().value += out.back().value / static_cast<double>(sources.size());
    }
    return out;
}

std::vector<NamedNumber> means(std::string title, double scale, const char* unit, const Rows& rows) {
    std::vector<NamedNumber> out = {{std::move(title), scale * mean_value(rows), unit, count_of(rows), scale}};
    const Division categories = divided(rows, category_of);
    for (const auto& [category, part] : categories) {
        if (categories.size() > 1) {
            out.push_back({category.empty() ? "(no category)" : category, scale * mean_value(part), unit, count_of(part), scale});
        }
    }
    return out;
}

}  // namespace

std::vector<NamedNumber> benchmark_score(std::string_view benchmark, const std::vector<ScoredRow>& rows) {
    if (rows.empty()) {
        return {};
    }
    Rows all;
    std::transform(rows.begin(), rows.end(), std::back_inserter(all), [](const ScoredRow& row) { return &row; });
    if (benchmark == "MMBench") {
        return mmbench(all);
    }
    if (benchmark == "MME-P") {
        return mme(all);
    }
    if (benchmark.starts_with("CVBench")) {
        return cv_bench(std::string(benchmark), all);
    }
    if (benchmark == "ST-VQA" || benchmark == "DocVQA") {
        return means("ANLS", 1.0, "", all);
    }
    return means("accuracy", 100.0, "%", all);
}

std::string to_string(const NamedNumber& number) {
    char text[256];
    const bool share = number.unit != "points";
    if (share) {
        std::snprintf(text, sizeof text, number.maximum > 1.0 ? "%s %.2f%s%s (%lld)" : "%s %.4f%s%s (%lld)", number.name.c_str(), number.value,
                      number.unit.empty() ? "" : " ", number.unit.c_str(), static_cast<long long>(number.count));
    } else {
        std::snprintf(text, sizeof text, "%s %.2f of %.0f points (%lld)", number.name.c_str(), number.value, number.maximum,
                      static_cast<long long>(number.count));
    }
    return text;
}

}  // namespace r2t2
