// Regions: Felzenszwalb's graph segmentation, then neighbours of like colour are merged and crumbs are swallowed.
#include <algorithm>
#include <map>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <opencv2/ximgproc/segmentation.hpp>

#include "core/facts/facts_parts.h"

namespace r2t2::facts {

namespace {

constexpr double kSmooth = 0.8;        // of the graph segmentation, pixels
constexpr float kCoarse = 400.0F;      // its scale: larger values, larger regions
constexpr double kLikeColour = 9.0;    // distance in Lab below which neighbours are one region
constexpr double kCrumb = 0.002;       // share of the picture below which a region joins its most like neighbour
constexpr double kThin = 2.5;          // mean width in pixels below which it does so too: smoothed edges leave rims

/// Regions under merging: a union of labels with their sums and the lengths of their common borders.
class RegionGraph {
public:
    RegionGraph(const cv::Mat& labels, const cv::Mat& lab, int count)
        : parent_(static_cast<std::size_t>(count)), area_(parent_.size()), sum_(parent_.size()), touching_(parent_.size()) {
        std::iota(parent_.begin(), parent_.end(), 0);
        for (int y = 0; y < labels.rows; ++y) {
            for (int x = 0; x < labels.cols; ++x) {
                const int here = labels.at<int>(y, x);
                const cv::Vec3f colour = lab.at<cv::Vec3f>(y, x);
                area_[at(here)] += 1;
                sum_[at(here)] += cv::Vec3d(colour[0], colour[1], colour[2]);
                if (x + 1 < labels.cols) {
                    touch(here, labels.at<int>(y, x + 1));
                }
                if (y + 1 < labels.rows) {
                    touch(here, labels.at<int>(y + 1, x));
                }
            }
        }
    }

    [[nodiscard]] int root(int label) const {
        while (parent_[at(label)] != label) {
            label = parent_[at(label)];
        }
        return label;
    }

    /// The most like pair again and again, as long as it is like enough.
    void merge_like(double limit) {
        for (;;) {
            int first = -1;
            int second = -1;
            double least = limit;
            for (int label = 0; label < static_cast<int>(parent_.size()); ++label) {
                for (const auto& [other, length] : touching_[at(label)]) {
                    if (label < other && distance(label, other) < least) {
                        least = distance(label, other);
                        first = label;
                        second = other;
                    }
                }
            }
            if (first < 0) {
                return;
            }
            join(first, second);
        }
    }

    /// Small and thin regions join the neighbour of the most like colour, smallest first.
    void swallow_crumbs(double smallest, double thinnest) {
        for (;;) {
            int crumb = -1;
            for (int label = 0; label < static_cast<int>(parent_.size()); ++label) {
                if (parent_[at(label)] != label || touching_[at(label)].empty()) {
                    continue;
                }
                const bool swallowed = area_[at(label)] < smallest || 2 * area_[at(label)] < thinnest * outline(label);
                if (swallowed && (crumb < 0 || area_[at(label)] < area_[at(crumb)])) {
                    crumb = label;
                }
            }
            if (crumb < 0) {
                return;
            }
            const auto& around = touching_[at(crumb)];
            const auto nearest = std::min_element(around.begin(), around.end(), [&](const auto& a, const auto& b) {
                return distance(crumb, a.first) < distance(crumb, b.first);
            });
            join(nearest->first, crumb);
        }
    }

private:
    static std::size_t at(int label) { return static_cast<std::size_t>(label); }

    void touch(int a, int b) {
        if (a != b) {
            ++touching_[at(a)][b];
            ++touching_[at(b)][a];
        }
    }

    /// Pixels of border with other regions.
    [[nodiscard]] double outline(int label) const {
        double length = 0;
        for (const auto& [other, common] : touching_[at(label)]) {
            length += common;
        }
        return length;
    }

    [[nodiscard]] double distance(int a, int b) const {
        return cv::norm(sum_[at(a)] / area_[at(a)] - sum_[at(b)] / area_[at(b)]);
    }

    void join(int into, int gone) {
        parent_[at(gone)] = into;
        area_[at(into)] += area_[at(gone)];
        sum_[at(into)] += sum_[at(gone)];
        for (const auto& [other, length] : touching_[at(gone)]) {
            touching_[at(other)].erase(gone);
            if (other != into) {
                touching_[at(into)][other] += length;
                touching_[at(other)][into] += length;
            }
        }
        touching_[at(gone)].clear();
    }

    std::vector<int> parent_;
    std::vector<double> area_;
    std::vector<cv::Vec3d> sum_;
    std::vector<std::map<int, int>> touching_;  ///< label -> pixels of common border
};

Region measure(const Segmentation& segmentation, int id) {
    const cv::Mat mask = segmentation.labels == id;
    Region region;
    region.id = id;
    region.box = cv::boundingRect(mask);
    const double area = cv::countNonZero(mask);
    region.share = area / static_cast<double>(mask.total());
    const cv::Scalar mean = cv::mean(segmentation.lab, mask);
    region.lab = cv::Vec3f(static_cast<float>(mean[0]), static_cast<float>(mean[1]), static_cast<float>(mean[2]));
    const int sides[4] = {cv::countNonZero(mask.row(0)), cv::countNonZero(mask.row(mask.rows - 1)),
                          cv::countNonZero(mask.col(0)), cv::countNonZero(mask.col(mask.cols - 1))};
    for (int side = 0; side < 4; ++side) {
        region.borders += sides[side] * 10 >= (side < 2 ? mask.cols : mask.rows) ? 1 : 0;
    }
    cv::Mat inner;
    cv::erode(mask, inner, {}, {-1, -1}, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
    const double outline = area - cv::countNonZero(inner);
    region.at_border = (sides[0] + sides[1] + sides[2] + sides[3]) / std::max(1.0, outline);
    return region;
}

}  // namespace

Segmentation find_segments(const cv::Mat& bgr, int max_segments) {
    Segmentation out;
    cv::Mat unit;
    bgr.convertTo(unit, CV_32FC3, 1.0 / 255.0);
    cv::cvtColor(unit, out.lab, cv::COLOR_BGR2Lab);
    const int crumb = std::max(4, static_cast<int>(kCrumb * static_cast<double>(bgr.total()) / 4));
    const auto graph = cv::ximgproc::segmentation::createGraphSegmentation(kSmooth, kCoarse, crumb);
    cv::Mat fine;
    graph->processImage(bgr, fine);
    double last = 0;
    cv::minMaxLoc(fine, nullptr, &last);
    RegionGraph regions(fine, out.lab, static_cast<int>(last) + 1);
    regions.merge_like(kLikeColour);
    regions.swallow_crumbs(kCrumb * static_cast<double>(bgr.total()), kThin);

    std::map<int, int> areas;
    for (int& label : cv::Mat_<int>(fine)) {
        label = regions.root(label);
        ++areas[label];
    }
    std::vector<std::pair<int, int>> order(areas.begin(), areas.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    order.resize(std::min<std::size_t>(order.size(), static_cast<std::size_t>(max_segments)));
    std::map<int, int> id_of;
    for (const auto& [label, area] : order) {
        id_of.emplace(label, static_cast<int>(id_of.size()) + 1);
    }
    for (int& label : cv::Mat_<int>(fine)) {
        const auto found = id_of.find(label);
        label = found == id_of.end() ? 0 : found->second;
    }
    out.labels = fine;
    for (int id = 1; id <= static_cast<int>(order.size()); ++id) {
        out.regions.push_back(measure(out, id));
    }
    return out;
}

}  // namespace r2t2::facts
