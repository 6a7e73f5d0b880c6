#include "core/vision/load_image.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <new>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/base/git_lfs.h"
#include "core/base/log.h"
#include "core/vision/orientation.h"
#include "core/vision/picture_defects.h"
#include "core/vision/webp_parts.h"

namespace r2t2 {

namespace {

std::span<const std::uint8_t> as_bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A third party's exceptions end here.
Result<cv::Mat> decode(std::span<const std::uint8_t> bytes, int flags, const std::string& where) {
    try {
        const cv::Mat data(1, static_cast<int>(bytes.size()), CV_8U, const_cast<std::uint8_t*>(bytes.data()));
        cv::Mat picture = cv::imdecode(data, flags);
        if (picture.empty()) {
            return invalid_input(where, "image", "picture data that cannot be decoded", "an undamaged picture");
        }
        return picture;
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, where, "image", "not enough memory to decode", {}};
    } catch (const cv::Exception& error) {
        if (error.code == cv::Error::StsNoMem) {
            return Error{ErrorKind::OutOfMemory, where, "image", "not enough memory to decode", {}};
        }
        return invalid_input(where, "image", "picture data that cannot be decoded (" + error.err + ")",
                             "an undamaged picture");
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, where, "image", error.what(), {}};
    }
}

/// EXIF's 1 .. 8: 5 to 8 swap the sides.
cv::Mat turned_upright(const cv::Mat& picture, int orientation) {
    cv::Mat out = picture;
    if (orientation >= 5) {
        cv::transpose(picture, out);
    }
    // After the transposition 6 is mirrored left to right, 8 top to bottom, 7 both.
    const bool mirror = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    const bool flip = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    if (mirror || flip) {
        cv::Mat turned;
        cv::flip(out, turned, mirror && flip ? -1 : mirror ? 1 : 0);
        return turned;
    }
    return out;
}

/// Three channels of 8 bits, alpha dropped, as stored: the decoder knows Exif only where it is a JPEG's first APP1.
constexpr int kColour = cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;

/// The decoder reads no animation.
Result<cv::Mat> decode_webp(std::span<const std::uint8_t> bytes, const std::string& where) {
    const auto parts = webp_parts(bytes, where);
    if (!parts.ok()) {
        return parts.error();
    }
    const std::vector<std::uint8_t> still = parts->animated ? still_webp(*parts) : std::vector<std::uint8_t>();
    return decode(parts->animated ? std::span<const std::uint8_t>(still) : bytes, kColour, where);
}

/// Once a file: references are loaded again and again.
void log_once(const Error& error) {
    static std::mutex mutex;
    static std::unordered_set<std::string> told;
    const std::lock_guard lock(mutex);
    if (told.insert(error.where).second) {
        log_warning("picture", error.message());
    }
}

Status check_data(ImageFormat format, std::span<const std::uint8_t> bytes, const std::string& where, StrayBytes stray_bytes) {
    const std::optional<PictureDefect> defect = find_defect(format, bytes, where);
    if (!defect) {
        return {};
    }
    if (defect->effect == PictureDefect::Effect::Pixels || stray_bytes == StrayBytes::Refused) {
        return defect->error;
    }
    log_once(defect->error);
    return {};
}

}  // namespace

Result<std::string> read_limited_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        return Error{ErrorKind::NotFound, path.string(), {}, "no such file", {}};
    }
    if (!std::filesystem::is_regular_file(status)) {
        return invalid_input(path.string(), {}, "not a regular file", "a file");
    }
    const auto size = std::filesystem::file_size(path, error);
    if (error) {
        return io_error(path.string(), error.message());
    }
    if (size > max_bytes) {
        return invalid_input(path.string(), "file size", std::to_string(size) + " bytes",
                             "at most " + std::to_string(max_bytes) + " bytes");
    }
    std::ifstream file(path, std::ios::binary);
    std::string text(size, '\0');
    if (!file || !file.read(text.data(), static_cast<std::streamsize>(size))) {
        return io_error(path.string(), "cannot be read");
    }
    return is_git_lfs_pointer(text) ? Result<std::string>(git_lfs_error(path.string())) : Result<std::string>(std::move(text));
}

Result<Image> decode_image(std::span<const std::uint8_t> bytes, const std::string& where, const ImageLimits& limits) {
    const auto header = read_image_header(bytes, where, limits);
    if (!header.ok()) {
        return header.error();
    }
    R2T2_TRY(check_data(header->format, bytes, where, limits.stray_bytes));
    auto decoded = header->format == ImageFormat::Webp ? decode_webp(bytes, where) : decode(bytes, kColour, where);
    if (!decoded.ok()) {
        return decoded.error();
    }
    const cv::Mat bgr = turned_upright(*decoded, stored_orientation(header->format, bytes));
    const auto stated = std::minmax(header->width, header->height);
    const auto found = std::minmax(bgr.cols, bgr.rows);
    if (bgr.type() != CV_8UC3 || stated != found) {  // sides may be swapped by the orientation
        return invalid_input(where, "image size", std::to_string(bgr.cols) + " x " + std::to_string(bgr.rows),
                             std::to_string(header->width) + " x " + std::to_string(header->height) + " as stated");
    }
    Image image{bgr.cols, bgr.rows, std::vector<std::uint8_t>(bgr.total() * 3)};
    cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.rgb.data());
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return image;
}

Result<Image> load_image(const std::filesystem::path& path, const ImageLimits& limits) {
    const auto bytes = read_limited_file(path, limits.max_file_bytes);
    if (!bytes.ok()) {
        return bytes.error();
    }
    return decode_image(as_bytes(bytes.value()), path.string(), limits);
}

Result<SegmentMap> decode_segment_map(std::span<const std::uint8_t> bytes, const std::string& where,
                                      const ImageLimits& limits) {
    const auto header = read_image_header(bytes, where, limits);
    if (!header.ok()) {
        return header.error();
    }
    auto decoded = decode(bytes, cv::IMREAD_UNCHANGED, where);
    if (!decoded.ok()) {
        return decoded.error();
    }
    const cv::Mat& ids = decoded.value();
    if (header->format != ImageFormat::Png || ids.type() != CV_8UC1) {
        return invalid_input(where, "segment map", "a picture of another kind", "an 8-bit grey PNG");
    }
    const cv::Mat packed = ids.isContinuous() ? ids : ids.clone();
    return SegmentMap{ids.cols, ids.rows, {packed.data, packed.data + packed.total()}};
}

Result<SegmentMap> load_segment_map(const std::filesystem::path& path, const ImageLimits& limits) {
    const auto bytes = read_limited_file(path, limits.max_file_bytes);
    if (!bytes.ok()) {
        return bytes.error();
    }
    return decode_segment_map(as_bytes(bytes.value()), path.string(), limits);
}

Status save_png(const std::filesystem::path& path, const Image& image) {
    if (image.width < 1 || image.height < 1 ||
        image.rgb.size() != std::size_t(image.width) * std::size_t(image.height) * 3) {
        return invalid_input(path.string(), "image", "an empty or inconsistent picture", "width * height * 3 bytes");
    }
    std::vector<std::uint8_t> png;
    try {
        const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
        cv::Mat bgr;
        cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
        if (!cv::imencode(".png", bgr, png)) {
            return Error{ErrorKind::Internal, path.string(), {}, "the picture could not be encoded", {}};
        }
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, path.string(), {}, error.what(), {}};
    }
    return write_file_atomically(path, {reinterpret_cast<const char*>(png.data()), png.size()}, Durability::Buffered);
}

}  // namespace r2t2
