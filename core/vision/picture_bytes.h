// Internal to core/vision: numbers and words in the bytes of picture files. Whoever reads has looked at the length before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace r2t2::picture_bytes {

using Bytes = std::span<const std::uint8_t>;

inline std::uint32_t be16(Bytes b, std::size_t at) { return std::uint32_t{b[at]} << 8 | b[at + 1]; }
inline std::uint32_t be32(Bytes b, std::size_t at) { return be16(b, at) << 16 | be16(b, at + 2); }
inline std::uint32_t le16(Bytes b, std::size_t at) { return std::uint32_t{b[at + 1]} << 8 | b[at]; }
inline std::uint32_t le24(Bytes b, std::size_t at) { return std::uint32_t{b[at + 2]} << 16 | le16(b, at); }
inline std::uint32_t le32(Bytes b, std::size_t at) { return std::uint32_t{b[at + 3]} << 24 | le24(b, at); }

inline bool starts(Bytes bytes, std::string_view magic, std::size_t at = 0) {
    return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

/// Calls `each` for the kind and the data of the chunks of a RIFF file (behind its twelve bytes) or of a WebP's frame; a chunk that is
/// longer than the rest ends it.
template <typename Each>
void for_each_riff_chunk(Bytes bytes, const Each& each) {
    for (std::size_t at = 0; at + 8 <= bytes.size();) {
        const std::size_t length = std::min<std::size_t>(le32(bytes, at + 4), bytes.size() - at - 8);
        each(std::string_view(reinterpret_cast<const char*>(bytes.data()) + at, 4), bytes.subspan(at + 8, length));
        at += 8 + length + length % 2;
    }
}

}  // namespace r2t2::picture_bytes
