// How MoAI is told, in words, what the external vision models saw.
//
// Source: MoAI (arXiv 2403.07508) section 3.1 and its released code. The text is four parts joined by one space each,
// segments, detections, relations, OCR; an empty part keeps its space. A box is "[x1, y1, x2, y2]" in fractions of the
// image side with two decimals. The default options follow upstream to the letter, quirks included; each quirk has a
// flag of its own. MoAI's compressor has no positional encoding: only the multiset of tokens counts, not their order.
// Thread rule: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/vision/auxiliary_facts.h"

namespace r2t2 {

inline constexpr std::string_view kBoxesPrefix = "The image includes bounding box coordinates and their objects: ";
inline constexpr std::string_view kRelationsPrefix = "The image includes relationships between objects: ";
inline constexpr std::string_view kTextsPrefix = "The image includes text descriptions: ";
inline constexpr std::string_view kFactSeparator = ", and ";

struct VerbaliseOptions {
    double detection_threshold = 0.5;  ///< detections below are left out
    double relation_threshold = 0.8;   ///< relations below are left out
    double text_threshold = 0.85;      ///< read texts below are left out
    bool clean_class_names = true;     ///< delete "-merged", "-other", "-stuff" from segment and relation classes
    /// Upstream: boxes are built from the map for ids that own a pixel and matched to the segments by position; when
    /// there are fewer boxes than segments the whole part is empty. Off, or without a map: each segment's own `box`.
    bool segment_boxes_by_position = true;
    bool say_segments = true;  ///< off: no text for segments

    [[nodiscard]] static VerbaliseOptions upstream() { return {}; }
    /// The bundled world states boxes on a coarse grid itself, and its segments say what its detections say.
    [[nodiscard]] static VerbaliseOptions bundled_world() {
        VerbaliseOptions options;
        options.segment_boxes_by_position = false;
        options.say_segments = false;
        return options;
    }
};

[[nodiscard]] std::string verbalise(const AuxiliaryFacts& facts, const VerbaliseOptions& options = {});

/// The four parts, each ending in "." or empty.
[[nodiscard]] std::string verbalise_segments(const AuxiliaryFacts& facts, const VerbaliseOptions& options = {});
[[nodiscard]] std::string verbalise_detections(const AuxiliaryFacts& facts, const VerbaliseOptions& options = {});
[[nodiscard]] std::string verbalise_relations(const AuxiliaryFacts& facts, const VerbaliseOptions& options = {});
[[nodiscard]] std::string verbalise_texts(const AuxiliaryFacts& facts, const VerbaliseOptions& options = {});

/// "sky-other-merged" -> "sky".
[[nodiscard]] std::string clean_class_name(std::string name);

/// What a scene-graph model returns: object classes, pairs of object indices, and per pair the scores of
/// [background, 56 predicates].
struct SceneGraph {
    std::vector<std::string> labels;
    std::vector<std::pair<int, int>> pairs;       ///< subject, object: indices into labels
    std::vector<std::vector<double>> rel_scores;  ///< [pairs][1 + predicates]
};

/// The n = min(10, objects) best relations by their best predicate (background dropped), in falling order of score.
/// Equal object names get " (#k)". With `upstream_drops_short_lists`, fewer than n relations give none at all;
/// without it n = min(10, relations). Pairs and rows must be valid (see facts_json.h, which checks them).
[[nodiscard]] std::vector<RelationFact> select_relations(const SceneGraph& graph,
                                                         bool upstream_drops_short_lists = true);

/// The 56 predicates of the Panoptic Scene Graph data set, in the order of the score columns after background.
[[nodiscard]] const std::array<std::string_view, 56>& scene_graph_predicates();
/// The 133 classes of COCO panoptic, `label_id` 0..132.
[[nodiscard]] const std::array<std::string_view, 133>& coco_panoptic_classes();

/// Tight box of one id in the map, in fractions of its sides; false when the id owns no pixel.
[[nodiscard]] bool tight_box(const SegmentMap& map, int id, Box& box);

/// PASCAL-VOC bit colour of a segment id: bits 0, 1, 2 go to bit 7 of R, G, B, the next three to bit 6, and so on.
[[nodiscard]] constexpr std::array<std::uint8_t, 3> voc_colour(int id) {
    std::array<std::uint8_t, 3> colour{};
    for (int bit = 7; bit >= 0; --bit, id >>= 3) {
        for (int channel = 0; channel < 3; ++channel) {
            colour[static_cast<std::size_t>(channel)] |= static_cast<std::uint8_t>(((id >> channel) & 1) << bit);
        }
    }
    return colour;
}

}  // namespace r2t2
