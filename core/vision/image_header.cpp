// Sizes out of headers, and the check that a file does not end early.
#include <algorithm>
#include <cstring>

#include "core/base/checked.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t be32(Bytes b, std::size_t at) {
    return std::uint32_t{b[at]} << 24 | std::uint32_t{b[at + 1]} << 16 | std::uint32_t{b[at + 2]} << 8 | b[at + 3];
}
std::uint32_t be16(Bytes b, std::size_t at) {
    return std::uint32_t{b[at]} << 8 | b[at + 1];
}
std::uint32_t le16(Bytes b, std::size_t at) {
    return std::uint32_t{b[at + 1]} << 8 | b[at];
}
std::uint32_t le24(Bytes b, std::size_t at) {
    return std::uint32_t{b[at + 2]} << 16 | le16(b, at);
}
std::uint32_t le32(Bytes b, std::size_t at) {
    return std::uint32_t{b[at + 3]} << 24 | le24(b, at);
}

bool starts(Bytes bytes, std::string_view magic, std::size_t at = 0) {
    return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

Error broken(const std::string& where, const std::string& found, const std::string& allowed) {
    return invalid_input(where, "image", found, allowed);
}

struct Size {
    std::int64_t width = 0;
    std::int64_t height = 0;
};

Result<Size> png_size(Bytes b, const std::string& where) {
    if (b.size() < 33 || !starts(b, "IHDR", 12) || be32(b, 8) != 13) {
        return broken(where, "a PNG without a header chunk", "a complete PNG file");
    }
    // Walk the chunks: length, type, data, CRC. The last must be IEND.
    for (std::size_t at = 8; at + 12 <= b.size();) {
        const std::size_t length = be32(b, at);
        if (length > b.size() - at - 12) {
            break;
        }
        if (starts(b, "IEND", at + 4)) {
            return Size{be32(b, 16), be32(b, 20)};
        }
        at += length + 12;
    }
    return broken(where, "a PNG that ends early (" + std::to_string(b.size()) + " bytes)", "a complete PNG file");
}

Result<Size> jpeg_size(Bytes b, const std::string& where) {
    const auto ends_early = [&] {
        return broken(where, "a JPEG that ends early (" + std::to_string(b.size()) + " bytes)", "a complete JPEG file");
    };
    Size size;
    std::size_t at = 2;
    while (at + 4 <= b.size()) {
        if (b[at] != 0xFF) {
            return broken(where, "a JPEG with a damaged marker at byte " + std::to_string(at), "a valid JPEG file");
        }
        const std::uint8_t marker = b[at + 1];
        if (marker == 0xFF) {  // fill byte
            ++at;
            continue;
        }
        const bool bare = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
        if (bare) {
            at += 2;
            continue;
        }
        if (marker == 0xD9) {
            break;
        }
        const std::size_t length = be16(b, at + 2);
        if (length < 2 || length > b.size() - at - 2) {
            return ends_early();
        }
        const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame && length >= 8) {
            size = {be16(b, at + 7), be16(b, at + 5)};
        }
        at += 2 + length;
        if (marker == 0xDA) {  // entropy-coded data: up to the next marker that is neither stuffing nor restart
            while (at + 1 < b.size() &&
                   (b[at] != 0xFF || b[at + 1] == 0x00 || (b[at + 1] >= 0xD0 && b[at + 1] <= 0xD7))) {
                ++at;
            }
            if (at + 1 < b.size() && b[at + 1] == 0xD9) {
                if (size.width == 0) {
                    return broken(where, "a JPEG without a frame header", "a valid JPEG file");
                }
                return size;
            }
        }
    }
    return ends_early();
}

Result<Size> bmp_size(Bytes b, const std::string& where) {
    if (b.size() < 54 || le32(b, 14) < 40) {
        return broken(where, "a BMP without a usable header (" + std::to_string(b.size()) + " bytes)",
                      "a BMP with a header of 40 bytes or more");
    }
    const auto width = std::int64_t{static_cast<std::int32_t>(le32(b, 18))};
    auto height = std::int64_t{static_cast<std::int32_t>(le32(b, 22))};
    height = height < 0 ? -height : height;  // negative: rows from top to bottom
    const std::int64_t bits = le16(b, 28);
    const bool plain = le32(b, 30) == 0 || le32(b, 30) == 3;
    if (plain && width > 0 && width < (1 << 24) && height < (1 << 24)) {
        const std::int64_t row = (width * bits + 31) / 32 * 4;
        const auto total = checked_multiply(row, height);
        if (!total || *total > static_cast<std::int64_t>(b.size()) - static_cast<std::int64_t>(le32(b, 10))) {
            // A bomb and a truncated file look alike here; the size limits are looked at first by the caller.
            if (width * height <= std::int64_t{64} << 20) {
                return broken(where, "a BMP that ends early (" + std::to_string(b.size()) + " bytes)",
                              "a complete BMP file");
            }
        }
    }
    return Size{width, height};
}

Result<Size> webp_size(Bytes b, const std::string& where) {
    if (b.size() < 30) {
        return broken(where, "a WebP that ends early (" + std::to_string(b.size()) + " bytes)", "a complete WebP file");
    }
    if (std::uint64_t{le32(b, 4)} + 8 > b.size()) {
        return broken(where,
                      "a WebP that ends early (" + std::to_string(b.size()) + " of " +
                          std::to_string(std::uint64_t{le32(b, 4)} + 8) + " bytes)",
                      "a complete WebP file");
    }
    if (starts(b, "VP8X", 12)) {
        return Size{std::int64_t{le24(b, 24)} + 1, std::int64_t{le24(b, 27)} + 1};
    }
    if (starts(b, "VP8L", 12)) {
        const std::uint32_t bits = le32(b, 21);
        return Size{std::int64_t{bits & 0x3FFF} + 1, std::int64_t{bits >> 14 & 0x3FFF} + 1};
    }
    if (starts(b, "VP8 ", 12)) {
        return Size{le16(b, 26) & 0x3FFF, le16(b, 28) & 0x3FFF};
    }
    return broken(where, "a WebP of an unknown kind", "VP8, VP8L or VP8X");
}

std::string kind_of(Bytes b) {
    if (b.empty()) {
        return "an empty file";
    }
    if (starts(b, "GIF8")) {
        return "a GIF";
    }
    if (starts(b, "II*") || starts(b, "MM")) {
        return "a TIFF";
    }
    if (starts(b, "%PDF")) {
        return "a PDF";
    }
    if (starts(b, "version https://git-lfs")) {
        return "a git-lfs pointer, not the picture itself";
    }
    if (b[0] == '<') {
        return "a text of tags (HTML, XML or SVG)";
    }
    return "a file of " + std::to_string(b.size()) + " bytes that is none of these formats";
}

}  // namespace

Result<ImageHeader> read_image_header(Bytes bytes, const std::string& where, const ImageLimits& limits) {
    if (bytes.size() > limits.max_file_bytes) {
        return invalid_input(where, "image", std::to_string(bytes.size()) + " bytes",
                             "at most " + std::to_string(limits.max_file_bytes) + " bytes");
    }
    Result<Size> size = broken(where, kind_of(bytes), "PNG, JPEG, BMP or WebP");
    ImageHeader header;
    if (starts(bytes, "\x89PNG\r\n\x1A\n")) {
        header.format = ImageFormat::Png;
        size = png_size(bytes, where);
    } else if (starts(bytes, "\xFF\xD8\xFF")) {
        header.format = ImageFormat::Jpeg;
        size = jpeg_size(bytes, where);
    } else if (starts(bytes, "BM")) {
        header.format = ImageFormat::Bmp;
        size = bmp_size(bytes, where);
    } else if (starts(bytes, "RIFF") && starts(bytes, "WEBP", 8)) {
        header.format = ImageFormat::Webp;
        size = webp_size(bytes, where);
    }
    if (!size.ok()) {
        return size.error();
    }
    const auto [width, height] = size.value();
    const std::string found = std::to_string(width) + " x " + std::to_string(height) + " pixels";
    const auto pixels = checked_multiply(width, height);
    if (width < 1 || height < 1 || width > limits.max_side || height > limits.max_side || !pixels ||
        static_cast<std::uint64_t>(*pixels) > limits.max_pixels) {
        return invalid_input(where, "image size", found,
                             "1 .. " + std::to_string(limits.max_side) + " a side, at most " +
                                 std::to_string(limits.max_pixels) + " pixels");
    }
    header.width = static_cast<int>(width);
    header.height = static_cast<int>(height);
    return header;
}

}  // namespace r2t2
