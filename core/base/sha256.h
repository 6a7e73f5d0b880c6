// SHA-256 (FIPS 180-4), streaming: names weights, files and duplicates. Not meant for secrets.
//
// Thread rule: one Sha256 belongs to one thread; the free functions may be called from any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/cancel.h"
#include "core/base/result.h"

namespace r2t2 {

class Sha256 {
public:
    void update(const void* data, std::size_t size);
    void update(std::string_view text) { update(text.data(), text.size()); }
    /// 32 bytes. Ends the stream; a further update is our bug and asserts.
    [[nodiscard]] std::array<std::uint8_t, 32> digest();
    /// 64 lower-case hexadecimal digits. Ends the stream.
    [[nodiscard]] std::string hex();

private:
    std::array<std::uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> block_{};
    std::size_t filled_ = 0;    ///< bytes waiting in block_
    std::uint64_t length_ = 0;  ///< bytes seen
    bool ended_ = false;
};

[[nodiscard]] std::string sha256_hex(std::string_view data);

/// Hash of a file's content, read in 1 MiB pieces; looks at the token once a piece.
/// Errors: NotFound or Io (names the path), Cancelled.
[[nodiscard]] Result<std::string> sha256_file(const std::filesystem::path& path, const CancelToken& cancel = {});

}  // namespace r2t2
