#include "core/base/shell_word.h"

#include <algorithm>
#include <cstdio>

namespace r2t2 {

std::string shell_word(const std::string& text) {
    const bool plain = !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                               "0123456789_-+=:,./@%") == std::string::npos;
    if (plain) {
        return text;
    }
    if (const auto steers = [](unsigned char c) { return c < 0x20 || c == 0x7f; }; std::any_of(text.begin(), text.end(), steers)) {
        std::string dollar = "$'";  // bash and other shells since POSIX 2024: escapes instead of what would move the cursor
        for (const char c : text) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
            dollar += steers(static_cast<unsigned char>(c)) ? std::string(escape) : (c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c));
        }
        return dollar + "'";
    }
    std::string quoted = "'";
    for (const char c : text) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

}  // namespace r2t2
