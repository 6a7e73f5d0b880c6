// The bundled world: what can be drawn, asked and got wrong, and how the splits are mixed.
//
// Synthetic pictures of 64 x 64 pixels with two to five coloured shapes, some with a printed word; questions of three
// families; auxiliary facts from "tools" that are fallible. In dim and cluttered pictures the eyes are good and the
// tools may lie; in pictures with small print or noise the eyes are weak and the tools are good. So the best mix of
// experts depends on the sample, in both directions, which is what re-routing needs to be seen at work.
// Thread rule: value types and pure functions.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

inline constexpr int kWorldSide = 64;  ///< pixels a side
inline constexpr int kWorldCells = 4;  ///< cells a side, at most one object each
inline constexpr int kWorldCellSide = kWorldSide / kWorldCells;

inline constexpr std::array<std::string_view, 6> kColours = {"red", "green", "blue", "yellow", "purple", "orange"};
inline constexpr std::array<std::string_view, 6> kFruits = {"cherry", "lime", "blueberry", "banana", "plum", "apricot"};
inline constexpr std::array<std::string_view, 5> kShapes = {"circle", "square", "triangle", "star", "cross"};
inline constexpr std::array<std::string_view, 5> kShapePlurals = {"circles", "squares", "triangles", "stars",
                                                                  "crosses"};
inline constexpr std::array<int, 5> kShapeCorners = {0, 4, 3, 10, 12};
inline constexpr std::array<std::string_view, 15> kWords = {"fig", "bus", "cat", "dog", "key", "map", "jam", "owl",
                                                            "pen", "sun", "hat", "box", "cup", "ink", "zip"};

/// Two ways of asking. They suggest eyes or tools but mean nothing: no answer depends on them.
inline constexpr std::array<std::string_view, 2> kInstructions = {"look closely:", "read the notes:"};

enum class Family { General, Knowledge, Text };
enum class Domain { Clean, Dim, Small, Clutter, Noise };
enum class ToolQuality { Good, Lying };

inline constexpr std::array<Family, 3> kFamilies = {Family::General, Family::Knowledge, Family::Text};
inline constexpr std::array<Domain, 5> kDomains = {Domain::Clean, Domain::Dim, Domain::Small, Domain::Clutter,
                                                   Domain::Noise};

[[nodiscard]] std::string_view name(Family family);        ///< "general", "knowledge", "text"
[[nodiscard]] std::string_view name(Domain domain);        ///< "clean", "dim", "small", "clutter", "noise"
[[nodiscard]] std::string_view name(ToolQuality quality);  ///< "good", "lying"

struct Range {
    double low = 0;
    double high = 0;
    bool operator==(const Range&) const = default;
};

/// Probability that a tool is wrong about one object, by kind of fact.
struct ToolErrors {
    double colour = 0.03;
    double shape = 0.03;
    double label = 0.03;
    double position = 0.03;
    bool operator==(const ToolErrors&) const = default;
};

/// One ingredient of a split.
struct Combination {
    Family family = Family::General;
    Domain domain = Domain::Clean;
    ToolQuality tools = ToolQuality::Good;
    double weight = 1.0;
    std::vector<std::string> templates;  ///< names from question.h; empty = all of the family
    double look = 0.5;                   ///< probability of "look closely:" against "read the notes:"
    bool operator==(const Combination&) const = default;
};

struct SplitPolicy {
    std::string name;
    bool round_robin = false;  ///< sample i takes combination i modulo their number; otherwise drawn by weight
    std::vector<Combination> combinations;
    bool operator==(const SplitPolicy&) const = default;
};

/// Every parameter of the world. The default-constructed value has no splits; use `default_world()`.
struct WorldConfig {
    int min_objects = 2;
    int max_objects = 5;
    double label_probability = 0.6;     ///< of an object carrying a word; at least one object always does
    Range object_size{9.0, 11.0};       ///< pixels; up to 11 fits a cell together with its label
    double placement_jitter = 1.0;      ///< pixels that an object may stand off the middle of its place
    double relation_margin = 6.0;       ///< pixels of difference from which "left of" and "above" are said
    int max_count = 4;                  ///< "how many" answers 0 .. max_count, equally often
    Range background{35, 75};           ///< grey level
    double colour_jitter = 10.0;        ///< uniform, each channel
    double plate_level = 190.0;         ///< grey of the plate that words are printed on
    double ink_level = 40.0;            ///< grey of the letters: legible as such, hard to read under noise
    Range dim_factor{0.25, 0.4};        ///< all pixels are multiplied
    int small_print_divisor = 3;        ///< small print is this many times smaller than legible print
    double small_print_noise = 30.0;    ///< grey levels, on small print only
    Range clutter_strokes{5, 9};        ///< polylines; half below, half above the objects
    Range clutter_thickness{0.8, 1.3};  ///< pixels
    Range noise_contrast{0.2, 0.35};    ///< noisy pictures are first flattened: floor + contrast * value
    double noise_floor = 60.0;          ///< grey levels
    Range noise_sigma{60, 110};         ///< Gaussian, each pixel and channel
    ToolErrors good;                    ///< ToolQuality::Good, every domain
    std::array<ToolErrors, 5> lying{};  ///< ToolQuality::Lying, by domain in the order of kDomains
    std::vector<SplitPolicy> splits;
    bool operator==(const WorldConfig&) const = default;

    [[nodiscard]] const ToolErrors& errors(Domain domain, ToolQuality quality) const;
    [[nodiscard]] const SplitPolicy* split(std::string_view split_name) const;  ///< nullptr when there is none
};

/// The published world. Splits:
///   experts     all families x all domains, good tools (weights drawn)
///   curriculum  easy templates only: colour, shape, corners, fruit, read; all domains, good tools
///   router      general and knowledge in dim and clutter with lying tools, text in small and noise with good tools
///   reference, validation, test   all families x all domains round robin, lying tools in dim and clutter
[[nodiscard]] WorldConfig default_world();

/// InvalidInput names the field, what was found and what is allowed.
[[nodiscard]] Status validate(const WorldConfig& config);

/// Pretty-printed JSON with every field; reading it back gives an equal value.
[[nodiscard]] std::string world_to_json(const WorldConfig& config);
/// Missing fields keep their defaults (missing "splits": those of default_world); unknown fields are errors.
[[nodiscard]] Result<WorldConfig> world_from_json(const std::string& text, const std::string& where);

}  // namespace r2t2
