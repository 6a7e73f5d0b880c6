#include "core/benchmarks/picture_cache.h"

#include <array>
#include <span>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/base/user_directories.h"
#include "core/vision/load_image.h"

namespace r2t2 {

namespace {

constexpr std::uint64_t kMaxPictureBytes = 64ull << 20;

/// Ending by what the file begins with; empty: none of those that load_image reads.
std::string ending_of(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xD8\xFF")) {
        return ".jpg";
    }
    if (bytes.starts_with("\x89PNG")) {
        return ".png";
    }
    if (bytes.starts_with("BM")) {
        return ".bmp";
    }
    return bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP") ? ".webp" : "";
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

std::filesystem::path default_picture_cache() {
    const Result<std::filesystem::path> cache = cache_directory();
    return cache ? *cache / "benchmarks" : std::filesystem::path();
}

Result<std::filesystem::path> cached_picture(const std::filesystem::path& folder, std::string_view bytes, const std::string& where) {
    const std::string ending = ending_of(bytes);
    if (ending.empty()) {
        return invalid_input(where, "image", std::to_string(bytes.size()) + " bytes that are no picture", "a JPEG, PNG, WebP or BMP");
    }
    Sha256 hash;
    hash.update(bytes.data(), bytes.size());
    const std::filesystem::path file = folder / (hash.hex().substr(0, 32) + ending);
    if (const Result<std::string> there = read_limited_file(file, kMaxPictureBytes); there.ok() && *there == bytes) {
        return file;
    }
    if (folder.empty()) {
        return cache_directory().error();
    }
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code) {
        return io_error(folder.string(), code.message());
    }
    R2T2_TRY(write_file_atomically(file, bytes, Durability::Buffered));
    return file;
}

Result<std::string> decode_base64(std::string_view text, const std::string& where) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int digits = 0, padding = 0;
    for (const char c : text) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            continue;
        }
        padding += c == '=' ? 1 : 0;
        const int value = base64_value(c);
        if (c != '=' && (value < 0 || padding > 0)) {
            return invalid_input(where, "image", std::string("the character '") + (value < 0 && (c < ' ' || c > '~') ? '?' : c) + "' in base64", "A-Z a-z 0-9 + / =");
        }
        if (c != '=') {
            bits = bits << 6 | static_cast<std::uint32_t>(value);
            ++digits;
        }
        if (c != '=' && digits % 4 != 1) {
            const int left = digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0;
            out += static_cast<char>(bits >> left & 0xFF);
        }
    }
    if (digits % 4 == 1 || padding > 2 || (padding > 0 && (digits + padding) % 4 != 0)) {
        return invalid_input(where, "image", "base64 that ends early", "groups of four characters");
    }
    return out;
}

}  // namespace r2t2
