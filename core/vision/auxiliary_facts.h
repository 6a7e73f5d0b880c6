// What external vision models say about an image, and how MoAI is told: one text and one colour map.
//
// The four sources are MoAI's: panoptic segments, open-vocabulary detections, scene-graph relations, OCR.
// Boxes are in units of the image side (0..1). Source: MoAI (arXiv 2403.07508) section 3.1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace r2t2 {

struct Box {
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;  ///< fractions of the image side; x to the right, y down
    bool operator==(const Box&) const = default;
};

struct SegmentFact {
    int id = 0;          ///< value in the segment map, 1..133
    std::string label;   ///< class name
    Box box;             ///< tight box of the segment
    bool operator==(const SegmentFact&) const = default;
};

struct DetectionFact {
    std::string label;
    double score = 1.0;
    Box box;
    bool operator==(const DetectionFact&) const = default;
};

struct RelationFact {
    std::string subject, predicate, object;  ///< "circle", "left of", "square"
    double score = 1.0;
    bool operator==(const RelationFact&) const = default;
};

struct TextFact {
    std::string text;
    double confidence = 1.0;
    bool operator==(const TextFact&) const = default;
};

/// Segment ids of every pixel, row by row; 0 means none. Empty when there is no map.
struct SegmentMap {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> ids;  ///< height * width
    bool operator==(const SegmentMap&) const = default;
};

struct AuxiliaryFacts {
    std::vector<SegmentFact> segments;
    std::vector<DetectionFact> detections;
    std::vector<RelationFact> relations;
    std::vector<TextFact> texts;
    SegmentMap map;
    std::string source;  ///< who found them, for people: "built-in: ...", a program, a file; empty = not stated
    bool operator==(const AuxiliaryFacts&) const = default;
};

}  // namespace r2t2
