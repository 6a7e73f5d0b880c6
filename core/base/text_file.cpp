#include "core/base/text_file.h"

#include <cerrno>
#include <cstring>

namespace r2t2 {

namespace {

constexpr std::size_t kBlockBytes = 1 << 18;

}  // namespace

TextFile::TextFile(const std::filesystem::path& path, const std::string& allowed)
    : file_(std::fopen(path.c_str(), "rb"), std::fclose), where_(path.string()), text_(where_) {
    if (!file_) {
        const int code = errno;
        status_ = Error{code == ENOENT ? ErrorKind::NotFound : ErrorKind::Io, where_, {}, std::strerror(code), allowed};
    }
}

std::string_view TextFile::next() {
    while (status_.ok()) {
        block_.resize(kBlockBytes);
        errno = 0;
        const std::size_t size = std::fread(block_.data(), 1, block_.size(), file_.get());
        if (size == 0 && std::ferror(file_.get()) != 0) {
            status_ = io_error(where_, std::string("cannot be read to its end: ") + std::strerror(errno));
        } else if (size == 0) {
            status_ = text_.finish();
            return {};
        } else {
            position_ += size;
            const Result<std::string_view> text = text_.next({block_.data(), size});
            if (text && !text->empty()) {
                return *text;
            }
            status_ = text ? Status() : Status(text.error());
        }
    }
    return {};
}

bool TextLines::next(std::string& line) {
    line.clear();
    for (bool anything = false;; anything = true) {
        if (block_.empty()) {
            block_ = file_.next();
        }
        if (block_.empty()) {
            number_ += anything ? 1 : 0;
            return anything && status().ok();
        }
        const std::size_t end = block_.find('\n');
        line += block_.substr(0, end);
        block_.remove_prefix(end == std::string_view::npos ? block_.size() : end + 1);
        if (end != std::string_view::npos) {
            line.erase(line.ends_with('\r') ? line.size() - 1 : line.size());
            ++number_;
            return true;
        }
    }
}

}  // namespace r2t2
