#include "core/base/quoted_name.h"

#include <cstdio>

namespace r2t2 {

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
