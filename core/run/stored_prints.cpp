#include "core/run/stored_prints.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <unordered_set>

#include "core/base/sha256.h"
#include "core/json/parse_json.h"
#include "core/results/run_coverage.h"
#include "core/run/portable_place.h"
#include "core/run/sample_content.h"

namespace r2t2 {

namespace {

constexpr const char* kAsThere = ", as in the run that is resumed";
constexpr std::size_t kHalf = kPrintDigits / 2;

/// A set's prints, as they are stored.
class Prints {
public:
    explicit Prints(std::string_view text) : text_(text) {
        for (std::size_t i = 0; i < size(); ++i) {
            ids_.insert(id(i));
        }
    }
    [[nodiscard]] std::size_t size() const { return text_.size() / kPrintDigits; }
    [[nodiscard]] std::string_view id(std::size_t index) const { return text_.substr(index * kPrintDigits, kHalf); }
    [[nodiscard]] std::string_view content(std::size_t index) const { return text_.substr(index * kPrintDigits + kHalf, kHalf); }
    [[nodiscard]] bool has(std::string_view id) const { return ids_.count(id) > 0; }

private:
    std::string_view text_;
    std::unordered_set<std::string_view> ids_;
};

class PrintComparison {
public:
    PrintComparison(const std::string& where, const RunInfo& stored, const RunInfo& wanted, const std::vector<SampleRow>& rows, const StoredPart& part)
        : where_(where), stored_(stored), wanted_(wanted), part_(part) {
        for (const SampleRow& row : rows) {
            if (!row.damaged) {
                failed_[row.info.id] = !row.error.empty();
            }
        }
    }

    /// `first_group`: of the set's samples, counted as shards do.
    void compare(const SampleSet& set, const std::string& then_text, const std::string& now_text, std::size_t first_group) {
        const Prints then(then_text), now(now_text);
        std::vector<std::size_t> added;
        std::size_t i = 0, j = 0, gone = 0;
        while (i < now.size() || j < then.size()) {
            if (i < now.size() && j < then.size() && now.id(i) == then.id(j)) {
                if (now.content(i) != then.content(j)) {
                    changed(set, i, first_group);
                }
                ++i, ++j;
            } else if (j < then.size() && !now.has(then.id(j))) {
                ++gone, ++j;
            } else if (i < now.size() && !then.has(now.id(i))) {
                added.push_back(i++);
            } else {
                return refuse(set, set.id(std::min(i, set.size() - 1)), "place in the set", "another one", std::string("that of before") + kAsThere);
            }
        }
        if (gone > 0 || !added.empty()) {
            come_and_gone(set, then, added, gone);
        }
    }
    /// Of a generated set.
    void compare_whole(const SampleSet& set, const std::string& then, const std::string& now) {
        if (then != now && !out_.refused) {
            out_.refused = invalid_input(where_ + ": set " + set.name(), "recipe", "another", std::string("that of before") + kAsThere);
        }
    }
    [[nodiscard]] PrintDifference take() { return std::move(out_); }

private:
    void changed(const SampleSet& set, std::size_t index, std::size_t first_group) {
        const SampleKey key{set.name(), set.id(index)};
        const auto row = failed_.find(key);
        if (row != failed_.end()) {
            (row->second ? out_.mended : out_.answered).push_back(key);
        } else if (!part_.shard.has_group(first_group + index / std::max<std::size_t>(part_.side_by_side, 1))) {
            ++out_.elsewhere;
        } else {
            refuse(set, key.key, "content (texts, key, picture, facts)", "not what it was when the run was begun", "what it was: the sample is not stored yet, and did not fail");
        }
    }

    /// Samples that are there now, or no more: right where each could not be read before, or cannot be now, and nothing else has changed.
    void come_and_gone(const SampleSet& set, const Prints& then, const std::vector<std::size_t>& added, std::size_t gone) {
        std::set<std::string> known;  // samples, and records that cannot be read
        for (std::size_t i = 0; i < set.size(); ++i) {
            known.insert(set.id(i));
        }
        for (const Error& problem : set.problems()) {
            known.insert({problem.where, portable_text(problem.where, set)});
        }
        std::size_t samples = 0, records = 0;  // with a failed row, and there no more
        std::vector<SampleKey> rows;
        for (const auto& [key, failed] : failed_) {
            if (failed && key.set == set.name() && known.count(key.key) == 0) {
                ++(then.has(sha256_hex(key.key).substr(0, kHalf)) ? samples : records);
                rows.push_back(key);
            }
        }
        const std::string some = added.empty() ? std::string() : set.id(added.front());
        if (!added.empty() && (records != added.size() || part_.shard.count > 1)) {
            return refuse(set, some, "id", "a sample that the run was not begun with",
                          part_.shard.count > 1 ? "the samples of before: which shard has which would be another" : std::string("the samples of before") + kAsThere);
        }
        const auto planned = [&set](const RunInfo& info) { return planned_of(info, set.name()).value_or(0); };
        if (gone != samples || part_.shard.count > 1 || planned(stored_) != planned(wanted_)) {
            const std::string which = rows.empty() ? std::string() : " (" + rows.front().key + " among them)";
            return refuse_set(set, std::to_string(set.size()) + "; " + std::to_string(gone) + " of those of before are there no more" + which,
                              std::to_string(then.size()) + kAsThere);
        }
        for (const std::size_t index : added) {
            out_.mended.push_back({set.name(), set.id(index)});
        }
        out_.gone.insert(out_.gone.end(), rows.begin(), rows.end());
    }

    void refuse(const SampleSet& set, const std::string& id, const char* field, const std::string& found, const std::string& allowed) {
        if (!out_.refused) {
            out_.refused = invalid_input(where_ + ": set " + set.name() + ", sample " + id, field, found, allowed);
        }
    }
    void refuse_set(const SampleSet& set, const std::string& found, const std::string& allowed) {
        if (!out_.refused) {
            out_.refused = invalid_input(where_ + ": set " + set.name(), "samples", found, allowed);
        }
    }

    const std::string& where_;
    const RunInfo& stored_;
    const RunInfo& wanted_;
    const StoredPart& part_;
    std::map<SampleKey, bool> failed_;  ///< of every row that holds
    PrintDifference out_;
};

/// In the order of the sets.
std::optional<std::vector<std::string>> prints_of(const RunInfo& info, const std::vector<SampleSetPtr>& sets) {
    const nlohmann::ordered_json config = stored_json(info.config);
    if (!config.is_object() || !config.contains("prints") || !config["prints"].is_object() || config["prints"].size() != sets.size()) {
        return std::nullopt;
    }
    std::vector<std::string> out;
    for (const auto& [set, prints] : config["prints"].items()) {
        if (set != sets[out.size()]->name() || !prints.is_string()) {
            return std::nullopt;
        }
        out.push_back(prints.get<std::string>());
    }
    return out;
}

}  // namespace

bool keeps_prints(const RunInfo& info) {
    const nlohmann::ordered_json config = stored_json(info.config);
    return config.is_object() && config.contains("prints");
}

std::optional<PrintDifference> compare_prints(const std::string& where, const RunInfo& stored, const RunInfo& wanted, const std::vector<SampleRow>& rows,
                                              const std::vector<SampleSetPtr>& sets, const StoredPart& part) {
    const std::optional<std::vector<std::string>> then = prints_of(stored, sets), now = prints_of(wanted, sets);
    if (!then || !now) {
        return std::nullopt;
    }
    PrintComparison comparison(where, stored, wanted, rows, part);
    std::size_t groups = 0;
    const std::size_t side_by_side = std::max<std::size_t>(part.side_by_side, 1);
    for (std::size_t s = 0; s < sets.size(); ++s) {
        if (sets[s]->generated()) {
            comparison.compare_whole(*sets[s], (*then)[s], (*now)[s]);
        } else {
            comparison.compare(*sets[s], (*then)[s], (*now)[s], groups);
        }
        groups += (sets[s]->size() + side_by_side - 1) / side_by_side;
    }
    return comparison.take();
}

}  // namespace r2t2
