#include <algorithm>
#include <new>
#include <opencv2/imgproc.hpp>

#include "core/facts/built_in_facts.h"
#include "core/vision/verbalise.h"

namespace r2t2 {

namespace {

constexpr double kFont = 0.42;
constexpr int kLineHeight = 18;

/// Moved to the left where it would leave the picture.
void write(cv::Mat& picture, const std::string& text, cv::Point at) {
    const int width = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, kFont, 1, nullptr).width;
    at.x = std::max(2, std::min(at.x, picture.cols - width - 2));
    at.y = std::max(kLineHeight - 6, at.y);
    cv::putText(picture, text, at, cv::FONT_HERSHEY_SIMPLEX, kFont, cv::Scalar(0, 0, 0), 3, cv::LINE_AA);
    cv::putText(picture, text, at, cv::FONT_HERSHEY_SIMPLEX, kFont, cv::Scalar(255, 255, 255), 1, cv::LINE_AA);
}

cv::Rect pixels_of(const Box& box, cv::Size size) {
    const cv::Point first(cvRound(box.x1 * size.width), cvRound(box.y1 * size.height));
    const cv::Point second(cvRound(box.x2 * size.width), cvRound(box.y2 * size.height));
    return {first, second};
}

/// Tint, white outlines, and each name at its segment's innermost pixel.
void draw_segments(cv::Mat& picture, const AuxiliaryFacts& facts) {
    if (facts.map.ids.empty()) {
        return;
    }
    const cv::Mat small(facts.map.height, facts.map.width, CV_8U, const_cast<std::uint8_t*>(facts.map.ids.data()));
    cv::Mat ids;
    cv::resize(small, ids, picture.size(), 0, 0, cv::INTER_NEAREST);
    cv::Mat tint(picture.size(), CV_8UC3);
    for (int y = 0; y < ids.rows; ++y) {
        for (int x = 0; x < ids.cols; ++x) {
            const auto colour = voc_colour(ids.at<std::uint8_t>(y, x));
            tint.at<cv::Vec3b>(y, x) = {colour[0], colour[1], colour[2]};
        }
    }
    cv::addWeighted(picture, 0.55, tint, 0.45, 0, picture);
    for (const SegmentFact& segment : facts.segments) {
        const cv::Mat mask = ids == segment.id;
        std::vector<std::vector<cv::Point>> outlines;
        cv::findContours(mask, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
        cv::drawContours(picture, outlines, -1, cv::Scalar(255, 255, 255), 1, cv::LINE_AA);
        cv::Mat framed;  // the picture's border is a border too
        cv::copyMakeBorder(mask, framed, 1, 1, 1, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
        cv::Mat depth;
        cv::distanceTransform(framed, depth, cv::DIST_L2, 3);
        cv::Point deepest;
        cv::minMaxLoc(depth, nullptr, nullptr, nullptr, &deepest);
        write(picture, segment.label, {deepest.x - 40, deepest.y});
    }
}

void draw_detections(cv::Mat& picture, const AuxiliaryFacts& facts) {
    for (const DetectionFact& detection : facts.detections) {
        const cv::Rect box = pixels_of(detection.box, picture.size());
        cv::rectangle(picture, box, cv::Scalar(240, 220, 40), 2);
        write(picture, cv::format("%s %.2f", detection.label.c_str(), detection.score), {box.x + 2, box.y - 4});
    }
}

std::vector<std::string> notes(const AuxiliaryFacts& facts) {
    std::vector<std::string> lines = {facts.source.empty() ? "source not stated" : facts.source};
    for (const RelationFact& relation : facts.relations) {
        lines.push_back(relation.subject + " is " + relation.predicate + " " + relation.object +
                        cv::format(" (%.2f)", relation.score));
    }
    for (const TextFact& text : facts.texts) {
        lines.push_back("text: " + text.text + cv::format(" (%.2f)", text.confidence));
    }
    return lines;
}

Image draw(const Image& image, const AuxiliaryFacts& facts, int side) {
    const cv::Mat whole(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
    const double scale = std::min(static_cast<double>(side) / image.width, 2.0 * side / image.height);
    const int width = std::max(1, cvRound(scale * image.width));
    const int height = std::max(1, cvRound(scale * image.height));
    cv::Mat left;
    cv::resize(whole, left, {width, height}, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::Mat right = left.clone();
    draw_segments(left, facts);
    draw_detections(right, facts);
    const std::vector<std::string> lines = notes(facts);
    Image out{2 * side, height + kLineHeight * static_cast<int>(lines.size()) + 8, {}};
    out.rgb.assign(static_cast<std::size_t>(out.width) * static_cast<std::size_t>(out.height) * 3, 40);
    cv::Mat sheet(out.height, out.width, CV_8UC3, out.rgb.data());
    left.copyTo(sheet(cv::Rect(0, 0, width, height)));
    right.copyTo(sheet(cv::Rect(side, 0, width, height)));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        write(sheet, lines[i], {8, height + kLineHeight * static_cast<int>(i + 1)});
    }
    return out;
}

}  // namespace

Result<Image> draw_facts(const Image& image, const AuxiliaryFacts& facts, int side) {
    if (image.empty() || side < 16 || side > 8192) {
        return invalid_input("draw facts", image.empty() ? "picture" : "side", image.empty() ? "an empty one" : std::to_string(side),
                             "a picture, 16 .. 8192 pixels wide");
    }
    try {
        return draw(image, facts, side);
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, "draw facts", {}, "not enough memory", {}};
    } catch (const std::exception& error) {  // OpenCV's
        return Error{ErrorKind::Internal, "draw facts", {}, error.what(), {}};
    }
}

}  // namespace r2t2
