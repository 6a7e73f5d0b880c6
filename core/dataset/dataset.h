// A data set in memory: one value per sample, and what was wrong with the records that were left out.
//
// Pictures are not loaded here, only their paths resolved. Thread rule: values.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/vision/auxiliary_facts.h"

namespace r2t2 {

struct Sample {
    std::string id;                    ///< unique within the data set; numbers are written out ("12")
    std::string question;              ///< as asked, without template
    std::string instruction;           ///< put in front of the question in the prompt, not embedded; "" = none
    std::filesystem::path image_path;  ///< resolved against the image root
    std::string ground_truth;
    std::vector<std::string> options;     ///< of multiple-choice questions, else empty
    std::string set_name;                 ///< data set or benchmark
    std::string family;                   ///< kind of question, "" when unknown
    std::string domain;                   ///< kind of picture, "" when unknown
    std::string template_name;            ///< "" when unknown
    std::filesystem::path facts_path;     ///< JSON of auxiliary facts beside the picture; empty = none or inline
    std::optional<AuxiliaryFacts> facts;  ///< inline facts
    std::optional<std::string> model_answer;
    std::optional<bool> is_correct;
    /// Stored routing weights: img_aux, img_lang, img_self, lang_aux, lang_img, lang_self.
    std::optional<std::array<double, 6>> weights;
};

/// A record that was left out, or one that was kept with a remark.
struct Problem {
    std::int64_t record = 0;  ///< index in the file, from 0
    Error error;              ///< where = "file: record N", field = key
    bool skipped = true;      ///< false: the sample is there all the same
};

struct Dataset {
    std::string name;
    std::filesystem::path path;
    std::vector<Sample> samples;
    std::vector<Problem> problems;
};

/// Refused before a model sees it: empty, too long, or containing a token that the prompt uses itself (<image>, <s>,
/// </s>, <unk>): upstream breaks on those. `where` and `field` go into the error.
[[nodiscard]] Status check_question(const std::string& question, const std::string& where,
                                    const std::string& field = "question");

inline constexpr std::size_t kMaxQuestionBytes = 32768;

}  // namespace r2t2
