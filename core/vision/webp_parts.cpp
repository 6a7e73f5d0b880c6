#include "core/vision/webp_parts.h"

#include <algorithm>

#include "core/vision/picture_bytes.h"

namespace r2t2 {

namespace {

using namespace picture_bytes;

constexpr std::size_t kFrameHeader = 16;  ///< of an ANMF chunk: place, size, duration, flags

Error broken_webp(const std::string& where, const std::string& found, const std::string& allowed) {
    return invalid_input(where, "image", found, allowed);
}

Status read_extended(Bytes file, const std::string& where, WebpParts& parts) {
    parts.width = std::int64_t{le24(file, 24)} + 1;
    parts.height = std::int64_t{le24(file, 27)} + 1;
    parts.animated = (file[20] & 0x02) != 0;
    Bytes first;
    for_each_riff_chunk(file.subspan(12), [&](std::string_view kind, Bytes data) {
        if (kind == "ANMF" && first.empty()) {
            first = data;
        }
    });
    if (!parts.animated) {
        return {};
    }
    if (first.size() <= kFrameHeader) {
        return broken_webp(where, "an animated WebP without a first picture", "a complete WebP file");
    }
    const bool whole = le24(first, 0) == 0 && le24(first, 3) == 0 && std::int64_t{le24(first, 6)} + 1 == parts.width &&
                       std::int64_t{le24(first, 9)} + 1 == parts.height;
    if (!whole) {
        return broken_webp(where, "an animated WebP whose first picture covers a part of it", "one picture, or an animation that begins with a whole one");
    }
    parts.frame = first.subspan(kFrameHeader);
    return {};
}

}  // namespace

Result<WebpParts> webp_parts(Bytes file, const std::string& where) {
    if (file.size() < 30) {
        return broken_webp(where, "a WebP that ends early (" + std::to_string(file.size()) + " bytes)", "a complete WebP file");
    }
    const std::uint64_t stated = std::uint64_t{le32(file, 4)} + 8;
    if (stated > file.size()) {
        return broken_webp(where, "a WebP that ends early (" + std::to_string(file.size()) + " of " + std::to_string(stated) + " bytes)",
                           "a complete WebP file");
    }
    WebpParts parts;
    if (starts(file, "VP8X", 12)) {
        R2T2_TRY(read_extended(file.first(static_cast<std::size_t>(std::max<std::uint64_t>(stated, 30))), where, parts));
    } else if (starts(file, "VP8L", 12)) {
        const std::uint32_t bits = le32(file, 21);
        parts.width = std::int64_t{bits & 0x3FFF} + 1;
        parts.height = std::int64_t{bits >> 14 & 0x3FFF} + 1;
    } else if (starts(file, "VP8 ", 12)) {
        parts.width = le16(file, 26) & 0x3FFF;
        parts.height = le16(file, 28) & 0x3FFF;
    } else {
        return broken_webp(where, "a WebP of an unknown kind", "VP8, VP8L or VP8X");
    }
    return parts;
}

std::vector<std::uint8_t> still_webp(const WebpParts& parts) {
    std::vector<std::uint8_t> out;
    const auto text = [&out](std::string_view word) { out.insert(out.end(), word.begin(), word.end()); };
    const auto number = [&out](std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
        }
    };
    constexpr std::size_t kExtended = 18;  // a VP8X chunk
    const bool alpha = starts(parts.frame, "ALPH");
    text("RIFF");
    number(4 + (alpha ? kExtended : 0) + parts.frame.size(), 4);
    text("WEBP");
    if (alpha) {
        text("VP8X");
        number(10, 4);
        number(0x10, 4);  // it has an alpha channel
        number(static_cast<std::uint64_t>(parts.width - 1), 3);
        number(static_cast<std::uint64_t>(parts.height - 1), 3);
    }
    out.insert(out.end(), parts.frame.begin(), parts.frame.end());
    return out;
}

}  // namespace r2t2
