// Internal to core/vision: numbers and words in the bytes of picture files. Whoever reads has looked at the length before.
#pragma once

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

}  // namespace r2t2::picture_bytes
