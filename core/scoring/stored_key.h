// How a benchmark scores one sample, as it is stored beside the sample's answers: whoever has a session can score it again
// without the benchmark's files.
//
// JSON: {"benchmark", "rule", "answers": [...], "options": [...], "right_option", "group", "group_size", "category", "answer_type", "precision"};
// what is empty or not known is left out; a precision of -1 is kNoPrecision (of sessions from before version 7 of the rules, where none was told from 0, it is missing).
// Of a record that could not be read: what it is counted with, no answers. Thread rule: pure functions, plain values.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/scoring/answer_key.h"

namespace r2t2 {

struct StoredKey {
    std::string benchmark;  ///< as benchmark_score names it; "" = none, scored by the key's rule alone
    AnswerKey key;
    bool operator==(const StoredKey&) const = default;
};

enum class KeyUse {
    Scores,  ///< answers: it has to know what is accepted
    Groups   ///< it may be a record's that could not be read: a group and nothing that is accepted
};

[[nodiscard]] std::string stored_key_json(const StoredKey& stored);
/// Errors name `where` and the field: not JSON, an unknown rule, another type, an option that is not there, no accepted answer.
[[nodiscard]] Result<StoredKey> parse_stored_key(const std::string& text, const std::string& where, KeyUse use = KeyUse::Scores);

}  // namespace r2t2
