// The steps of built_in_facts.h, on OpenCV's matrices. For this room only. Library exceptions pass through.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "core/facts/built_in_facts.h"

namespace r2t2::facts {

/// A connected region of similar colour.
struct Region {
    int id = 0;             ///< value in the label matrix, 1 ..
    cv::Rect box;           ///< pixels of the working picture
    double share = 0;       ///< of the picture's area
    cv::Vec3f lab;          ///< mean colour: L 0..100, a, b
    int borders = 0;        ///< how many of the four sides of the picture it touches for at least a tenth of the side
    double at_border = 0;   ///< share of its outline that lies on the picture's border
};

struct Segmentation {
    cv::Mat labels;               ///< CV_32S, 0 = none, else Region::id
    cv::Mat lab;                  ///< CV_32FC3: L 0..100, a, b
    std::vector<Region> regions;  ///< by falling area; ids 1, 2, ... in this order
};

/// `bgr` is 8-bit, at the working size.
[[nodiscard]] Segmentation find_segments(const cv::Mat& bgr, int max_segments);

/// Nearest of two dozen named colours in Lab.
[[nodiscard]] std::string colour_name(const cv::Vec3f& lab);

[[nodiscard]] std::string region_name(const Region& region);

/// A line of print and where it stands.
struct TextLine {
    TextFact fact;
    Box box;
};

/// Lines that Tesseract is rather sure of, top to bottom as it returns them. Empty without Tesseract.
[[nodiscard]] Result<std::vector<TextLine>> read_text(const Image& image);
/// "Tesseract 5.3.0", or "" when it is not built in.
[[nodiscard]] std::string text_reader_name();

/// Most of the box lies in a line.
[[nodiscard]] bool lies_in_text(const Box& box, const std::vector<TextLine>& lines);

/// Letters and the holes in them are no regions: they become 0 and the others are numbered anew.
void drop_text(Segmentation& segmentation, const std::vector<TextLine>& lines);

/// Compact regions that do not lie in a line of text.
[[nodiscard]] std::vector<DetectionFact> find_shapes(const Segmentation& segmentation, const std::vector<TextLine>& lines);

/// Clear relations of place, best first.
[[nodiscard]] std::vector<RelationFact> find_relations(const std::vector<DetectionFact>& detections, int max_relations);

}  // namespace r2t2::facts
