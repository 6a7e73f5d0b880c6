// Cleaning and splitting, with utf8proc's tables of Unicode categories, decompositions and small letters.
#include <array>
#include <cstdlib>
#include <memory>
#include <utf8proc.h>

#include "core/tokenizer/wordpiece_tokenizer.h"

namespace r2t2 {

namespace {

using CodePoint = utf8proc_int32_t;
using CodePoints = std::vector<CodePoint>;

constexpr CodePoint kReplacement = 0xFFFD;

/// Bytes that are no UTF-8 become U+FFFD, one each.
CodePoints code_points(std::string_view text) {
    CodePoints out;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        CodePoint point = -1;
        const auto length = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
        out.push_back(length > 0 ? point : kReplacement);
        at += length > 0 ? static_cast<std::size_t>(length) : 1;
    }
    return out;
}

void append(std::string& text, CodePoint point) {
    utf8proc_uint8_t bytes[4];
    const auto length = utf8proc_encode_char(point, bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

bool is_white_space(CodePoint point) {
    if ((point >= 0x09 && point <= 0x0D) || point == 0x85) {
        return true;
    }
    const utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_dropped(CodePoint point) {
    if (point == '\t' || point == '\n' || point == '\r') {
        return false;
    }
    const utf8proc_category_t category = utf8proc_category(point);
    return point == 0 || point == kReplacement || category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
           category == UTF8PROC_CATEGORY_CO;
}

/// All signs of ASCII count, "$" and "~" too.
bool is_punctuation(CodePoint point) {
    if (point < 0x80) {
        return (point >= 33 && point <= 47) || (point >= 58 && point <= 64) || (point >= 91 && point <= 96) ||
               (point >= 123 && point <= 126);
    }
    const utf8proc_category_t category = utf8proc_category(point);
    return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

/// The blocks that BERT's authors list.
bool is_ideograph(CodePoint point) {
    static constexpr std::array<std::pair<CodePoint, CodePoint>, 8> kBlocks = {{{0x4E00, 0x9FFF},
                                                                               {0x3400, 0x4DBF},
                                                                               {0x20000, 0x2A6DF},
                                                                               {0x2A700, 0x2B73F},
                                                                               {0x2B740, 0x2B81F},
                                                                               {0x2B920, 0x2CEAF},
                                                                               {0xF900, 0xFAFF},
                                                                               {0x2F800, 0x2FA1F}}};
    for (const auto& [first, last] : kBlocks) {
        if (point >= first && point <= last) {
            return true;
        }
    }
    return false;
}

/// Canonical decomposition without non-spacing marks.
CodePoints without_accents(const CodePoints& points) {
    std::string text;
    for (const CodePoint point : points) {
        append(text, point);
    }
    utf8proc_uint8_t* decomposed = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &decomposed,
                                     static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(decomposed, &std::free);
    if (length < 0) {
        return points;
    }
    CodePoints out;
    for (const CodePoint point : code_points({reinterpret_cast<const char*>(decomposed), static_cast<std::size_t>(length)})) {
        if (utf8proc_category(point) != UTF8PROC_CATEGORY_MN) {
            out.push_back(point);
        }
    }
    return out;
}

CodePoints cleaned(std::string_view text, const WordPieceOptions& options) {
    CodePoints out;
    for (const CodePoint point : code_points(text)) {
        if (is_dropped(point)) {
            continue;
        }
        const bool alone = options.split_ideographs && is_ideograph(point);
        if (alone) {
            out.push_back(' ');
        }
        out.push_back(is_white_space(point) ? ' ' : point);
        if (alone) {
            out.push_back(' ');
        }
    }
    return out;
}

}  // namespace

std::vector<std::string> bert_words(std::string_view text, const WordPieceOptions& options) {
    CodePoints points = cleaned(text, options);
    if (options.strip_accents) {
        points = without_accents(points);
    }
    std::vector<std::string> words;
    bool open = false;  // the last word goes on
    for (const CodePoint point : points) {
        const CodePoint letter = options.lower_case ? utf8proc_tolower(point) : point;
        if (is_white_space(letter)) {
            open = false;
            continue;
        }
        const bool alone = is_punctuation(letter);
        if (!open || alone) {
            words.emplace_back();
        }
        append(words.back(), letter);
        open = !alone;
    }
    return words;
}

}  // namespace r2t2
