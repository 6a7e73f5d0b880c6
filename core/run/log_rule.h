// By which benchmark's rule another program's log is to be scored: what it names, or what its answers are.
//
//   ANLS              a metric "anls", or a task DocVQA, InfographicVQA, ST-VQA
//   soft accuracy     a task VQA-v2, OK-VQA, VizWiz, TextVQA (M4C's), A-OKVQA (direct answers); where no task is named: the answers of ten annotators
//   relaxed accuracy  a metric "relaxed_...", or a task ChartQA
//   MathVista's script  a task MathVista, of records that say the type of their answers
//   none of them      a task that is another benchmark: TriviaQA's ten names of one thing are no annotators' answers
//
// A task is named by the record's or its document's `task`, `task_name`, `benchmark`, `dataset` or `set`, or by the file's name as lm-eval has it
// (samples_docvqa_val_....jsonl). Sources: core/scoring/soft_accuracy.h, anls.h. Thread rule: pure functions.
#pragma once

#include <cstdint>
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

/// What a record says that it belongs to.
struct LogTask {
    enum class Named : std::uint8_t {
        Unsaid,   ///< nothing, or only a part ("val"), a set of any name, or a VQA that is not known
        Scored,   ///< one whose rule is known
        Another,  ///< another benchmark
    };
    Named named = Named::Unsaid;
    std::optional<AnswerRule> rule;  ///< of Scored
    std::string name;                ///< as it stands there; records of one name are of one kind
};

/// Of a record; `file` is the name of its file. The record is asked first, then its document, then the file.
[[nodiscard]] LogTask task_of_log(const nlohmann::ordered_json& record, const nlohmann::ordered_json* doc, std::string_view file);

/// Does one say what another says? A list of accepted answers has each once.
[[nodiscard]] bool agree_anywhere(const std::vector<std::string>& answers);

}  // namespace r2t2
