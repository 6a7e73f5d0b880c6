// What a knock-out study of sets found, as a file: written by `r2t2 knockout --json`, read for figures.
//
// Units: loss in nats, shares of right answers 0 .. 1; changes are knocked less native. NaN: not known (too few clusters). Thread rule: values; pure functions.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/analysis/statistics.h"
#include "core/base/result.h"

namespace r2t2 {

struct KnockoutRow {
    std::string kind;    ///< "silence", "block", "force"
    std::string mixer;   ///< "1", "2", ..., "all"
    std::string expert;
    Estimate loss;       ///< change, 95 %
    double loss_p = std::nan(""), loss_holm = std::nan("");
    Estimate right;      ///< change of the share, 95 %
    std::string right_interval;  ///< interval_name
    double right_p = std::nan(""), right_holm = std::nan("");
    std::int64_t changed = 0, lost = 0, won = 0;  ///< answers
};

struct KnockoutTable {
    std::string model_name, model_hash;
    bool miniature = false;
    std::string command;
    std::vector<std::string> sets;
    std::int64_t samples = 0, clusters = 0, without_truth = 0;
    std::vector<std::string> problems;  ///< samples that are in no number, a sentence each
    double base_loss = std::nan(""), base_right = std::nan("");
    double seconds = 0.0;
    std::vector<KnockoutRow> rows;      ///< every expert of every place, for each kind

    /// In the order of the rows, each once.
    [[nodiscard]] std::vector<std::string> kinds() const;
    [[nodiscard]] std::vector<std::string> mixers() const;
    [[nodiscard]] std::vector<std::string> experts() const;
    /// "G-dim, G-noise: 200 samples"; "in 90 clusters", problems and samples without a truth behind it where there are any.
    [[nodiscard]] std::string caption() const;
};

[[nodiscard]] std::string knockout_json(const KnockoutTable& table);
/// Errors name file, row and field, what was found and what is allowed: another JSON, no rows, a kind, a number that is none.
[[nodiscard]] Result<KnockoutTable> read_knockout_table(const std::filesystem::path& file);

}  // namespace r2t2
