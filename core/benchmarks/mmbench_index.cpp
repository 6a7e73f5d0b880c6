#include "core/benchmarks/mmbench_index.h"

#include <charconv>
#include <cstdint>

#include "core/benchmarks/tsv_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::int64_t kRotationStep = 1'000'000;

bool is_number(const std::string& text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [at, code] = std::from_chars(text.data(), end, value);
    return at == end && code != std::errc::invalid_argument;
}

}  // namespace

std::optional<MmbenchIndex> mmbench_index(std::string_view cell) {
    const std::string text = strip(cell);
    if (const std::optional<std::int64_t> index = whole_number(text)) {
        return MmbenchIndex{std::to_string(*index), std::to_string(*index % kRotationStep), *index >= kRotationStep, false};
    }
    if (is_blank_cell(text) || text.size() > kLongestMmbenchIndex || is_number(text) || !is_utf8(text)) {
        return std::nullopt;
    }
    return MmbenchIndex{text, text, false, true};
}

}  // namespace r2t2
