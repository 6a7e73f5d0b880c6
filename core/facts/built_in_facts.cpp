#include "core/facts/built_in_facts.h"

#include <algorithm>
#include <new>
#include <opencv2/core/version.hpp>
#include <opencv2/imgproc.hpp>

#include "core/facts/facts_parts.h"
#include "core/vision/facts_json.h"

namespace r2t2 {

namespace {

cv::Mat working_copy(const Image& image, int side) {
    const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    const double scale = static_cast<double>(side) / std::max(image.width, image.height);
    if (scale < 1.0) {
        const cv::Size size(std::max(1, cvRound(image.width * scale)), std::max(1, cvRound(image.height * scale)));
        cv::resize(bgr, bgr, size, 0, 0, cv::INTER_AREA);
    }
    return bgr;
}

void take_segments(const facts::Segmentation& segmentation, AuxiliaryFacts& out) {
    const cv::Mat& labels = segmentation.labels;
    out.map = {labels.cols, labels.rows, {}};
    out.map.ids.reserve(labels.total());
    for (const int label : cv::Mat_<int>(labels)) {
        out.map.ids.push_back(static_cast<std::uint8_t>(label));
    }
    const double width = labels.cols;
    const double height = labels.rows;
    for (const facts::Region& region : segmentation.regions) {
        const cv::Rect& box = region.box;
        out.segments.push_back({region.id,
                                facts::region_name(region),
                                {box.x / width, box.y / height, (box.x + box.width) / width, (box.y + box.height) / height}});
    }
}

Result<AuxiliaryFacts> find_facts(const Image& image, const BuiltInFactsOptions& options) {
    AuxiliaryFacts out;
    out.source = built_in_facts_source(options);
    std::vector<facts::TextLine> lines;
    if (options.read_text) {
        auto read = facts::read_text(image);
        if (!read.ok()) {
            return read.error();
        }
        lines = std::move(read).value();
    }
    auto segmentation = facts::find_segments(working_copy(image, options.working_side), options.max_segments);
    facts::drop_text(segmentation, lines);
    take_segments(segmentation, out);
    out.detections = facts::find_shapes(segmentation, lines);
    out.relations = facts::find_relations(out.detections, options.max_relations);
    for (facts::TextLine& line : lines) {
        out.texts.push_back(std::move(line.fact));
    }
    return out;
}

}  // namespace

std::string built_in_facts_source(const BuiltInFactsOptions& options) {
    const std::string reader = options.read_text ? facts::text_reader_name() : std::string();
    return "built-in: OpenCV " CV_VERSION " regions and shapes, " + (reader.empty() ? "no text reading" : reader + " text");
}

Result<AuxiliaryFacts> built_in_facts(const Image& image, const BuiltInFactsOptions& options) {
    if (image.empty()) {
        return invalid_input("built-in facts", "picture", "an empty one", "at least one pixel");
    }
    if (options.working_side < 8 || options.max_segments < 1 || options.max_segments > kMaxSegmentId || options.max_relations < 0) {
        return invalid_input("built-in facts", "options", "a working side below 8, or numbers out of range",
                             "8 pixels or more, 1 .. " + std::to_string(kMaxSegmentId) + " segments, 0 relations or more");
    }
    try {
        return find_facts(image, options);
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, "built-in facts", {}, "not enough memory", {}};
    } catch (const std::exception& error) {  // OpenCV's
        return Error{ErrorKind::Internal, "built-in facts", {}, error.what(), {}};
    }
}

}  // namespace r2t2
