#include "core/model/weight_store.h"

#include <algorithm>
#include <cstring>

namespace r2t2 {

std::optional<at::ScalarType> stored_type(TensorDtype dtype) {
    switch (dtype) {
        case TensorDtype::F64: return at::kDouble;
        case TensorDtype::F32: return at::kFloat;
        case TensorDtype::F16: return at::kHalf;
        case TensorDtype::BF16: return at::kBFloat16;
        default: return std::nullopt;
    }
}

at::ScalarType scalar_type(Precision precision, const at::Device& device) {
    switch (precision) {
        case Precision::Float64: return at::kDouble;
        case Precision::BFloat16: return at::kBFloat16;
        case Precision::Float16: return at::kHalf;
        case Precision::Int8:
        case Precision::Nf4: return device.is_cpu() ? at::kFloat : at::kBFloat16;
        case Precision::Float32: break;
    }
    return at::kFloat;
}

WeightFormat weight_format(Precision precision) {
    return precision == Precision::Int8  ? WeightFormat::Int8
           : precision == Precision::Nf4 ? WeightFormat::Nf4
                                         : WeightFormat::Dense;
}

std::string advised_precision(Precision precision) {
    switch (precision) {
        case Precision::Nf4: return "a machine or device with more memory";
        case Precision::Int8: return "--precision nf4";
        default: return "--precision int8 or nf4";
    }
}

Status check_stored(const Checkpoint& checkpoint, const std::string& name, const std::string& where) {
    if (!checkpoint.contains(name)) {
        return Error{ErrorKind::NotFound, where, name, "no such tensor", "every tensor of the model"};
    }
    const TensorDtype dtype = checkpoint.tensor(name)->dtype;
    if (!stored_type(dtype)) {
        return invalid_input(checkpoint.file_of(name).string(), name, "dtype " + std::string(dtype_name(dtype)), "F64, F32, F16 or BF16");
    }
    return {};
}

Status check_finite(const std::string& file, const std::string& name, const TensorView& piece, std::int64_t first) {
    if (const auto bad = find_non_finite(piece)) {
        return invalid_input(file, name,
                             (bad->is_nan ? "NaN at element " : "infinity at element ") + std::to_string(first + bad->index),
                             "finite weights");
    }
    return {};
}

Result<at::Tensor> read_weight(const Checkpoint& checkpoint, const std::string& name, const std::string& where,
                               const at::TensorOptions& options) {
    R2T2_TRY(check_stored(checkpoint, name, where));
    const Result<StoredTensor> tensor = checkpoint.tensor(name);
    at::Tensor stored = at::empty(tensor->shape, at::TensorOptions(*stored_type(tensor->dtype)));
    const std::span<std::byte> bytes(static_cast<std::byte*>(stored.data_ptr()), static_cast<std::size_t>(tensor->bytes));
    R2T2_TRY(tensor->read(0, bytes));
    R2T2_TRY(check_finite(checkpoint.file_of(name).string(), name, {tensor->dtype, {}, bytes}, 0));
    return stored.to(options);
}

Status write_weights(const TensorMap& named, const std::filesystem::path& file) {
    SafetensorsWriter writer;
    std::vector<at::Tensor> keep;
    for (const auto& [name, tensor] : named) {
        keep.push_back(tensor.detach().to(at::kCPU, at::kFloat).contiguous());
        const at::Tensor& t = keep.back();
        R2T2_TRY(writer.add(name, TensorDtype::F32, t.sizes().vec(),
                            {static_cast<const std::byte*>(t.data_ptr()), static_cast<std::size_t>(t.nbytes())}));
    }
    writer.set_metadata("format", "pt");
    return writer.write(file);
}

}  // namespace r2t2
