// What a model's answers depend on besides precision and device: its weights, the fields of config.json that the program reads, the ids
// that end an answer (generation_config.json's too), its tokenizer with the tokens that are added to it. Two checkpoints of one identity answer alike; how their JSON is written, and what it says that nobody reads, is no
// part of it.
//
// Thread rule: pure functions.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/checkpoint/model_config.h"

namespace r2t2 {

/// Name of a part -> its value: "config.json: moai.expert_heads" -> "4", "tokenizer.model" -> SHA-256, "weights" -> SHA-256.
using IdentityParts = std::map<std::string, std::string>;

/// `added_tokens`: added_tokens_text() of core/tokenizer/added_tokens.h; no part where it is empty.
[[nodiscard]] IdentityParts identity_parts(const ModelConfig& config, const std::string& weights_hash, const std::string& tokenizer_hash,
                                           const std::string& added_tokens = {});

/// 64 hexadecimal digits over all parts.
[[nodiscard]] std::string identity_of(const IdentityParts& parts);

/// The first part in which two identities differ.
struct IdentityDifference {
    std::string part;
    std::string here, there;  ///< "none" where one does not have it
};
[[nodiscard]] std::optional<IdentityDifference> first_difference(const IdentityParts& here, const IdentityParts& there);

}  // namespace r2t2
