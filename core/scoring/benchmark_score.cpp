#include "core/scoring/benchmark_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>

#include "core/base/half_up.h"
#include "core/scoring/official_score.h"

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

/// Of those that were answered.
std::int64_t count_of(const Rows& rows) {
    return std::count_if(rows.begin(), rows.end(), [](const ScoredRow* row) { return !row->missing; });
}

/// NaN: nobody answered.
double mean_value(const Rows& rows) {
    double sum = 0.0;
    for (const ScoredRow* row : rows) {
        sum += row->missing ? 0.0 : row->value;
    }
    return count_of(rows) == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count_of(rows));
}

bool all_right(const Rows& rows) {
    return std::all_of(rows.begin(), rows.end(), [](const ScoredRow* row) { return row->correct; });
}

NamedNumber percent_of(std::string name, const Rows& rows) {
    return {std::move(name), 100.0 * mean_value(rows), "%", count_of(rows), 100.0, 0};
}

using GroupSize = std::function<int(const ScoredRow&)>;

int mme_group_size(const ScoredRow& row) { return row.group_size > 0 ? row.group_size : 2; }

/// A table without rotations asks every question once.
GroupSize mmbench_group_size(const Rows& rows) {
    const bool rotated = std::any_of(rows.begin(), rows.end(), [](const ScoredRow* row) { return row->id != row->group; });
    return [rotated](const ScoredRow& row) { return row.group_size > 0 ? row.group_size : rotated ? row.options : 1; };
}

bool is_complete(const Rows& group, const GroupSize& size_of) {
    return std::all_of(group.begin(), group.end(), [&](const ScoredRow* row) { return count_of(group) >= size_of(*row); });
}

/// Of the groups that have all their rows: those whose rows are all right.
NamedNumber whole_groups(std::string name, const Rows& rows, const GroupSize& size_of) {
    NamedNumber out{std::move(name), 0.0, "%", 0, 100.0, 0};
    std::int64_t right = 0;
    for (const auto& [group, members] : divided(rows, group_of)) {
        const bool complete = is_complete(members, size_of);
        out.count += complete ? 1 : 0;
        out.incomplete += complete ? 0 : 1;
        right += complete && all_right(members) ? 1 : 0;
    }
    out.value = out.count > 0 ? 100.0 * static_cast<double>(right) / static_cast<double>(out.count) : std::numeric_limits<double>::quiet_NaN();
    return out;
}

std::vector<NamedNumber> mmbench(const Rows& rows) {
    const GroupSize size_of = mmbench_group_size(rows);
    Rows base;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(base), [](const ScoredRow* row) { return row->id == row->group; });
    std::vector<NamedNumber> out = {whole_groups("CircularEval", rows, size_of), percent_of("VanillaEval", base)};
    for (const auto& [category, part] : divided(rows, category_of)) {
        out.push_back(whole_groups("CircularEval " + category, part, size_of));
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
    std::vector<NamedNumber> out = {{title, 0.0, "points", 0, 0.0, 0, 0}};
    for (const std::string_view each : names) {
        const std::string name(each);
        const auto found = subtasks.find(name);
        if (found == subtasks.end()) {
            ++out.front().missing;
            continue;
        }
        const NamedNumber acc = percent_of(name + " acc", found->second);
        const NamedNumber plus = whole_groups(name + " acc+", found->second, mme_group_size);
        const bool known = plus.count > 0;
        out.front().value += known ? acc.value + plus.value : 0.0;
        out.front().count += acc.count;
        out.front().maximum += known ? kSubtaskPoints : 0.0;
        out.front().incomplete += plus.incomplete;
        out.push_back({name, acc.value + plus.value, "points", acc.count, kSubtaskPoints, plus.incomplete});
        out.push_back(acc);
        out.push_back(plus);
    }
    out.front().value = out.front().maximum > 0.0 ? out.front().value : std::numeric_limits<double>::quiet_NaN();
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
    std::vector<NamedNumber> out = {{std::move(title), 0.0, "%", count_of(rows), 100.0, 0}};
    const Division sources = divided(rows, category_of);
    for (const auto& [source, part] : sources) {
        out.push_back(percent_of(source, part));
        out.front().value += out.back().value / static_cast<double>(sources.size());
    }
    return out;
}

std::vector<NamedNumber> means(std::string title, double scale, const char* unit, const Rows& rows) {
    std::vector<NamedNumber> out = {{std::move(title), scale * mean_value(rows), unit, count_of(rows), scale, 0}};
    const Division categories = divided(rows, category_of);
    for (const auto& [category, part] : categories) {
        if (categories.size() > 1) {
            out.push_back({category.empty() ? "(no category)" : category, scale * mean_value(part), unit, count_of(part), scale, 0});
        }
    }
    return out;
}

}  // namespace

std::vector<NamedNumber> benchmark_score(std::string_view benchmark, const std::vector<ScoredRow>& rows) {
    Rows all;
    std::transform(rows.begin(), rows.end(), std::back_inserter(all), [](const ScoredRow& row) { return &row; });
    if (!rows.empty() && benchmark == "MMBench") {
        return mmbench(all);
    }
    if (!rows.empty() && benchmark == "MME-P") {
        return mme(all);
    }
    std::erase_if(all, [](const ScoredRow* row) { return row->missing; });  // no groups
    if (all.empty()) {
        return {};
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
    const auto count = static_cast<long long>(number.count);
    if (!std::isfinite(number.value)) {
        std::snprintf(text, sizeof text, "%s not known (%lld)", number.name.c_str(), count);
    } else if (number.unit == "points") {
        std::snprintf(text, sizeof text, "%s %.2f of %.0f points (%lld)", number.name.c_str(), half_up(number.value, 2), number.maximum, count);
    } else {
        std::snprintf(text, sizeof text, number.maximum > 1.0 ? "%s %.2f%s%s (%lld)" : "%s %.4f%s%s (%lld)", number.name.c_str(), half_up(number.value, number.maximum > 1.0 ? 2 : 4),
                      number.unit.empty() ? "" : " ", number.unit.c_str(), count);
    }
    std::string out = text;
    if (number.incomplete > 0) {
        out += ", " + std::to_string(number.incomplete) + (number.incomplete == 1 ? " incomplete group left out" : " incomplete groups left out");
    }
    if (number.missing > 0) {
        out += ", incomplete: " + std::to_string(number.missing) + (number.missing == 1 ? " subtask missing" : " subtasks missing");
    }
    return out;
}

std::string of_set(const std::string& set, const NamedNumber& number) { return number.name == set ? to_string(number) : set + ": " + to_string(number); }

std::string unread_text(std::int64_t unread) {
    return unread == 0 ? "" : std::to_string(unread) + (unread == 1 ? " answer names" : " answers name") + " no option (or, where one is asked for, no number)";
}

void AnswerScorer::add(const std::string& id, std::string_view answer, const AnswerKey& key) {
    const auto row = [&](const AnswerValue& value) { return ScoredRow{id, key.group, key.category, value.value, value.correct, key.group_size, static_cast<int>(key.options.size())}; };
    const AnswerValue ours = r2t2::score(answer, key);
    rows_.push_back(row(ours));
    unread_ += ours.unread ? 1 : 0;
    if (const std::optional<AnswerValue> official = official_score(answer, benchmark_, key)) {
        official_.push_back(row(*official));
        pattern_ = official_pattern(benchmark_, key);
    }
}

void AnswerScorer::add_missing(const std::string& id, const AnswerKey& key) {
    missing_.push_back({id, key.group, key.category, 0.0, false, key.group_size, static_cast<int>(key.options.size()), true});
}

BenchmarkScore AnswerScorer::score() const {
    const auto with_missing = [this](std::vector<ScoredRow> rows) {
        if (!rows.empty()) {  // nothing answered: no number at all
            rows.insert(rows.end(), missing_.begin(), missing_.end());
        }
        return benchmark_score(benchmark_, rows);
    };
    return {with_missing(rows_), with_missing(official_), pattern_, unread_};
}

}  // namespace r2t2
