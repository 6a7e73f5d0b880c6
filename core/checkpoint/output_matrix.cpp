#include "core/checkpoint/output_matrix.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/base/number_text.h"
#include "core/base/quoted_name.h"

namespace r2t2 {

namespace {

constexpr std::uint64_t piece_numbers = 1 << 20;

double half_number(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 0x1f;
    const double mantissa = bits & 0x3ff;
    const double size = exponent == 0x1f ? (mantissa == 0 ? HUGE_VAL : std::nan(""))
                        : exponent == 0  ? std::ldexp(mantissa, -24)
                                         : std::ldexp(mantissa + 1024, exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
}

template <typename Stored>
Stored at_index(const std::vector<std::byte>& bytes, std::size_t index) {
    Stored value;
    std::memcpy(&value, bytes.data() + index * sizeof(Stored), sizeof(Stored));
    return value;
}

double number_at(const std::vector<std::byte>& bytes, TensorDtype dtype, std::size_t index) {
    switch (dtype) {
        case TensorDtype::F64: return at_index<double>(bytes, index);
        case TensorDtype::F16: return half_number(at_index<std::uint16_t>(bytes, index));
        case TensorDtype::BF16: return std::bit_cast<float>(std::uint32_t{at_index<std::uint16_t>(bytes, index)} << 16);
        default: return at_index<float>(bytes, index);
    }
}

struct Difference {
    std::uint64_t numbers = 0;  ///< that differ
    double largest = 0;         ///< NaN where one of them is
    std::uint64_t at = 0;       ///< where the largest is, from the first number
};

/// The first numbers of `a` against all of `b`.
Result<Difference> difference(const StoredTensor& a, const StoredTensor& b, const CancelToken& cancel) {
    Difference out;
    const auto count = static_cast<std::uint64_t>(b.element_count());
    std::vector<std::byte> left, right;
    for (std::uint64_t from = 0; from < count; from += piece_numbers) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        const std::uint64_t numbers = std::min(piece_numbers, count - from);
        left.resize(numbers * dtype_size(a.dtype));
        right.resize(numbers * dtype_size(b.dtype));
        R2T2_TRY(a.read(from * dtype_size(a.dtype), left));
        R2T2_TRY(b.read(from * dtype_size(b.dtype), right));
        if (a.dtype == b.dtype && left == right) {
            continue;
        }
        for (std::uint64_t i = 0; i < numbers; ++i) {
            const double apart = std::fabs(number_at(left, a.dtype, i) - number_at(right, b.dtype, i));
            if (apart == 0) {
                continue;
            }
            ++out.numbers;
            if (!(apart <= out.largest)) {  // NaN is the largest, and stays
                out.largest = apart;
                out.at = from + i;
            }
        }
    }
    return out;
}

}  // namespace

Error missing_output_matrix(const ModelConfig& config, const std::string& where) {
    return {ErrorKind::NotFound, where, "tensor " + quoted_name(output_name), "no such tensor",
            "shape " + dimensions_text({config.vocab_size, config.hidden_size}) +
                "; a model whose output matrix is its word embedding says so in config.json: \"tie_word_embeddings\": true (" +
                (config.states_tie ? "here it is false" : "here it is not stated, which is false") + ")"};
}

Result<std::optional<Error>> settle_output_matrix(ModelConfig& config, const Checkpoint& checkpoint, const std::string& where,
                                                  const CancelToken& cancel) {
    if (!checkpoint.contains(output_name)) {
        const bool told_elsewhere = config.tie_word_embeddings || !checkpoint.contains(embedding_name);
        return told_elsewhere ? Result<std::optional<Error>>(std::nullopt) : missing_output_matrix(config, where);
    }
    if (!config.tie_word_embeddings || !checkpoint.contains(embedding_name)) {
        return std::optional<Error>();
    }
    const Result<StoredTensor> embedding = checkpoint.tensor(embedding_name), output = checkpoint.tensor(output_name);
    const std::vector<std::int64_t> rows = {config.vocab_size, config.hidden_size};
    if (output->shape != rows) {
        return invalid_input(checkpoint.file_of(output_name).string(), "tensor " + quoted_name(output_name), "shape " + dimensions_text(output->shape),
                             "shape " + dimensions_text(rows) + ", or no such tensor, where tie_word_embeddings is true");
    }
    if (!is_floating(output->dtype)) {
        return invalid_input(checkpoint.file_of(output_name).string(), "tensor " + quoted_name(output_name),
                             "dtype " + std::string(dtype_name(output->dtype)), "F64, F32, F16 or BF16");
    }
    if (embedding->shape != std::vector<std::int64_t>{config.vocab_size + 1, config.hidden_size} || !is_floating(embedding->dtype)) {
        return std::optional<Error>();  // whoever reads it says so
    }
    const Result<Difference> apart = difference(*embedding, *output, cancel);
    R2T2_TRY(apart);
    if (apart->numbers == 0) {
        return std::optional<Error>();
    }
    config.tie_word_embeddings = false;
    const auto width = static_cast<std::uint64_t>(config.hidden_size);
    return std::optional<Error>(
        invalid_input((checkpoint.file_of(output_name).parent_path() / "config.json").string(), "tie_word_embeddings",
                      "true beside an " + quoted_name(output_name) + " (" + checkpoint.file_of(output_name).filename().string() +
                          ") that is not " + quoted_name(embedding_name) + ": " + std::to_string(apart->numbers) + " of " +
                          std::to_string(output->element_count()) + " numbers differ, the largest difference is " + number_text(apart->largest) +
                          " in row " + std::to_string(apart->at / width) + ", column " + std::to_string(apart->at % width),
                      "false, or one of the two; " + quoted_name(output_name) + " is taken as it is stored"));
}

}  // namespace r2t2
