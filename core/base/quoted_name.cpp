#include "core/base/quoted_name.h"

#include <cstdint>
#include <cstdio>

#include "core/base/utf8_character.h"

namespace r2t2 {

namespace {

bool steers(const Utf8Character& each) {
    const std::uint32_t c = each.code;
    const bool direction = each.valid && (c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || direction;
}

std::string escaped(std::uint32_t code) {
    if (code == '\n' || code == '\t' || code == '\r') {
        return code == '\n' ? "\\n" : code == '\t' ? "\\t" : "\\r";
    }
    char text[12];
    std::snprintf(text, sizeof text, code < 0x100 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(code));
    return text;
}

std::string shown(std::string_view text, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Utf8Character each = first_character(text);
        const bool as_it_is = !steers(each) || (each.bytes == 1 && kept.find(text.front()) != std::string_view::npos);
        out += as_it_is ? std::string(text.substr(0, each.bytes)) : escaped(each.code);
        text.remove_prefix(each.bytes);
    }
    return out;
}

}  // namespace

std::string printable(std::string_view text) { return shown(text, {}); }

std::string printable_lines(std::string_view text) { return shown(text, "\n\t"); }

std::string quoted_name(std::string_view text) {
    constexpr std::size_t longest = 120;
    std::string out = "\"";
    for (const char c : text.substr(0, longest)) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += escape;
        } else {
            out += c;
        }
    }
    return out + (text.size() > longest ? "...\"" : "\"");
}

}  // namespace r2t2
