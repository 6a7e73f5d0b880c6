#include "core/run/picture_check.h"

#include <algorithm>
#include <functional>
#include <mutex>

#include "core/run/parallel.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

constexpr std::size_t kMostPictureProblems = 10'000;

struct Picture {
    std::size_t first = 0;      ///< sample
    std::int64_t samples = 0;  ///< that have it
};

/// Every path once, in the samples' order. Hashes instead of paths: a million samples in 16 MB.
std::vector<Picture> pictures_of(const Dataset& dataset) {
    std::vector<std::pair<std::size_t, std::size_t>> order;  // hash, sample
    order.reserve(dataset.samples.size());
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        order.emplace_back(std::hash<std::string>()(dataset.samples[i].image_path.string()), i);
    }
    std::sort(order.begin(), order.end());
    std::vector<Picture> pictures;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool again = i > 0 && order[i].first == order[i - 1].first &&
                           dataset.samples[order[i].second].image_path.string() == dataset.samples[pictures.back().first].image_path.string();
        if (!again) {
            pictures.push_back({order[i].second, 0});
        }
        ++pictures.back().samples;
    }
    std::sort(pictures.begin(), pictures.end(), [](const Picture& a, const Picture& b) { return a.first < b.first; });
    return pictures;
}

PictureProblem problem_of(const Dataset& dataset, const Picture& picture, Error error) {
    error.where += " (sample " + dataset.samples[picture.first].id +
                   (picture.samples > 1 ? " and " + std::to_string(picture.samples - 1) + " more" : "") + ")";
    return {{dataset.samples[picture.first].record, std::move(error), false}, picture.first};
}

}  // namespace

Result<PictureCheck> check_pictures(const Dataset& dataset, PictureDepth depth, const ProgressCallback& progress, const CancelToken& cancel) {
    const std::vector<Picture> pictures = pictures_of(dataset);
    PictureCheck check;
    check.pictures = static_cast<std::int64_t>(pictures.size());
    std::mutex mutex;
    ProgressGate gate(progress, "look at pictures", pictures.size());
    parallel_for(pictures.size(), 0, cancel, [&](std::size_t i) {
        const std::filesystem::path path = dataset.samples[pictures[i].first].image_path.path();
        const auto status = [&]() -> Status {
            if (depth == PictureDepth::Whole) {
                ImageLimits limits;
                limits.stray_bytes = StrayBytes::Refused;
                const Result<Image> image = load_image(path, limits);
                return image ? Status() : Status(image.error());
            }
            const Result<ImageHeader> header = read_image_header(path);
            return header ? Status() : Status(header.error());
        }();
        if (!status.ok()) {
            const std::lock_guard lock(mutex);
            ++check.bad;
            check.bad_samples += pictures[i].samples;
            check.problems.push_back(problem_of(dataset, pictures[i], status.error()));
        }
        gate.advance();
        return true;
    });
    if (cancel.cancelled()) {
        return cancelled();
    }
    std::sort(check.problems.begin(), check.problems.end(), [](const PictureProblem& a, const PictureProblem& b) { return a.sample < b.sample; });
    check.problems.resize(std::min(check.problems.size(), kMostPictureProblems));
    return check;
}

}  // namespace r2t2
