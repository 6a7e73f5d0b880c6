// Writing safetensors files, collected or streamed. Declared in safetensors.h and safetensors_stream.h.
#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/quoted_name.h"
#include "core/base/checked.h"
#include "core/checkpoint/safetensors_header.h"
#include "core/checkpoint/safetensors_stream.h"

namespace r2t2 {

namespace {

/// Bytes of a tensor that can be written.
Result<std::uint64_t> planned_bytes(const std::string& name, TensorDtype dtype, const std::vector<std::int64_t>& shape,
                                    const std::string& where) {
    const std::string field = "tensor " + quoted_name(name);
    if (name.empty() || name == "__metadata__") {
        return invalid_input(where, field, name.empty() ? "an empty name" : "the name in use", "a new name");
    }
    if (shape.size() > SafetensorsFile::max_rank) {
        return invalid_input(where, field + ": shape", std::to_string(shape.size()) + " dimensions",
                             "at most " + std::to_string(SafetensorsFile::max_rank));
    }
    std::optional<std::int64_t> bytes = static_cast<std::int64_t>(dtype_size(dtype));
    for (const std::int64_t dimension : shape) {
        bytes = dimension < 0 || !bytes ? std::nullopt : checked_multiply(*bytes, dimension);
    }
    if (!bytes) {
        return invalid_input(where, field + ": shape", "a negative dimension or a size that overflows",
                             "a shape that fits");
    }
    return static_cast<std::uint64_t>(*bytes);
}

/// The JSON header of tensors in their order, padded with spaces to 8 bytes.
Result<std::string> header_text(const std::vector<TensorPlan>& order,
                                const std::map<std::string, std::string>& metadata, const std::string& where) {
    std::string header = "{";
    try {
        if (!metadata.empty()) {
            header += "\"__metadata__\":";
            header += nlohmann::json(metadata).dump();
        }
        std::uint64_t position = 0;
        for (const TensorPlan& tensor : order) {
            const nlohmann::json entry = {{"dtype", dtype_name(tensor.dtype)},
                                          {"shape", tensor.shape},
                                          {"data_offsets", {position, position + tensor.bytes}}};
            header += header.size() > 1 ? "," : "";
            header += nlohmann::json(tensor.name).dump();
            header += ':';
            header += entry.dump();
            position += tensor.bytes;
        }
    } catch (const nlohmann::json::exception&) {  // dump refuses text that is not UTF-8
        return invalid_input(where, "header", "a name or metadata that is not UTF-8", "UTF-8 text");
    }
    header += '}';
    header.resize((header.size() + 7) / 8 * 8, ' ');
    if (header.size() > SafetensorsFile::max_header_bytes) {
        return invalid_input(where, "header", std::to_string(header.size()) + " bytes",
                             "at most " + std::to_string(SafetensorsFile::max_header_bytes) + " bytes");
    }
    return header;
}

}  // namespace

Status SafetensorsWriter::add(const std::string& name, TensorDtype dtype, std::vector<std::int64_t> shape,
                              std::span<const std::byte> data) {
    const std::string field = "tensor " + quoted_name(name);
    if (tensors_.count(name) != 0) {
        return invalid_input("", field, "the name in use", "a new name");
    }
    if (tensors_.size() == SafetensorsFile::max_tensors) {
        return invalid_input("", field, "more than " + std::to_string(tensors_.size()) + " tensors", "fewer");
    }
    const auto bytes = planned_bytes(name, dtype, shape, "");
    if (!bytes.ok()) {
        return bytes.error();
    }
    if (*bytes != data.size()) {
        return invalid_input("", field, std::to_string(data.size()) + " bytes",
                             std::to_string(*bytes) + " bytes for its shape and dtype");
    }
    tensors_.emplace(name, TensorView{dtype, std::move(shape), data});
    return {};
}

Status SafetensorsWriter::write(const std::filesystem::path& path) const {
    std::vector<TensorPlan> plan;
    plan.reserve(tensors_.size());
    for (const auto& [name, view] : tensors_) {
        plan.push_back({name, view.dtype, view.shape, 0});
    }
    auto stream = SafetensorsStream::create(path, std::move(plan), metadata_);
    if (!stream.ok()) {
        return stream.error();
    }
    for (const TensorPlan& tensor : stream->order()) {
        R2T2_TRY(stream->append(tensors_.at(tensor.name).data));
    }
    return stream->commit();
}

Status order_tensors(std::vector<TensorPlan>& tensors, const std::string& where) {
    std::uint64_t total = 0;
    for (TensorPlan& tensor : tensors) {
        const auto bytes = planned_bytes(tensor.name, tensor.dtype, tensor.shape, where);
        if (!bytes.ok()) {
            return bytes.error();
        }
        tensor.bytes = *bytes;
        const auto sum = checked_add(total, tensor.bytes);
        if (!sum || !std::in_range<std::int64_t>(*sum)) {
            return invalid_input(where, "tensor " + quoted_name(tensor.name), "a total that overflows",
                                 "fewer than 2^63 bytes");
        }
        total = *sum;
    }
    if (tensors.size() > SafetensorsFile::max_tensors) {
        return invalid_input(where, "tensors", std::to_string(tensors.size()),
                             "at most " + std::to_string(SafetensorsFile::max_tensors));
    }
    std::set<std::string_view> names;
    for (const TensorPlan& tensor : tensors) {
        if (!names.insert(tensor.name).second) {
            return invalid_input(where, "tensor " + quoted_name(tensor.name), "the name in use", "a new name");
        }
    }
    std::sort(tensors.begin(), tensors.end(), [](const TensorPlan& a, const TensorPlan& b) {
        const std::size_t wide_a = dtype_size(a.dtype);
        const std::size_t wide_b = dtype_size(b.dtype);
        return wide_a != wide_b ? wide_a > wide_b : a.name < b.name;
    });
    return {};
}

Result<SafetensorsStream> SafetensorsStream::create(const std::filesystem::path& path, std::vector<TensorPlan> tensors,
                                                    const std::map<std::string, std::string>& metadata,
                                                    const AtomicFile::Options& options) {
    R2T2_TRY(order_tensors(tensors, path.string()));
    const auto header = header_text(tensors, metadata, path.string());
    if (!header.ok()) {
        return header.error();
    }
    auto file = AtomicFile::create(path, options);
    if (!file.ok()) {
        return file.error();
    }
    SafetensorsStream stream(std::move(*file));
    const std::uint64_t length = header->size();
    R2T2_TRY(stream.file_.write(&length, sizeof length));
    R2T2_TRY(stream.file_.write(*header));
    stream.header_bytes_ = sizeof length + length;
    for (const TensorPlan& tensor : tensors) {
        stream.data_bytes_ += tensor.bytes;
    }
    stream.order_ = std::move(tensors);
    return stream;
}

Status SafetensorsStream::append(std::span<const std::byte> data) {
    assert(data.size() <= data_bytes_ - appended_);
    appended_ += data.size();
    return file_.write(data.data(), data.size());
}

Status SafetensorsStream::skip_rest() {
    const std::uint64_t rest = data_bytes_ - std::exchange(appended_, data_bytes_);
    return file_.skip(rest);
}

Status SafetensorsStream::commit() {
    assert(appended_ == data_bytes_);
    return file_.commit();
}

}  // namespace r2t2
