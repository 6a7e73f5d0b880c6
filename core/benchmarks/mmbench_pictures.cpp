#include "core/benchmarks/mmbench_pictures.h"

#include <optional>
#include <set>

#include "core/benchmarks/picture_cache.h"
#include "core/benchmarks/tsv_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::size_t kLongestReference = 64;  ///< a shorter picture cell names the row whose picture it is

bool is_reference(std::string_view cell) { return cell.size() <= kLongestReference; }

}  // namespace

std::string MmbenchPictures::file_of(std::string_view cell, std::int64_t index, const std::string& where) {
    if (!is_reference(cell)) {
        return files_[index] = unpacked(cell, where);
    }
    const std::optional<std::int64_t> named = whole_number(strip(cell));
    if (!named) {
        throw invalid_input(where, "image", "\"" + std::string(cell) + "\"", "a picture in base64, or the index of a row that has one");
    }
    references_[index] = *named;
    if (files_.find(*named) == files_.end() && !table_read_) {
        read_table();
    }
    return followed(*named, cell, where);
}

std::string MmbenchPictures::unpacked(std::string_view cell, const std::string& where) const {
    const Result<std::string> bytes = decode_base64(cell, where);
    if (!bytes) {
        throw bytes.error();
    }
    const Result<std::filesystem::path> file = cached_picture(cache_, *bytes, where);
    if (!file) {
        throw file.error();
    }
    return file->filename().string();
}

std::string MmbenchPictures::followed(std::int64_t index, std::string_view cell, const std::string& where) const {
    std::set<std::int64_t> met;
    for (std::int64_t at = index; met.insert(at).second;) {
        if (const auto file = files_.find(at); file != files_.end()) {
            return file->second;
        }
        const auto next = references_.find(at);
        if (next == references_.end()) {
            break;
        }
        at = next->second;
    }
    throw invalid_input(where, "image", "\"" + std::string(cell) + "\", which leads to no picture", "a picture in base64, or the index of a row that has one");
}

/// What is wrong with a row is said when the row itself is read.
void MmbenchPictures::read_table() {
    table_read_ = true;
    Result<TsvReader> table = TsvReader::open(table_);
    const auto index_column = table ? table->column("index") : std::nullopt, image_column = table ? table->column("image") : std::nullopt;
    while (index_column && image_column) {
        const Result<std::optional<std::vector<std::string>>> row = table->next();
        if (!row || !*row) {
            return;
        }
        const std::vector<std::string>& cells = **row;
        const std::optional<std::int64_t> index = *index_column < cells.size() ? whole_number(cells[*index_column]) : std::nullopt;
        if (!index || *image_column >= cells.size() || strip(cells[*image_column]).empty()) {
            continue;
        }
        const std::string& cell = cells[*image_column];
        const std::optional<std::int64_t> named = is_reference(cell) ? whole_number(strip(cell)) : std::nullopt;
        if (named) {
            references_[*index] = *named;
        } else if (!is_reference(cell)) {
            try {
                files_[*index] = unpacked(cell, table_.string());
            } catch (const Error&) {
                continue;
            }
        }
    }
}

}  // namespace r2t2
