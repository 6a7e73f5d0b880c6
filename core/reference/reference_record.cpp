#include "core/reference/reference_record.h"

namespace r2t2 {

SampleIdentity identity_of(const ReferenceRecord& record) {
    return {record.set, record.image_path, record.pixels_hash, record.question};
}

bool same_image(const SampleIdentity& a, const SampleIdentity& b) {
    if (!a.pixels_hash.empty() && !b.pixels_hash.empty()) {
        return a.pixels_hash == b.pixels_hash;
    }
    return a.image_path == b.image_path && (a.set.empty() || b.set.empty() || a.set == b.set);
}

bool same_sample(const SampleIdentity& a, const SampleIdentity& b) {
    return trimmed(a.question) == trimmed(b.question) && same_image(a, b);
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
