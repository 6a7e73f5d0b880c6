#include "core/json/json_source.h"

namespace r2t2 {

JsonSource::JsonSource(std::string_view text, std::string where, const JsonLimits& limits)
    : JsonSource([text]() mutable { return std::exchange(text, {}); }, std::move(where), limits) {}

JsonSource::JsonSource(Blocks blocks, std::string where, const JsonLimits& limits)
    : blocks_(std::move(blocks)), where_(std::move(where)), limits_(limits), text_(where_), line_(limits.first_line) {}

bool JsonSource::ends() {
    if (!replaced_.empty()) {
        return false;
    }
    if (failure_ || (at_ == end_ && !refill())) {
        return true;
    }
    if (!looked_) {
        looked_ = true;
        look();
    }
    return failure_.has_value();
}

void JsonSource::advance() {
    looked_ = false;
    if (replaced_.empty()) {
        take();
    } else if (++replaced_at_ == replaced_.size()) {
        replaced_.clear();
    }
}

bool JsonSource::refill() {
    while (at_ == end_ && !failure_) {
        const std::string_view block = blocks_();
        if (block.empty()) {
            if (const Status whole = text_.finish(); !whole.ok()) {
                failure_ = whole.error();
            }
            return false;
        }
        read_ += block.size();
        const Result<std::string_view> text = text_.next(block);
        if (!text.ok()) {
            failure_ = text.error();
        } else if (read_ > limits_.bytes) {
            failure_ = invalid_input(where_, "size", "more than " + std::to_string(limits_.bytes) + " bytes", "less");
        } else {
            at_ = text->data();
            end_ = at_ + text->size();
        }
    }
    return !failure_;
}

/// What the byte that comes next means for the ones after it.
void JsonSource::look() {
    const char c = *at_;
    if (in_text_) {
        in_text_ = escaped_ || c != '"';
        escaped_ = !escaped_ && c == '\\';
        return;
    }
    switch (c) {
        case '"':
            in_text_ = true;
            break;
        case '\0':  // the parser takes it for the end
            take();
            failure_ = error("a byte 0 outside of a text");
            break;
        case '{':
        case '[':
            if (++depth_ > limits_.depth) {
                take();
                failure_ = invalid_input(where_, {}, "JSON nested deeper than " + std::to_string(limits_.depth) + " at line " +
                                         std::to_string(line_) + ", column " + std::to_string(column_), "less");
            }
            break;
        case '}':
        case ']':
            --depth_;
            break;
        case 'N':
            replace("NaN");
            break;
        case 'I':
            replace("Infinity");
            break;
        case '-':
            replace("-Infinity");
            break;
        default:
            break;
    }
}

/// Takes as much as is there of `word`; the whole word is handed on as null, or as a text.
void JsonSource::replace(std::string_view word) {
    if (limits_.non_finite == NonFiniteLiterals::Refused) {
        return;
    }
    std::size_t same = 0;
    while (same < word.size() && (at_ != end_ || refill()) && *at_ == word[same]) {
        take();
        ++same;
    }
    const bool as_text = limits_.non_finite == NonFiniteLiterals::AsTexts || (limits_.non_finite == NonFiniteLiterals::InfinitiesAsTexts && word != "NaN");
    replaced_ = same < word.size() ? std::string(word.substr(0, same)) : as_text ? '"' + std::string(word) + '"' : "null";
    replaced_at_ = 0;
}

void JsonSource::take() {
    const char c = *at_++;
    ++taken_;
    if (line_ended_) {
        ++line_;
        column_ = 0;
    }
    line_ended_ = c == '\n';
    column_ += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;  // bytes that go on with a character do not count
}

Error JsonSource::error(const std::string& reason) const {
    if (failure_) {
        return *failure_;
    }
    const std::size_t syntax = reason.find("syntax error");
    const std::size_t prefix = reason.find("] ");  // the library's own name of the error
    const std::string what = syntax != std::string::npos ? reason.substr(syntax)
                             : prefix != std::string::npos ? reason.substr(prefix + 2) : reason;
    return invalid_input(where_, {}, "broken JSON at line " + std::to_string(line_) + ", column " + std::to_string(column_) + ": " + what.substr(0, 200),
                         "JSON in UTF-8 or UTF-16");
}

}  // namespace r2t2
