// Pictures from files: decoded, turned upright, made 8-bit RGB; every limit is checked before anything is decoded.
//
// Formats: PNG, JPEG, BMP, WebP. Grey becomes RGB, alpha is dropped (not blended, as PIL's convert("RGB") does), 16-bit
// samples keep their upper byte, CMYK JPEGs are converted, the orientation of EXIF is applied wherever its segment stands, that of XMP where
// no EXIF has one. Of an animation (WebP, PNG) the first picture is read, as Pillow does. Damage that decoders pass over is refused: data of a JPEG that end early or cannot be, pixels whose colour the
// palette does not have; one that covers a part of the canvas only is refused, and so are GIF and TIFF, which are named.
// Errors: NotFound, Io, InvalidInput (names the file, what was found, what is allowed), OutOfMemory.
// Thread rule: callable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/vision/auxiliary_facts.h"
#include "core/vision/image.h"

namespace r2t2 {

/// A few bytes in a JPEG that belong to no pixel (some cameras and editors leave them; more than 16 behind its data are damage): every pixel is as it was stored.
enum class StrayBytes {
    Logged,  ///< a warning with the file's name, once a file
    Refused
};

struct ImageLimits {
    std::uint64_t max_file_bytes = 64ull << 20;
    std::uint64_t max_pixels = 64ull << 20;  ///< width * height as the header states them
    int max_side = 32768;
    StrayBytes stray_bytes = StrayBytes::Logged;
};

enum class ImageFormat { Png, Jpeg, Bmp, Webp };

/// What the header says, without decoding.
struct ImageHeader {
    ImageFormat format = ImageFormat::Png;
    int width = 0;
    int height = 0;
};

/// Also refuses files that end early: PNG without IEND, JPEG without end marker, BMP or WebP shorter than they say.
[[nodiscard]] Result<ImageHeader> read_image_header(std::span<const std::uint8_t> bytes, const std::string& where,
                                                    const ImageLimits& limits = {});

/// Of a file. Of a large PNG or JPEG that ends as it should only the beginning and the end are read.
[[nodiscard]] Result<ImageHeader> read_image_header(const std::filesystem::path& path, const ImageLimits& limits = {});

[[nodiscard]] Result<Image> load_image(const std::filesystem::path& path, const ImageLimits& limits = {});
[[nodiscard]] Result<Image> decode_image(std::span<const std::uint8_t> bytes, const std::string& where,
                                         const ImageLimits& limits = {});

/// A segment map stored as an 8-bit grey PNG whose grey levels are the ids.
[[nodiscard]] Result<SegmentMap> load_segment_map(const std::filesystem::path& path, const ImageLimits& limits = {});
[[nodiscard]] Result<SegmentMap> decode_segment_map(std::span<const std::uint8_t> bytes, const std::string& where,
                                                    const ImageLimits& limits = {});

/// Written beside the target and renamed into place: no half file is ever seen.
[[nodiscard]] Status save_png(const std::filesystem::path& path, const Image& image);

/// The whole file, refused when larger than `max_bytes`, not a regular file or a Git LFS pointer.
[[nodiscard]] Result<std::string> read_limited_file(const std::filesystem::path& path, std::uint64_t max_bytes);

}  // namespace r2t2
