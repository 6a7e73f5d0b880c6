#include "core/benchmarks/mmbench_pictures.h"

#include <optional>
#include <set>
#include <vector>

#include "core/benchmarks/mmbench_index.h"
#include "core/benchmarks/picture_cache.h"
#include "core/benchmarks/tsv_reader.h"
#include "core/scoring/text.h"

namespace r2t2 {

namespace {

constexpr std::string_view kAllowed = "a picture in base64, or the index of a row that has one";

/// A shorter picture cell names the row whose picture it is.
bool is_reference(std::string_view cell) { return cell.size() <= kLongestMmbenchIndex; }

/// The texts of a list; none: it is no list of texts. A backslash stands before a slash, as JSON may write it; base64 has no other.
std::optional<std::vector<std::string>> listed(std::string_view cell) {
    std::vector<std::string> entries;
    bool comma = true;
    for (std::size_t at = 1; at + 1 < cell.size(); ++at) {
        const char c = cell[at];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || (c == ',' && !comma)) {
            comma = comma || c == ',';
            continue;
        }
        const std::size_t end = c == '\'' || c == '"' ? cell.find(c, at + 1) : std::string_view::npos;
        if (end == std::string_view::npos || !comma) {
            return std::nullopt;
        }
        entries.push_back(replace_all(std::string(cell.substr(at + 1, end - at - 1)), "\\/", "/"));
        comma = false;
        at = end;
    }
    return entries;
}

/// A cell without what is around its one picture.
std::string one_picture(std::string_view cell, const std::string& where) {
    std::string text = strip(cell);
    if (text.starts_with('[') && text.ends_with(']')) {
        const auto entries = listed(text);
        if (!entries || entries->size() != 1) {
            throw invalid_input(where, "image", entries ? std::to_string(entries->size()) + " pictures in a list" : "a list that is none of texts", "one picture a row");
        }
        text = strip(entries->front());
    }
    if (text.starts_with("data:")) {
        const std::size_t comma = text.find(',');
        if (comma == std::string::npos || !text.substr(0, comma).ends_with(";base64")) {
            throw invalid_input(where, "image", "\"" + text.substr(0, 40) + "\"", "data:image/...;base64, and a picture");
        }
        text.erase(0, comma + 1);
    }
    return text;
}

}  // namespace

std::string MmbenchPictures::file_of(std::string_view whole, const std::string& index, const std::string& where) {
    const std::string cell = one_picture(whole, where);
    if (!is_reference(cell)) {
        return files_[index] = unpacked(cell, where);
    }
    const std::optional<MmbenchIndex> named = mmbench_index(cell);
    if (!named) {
        throw invalid_input(where, "image", "\"" + cell + "\"", std::string(kAllowed));
    }
    references_[index] = named->id;
    if (files_.find(named->id) == files_.end() && !table_read_) {
        read_table();
    }
    return followed(named->id, cell, where);
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

std::string MmbenchPictures::followed(const std::string& index, std::string_view cell, const std::string& where) const {
    std::set<std::string> met;
    for (std::string at = index; met.insert(at).second;) {
        if (const auto file = files_.find(at); file != files_.end()) {
            return file->second;
        }
        const auto next = references_.find(at);
        if (next == references_.end()) {
            break;
        }
        at = next->second;
    }
    throw invalid_input(where, "image", "\"" + std::string(cell) + "\", which leads to no picture", std::string(kAllowed));
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
        const std::optional<MmbenchIndex> index = *index_column < cells.size() ? mmbench_index(cells[*index_column]) : std::nullopt;
        if (!index || *image_column >= cells.size() || strip(cells[*image_column]).empty()) {
            continue;
        }
        try {
            const std::string cell = one_picture(cells[*image_column], table_.string());
            const std::optional<MmbenchIndex> named = is_reference(cell) ? mmbench_index(cell) : std::nullopt;
            if (named) {
                references_[index->id] = named->id;
            } else if (!is_reference(cell)) {
                files_[index->id] = unpacked(cell, table_.string());
            }
        } catch (const Error&) {
            continue;
        }
    }
}

}  // namespace r2t2
