#include "core/base/sha256.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <fstream>
#include <vector>

namespace r2t2 {

namespace {

constexpr std::array<std::uint32_t, 64> round_constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t big_endian(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace

void Sha256::compress(const std::uint8_t* block) {
    std::array<std::uint32_t, 64> w;
    for (std::size_t t = 0; t < 16; ++t) {
        w[t] = big_endian(block + 4 * t);
    }
    for (std::size_t t = 16; t < 64; ++t) {
        const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
        const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t t = 0; t < 64; ++t) {
        const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[t] + w[t];
        const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> mixed = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) {
        state_[i] += mixed[i];
    }
}

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
        compress(block_.data());
        filled_ = 0;
    }
    for (; size >= block_.size(); bytes += block_.size(), size -= block_.size()) {
        compress(bytes);
    }
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
