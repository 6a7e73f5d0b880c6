// Auxiliary facts in a JSON file beside a picture: what external vision programs found.
//
//   { "segments":   [ {"id": 1, "label": "sky-other-merged" | "label_id": 119, "box": [x1, y1, x2, y2]?} ],
//     "seg_map":    {"width": 490, "height": 490, "runs": [id, length, id, length, ...]}    row by row
//                 | {"png_base64": "..."} | {"path": "map.png"}                             8-bit grey PNG of ids
//     "detections": [ {"label": "dog", "score": 0.9, "box": [...] | "box_xyxy_490": [...]} ],
//     "relations":  [ {"subject": "person", "predicate": "riding", "object": "horse", "score": 0.9} ]
//   | "sgg":        {"labels": [...], "pairs": [[0, 1]], "rel_scores": [[background, 56 predicates]]},
//     "ocr":        [ {"text": "STOP", "conf": 0.99} ] }
//
// Everything may be absent or null. "box" is in fractions of the side, "box_xyxy_490" in pixels of 490: x1 <= x2, y1 <= y2;
// they may leave the picture by half its side, as far as OWLv2's can: its centres lie in the picture and its sides are no longer than
// that. A segment without a box gets the tight box of its id in the map. Ids above 133 in a map count as none.
// Scores default to 1. Unknown keys are errors, except those that start with "_". "_source" says who found the facts.
// Thread rule: pure functions.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/base/result.h"
#include "core/vision/auxiliary_facts.h"
#include "core/vision/load_image.h"

namespace r2t2 {

inline constexpr int kMaxSegmentId = 133;

struct FactsReadOptions {
    std::filesystem::path directory;                  ///< "path" of a map is relative to it
    ImageLimits map_limits;                           ///< for maps
    std::uint64_t max_file_bytes = 64ull << 20;       ///< for the JSON file
    bool upstream_drops_short_relation_lists = true;  ///< see select_relations in verbalise.h
};

/// `where` names the file (and record) in errors; the field is a path such as "detections[3].box".
[[nodiscard]] Result<AuxiliaryFacts> facts_from_json(const std::string& text, const std::string& where,
                                                     const FactsReadOptions& options = {});

/// Likewise, of a value that is parsed already: a part of a record.
[[nodiscard]] Result<AuxiliaryFacts> facts_of_json(const nlohmann::json& json, const std::string& where, const FactsReadOptions& options = {});

/// Reads a file; options.directory defaults to the file's own folder. Facts that do not state their source get
/// "file NAME".
[[nodiscard]] Result<AuxiliaryFacts> read_facts(const std::filesystem::path& path, FactsReadOptions options = {});

/// Likewise, of a file's content that was read already.
[[nodiscard]] Result<AuxiliaryFacts> facts_of_file(const std::string& text, const std::filesystem::path& path, FactsReadOptions options = {});

/// Where facts of a picture are looked for when nobody states a file: "photo.jpg.facts.json" beside "photo.jpg".
[[nodiscard]] std::filesystem::path facts_file_beside(const std::filesystem::path& picture);

/// One line of JSON; reading it back gives an equal value.
[[nodiscard]] std::string facts_to_json(const AuxiliaryFacts& facts);

}  // namespace r2t2
