#include "core/base/utf8_text.h"

#include "core/base/git_lfs.h"

namespace r2t2 {

namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool starts(std::string_view text, std::initializer_list<unsigned char> bytes) {
    std::size_t at = 0;
    for (const unsigned char byte : bytes) {
        if (at == text.size() || static_cast<unsigned char>(text[at++]) != byte) {
            return false;
        }
    }
    return true;
}

}  // namespace

Status Utf8Stream::begin(std::string_view& block) {
    encoding_ = Encoding::Utf8;
    if (is_git_lfs_pointer(block)) {
        return git_lfs_error(where_);
    }
    if (block.starts_with(kUtf8Mark)) {
        block.remove_prefix(kUtf8Mark.size());
        return {};
    }
    const bool zero_first = block.size() >= 2 && block[0] == '\0';
    const bool zero_second = block.size() >= 2 && block[1] == '\0';
    const bool wide = block.size() >= 4 && ((block[0] != '\0' && zero_second && block[2] == '\0' && block[3] == '\0') ||
                                            (zero_first && zero_second && block[2] == '\0' && block[3] != '\0'));
    if (wide || starts(block, {0xFF, 0xFE, 0, 0}) || starts(block, {0, 0, 0xFE, 0xFF})) {
        return invalid_input(where_, {}, "text in UTF-32", "UTF-8 or UTF-16");
    }
    const bool marked_little = starts(block, {0xFF, 0xFE}), marked_big = starts(block, {0xFE, 0xFF});
    if (marked_little || (zero_second && !zero_first)) {
        encoding_ = Encoding::Utf16Little;
    } else if (marked_big || (zero_first && !zero_second)) {
        encoding_ = Encoding::Utf16Big;
    }
    block.remove_prefix(marked_little || marked_big ? 2 : 0);
    return {};
}

Result<std::string_view> Utf8Stream::next(std::string_view block) {
    if (encoding_ == Encoding::Unknown && !block.empty()) {
        R2T2_TRY(begin(block));
    }
    if (encoding_ == Encoding::Utf8 || encoding_ == Encoding::Unknown) {
        return block;
    }
    out_.clear();
    for (const char each : block) {
        const auto byte = static_cast<unsigned char>(each);
        if (!odd_byte_) {
            odd_byte_ = byte;
            continue;
        }
        const std::uint32_t first = *odd_byte_, second = byte;
        odd_byte_.reset();
        R2T2_TRY(put_unit(encoding_ == Encoding::Utf16Little ? first | second << 8 : first << 8 | second));
    }
    return std::string_view(out_);
}

Status Utf8Stream::put_unit(std::uint32_t unit) {
    const bool is_high = unit >= 0xD800 && unit < 0xDC00, is_low = unit >= 0xDC00 && unit < 0xE000;
    if (is_low != (high_ != 0)) {
        return half_character();
    }
    if (is_high) {
        high_ = unit;
        return {};
    }
    put(is_low ? 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00) : unit);
    high_ = 0;
    return {};
}

void Utf8Stream::put(std::uint32_t code) {
    const auto byte = [this](std::uint32_t bits) { out_ += static_cast<char>(bits); };
    if (code < 0x80) {
        return byte(code);
    }
    if (code < 0x800) {
        byte(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            byte(0xE0 | code >> 12);
        } else {
            byte(0xF0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3F));
        }
        byte(0x80 | (code >> 6 & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
}

Error Utf8Stream::half_character() const {
    return invalid_input(where_, {}, "UTF-16 with half a character", "whole UTF-16, or UTF-8");
}

Status Utf8Stream::finish() const { return odd_byte_ || high_ != 0 ? Status(half_character()) : Status(); }

Result<std::string> utf8_text(std::string text, const std::string& where) {
    Utf8Stream stream(where);
    const Result<std::string_view> out = stream.next(text);
    if (!out) {
        return out.error();
    }
    R2T2_TRY(stream.finish());
    if (out->size() == text.size() && out->data() == text.data()) {
        return text;
    }
    return std::string(*out);
}

}  // namespace r2t2
