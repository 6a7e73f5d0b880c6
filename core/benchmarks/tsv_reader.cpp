#include "core/benchmarks/tsv_reader.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/base/quoted_name.h"
#include "core/scoring/text.h"

namespace r2t2 {

Result<TsvReader> TsvReader::open(const std::filesystem::path& path) {
    TsvReader reader(path);
    R2T2_TRY(reader.file_->status());
    Result<std::optional<std::vector<std::string>>> header = reader.read_row();
    if (!header) {
        return header.error();
    }
    if (!*header) {
        return invalid_input(path.string(), "header", "an empty file", "a line of column names");
    }
    reader.header_ = std::move(**header);
    for (auto name = reader.header_.begin(); name != reader.header_.end(); ++name) {
        if (!name->empty() && std::find(reader.header_.begin(), name, *name) != name) {
            return invalid_input(path.string(), "header", "the column " + quoted_name(*name) + " twice", "every column once: which of both is meant is not known");
        }
    }
    return reader;
}

int TsvReader::get() {
    if (block_.empty()) {
        block_ = file_->next();
    }
    if (block_.empty()) {
        return EOF;
    }
    const int c = static_cast<unsigned char>(block_.front());
    block_.remove_prefix(1);
    line_ += c == '\n' ? 1 : 0;
    return c;
}

Result<std::optional<std::vector<std::string>>> TsvReader::next() {
    for (;;) {
        Result<std::optional<std::vector<std::string>>> row = read_row();
        const bool blank = row && *row && (*row)->size() == 1 && (*row)->front().empty();
        if (!blank) {
            return row;
        }
    }
}

Result<std::optional<std::vector<std::string>>> TsvReader::read_row() {
    row_line_ = line_;
    const std::string where = path_.string() + ": line " + std::to_string(row_line_);
    std::vector<std::string> cells(1);
    bool quoted = false, begun = false, anything = false;
    for (int c = get();; c = get()) {
        if (c == EOF) {
            R2T2_TRY(file_->status());
            if (quoted) {
                return invalid_input(where, "column " + std::to_string(cells.size()), "a quoted cell without its end", "a closing quote");
            }
            return anything ? std::optional(std::move(cells)) : std::optional<std::vector<std::string>>();
        }
        anything = true;
        if (quoted && c == '"') {
            const int after = get();
            quoted = after == '"';
            if (quoted) {
                cells.back() += '"';
                continue;
            }
            c = after;
            if (c == EOF) {
                return std::optional(std::move(cells));
            }
        }
        if (!quoted && c == '\n') {
            if (!cells.back().empty() && cells.back().back() == '\r') {
                cells.back().pop_back();
            }
            return std::optional(std::move(cells));
        }
        if (!quoted && c == '\t') {
            cells.emplace_back();
            begun = false;
            continue;
        }
        if (!quoted && !begun && c == '"') {
            quoted = begun = true;
            continue;
        }
        begun = true;
        cells.back() += static_cast<char>(c);
        if (cells.back().size() > kMaxCellBytes) {
            return invalid_input(where, "column " + std::to_string(cells.size()), "a cell of more than " + std::to_string(kMaxCellBytes) + " bytes", "less");
        }
    }
}

std::optional<std::size_t> TsvReader::column(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    return found == header_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - header_.begin()));
}

bool is_blank_cell(std::string_view cell) {
    const std::string word = lower_case(strip(cell));
    constexpr std::array<std::string_view, 9> kBlank = {"", "nan", "-nan", "none", "null", "n/a", "na", "<na>", "#n/a"};
    return std::find(kBlank.begin(), kBlank.end(), word) != kBlank.end();
}

std::optional<std::int64_t> whole_number(std::string_view cell) {
    const std::size_t point = std::min(cell.find('.'), cell.size());
    const std::string_view digits = cell.substr(0, point), fraction = cell.substr(std::min(point + 1, cell.size()));
    if (digits.empty() || digits.size() > 15 || digits.find_first_not_of("0123456789") != std::string_view::npos ||
        fraction.find_first_not_of('0') != std::string_view::npos || (point < cell.size() && fraction.empty())) {
        return std::nullopt;
    }
    return std::stoll(std::string(digits));
}

}  // namespace r2t2
