#include "core/checkpoint/safetensors.h"

#include <array>
#include <bit>
#include <string>
#include <utility>

#include "core/checkpoint/safetensors_header.h"

namespace r2t2 {

static_assert(std::endian::native == std::endian::little, "safetensors data is read as it lies, as little-endian");

namespace {

struct DtypeRow {
    TensorDtype dtype;
    std::string_view name;
    std::size_t size;
};
constexpr std::array<DtypeRow, 10> dtypes{{{TensorDtype::F64, "F64", 8},
                                           {TensorDtype::F32, "F32", 4},
                                           {TensorDtype::F16, "F16", 2},
                                           {TensorDtype::BF16, "BF16", 2},
                                           {TensorDtype::I64, "I64", 8},
                                           {TensorDtype::I32, "I32", 4},
                                           {TensorDtype::I16, "I16", 2},
                                           {TensorDtype::I8, "I8", 1},
                                           {TensorDtype::U8, "U8", 1},
                                           {TensorDtype::Bool, "BOOL", 1}}};

}  // namespace

std::string_view dtype_name(TensorDtype dtype) {
    return dtypes[static_cast<std::size_t>(dtype)].name;
}

std::size_t dtype_size(TensorDtype dtype) {
    return dtypes[static_cast<std::size_t>(dtype)].size;
}

std::optional<TensorDtype> dtype_from_name(std::string_view name) {
    for (const DtypeRow& row : dtypes) {
        if (row.name == name) {
            return row.dtype;
        }
    }
    return std::nullopt;
}

bool is_floating(TensorDtype dtype) {
    return dtype == TensorDtype::F64 || dtype == TensorDtype::F32 || dtype == TensorDtype::F16 || dtype == TensorDtype::BF16;
}

std::string dimensions_text(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const std::int64_t dimension : shape) {
        text += (text.size() > 1 ? ", " : "") + std::to_string(dimension);
    }
    return text + "]";
}

std::int64_t TensorView::element_count() const {
    return static_cast<std::int64_t>(data.size() / dtype_size(dtype));
}

std::int64_t StoredTensor::element_count() const {
    return static_cast<std::int64_t>(bytes / dtype_size(dtype));
}

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
    const std::string where = path.string();
    auto opened = safetensors::open_header(path);
    if (!opened.ok()) {
        return opened.error();
    }
    const std::uint64_t data_bytes = opened->data_bytes();
    SafetensorsFile file;
    file.path_ = path;
    file.metadata_ = std::move(opened->header.metadata);
    std::vector<safetensors::Extent> extents;
    auto& entries = opened->header.tensors;
    extents.reserve(entries.size());
    while (!entries.empty()) {
        auto node = entries.extract(entries.begin());
        auto record = safetensors::checked_record(node.key(), node.mapped(), data_bytes, where);
        if (!record.ok()) {
            return record.error();
        }
        StoredTensor tensor{record->dtype, std::move(record->shape), opened->file, opened->data_begin + record->begin, record->end - record->begin};
        const auto added = file.tensors_.emplace_hint(file.tensors_.end(), std::move(node.key()), std::move(tensor));
        extents.push_back({record->begin, record->end, &added->first});
    }
    R2T2_TRY(safetensors::check_coverage(std::move(extents), data_bytes, where));
    file.file_ = std::move(opened->file);
    return file;
}

const StoredTensor* SafetensorsFile::find(const std::string& name) const {
    const auto found = tensors_.find(name);
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace r2t2
