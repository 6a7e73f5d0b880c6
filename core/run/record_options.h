// The options that a record of predictions has. Which keys are read: core/run/score_file.h.
//
// Thread rule: pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct RecordOptions {
    std::vector<std::string> texts;         ///< lettered in this order; "": the letter has no option
    std::vector<std::string> labels;        ///< of each, where the document names them otherwise than A, B, ...; else empty
    std::string key = "choices";            ///< for errors
    std::string gap;                        ///< "C in A, B, ...": letters between others that have no option
    std::vector<std::string> unread_lists;  ///< as PredictionRecord::unread_lists
};

/// `doc` null: the record has no document. Columns of single letters may be anything: they are options where `truth` names one of them.
[[nodiscard]] Result<RecordOptions> read_record_options(const nlohmann::ordered_json& record, const nlohmann::ordered_json* doc, const nlohmann::ordered_json& truth,
                                                        const std::string& where);

/// A text that Python's str() made of a list, or of an object: the value. Else as it is; what only looks like a list goes into `unread` by `key`.
[[nodiscard]] nlohmann::ordered_json unpacked_text(const nlohmann::ordered_json& value, const std::string& key, std::vector<std::string>& unread);

/// Where the options have labels and `truth` is one of them: that option. A number may be an index as well: the document's own word for its answer
/// decides, and else the index where `index_first` and there is such an option.
[[nodiscard]] std::optional<std::size_t> labelled_option(const RecordOptions& options, const nlohmann::ordered_json* doc, const std::string& truth, bool index_first);
/// Does the document's answer say this word?
[[nodiscard]] bool document_says(const nlohmann::ordered_json* doc, const std::string& word);
/// The label that an answer is, and nothing more: "4", "(4)", "4.".
[[nodiscard]] std::optional<std::size_t> label_in(const std::vector<std::string>& labels, const std::string& answer);

}  // namespace r2t2
