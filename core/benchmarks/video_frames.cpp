// PhysBench's videos as one picture. Declared in picture_cache.h.
#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "core/base/atomic_file.h"
#include "core/base/git_lfs.h"
#include "core/base/user_directories.h"
#include "core/base/sha256.h"
#include "core/benchmarks/picture_cache.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

constexpr int kFrames = 4;
constexpr int kGap = 10;  ///< white pixels between frames

/// Frames 0, N/4, 2 N/4, 3 N/4 of a video of N frames.
std::vector<cv::Mat> sampled_frames(const std::filesystem::path& video) {
    cv::VideoCapture capture(video.string(), cv::CAP_FFMPEG);  // the others print, and leak on what is no video
    std::vector<cv::Mat> frames;
    const auto count = static_cast<std::int64_t>(capture.get(cv::CAP_PROP_FRAME_COUNT));
    const std::int64_t step = std::max<std::int64_t>(1, count / kFrames);
    for (std::int64_t number = 0; capture.isOpened() && static_cast<int>(frames.size()) < kFrames && capture.grab(); ++number) {
        if (number % step == 0) {
            cv::Mat frame;
            if (capture.retrieve(frame) && !frame.empty()) {
                frames.push_back(frame.clone());
            }
        }
    }
    return frames;
}

cv::Mat tiled(const std::vector<cv::Mat>& frames) {
    cv::Size size;
    for (const cv::Mat& frame : frames) {
        size = {std::max(size.width, frame.cols), std::max(size.height, frame.rows)};
    }
    cv::Mat sheet(2 * size.height + kGap, 2 * size.width + kGap, CV_8UC3, cv::Scalar::all(255));
    for (std::size_t i = 0; i < frames.size(); ++i) {
        cv::Mat frame;
        cv::resize(frames[i], frame, size, 0, 0, cv::INTER_LANCZOS4);
        const double scale = std::max(0.5, size.height / 300.0);
        cv::putText(frame, std::to_string(i + 1), {kGap, static_cast<int>(30 * scale)}, cv::FONT_HERSHEY_SIMPLEX, scale, {255, 255, 255}, 4);
        cv::putText(frame, std::to_string(i + 1), {kGap, static_cast<int>(30 * scale)}, cv::FONT_HERSHEY_SIMPLEX, scale, {0, 0, 0}, 1);
        const cv::Point corner(static_cast<int>(i % 2) * (size.width + kGap), static_cast<int>(i / 2) * (size.height + kGap));
        frame.copyTo(sheet(cv::Rect(corner, size)));
    }
    return sheet;
}

}  // namespace

Result<std::filesystem::path> cached_video_frames(const std::filesystem::path& folder, const std::filesystem::path& video) {
    if (folder.empty()) {
        return cache_directory().error();
    }
    std::error_code code;
    const auto size = std::filesystem::file_size(video, code);
    if (code) {
        return Error{ErrorKind::NotFound, video.string(), "video", code.message(), "a video file"};
    }
    if (size <= kGitLfsBytes) {
        if (const Result<std::string> text = read_limited_file(video, kGitLfsBytes); !text) {
            return text.error();
        }
    }
    const auto time = std::filesystem::last_write_time(video, code).time_since_epoch().count();
    Sha256 hash;
    hash.update(std::filesystem::absolute(video, code).string() + "|" + std::to_string(size) + "|" + std::to_string(time));
    const std::filesystem::path file = folder / (hash.hex().substr(0, 32) + "-frames.png");
    if (std::filesystem::is_regular_file(file, code)) {
        return file;
    }
    try {
        const std::vector<cv::Mat> frames = sampled_frames(video);
        if (static_cast<int>(frames.size()) < kFrames) {
            return invalid_input(video.string(), "video", std::to_string(frames.size()) + " frames that can be read", "at least four");
        }
        std::vector<unsigned char> bytes;
        cv::imencode(".png", tiled(frames), bytes);
        std::filesystem::create_directories(folder, code);
        R2T2_TRY(write_file_atomically(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, Durability::Buffered));
        return file;
    } catch (const cv::Exception& error) {
        return invalid_input(video.string(), "video", error.what(), "a video that OpenCV decodes");
    }
}

}  // namespace r2t2
