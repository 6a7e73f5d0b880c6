#include "core/base/sha256.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <fstream>
#include <vector>

#include "core/base/sha256_compress.h"

namespace r2t2 {

namespace {

void compress(sha256::State& state, const std::uint8_t* blocks, std::size_t count) {
    static const sha256::Compress by_instructions = sha256::compress_by_instructions();
    (by_instructions != nullptr ? by_instructions : sha256::compress_portable)(state, blocks, count);
}

}  // namespace

void Sha256::update(const void* data, std::size_t size) {
    assert(!ended_);
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    length_ += size;
    if (filled_ > 0) {
        const std::size_t part = std::min(size, block_.size() - filled_);
        std::copy_n(bytes, part, block_.data() + filled_);
        filled_ += part;
        bytes += part;
        size -= part;
        if (filled_ < block_.size()) {
            return;
        }
        compress(state_, block_.data(), 1);
        filled_ = 0;
    }
    const std::size_t blocks = size / block_.size();
    compress(state_, bytes, blocks);
    bytes += blocks * block_.size();
    size -= blocks * block_.size();
    std::copy_n(bytes, size, block_.data());
    filled_ = size;
}

std::array<std::uint8_t, 32> Sha256::digest() {
    assert(!ended_);
    const std::uint64_t bits = length_ * 8;
    constexpr std::array<std::uint8_t, 64> padding = {0x80};
    const std::size_t zeros = filled_ < 56 ? 56 - filled_ : 120 - filled_;
    update(padding.data(), zeros);
    std::array<std::uint8_t, 8> tail{};
    for (std::size_t i = 0; i < 8; ++i) {
        tail[i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
    }
    update(tail.data(), tail.size());
    ended_ = true;
    std::array<std::uint8_t, 32> out{};
    for (std::size_t i = 0; i < 32; ++i) {
        out[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return out;
}

std::string Sha256::hex() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : digest()) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string sha256_hex(std::string_view data) {
    Sha256 hash;
    hash.update(data);
    return hash.hex();
}

Result<std::string> sha256_file(const std::filesystem::path& path, const CancelToken& cancel) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        return Error{ErrorKind::NotFound, path.string(), {}, "no such file", {}};
    }
    if (std::filesystem::is_directory(path, ignored)) {
        return io_error(path.string(), "cannot read: it is a folder");
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return io_error(path.string(), "cannot open for reading");
    }
    Sha256 hash;
    std::vector<char> piece(std::size_t{1} << 20);
    while (in) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.update(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (in.bad()) {
        return io_error(path.string(), "read error");
    }
    return hash.hex();
}

}  // namespace r2t2
