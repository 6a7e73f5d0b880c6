// Choices that lm-eval logs by their log-likelihoods: [[-1.5, false], [-0.3, true]] and the texts that they are of. Internal to the readers of such records.
//
// Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace r2t2 {

/// Of every choice, in nats, NaN where it says so; empty: these are no log-likelihoods.
[[nodiscard]] std::vector<double> choice_likelihoods(const nlohmann::ordered_json& list);
/// The texts whose likelihoods were asked for: the second of every pair of lm-eval's arguments; empty where one is no text.
[[nodiscard]] std::vector<std::string> continuations(const nlohmann::ordered_json& record);

}  // namespace r2t2
