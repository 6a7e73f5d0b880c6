// A weight as a value: a dense tensor, or a matrix in 8 or 4 bits that is turned into numbers a few rows at a time,
// whenever it is multiplied by. No dense copy of a quantised matrix is ever kept.
//
// Formats: kernels/quantised_weights.h (int8: one scale a row; NF4: blocks of 64, float32 scales). On the CPU the kernels
// decode a block of rows into a scratch buffer for BLAS; on other devices stock operations of the same formula do, which a
// kernel of the device may replace behind `dequantised_rows`. Weight-only: activations keep their type.
// Thread rule: immutable; shared between threads.
#pragma once

#include "core/model/torch_shim.h"

namespace r2t2 {

enum class WeightFormat { Dense, Int8, Nf4 };

class WeightMatrix {
public:
    WeightMatrix() = default;
    WeightMatrix(at::Tensor dense) : values_(std::move(dense)) {}  // NOLINT: implicit by design; any rank
    /// Codes and scales as the kernels write them: int8 [rows, columns] and [rows]; NF4 [rows, bytes] and [rows, blocks].
    WeightMatrix(WeightFormat format, at::Tensor codes, at::Tensor scales, std::int64_t columns);

    /// A dense matrix [rows, columns] in another format (Dense: as it is). Rounds float64 through float32.
    [[nodiscard]] static WeightMatrix quantise(const at::Tensor& dense, WeightFormat format);

    [[nodiscard]] bool defined() const { return values_.defined(); }
    [[nodiscard]] WeightFormat format() const { return format_; }
    [[nodiscard]] std::vector<std::int64_t> sizes() const;
    [[nodiscard]] std::int64_t numel() const;
    [[nodiscard]] std::size_t nbytes() const;  ///< memory it holds
    [[nodiscard]] at::Device device() const { return values_.device(); }
    [[nodiscard]] const at::Tensor& dense() const;   ///< asserts unless the format is Dense
    [[nodiscard]] const at::Tensor& values() const { return values_; }  ///< the dense tensor, or the codes
    [[nodiscard]] const at::Tensor& scales() const { return scales_; }  ///< undefined for a dense one

    /// Rows [from, to) as numbers of a type.
    [[nodiscard]] at::Tensor dequantised_rows(std::int64_t from, std::int64_t to, at::ScalarType type) const;
    [[nodiscard]] WeightMatrix to(const at::Device& device) const;

private:
    WeightFormat format_ = WeightFormat::Dense;
    at::Tensor values_, scales_;
    std::int64_t columns_ = 0;  ///< of a quantised matrix
};

/// dequantised_rows by stock operations, as devices without a kernel do it; bit for bit the kernels' numbers.
[[nodiscard]] at::Tensor stock_dequantised_rows(const WeightMatrix& weight, std::int64_t from, std::int64_t to,
                                                at::ScalarType type);

/// x W^T (+ b) on the last dimension, in x's type. Gradient of x only when W is quantised or asks for none; the backward
/// pass decodes W again. bfloat16 on the CPU multiplies in float32, whose products LibTorch 1.13 has no fast version of,
/// and rounds the result.
[[nodiscard]] at::Tensor linear_layer(const at::Tensor& x, const WeightMatrix& weight, const at::Tensor& bias);

}  // namespace r2t2
