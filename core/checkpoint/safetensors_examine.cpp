#include "core/checkpoint/safetensors_examine.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace r2t2::safetensors {

Examination examine(const std::filesystem::path& path) {
    Examination found;
    std::error_code code;
    const std::uintmax_t size = std::filesystem::file_size(path, code);
    found.file_bytes = code ? 0 : size;
    auto opened = open_header(path);
    if (!opened.ok()) {
        found.problems.push_back(opened.error());
        return found;
    }
    const std::string where = path.string();
    const std::uint64_t data_bytes = opened->data_bytes();
    found.file_bytes = opened->file.size();
    found.data_begin = opened->data_begin;
    auto& entries = opened->header.tensors;
    std::uint64_t end = 0;
    std::size_t beyond = 0;
    while (!entries.empty()) {
        auto node = entries.extract(entries.begin());
        auto record = checked_record(node.key(), node.mapped(), std::numeric_limits<std::uint64_t>::max(), where);
        if (!record.ok()) {
            if (found.problems.size() < max_kept_problems) {
                found.problems.push_back(record.error());
            } else {
                ++found.more_problems;
            }
            continue;
        }
        end = std::max(end, record->end);
        beyond += record->end > data_bytes ? 1 : 0;
        found.tensors.emplace_hint(found.tensors.end(), std::move(node.key()), std::move(*record));
    }
    const bool all_told = found.problems.empty();
    if (beyond > 0) {
        found.problems.push_back(
            invalid_input(where, "file size", std::to_string(data_bytes) + " bytes of data",
                          std::to_string(end) + " bytes; " + std::to_string(beyond) + " tensors reach beyond the end"));
    }
    if (all_told) {  // else there are holes where the tensors lie that were left out
        std::vector<Extent> extents;
        extents.reserve(found.tensors.size());
        for (const auto& [name, record] : found.tensors) {
            extents.push_back({record.begin, record.end, &name});
        }
        const Status covered = check_coverage(std::move(extents), beyond > 0 ? end : data_bytes, where);
        if (!covered.ok()) {
            found.problems.push_back(covered.error());
        }
    }
    return found;
}

}  // namespace r2t2::safetensors
