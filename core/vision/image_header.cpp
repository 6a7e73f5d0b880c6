// Sizes out of headers, and the check that a file does not end early.
#include <algorithm>
#include <fstream>

#include "core/base/checked.h"
#include "core/base/git_lfs.h"
#include "core/vision/load_image.h"
#include "core/vision/picture_bytes.h"
#include "core/vision/webp_parts.h"

namespace r2t2 {

namespace {

using namespace picture_bytes;

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

/// Blocks of a GIF: two pictures are an animation. What is damaged ends the count.
bool is_animated_gif(Bytes b) {
    const auto table = [&](std::size_t flags) { return (b[flags] & 0x80) != 0 ? std::size_t{3} << ((b[flags] & 7) + 1) : 0; };
    std::size_t at = b.size() > 13 ? 13 + table(10) : b.size();
    for (int pictures = 0; at + 10 < b.size() && (b[at] == 0x2C || b[at] == 0x21);) {
        pictures += b[at] == 0x2C ? 1 : 0;
        if (pictures == 2) {
            return true;
        }
        at += b[at] == 0x2C ? 11 + table(at + 9) : 2;
        while (at < b.size() && b[at] != 0) {  // sub-blocks with their length
            at += b[at] + std::size_t{1};
        }
        ++at;
    }
    return false;
}

bool has_second_tiff_page(Bytes b) {
    const bool little = b[0] == 'I';
    const auto number = [&](std::size_t at, bool four) { return four ? (little ? le32(b, at) : be32(b, at)) : (little ? le16(b, at) : be16(b, at)); };
    const std::uint64_t directory = b.size() >= 8 ? number(4, true) : b.size();
    const std::uint64_t next = directory + 2 <= b.size() ? directory + 2 + 12ull * number(directory, false) : b.size();
    return next + 4 <= b.size() && number(next, true) != 0;
}

std::string kind_of(Bytes b) {
    if (b.empty()) {
        return "an empty file";
    }
    if (starts(b, "GIF8")) {
        return is_animated_gif(b) ? "an animated GIF" : "a GIF";
    }
    if (starts(b, std::string_view("II*\0", 4)) || starts(b, std::string_view("MM\0*", 4))) {
        return has_second_tiff_page(b) ? "a TIFF of several pages" : "a TIFF";
    }
    if (starts(b, "ftyp", 4)) {
        return "a HEIF or AVIF picture, or a film";
    }
    if (starts(b, "%PDF")) {
        return "a PDF";
    }
    if (b[0] == '<') {
        return "a text of tags (HTML, XML or SVG)";
    }
    return "a file of " + std::to_string(b.size()) + " bytes that is none of these formats";
}

/// The header and the end of a large file, as if nothing lay between them; empty where the end does not tell that the file is whole.
std::vector<std::uint8_t> head_and_end(Bytes head, Bytes end) {
    constexpr std::string_view kPngEnd("\0\0\0\0IEND\xAE\x42\x60\x82", 12);
    std::vector<std::uint8_t> out;
    if (starts(head, "\x89PNG\r\n\x1A\n") && head.size() > 33 && starts(end, kPngEnd, end.size() - kPngEnd.size())) {
        out.assign(head.begin(), head.begin() + 33);
        out.insert(out.end(), kPngEnd.begin(), kPngEnd.end());
    } else if (starts(head, "\xFF\xD8\xFF") && starts(end, "\xFF\xD9", end.size() - 2)) {
        out.assign(head.begin(), head.end());
        out.insert(out.end(), {0x00, 0xFF, 0xD9});  // the zero: a 0xFF at the end of the head begins no marker
    }
    return out;
}

}  // namespace

Result<ImageHeader> read_image_header(const std::filesystem::path& path, const ImageLimits& limits) {
    constexpr std::size_t kHead = 64 << 10, kEnd = 12;
    std::error_code code;
    const std::uint64_t size = std::filesystem::is_regular_file(path, code) ? std::filesystem::file_size(path, code) : 0;
    if (!code && size > kHead + kEnd && size <= limits.max_file_bytes) {
        std::ifstream file(path, std::ios::binary);
        std::vector<std::uint8_t> head(kHead), end(kEnd);
        const auto read = [&file](std::vector<std::uint8_t>& into) {
            return static_cast<bool>(file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size())));
        };
        if (read(head) && file.seekg(-static_cast<std::streamoff>(kEnd), std::ios::end) && read(end)) {
            const Result<ImageHeader> header = read_image_header(head_and_end(head, end), path.string(), limits);
            if (header.ok()) {
                return header;
            }
        }
    }
    const auto bytes = read_limited_file(path, limits.max_file_bytes);
    if (!bytes.ok()) {
        return bytes.error();
    }
    return read_image_header({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()}, path.string(), limits);
}

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
        const auto parts = webp_parts(bytes, where);
        size = parts ? Result<Size>(Size{parts->width, parts->height}) : Result<Size>(parts.error());
    } else if (is_git_lfs_pointer({reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kGitLfsBytes)})) {
        return git_lfs_error(where);
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
