#include "core/base/utf8_character.h"

namespace r2t2 {

Utf8Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    const std::size_t bytes = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    Utf8Character out{1, first, bytes == 1};
    if (bytes < 2 || bytes > text.size()) {
        return out;
    }
    std::uint32_t code = first & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) {
            return out;
        }
        code = (code << 6) | (byte(i) & 0x3fU);
    }
    const bool shortest = bytes == 2 || (bytes == 3 ? code >= 0x800 : code >= 0x10000);
    const bool allowed = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return shortest && allowed ? Utf8Character{bytes, code, true} : out;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const Utf8Character each = first_character(text);
        if (!each.valid) {
            return false;
        }
        text.remove_prefix(each.bytes);
    }
    return true;
}

}  // namespace r2t2
