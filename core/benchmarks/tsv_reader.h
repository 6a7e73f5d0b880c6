// Tab-separated tables as pandas reads them: quoted cells with doubled quotes, tabs and line ends inside; very long cells.
//
// Thread rule: one reader belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/text_file.h"

namespace r2t2 {

class TsvReader {
public:
    /// Reads the header line. Errors: no file, empty file, no header, a column twice; core/base/text_file.h.
    [[nodiscard]] static Result<TsvReader> open(const std::filesystem::path& path);

    /// The next row, as many cells as it has; nullopt at the end. A quote inside an unquoted cell is a quote.
    /// Errors: a quoted cell that never ends, a cell beyond 64 MiB.
    [[nodiscard]] Result<std::optional<std::vector<std::string>>> next();

    [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    [[nodiscard]] std::int64_t line() const { return row_line_; }  ///< at which the last row began, from 1
    [[nodiscard]] std::uint64_t position() const { return file_->position(); }  ///< bytes read

private:
    explicit TsvReader(std::filesystem::path path) : path_(std::move(path)), file_(std::make_unique<TextFile>(path_, "a TSV file")) {}
    [[nodiscard]] int get();
    [[nodiscard]] Result<std::optional<std::vector<std::string>>> read_row();

    std::filesystem::path path_;
    std::unique_ptr<TextFile> file_;
    std::string_view block_;
    std::vector<std::string> header_;
    std::int64_t line_ = 1;
    std::int64_t row_line_ = 1;
};

/// What pandas leaves of an empty cell when a table goes through it: nothing, white space, "nan", "None", "NULL", "N/A", "<NA>" in any case.
/// For hints and categories only: an option, an answer or a question may well be "None" or "NA".
[[nodiscard]] bool is_blank_cell(std::string_view cell);

inline constexpr std::size_t kMaxCellBytes = 64u << 20;

/// "241", and "241.0" as pandas writes a whole column that had a gap: 241. None: anything else, beyond 15 digits, negative.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view cell);

}  // namespace r2t2
