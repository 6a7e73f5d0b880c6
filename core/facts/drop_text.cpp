#include <algorithm>

#include "core/facts/facts_parts.h"

namespace r2t2::facts {

bool lies_in_text(const Box& box, const std::vector<TextLine>& lines) {
    constexpr double kInText = 0.6;  // share of the box
    const double area = std::max(1e-9, (box.x2 - box.x1) * (box.y2 - box.y1));
    return std::any_of(lines.begin(), lines.end(), [&](const TextLine& line) {
        const double width = std::min(box.x2, line.box.x2) - std::max(box.x1, line.box.x1);
        const double height = std::min(box.y2, line.box.y2) - std::max(box.y1, line.box.y1);
        return width > 0 && height > 0 && width * height > kInText * area;
    });
}

void drop_text(Segmentation& segmentation, const std::vector<TextLine>& lines) {
    const double width = segmentation.labels.cols;
    const double height = segmentation.labels.rows;
    std::vector<int> renumbered(segmentation.regions.size() + 1, 0);
    std::vector<Region> kept;
    for (Region& region : segmentation.regions) {
        const cv::Rect& at = region.box;
        const Box box{at.x / width, at.y / height, (at.x + at.width) / width, (at.y + at.height) / height};
        if (!lies_in_text(box, lines)) {
            renumbered[static_cast<std::size_t>(region.id)] = static_cast<int>(kept.size()) + 1;
            region.id = static_cast<int>(kept.size()) + 1;
            kept.push_back(region);
        }
    }
    for (int& label : cv::Mat_<int>(segmentation.labels)) {
        label = renumbered[static_cast<std::size_t>(label)];
    }
    segmentation.regions = std::move(kept);
}

}  // namespace r2t2::facts
