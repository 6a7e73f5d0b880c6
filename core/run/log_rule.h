// By which benchmark's rule another program's log is to be scored: what it names, or what its answers are.
//
//   ANLS              a metric "anls", or a task DocVQA, InfographicVQA, ST-VQA
//   soft accuracy     a task VQA-v2, OK-VQA, VizWiz, TextVQA (M4C's), A-OKVQA (direct answers); where no task is named: the answers of ten annotators
//
// A task is named by the record's or its document's `task`, `task_name`, `benchmark`, `dataset` or `set`, or by the file's name as lm-eval has it
// (samples_docvqa_val_....jsonl). Sources: core/scoring/soft_accuracy.h, anls.h. Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/scoring/answer_key.h"

namespace r2t2 {

inline constexpr std::size_t kAnnotators = 10;

/// "docvqa_val", "OK-VQA", "samples_vqav2_val_2024": the words may go on behind the name, and begin at any word. None: no such task.
[[nodiscard]] std::optional<AnswerRule> rule_of_task(std::string_view name);

/// Of a record; `file` is the name of its file.
[[nodiscard]] std::optional<AnswerRule> rule_of_log(const nlohmann::ordered_json& record, const nlohmann::ordered_json* doc, std::string_view file);

/// Does one say what another says? A list of accepted answers has each once.
[[nodiscard]] bool agree_anywhere(const std::vector<std::string>& answers);

}  // namespace r2t2
