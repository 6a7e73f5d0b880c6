#include "core/vision/orientation.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/vision/picture_bytes.h"

namespace r2t2 {

namespace {

using namespace picture_bytes;

constexpr std::string_view kExifPrefix("Exif\0\0", 6);
constexpr std::string_view kXmpPrefix("http://ns.adobe.com/xap/1.0/\0", 29);
constexpr std::string_view kPngXmp("XML:com.adobe.xmp\0\0\0\0\0", 22);  // not compressed, no language, no translated keyword
constexpr std::uint32_t kOrientation = 0x0112;

/// What a file says, by who says it: the first of each.
struct Said {
    std::optional<std::int64_t> exif, xmp;
};

/// A directory's entry as a number: BYTE, SHORT, LONG, SBYTE, SSHORT and SLONG stand left-justified in its last four bytes.
std::optional<std::int64_t> entry_value(Bytes exif, std::size_t at, bool little) {
    switch (little ? le16(exif, at + 2) : be16(exif, at + 2)) {
        case 1:
        case 6:
            return exif[at + 8];
        case 3:
        case 8:
            return little ? le16(exif, at + 8) : be16(exif, at + 8);
        case 4:
        case 9:
            return little ? le32(exif, at + 8) : be32(exif, at + 8);
        default:
            return std::nullopt;
    }
}

std::optional<std::int64_t> exif_orientation(Bytes exif) {
    exif = starts(exif, kExifPrefix) ? exif.subspan(kExifPrefix.size()) : exif;  // JPEG's, which some writers keep elsewhere
    const bool little = starts(exif, std::string_view("II*\0", 4));
    if (exif.size() < 8 || (!little && !starts(exif, std::string_view("MM\0*", 4)))) {
        return std::nullopt;
    }
    const std::size_t directory = little ? le32(exif, 4) : be32(exif, 4);
    if (directory > exif.size() - 2) {
        return std::nullopt;
    }
    const std::size_t entries = little ? le16(exif, directory) : be16(exif, directory);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = directory + 2 + 12 * i;
        if (at + 12 > exif.size()) {
            return std::nullopt;
        }
        if ((little ? le16(exif, at) : be16(exif, at)) == kOrientation) {
            return entry_value(exif, at, little);
        }
    }
    return std::nullopt;
}

/// tiff:Orientation="6" or <tiff:Orientation>6<
std::optional<std::int64_t> xmp_orientation(Bytes xmp) {
    constexpr std::string_view kName = "tiff:Orientation";
    const std::string_view text(reinterpret_cast<const char*>(xmp.data()), xmp.size());
    for (std::size_t at = text.find(kName); at != std::string_view::npos; at = text.find(kName, at + 1)) {
        const std::string_view value = text.substr(at + kName.size(), 3);
        const std::size_t digit = value.starts_with("=\"") || value.starts_with("='") ? 2 : value.starts_with(">") ? 1 : value.size();
        if (digit < value.size() && value[digit] >= '0' && value[digit] <= '9') {
            return value[digit] - '0';
        }
    }
    return std::nullopt;
}

void hear(std::optional<std::int64_t>& said, std::optional<std::int64_t> value) {
    if (!said) {
        said = value;
    }
}

/// Segments up to the first scan. The walk of image_header.cpp has found the file whole.
void hear_jpeg(Bytes b, Said& said) {
    for (std::size_t at = 2; at + 4 <= b.size() && b[at] == 0xFF;) {
        const std::uint8_t marker = b[at + 1];
        if (marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
            at += marker == 0xFF ? 1 : 2;
            continue;
        }
        const std::size_t length = be16(b, at + 2);
        if (marker == 0xD9 || marker == 0xDA || length < 2 || length > b.size() - at - 2) {
            return;
        }
        const Bytes data = b.subspan(at + 4, length - 2);
        if (marker == 0xE1 && starts(data, kExifPrefix)) {
            hear(said.exif, exif_orientation(data));
        } else if (marker == 0xE1 && starts(data, kXmpPrefix)) {
            hear(said.xmp, xmp_orientation(data.subspan(kXmpPrefix.size())));
        }
        at += 2 + length;
    }
}

/// eXIf stands before or behind the pixels.
void hear_png(Bytes b, Said& said) {
    for (std::size_t at = 8; at + 12 <= b.size();) {
        const std::size_t length = be32(b, at);
        if (length > b.size() - at - 12 || starts(b, "IEND", at + 4)) {
            return;
        }
        const Bytes data = b.subspan(at + 8, length);
        if (starts(b, "eXIf", at + 4)) {
            hear(said.exif, exif_orientation(data));
        } else if (starts(b, "iTXt", at + 4) && starts(data, kPngXmp)) {
            hear(said.xmp, xmp_orientation(data.subspan(kPngXmp.size())));
        }
        at += length + 12;
    }
}

void hear_webp(Bytes b, Said& said) {
    const std::size_t size = b.size() < 12 ? 0 : std::min<std::uint64_t>(std::uint64_t{le32(b, 4)} + 8, b.size());
    for_each_riff_chunk(size > 12 ? b.first(size).subspan(12) : Bytes(), [&](std::string_view kind, Bytes data) {
        if (kind == "EXIF") {
            hear(said.exif, exif_orientation(data));
        } else if (kind == "XMP ") {
            hear(said.xmp, xmp_orientation(data));
        }
    });
}

}  // namespace

int stored_orientation(ImageFormat format, Bytes file) {
    Said said;
    switch (format) {
        case ImageFormat::Jpeg:
            hear_jpeg(file, said);
            break;
        case ImageFormat::Png:
            hear_png(file, said);
            break;
        case ImageFormat::Webp:
            hear_webp(file, said);
            break;
        case ImageFormat::Bmp:
            break;
    }
    const std::int64_t orientation = said.exif.value_or(said.xmp.value_or(1));
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
}

}  // namespace r2t2
