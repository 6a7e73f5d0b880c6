// Tab-separated tables as pandas reads them: quoted cells with doubled quotes, tabs and line ends inside; very long cells.
//
// Thread rule: one reader belongs to one thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

class TsvReader {
public:
    /// Reads the header line. Errors: no file, empty file, no header.
    [[nodiscard]] static Result<TsvReader> open(const std::filesystem::path& path);

    /// The next row, as many cells as it has; nullopt at the end. A quote inside an unquoted cell is a quote.
    /// Errors: a quoted cell that never ends, a cell beyond 64 MiB.
    [[nodiscard]] Result<std::optional<std::vector<std::string>>> next();

    [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    [[nodiscard]] std::int64_t line() const { return row_line_; }  ///< at which the last row began, from 1
    [[nodiscard]] std::uint64_t position() const { return position_; }  ///< bytes read

private:
    explicit TsvReader(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file, std::fclose) {}
    [[nodiscard]] int get();
    [[nodiscard]] Result<std::optional<std::vector<std::string>>> read_row();

    std::filesystem::path path_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    std::vector<std::string> header_;
    std::int64_t line_ = 1;
    std::int64_t row_line_ = 1;
    std::uint64_t position_ = 0;
};

inline constexpr std::size_t kMaxCellBytes = 64u << 20;

/// Cells that pandas takes for missing: empty, nan, NaN, NA, N/A, n/a, null, NULL, None, #N/A, <NA> ...
[[nodiscard]] bool is_missing(std::string_view cell);

}  // namespace r2t2
