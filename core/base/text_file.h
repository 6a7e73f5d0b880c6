// A text file of any size, a block or a line at a time, in UTF-8 (utf8_text.h says what becomes of other encodings).
//
// Errors: no file, not readable to its end, what utf8_text.h refuses. They come when the block or line is asked for that they spoil: whoever
// has seen the end asks status(). Thread rule: one file object, one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/utf8_text.h"

namespace r2t2 {

class TextFile {
public:
    /// `allowed` is what the file should be, for the error.
    explicit TextFile(const std::filesystem::path& path, const std::string& allowed = "a text file");

    /// Valid until the next call; empty: the end, or an error.
    [[nodiscard]] std::string_view next();
    [[nodiscard]] const Status& status() const { return status_; }
    [[nodiscard]] std::uint64_t position() const { return position_; }  ///< bytes of the file that were read

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    std::string where_;
    Utf8Stream text_;
    std::vector<char> block_;
    std::uint64_t position_ = 0;
    Status status_;
};

class TextLines {
public:
    explicit TextLines(const std::filesystem::path& path, const std::string& allowed = "a text file") : file_(path, allowed) {}

    /// The next line without its end ("\n", "\r\n"); false: no more, or an error.
    [[nodiscard]] bool next(std::string& line);
    [[nodiscard]] std::int64_t number() const { return number_; }  ///< of the last line, from 1
    [[nodiscard]] const Status& status() const { return file_.status(); }
    [[nodiscard]] std::uint64_t position() const { return file_.position(); }

private:
    TextFile file_;
    std::string_view block_;
    std::int64_t number_ = 0;
};

}  // namespace r2t2
