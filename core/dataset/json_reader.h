// Data sets in JSON: the published reference format, the upstream script's format, and ours.
//
//   [ {"id": 0, "question": "...", "image_path": "a.png", "ground_truth": "no",            published reference set
//      "model_answer": "no", "is_correct": true,
//      "weights": {"img_aux": .., "img_lang": .., "img_self": .., "lang_aux": .., "lang_img": .., "lang_self": ..},
//      "set": "...", "family": "...", "domain": "...", "template": "...", "instruction": "...",  ours, all optional
//      "options": ["a", "b"], "facts": {...} | "facts_path": "a.json"} ]
//   {"samples": [ {"question": "...", "image_path": "...", "correct_answer": "..."} ]}      upstream's script
//   {"name": "...", "image_root": "images", "samples": [...records of the first kind...]}  ours
//
// ground_truth, correct_answer, model_answer and options may be numbers, true or false, read as `r2t2 score` reads them (core/json/json_word.h).
// A broken file is an error. A bad record (wrong type, missing key, empty question, reserved token, double id, image
// that is not there) becomes a Problem and is skipped. Unknown keys of a record are kept as one Problem that does not
// skip it. Thread rule: callable from any thread; the cancel token is looked at once a record.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace r2t2 {

struct JsonReaderOptions {
    std::filesystem::path image_root;  ///< empty: the file's "image_root", else the file's own folder
    bool images_must_exist = true;
    bool paths_stay_inside = false;  ///< refuse image paths that leave the image root
    std::string name;                ///< empty: the file's "name", else its stem
    std::uint64_t max_file_bytes = 1024ull << 20;
    std::size_t max_records = 10'000'000;
};

[[nodiscard]] Result<Dataset> read_dataset_json(const std::filesystem::path& path,
                                                const JsonReaderOptions& options = {}, const CancelToken& cancel = {});

/// The same from memory; `path` names the file in errors and is the base of relative paths.
[[nodiscard]] Result<Dataset> parse_dataset_json(const std::string& text, const std::filesystem::path& path,
                                                 const JsonReaderOptions& options = {}, const CancelToken& cancel = {});

/// The routing order of "weights".
inline constexpr std::array<const char*, 6> kWeightKeys = {"img_aux",  "img_lang", "img_self",
                                                           "lang_aux", "lang_img", "lang_self"};

}  // namespace r2t2
