#include "core/base/path_text.h"

#include <charconv>
#include <cstdio>

#include "core/base/utf8_character.h"

namespace r2t2 {

namespace {

constexpr std::string_view kScheme = "file:";

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("/-._~").find(c) != std::string_view::npos;
}

std::string escaped(char c, const char* format) {
    char text[8];
    std::snprintf(text, sizeof text, format, static_cast<unsigned>(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::string path_text(const std::filesystem::path& path) {
    const std::string& bytes = path.native();
    if (is_utf8(bytes) && !bytes.starts_with(kScheme)) {
        return bytes;
    }
    std::string out(kScheme);
    for (const char c : bytes) {
        out += is_plain(c) ? std::string(1, c) : escaped(c, "%%%02X");
    }
    return out;
}

std::filesystem::path path_of_text(std::string_view text) {
    if (!text.starts_with(kScheme)) {
        return std::filesystem::path(text);
    }
    text.remove_prefix(kScheme.size());
    if (text.starts_with("///")) {
        text.remove_prefix(2);
    }
    std::string out;
    while (!text.empty()) {
        unsigned byte = 0;
        const bool hex = text.size() >= 3 && text.front() == '%' && std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr == text.data() + 3;
        out += hex ? static_cast<char>(byte) : text.front();
        text.remove_prefix(hex ? 3 : 1);
    }
    return out;
}

std::vector<std::string> paths_of_texts(std::vector<std::string> texts) {
    for (std::string& text : texts) {
        text = path_of_text(text).string();
    }
    return texts;
}

std::string utf8_name(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const Utf8Character each = first_character(name);
        out += each.valid ? std::string(name.substr(0, each.bytes)) : escaped(name.front(), "\\x%02x");
        name.remove_prefix(each.valid ? each.bytes : 1);
    }
    return out;
}

}  // namespace r2t2
