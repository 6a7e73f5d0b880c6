#include "core/reference/reference_record.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace r2t2 {

namespace {

bool is_punctuation(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_P_MASK) != 0; }

/// ICU replaces bytes that are no UTF-8 by U+FFFD.
icu::UnicodeString folded_form(std::string_view text) {
    const auto written = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    UErrorCode code = U_ZERO_ERROR;
    const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(code);  // also takes out what cannot be seen
    const icu::UnicodeString out = U_SUCCESS(code) ? folding->normalize(written, code) : written;
    return U_SUCCESS(code) ? out : written;
}

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

}  // namespace

SampleIdentity identity_of(const ReferenceRecord& record) {
    return {record.set, record.image_path, record.pixels_hash, record.question};
}

namespace {

bool is_whole_path(const std::string& path) { return path.starts_with('/') || path.starts_with("world:"); }

}  // namespace

std::string picture_key(const SampleIdentity& sample) {
    return !sample.pixels_hash.empty() ? "pixels " + sample.pixels_hash
                                       : "path " + (is_whole_path(sample.image_path) ? std::string() : sample.set) + "\n" + sample.image_path;
}

SamePicture same_picture(const SampleIdentity& a, const SampleIdentity& b) {
    if (!a.pixels_hash.empty() && !b.pixels_hash.empty()) {
        return a.pixels_hash == b.pixels_hash ? SamePicture::ByContent : SamePicture::No;
    }
    return a.image_path == b.image_path && (is_whole_path(a.image_path) || a.set.empty() || b.set.empty() || a.set == b.set) ? SamePicture::ByPath : SamePicture::No;
}

std::string_view to_string(SamePicture by) {
    switch (by) {
        case SamePicture::ByPath:
            return "path";
        case SamePicture::ByContent:
            return "picture content";
        case SamePicture::No:
            break;
    }
    return "none";
}

bool same_sample(const SampleIdentity& a, const SampleIdentity& b) {
    return same_image(a, b) && question_key(a.question) == question_key(b.question);
}

std::string question_key(std::string_view question) {
    const icu::UnicodeString form = folded_form(question);
    icu::UnicodeString spaced;
    bool blank = false;
    for (std::int32_t at = 0; at < form.length(); at = form.moveIndex32(at, 1)) {
        const UChar32 c = form.char32At(at);
        if (u_isUWhiteSpace(c)) {
            blank = !spaced.isEmpty();
            continue;
        }
        if (blank && !is_punctuation(c)) {
            spaced.append(u' ');
        }
        blank = false;
        spaced.append(c);
    }
    std::int32_t end = spaced.length();
    while (end > 0 && is_punctuation(spaced.char32At(end - 1))) {
        end = spaced.moveIndex32(end, -1);
    }
    return utf8(end > 0 ? spaced.tempSubString(0, end) : spaced);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

}  // namespace r2t2
