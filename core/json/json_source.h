// The bytes of a JSON text on their way to the parser: what others write and the parser does not take is mended here.
//
// NaN, Infinity and -Infinity, as Python's json.dump writes them, become null (unless refused); a byte order mark is taken off, UTF-16 converted
// (core/base/utf8_text.h); nesting is counted before the parser recurses or builds. Source: RFC 8259; Python's json module.
// Thread rule: one source, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/utf8_text.h"

namespace r2t2 {

enum class NonFiniteLiterals {
    AsNull,   ///< NaN, Infinity and -Infinity are read as null: unknown
    InfinitiesAsTexts,  ///< NaN is null; "Infinity" and "-Infinity" are texts: numbers that only have an order
    AsTexts,  ///< all three are texts: settings, in which null says that the default is meant, and which are refused where they are read
    Refused,  ///< they are broken JSON, as RFC 8259 has it
};

enum class RepeatedKeys {
    Unreadable,  ///< an error where the field is read (json_builder.h)
    Refused,     ///< an error that names the key: settings of ours, all of which are read
};

enum class LongNumbers {
    Rounded,   ///< whole numbers that fit no 64 bits become doubles
    AsDigits,  ///< they become texts of their digits: identities and answers of any length
};

struct JsonLimits {
    int depth = 32;                       ///< brackets inside each other
    std::uint64_t bytes = 1ull << 30;     ///< of the text
    NonFiniteLiterals non_finite = NonFiniteLiterals::AsNull;
    RepeatedKeys repeated_keys = RepeatedKeys::Unreadable;
    LongNumbers long_numbers = LongNumbers::Rounded;
    std::int64_t first_line = 1;          ///< of a text that is cut out of a file
};

class JsonSource {
public:
    /// Called for the next bytes; an empty view is the end. The first has four bytes or all of them.
    using Blocks = std::function<std::string_view()>;

    JsonSource(std::string_view text, std::string where, const JsonLimits& limits);
    JsonSource(Blocks blocks, std::string where, const JsonLimits& limits);

    [[nodiscard]] bool ends();
    [[nodiscard]] char byte() const { return replaced_.empty() ? *at_ : replaced_[replaced_at_]; }
    void advance();

    [[nodiscard]] std::uint64_t position() const { return taken_; }  ///< bytes that were handed on, about
    [[nodiscard]] std::int64_t line() const { return line_; }        ///< of the last byte that was handed on, from 1
    [[nodiscard]] std::int64_t column() const { return column_; }    ///< in characters, from 1
    [[nodiscard]] const std::string& where() const { return where_; }

    /// The source's own reason to end early; to be asked even where the parser was content.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    /// What is wrong, after the parser gave up: the source's own reason, else `reason` with its line and column.
    [[nodiscard]] Error error(const std::string& reason) const;

private:
    [[nodiscard]] bool refill();
    void look();
    void replace(std::string_view word);
    void take();

    Blocks blocks_;
    std::string where_;
    JsonLimits limits_;
    Utf8Stream text_;
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    std::string replaced_;  ///< handed on instead of what stood there
    std::size_t replaced_at_ = 0;
    std::uint64_t taken_ = 0, read_ = 0;
    std::int64_t line_, column_ = 0;
    int depth_ = 0;
    bool looked_ = false, in_text_ = false, escaped_ = false, line_ended_ = false;
    std::optional<Error> failure_;
};

/// The iterator that the parser asks for; null is the end.
class JsonIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    explicit JsonIterator(JsonSource* source) : source_(source) {}
    reference operator*() const { return source_->byte(); }
    JsonIterator& operator++() {
        source_->advance();
        return *this;
    }
    bool operator==(const JsonIterator& other) const { return ended() == other.ended(); }
    bool operator!=(const JsonIterator& other) const { return !(*this == other); }

private:
    [[nodiscard]] bool ended() const { return source_ == nullptr || source_->ends(); }
    JsonSource* source_;
};

}  // namespace r2t2
