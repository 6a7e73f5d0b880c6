// Writing safetensors files. Declared in safetensors.h.
#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/checked.h"
#include "core/model/safetensors.h"
#include "core/model/safetensors_header.h"

namespace r2t2 {

Status SafetensorsWriter::add(const std::string& name, TensorDtype dtype, std::vector<std::int64_t> shape,
                              std::span<const std::byte> data) {
    const std::string field = "tensor " + safetensors::shown(name);
    if (name.empty() || name == "__metadata__" || tensors_.count(name) != 0) {
        return invalid_input("", field, name.empty() ? "an empty name" : "the name in use", "a new name");
    }
    if (tensors_.size() == SafetensorsFile::max_tensors) {
        return invalid_input("", field, "more than " + std::to_string(tensors_.size()) + " tensors", "fewer");
    }
    if (shape.size() > SafetensorsFile::max_rank) {
        return invalid_input("", field + ": shape", std::to_string(shape.size()) + " dimensions",
                             "at most " + std::to_string(SafetensorsFile::max_rank));
    }
    std::optional<std::int64_t> bytes = static_cast<std::int64_t>(dtype_size(dtype));
    for (const std::int64_t dimension : shape) {
        bytes = dimension < 0 || !bytes ? std::nullopt : checked_multiply(*bytes, dimension);
    }
    if (!bytes || static_cast<std::uint64_t>(*bytes) != data.size()) {
        return invalid_input("", field, std::to_string(data.size()) + " bytes",
                             bytes ? std::to_string(*bytes) + " bytes for its shape and dtype" : "a shape that fits");
    }
    tensors_.emplace(name, TensorView{dtype, std::move(shape), data});
    return {};
}

Status SafetensorsWriter::write(const std::filesystem::path& path) const {
    std::vector<const std::pair<const std::string, TensorView>*> order;
    order.reserve(tensors_.size());
    for (const auto& tensor : tensors_) {
        order.push_back(&tensor);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return dtype_size(a->second.dtype) > dtype_size(b->second.dtype);
    });

    std::string header = "{";
    try {
        if (!metadata_.empty()) {
            header += "\"__metadata__\":";
            header += nlohmann::json(metadata_).dump();
        }
        std::uint64_t position = 0;
        for (const auto* tensor : order) {
            const TensorView& view = tensor->second;
            const nlohmann::json entry = {{"dtype", dtype_name(view.dtype)},
                                          {"shape", view.shape},
                                          {"data_offsets", {position, position + view.data.size()}}};
            header += header.size() > 1 ? "," : "";
            header += nlohmann::json(tensor->first).dump();
            header += ':';
            header += entry.dump();
            position += view.data.size();
        }
    } catch (const nlohmann::json::exception&) {  // dump refuses text that is not UTF-8
        return invalid_input(path.string(), "header", "a name or metadata that is not UTF-8", "UTF-8 text");
    }
    header += '}';
    header.resize((header.size() + 7) / 8 * 8, ' ');
    if (header.size() > SafetensorsFile::max_header_bytes) {
        return invalid_input(path.string(), "header", std::to_string(header.size()) + " bytes",
                             "at most " + std::to_string(SafetensorsFile::max_header_bytes) + " bytes");
    }

    auto file = AtomicFile::create(path);
    if (!file.ok()) {
        return file.error();
    }
    const std::uint64_t header_bytes = header.size();
    R2T2_TRY(file->write(&header_bytes, sizeof header_bytes));
    R2T2_TRY(file->write(header));
    for (const auto* tensor : order) {
        R2T2_TRY(file->write(tensor->second.data.data(), tensor->second.data.size()));
    }
    return file->commit();
}

}  // namespace r2t2
