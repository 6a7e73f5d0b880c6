// The reference file as published: a JSON list of {id, question, image_path, model_answer, ground_truth, is_correct,
// weights{img_aux, img_lang, img_self, lang_aux, lang_img, lang_self}}, all keys required.
//
// A bad record is skipped and reported; a file that is not such a list is an error. Extra keys of the extended format
// (set, tags, options, pixels_hash, weights_per_mixer, refined, asked) are read and checked, other keys ignored.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/reference/reference_record.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

struct PublishedImport {
    std::vector<ReferenceRecord> records;  ///< the good ones, in file order
    std::vector<RecordProblem> problems;         ///< the skipped ones: "file: record 3 (id 12)", field, found, allowed
    std::size_t total = 0;                 ///< entries in the file
    RoutingSpace space;                    ///< as given, with the mixers that the file states where none were
};

/// Errors: unreadable file, not JSON, not a list, larger than 1 GiB, or not one good record among several bad ones.
/// `space` with 0 mixers: as many as the first record with weights per mixer has, 1 where none has.
/// Weights must lie in 0 .. 1 and sum to 1 +- 1e-4 per group of `space`; values are kept as written.
[[nodiscard]] Result<PublishedImport> import_published_json(const std::string& path, const RoutingSpace& space);

struct PublishedExportOptions {
    bool extended = false;  ///< add set, tags, options, pixels_hash, weights_per_mixer, refined, asked
    std::span<const std::string> facts{};  ///< extended: of each record what its picture's models found, as JSON (facts_json.h); "": nothing. Or no list
};
/// Numbers are written so that reading gives the same doubles. The file is replaced atomically.
[[nodiscard]] Status export_published_json(const std::string& path, std::span<const ReferenceRecord> records,
                                           const RoutingSpace& space, const PublishedExportOptions& options = {});

}  // namespace r2t2
