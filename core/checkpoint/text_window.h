// Internal to core/checkpoint: the text at the beginning of a large file, read a window at a time.
//
// Thread rule: one window, one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/file_reader.h"

namespace r2t2::safetensors {

/// A text in a file, seen through a window: bounded memory, whatever its length. From the first error on it reads as zeros.
class TextWindow {
public:
    TextWindow(const FileReader& file, std::size_t begin, std::size_t count)
        : file_(file), begin_(begin), count_(count), buffer_(std::min(count, window_bytes)) {}

    [[nodiscard]] char operator[](std::size_t i) {
        if (i - first_ >= filled_) {  // also where i < first_
            load(i);
        }
        return static_cast<char>(buffer_[i - first_]);
    }
    /// From byte `begin` to the end of the window that it lies in, at most to `end`; valid until another byte is asked for.
    [[nodiscard]] std::string_view window(std::size_t begin, std::size_t end) {
        static_cast<void>((*this)[begin]);
        const std::size_t until = std::min(first_ + filled_, end);
        return {reinterpret_cast<const char*>(buffer_.data()) + (begin - first_), until - begin};
    }
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    void load(std::size_t i) {
        first_ = i / window_bytes * window_bytes;
        filled_ = std::min(window_bytes, count_ - first_);
        const Status status = error_ ? Status(*error_) : file_.read(begin_ + first_, std::span(buffer_).first(filled_));
        if (!status.ok()) {
            error_ = status.error();
            std::fill(buffer_.begin(), buffer_.end(), std::byte{0});
        }
    }

    static constexpr std::size_t window_bytes = 1 << 18;
    const FileReader& file_;
    std::size_t begin_, count_;
    std::vector<std::byte> buffer_;
    std::size_t first_ = 0, filled_ = 0;
    std::optional<Error> error_;
};

/// What the JSON library reads a window by.
class TextIterator {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    TextIterator() = default;
    TextIterator(TextWindow& text, std::size_t at) : text_(&text), at_(at) {}
    reference operator*() const { return (*text_)[at_]; }
    TextIterator& operator++() {
        ++at_;
        return *this;
    }
    TextIterator operator++(int) {
        TextIterator before = *this;
        ++*this;
        return before;
    }
    bool operator==(const TextIterator& other) const { return at_ == other.at_; }

private:
    TextWindow* text_ = nullptr;
    std::size_t at_ = 0;
};

}  // namespace r2t2::safetensors
