// NumPy's .npy: the header, checked, and where the numbers begin. Only matrices of floating point numbers are read.
//
// Layout: "\x93NUMPY", version, length of the header, a Python dictionary {'descr', 'fortran_order', 'shape'}, raw data.
// Source: NumPy's format specification, versions 1 to 3. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

/// Kinds of numbers that embeddings are stored as.
enum class FloatKind { F64, F32, F16, BF16 };
[[nodiscard]] std::size_t float_size(FloatKind kind);
/// The number at `bytes`, little-endian, not necessarily aligned.
[[nodiscard]] float float_at(const std::byte* bytes, FloatKind kind);

struct NpyHeader {
    FloatKind kind = FloatKind::F32;
    std::size_t rows = 0, columns = 0;
    std::size_t data_at = 0;  ///< bytes from the beginning of the file; the data ends with the file
};

/// Errors name the field: not a .npy, a newer version, another dtype ('<f2', '<f4', '<f8' are allowed), column order, a
/// shape that is no matrix, a length that does not fit it.
[[nodiscard]] Result<NpyHeader> read_npy_header(std::string_view bytes, const std::string& where);
/// The same of a file whose first bytes, kNpyBeginning of them or all, are `beginning`.
inline constexpr std::size_t kNpyBeginning = 65536 + 12;
[[nodiscard]] Result<NpyHeader> read_npy_header(std::string_view beginning, std::uint64_t file_bytes, const std::string& where);

}  // namespace r2t2
