// Which regions are things: compact, away from the border; and which simple shape they have.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "core/facts/facts_parts.h"

namespace r2t2::facts {

namespace {

constexpr double kShapeFits = 0.88;      // intersection over union of region and ideal shape
constexpr double kSolid = 0.80;          // area over that of the convex hull, below which a region is no thing
constexpr double kLargestThing = 0.45;   // share of the picture
constexpr double kMostAtBorder = 0.15;   // share of the outline
constexpr double kStandsOut = 40.0;      // distance in Lab to the surroundings that counts as certain

using Contour = std::vector<cv::Point>;

double overlap(const cv::Mat& region, const cv::Mat& ideal) {
    return static_cast<double>(cv::countNonZero(region & ideal)) / std::max(1, cv::countNonZero(region | ideal));
}

cv::Mat filled(cv::Size size, const std::vector<cv::Point2f>& corners) {
    Contour points;
    for (const cv::Point2f& corner : corners) {
        points.emplace_back(cvRound(corner.x), cvRound(corner.y));
    }
    cv::Mat mask(size, CV_8U, cv::Scalar(0));
    cv::fillConvexPoly(mask, points, cv::Scalar(255));
    return mask;
}

struct ShapeFit {
    std::string name;
    double fit = 0;
};

/// The best of rectangle, ellipse and triangle.
ShapeFit best_shape(const Contour& contour, cv::Size size) {
    cv::Mat region(size, CV_8U, cv::Scalar(0));
    cv::drawContours(region, std::vector<Contour>{contour}, 0, cv::Scalar(255), cv::FILLED);
    const cv::RotatedRect box = cv::minAreaRect(contour);
    const double shorter = std::min(box.size.width, box.size.height);
    const double longer = std::max({box.size.width, box.size.height, 1.0F});
    std::vector<cv::Point2f> corners(4);
    box.points(corners.data());
    ShapeFit best{shorter / longer > 0.9 ? "square" : "rectangle", overlap(region, filled(size, corners))};
    const cv::RotatedRect round = cv::fitEllipse(contour);
    const double across = std::min(round.size.width, round.size.height);
    const double along = std::max({round.size.width, round.size.height, 1.0F});
    if (std::isfinite(along) && along < 4.0F * static_cast<float>(std::max(size.width, size.height))) {
        cv::Mat ideal(size, CV_8U, cv::Scalar(0));
        cv::ellipse(ideal, round, cv::Scalar(255), cv::FILLED);
        if (const double fit = overlap(region, ideal); fit > best.fit) {
            best = {across / along > 0.88 ? "circle" : "ellipse", fit};
        }
    }
    std::vector<cv::Point2f> triangle;
    cv::minEnclosingTriangle(contour, triangle);
    if (triangle.size() == 3) {
        if (const double fit = overlap(region, filled(size, triangle)); fit > best.fit) {
            best = {"triangle", fit};
        }
    }
    return best;
}

/// How far the region's colour is from that of a ring around it, 0..1.
double stands_out(const cv::Mat& mask, const cv::Mat& lab) {
    cv::Mat around;
    cv::dilate(mask, around, cv::getStructuringElement(cv::MORPH_ELLIPSE, {15, 15}));
    around &= ~mask;
    if (cv::countNonZero(around) == 0) {
        return 0;
    }
    const cv::Scalar difference = cv::mean(lab, mask) - cv::mean(lab, around);
    const double distance = std::hypot(difference[0], difference[1], difference[2]);
    return std::min(1.0, distance / kStandsOut);
}

std::optional<DetectionFact> thing_of(const Region& region, const Segmentation& segmentation) {
    if (region.share > kLargestThing || region.at_border > kMostAtBorder || region.borders >= 2) {
        return std::nullopt;
    }
    const cv::Mat mask = segmentation.labels == region.id;
    std::vector<Contour> contours;
    cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    const auto largest = std::max_element(contours.begin(), contours.end(), [](const Contour& a, const Contour& b) {
        return cv::contourArea(a) < cv::contourArea(b);
    });
    if (largest == contours.end() || largest->size() < 12) {
        return std::nullopt;
    }
    Contour hull;
    cv::convexHull(*largest, hull);
    if (cv::contourArea(*largest) < kSolid * cv::contourArea(hull)) {
        return std::nullopt;
    }
    const double width = mask.cols;
    const double height = mask.rows;
    const cv::Rect box = cv::boundingRect(*largest);
    DetectionFact thing;
    thing.box = {box.x / width, box.y / height, (box.x + box.width) / width, (box.y + box.height) / height};
    const ShapeFit shape = best_shape(*largest, mask.size());
    const bool shaped = shape.fit >= kShapeFits;
    thing.label = colour_name(region.lab) + " " + (shaped ? shape.name : "object");
    thing.score = shaped ? shape.fit : stands_out(mask, segmentation.lab);
    return thing;
}

}  // namespace

std::vector<DetectionFact> find_shapes(const Segmentation& segmentation, const std::vector<TextLine>& lines) {
    std::vector<DetectionFact> things;
    for (const Region& region : segmentation.regions) {
        auto thing = thing_of(region, segmentation);
        if (thing && !lies_in_text(thing->box, lines)) {
            things.push_back(std::move(*thing));
        }
    }
    std::stable_sort(things.begin(), things.end(),
                     [](const DetectionFact& a, const DetectionFact& b) { return a.score > b.score; });
    return things;
}

}  // namespace r2t2::facts
