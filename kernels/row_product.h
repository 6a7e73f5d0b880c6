// Products of activations with small weight matrices: y = x W^T + b and y = x W.
//
// Each number of y is one chain of multiply-adds in the order of k, with a bias added at the end. Its bits depend on its row of x and on W
// alone: not on how many rows are computed together, nor on where its row stands among them, nor on the width of the processor's registers
// (processors without FMA round twice a step, and differ from those that have it). OpenBLAS promises none of this: its kernels sum rows
// that are left over from blocks of twelve or two, and products of few numbers, in other orders, and a descent with a large rate makes
// 1e-4 of such a last bit.
//
// Weights are laid out in panels of 16 columns, which have to fit a processor's cache beside the rows: past `row_product_weights` numbers a
// BLAS is faster. Measured against OpenBLAS: tests/benchmarks/bench_row_product.cpp
// (x W^T in 0.7 to 1.1 times its time against its AVX-512 kernels, 0.6 to 1.2 against its Haswell kernels; x W in 0.5 to 1.8 and 0.6 to 1.4:
// the worst are those of eight columns, half a panel).
// Thread rule: pure functions on the caller's memory.
#pragma once

#include <cstddef>
#include <cstdint>

namespace r2t2::kernels {

/// The largest W, in numbers (256 KiB).
inline constexpr std::int64_t row_product_weights = 1 << 16;

/// Numbers in the panels of a W with `inner` (k) times `columns` numbers.
[[nodiscard]] std::size_t panel_numbers(std::int64_t inner, std::int64_t columns);

/// Panels of W [columns, inner], for x W^T.
void pack_transposed_panels(const float* w, std::int64_t inner, std::int64_t columns, float* panels);
/// Panels of W [inner, columns], for x W.
void pack_panels(const float* w, std::int64_t inner, std::int64_t columns, float* panels);

/// x [rows, inner], y [rows, columns], both contiguous; bias [columns], or null.
void row_product(const float* x, std::int64_t rows, std::int64_t inner, const float* panels, std::int64_t columns, const float* bias, float* y);

}  // namespace r2t2::kernels
