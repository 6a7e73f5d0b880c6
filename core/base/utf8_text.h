// Text of files that others wrote, as UTF-8: a byte order mark is taken off, UTF-16 is converted, what is no text of ours is refused.
//
// UTF-16 is known by its byte order mark, or without one by its first character, which is ASCII in every format we read (one of
// the first two bytes is zero). Errors: UTF-32, UTF-16 with half a character, a Git LFS pointer. UTF-8 itself is not checked here.
// Thread rule: one stream, one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

/// A text that comes in blocks.
class Utf8Stream {
public:
    explicit Utf8Stream(std::string where) : where_(std::move(where)) {}

    /// The next block in UTF-8; valid until the next call, may be empty. The first block has to hold four bytes or the whole text.
    [[nodiscard]] Result<std::string_view> next(std::string_view block);
    /// To be asked after the last block: does the text end with half a character?
    [[nodiscard]] Status finish() const;

private:
    enum class Encoding { Unknown, Utf8, Utf16Little, Utf16Big };

    Status begin(std::string_view& block);
    Status put_unit(std::uint32_t unit);
    void put(std::uint32_t code);
    [[nodiscard]] Error half_character() const;

    std::string where_;
    Encoding encoding_ = Encoding::Unknown;
    std::string out_;
    std::optional<unsigned char> odd_byte_;
    std::uint32_t high_ = 0;  ///< the first half of a surrogate pair, 0: none
};

/// A whole text.
[[nodiscard]] Result<std::string> utf8_text(std::string text, const std::string& where);

}  // namespace r2t2
