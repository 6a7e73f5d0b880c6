// Opening one file: where its header is, and whether its tensors are what dtype and shape say. Internal to the reader.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/quoted_name.h"
#include "core/base/checked.h"
#include "core/checkpoint/safetensors_header.h"

namespace r2t2::safetensors {

namespace {

std::string allowed_dtypes() {
    std::string text;
    for (int dtype = 0; dtype <= static_cast<int>(TensorDtype::Bool); ++dtype) {
        text += text.empty() ? "" : ", ";
        text += dtype_name(static_cast<TensorDtype>(dtype));
    }
    return text;
}

/// What the first bytes say when they are no safetensors header; empty when they say nothing.
std::string foreign_format(std::span<const std::byte> bytes) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 8));
    const bool pickle = text.size() >= 2 && text[0] == '\x80' && text[1] >= '\x02' && text[1] <= '\x05';
    if (pickle) {
        return "a Python pickle";
    }
    if (text.starts_with("PK\x03\x04")) {
        return "a zip archive (a PyTorch or TorchScript checkpoint)";
    }
    if (text.starts_with("GGUF")) {
        return "a GGUF file";
    }
    return text.starts_with("\x89HDF") ? "an HDF5 file" : "";
}

/// Elements and bytes of a shape; an error text when it does not fit 63 bits.
Result<std::uint64_t> byte_count(const std::vector<std::uint64_t>& shape, TensorDtype dtype, const std::string& where,
                                 const std::string& field) {
    std::int64_t total = static_cast<std::int64_t>(dtype_size(dtype));
    bool fits = true;
    bool empty = false;
    for (const std::uint64_t dimension : shape) {
        if (!std::in_range<std::int64_t>(dimension)) {
            return invalid_input(where, field, "dimension " + std::to_string(dimension), "at most 2^63 - 1");
        }
        empty = empty || dimension == 0;
        const auto product = checked_multiply<std::int64_t>(total, static_cast<std::int64_t>(dimension));
        fits = fits && product.has_value();
        total = product.value_or(1);
    }
    if (!fits) {  // also when a later dimension is 0: other readers would overflow on it
        return invalid_input(where, field, "a size that overflows", "fewer than 2^63 bytes");
    }
    return static_cast<std::uint64_t>(empty ? 0 : total);
}

}  // namespace

Result<OpenedFile> open_header(const std::filesystem::path& path) {
    constexpr std::uint64_t max_header_bytes = SafetensorsFile::max_header_bytes;
    const std::string where = path.string();
    auto file = FileReader::open(path);
    if (!file.ok()) {
        return file.error();
    }
    const std::uint64_t size = file->size();
    constexpr std::size_t prefix = sizeof(std::uint64_t);
    const auto bytes = file->read(0, static_cast<std::size_t>(std::min<std::uint64_t>(size, prefix + 1)));
    if (!bytes.ok()) {
        return bytes.error();
    }
    std::uint64_t header_bytes = 0;
    if (size >= prefix) {
        std::memcpy(&header_bytes, bytes->data(), prefix);
    }
    // A header of 640 bytes begins like a pickle (80 02), so other formats are looked for only where no header is.
    const bool has_header = size > prefix && header_bytes <= max_header_bytes && header_bytes <= size - prefix && header_bytes >= 2 &&
                            (*bytes)[prefix] == std::byte{'{'};
    if (!has_header) {
        if (const std::string format = foreign_format(*bytes); !format.empty()) {
            return invalid_input(where, "first bytes", format,
                                 "safetensors only; formats that can run code when opened are never read");
        }
        if (size < prefix + 2) {
            return invalid_input(where, "file size", std::to_string(size) + " bytes",
                                 "8 bytes of header length and a JSON header");
        }
        if (header_bytes > max_header_bytes || header_bytes > size - prefix || header_bytes < 2) {
            return invalid_input(
                where, "header length", std::to_string(header_bytes) + " bytes",
                "2 to " + std::to_string(std::min<std::uint64_t>(size - prefix, max_header_bytes)) + " bytes");
        }
        return invalid_input(where, "header byte 0", "byte " + std::to_string(std::to_integer<int>((*bytes)[prefix])),
                             "\"{\"");
    }
    auto header = parse_header(*file, prefix, static_cast<std::size_t>(header_bytes), where);
    if (!header.ok()) {
        return header.error();
    }
    return OpenedFile{std::move(*file), std::move(*header), prefix + static_cast<std::size_t>(header_bytes)};
}

Result<TensorRecord> checked_record(const std::string& name, const HeaderEntry& entry, std::uint64_t data_bytes,
                                    const std::string& where) {
    const std::string tensor = "tensor " + quoted_name(name);
    const auto dtype = dtype_from_name(entry.dtype);
    if (!dtype) {
        return invalid_input(where, tensor + ": dtype", quoted_name(entry.dtype), allowed_dtypes());
    }
    const auto size = byte_count(entry.shape, *dtype, where, tensor + ": shape");
    if (!size.ok()) {
        return size.error();
    }
    const std::uint64_t begin = entry.data_offsets[0];
    const std::uint64_t end = entry.data_offsets[1];
    const std::string found = "[" + std::to_string(begin) + ", " + std::to_string(end) + "]";
    if (begin > end || end > data_bytes) {
        return invalid_input(where, tensor + ": data_offsets", found,
                             "0 <= begin <= end <= " + std::to_string(data_bytes) + " (bytes of data in the file)");
    }
    if (end - begin != *size) {
        return invalid_input(where, tensor + ": data_offsets", found + ", " + std::to_string(end - begin) + " bytes",
                             std::to_string(*size) + " bytes for its shape and dtype");
    }
    return TensorRecord{*dtype, {entry.shape.begin(), entry.shape.end()}, begin, end};
}

Status check_coverage(std::vector<Extent> extents, std::uint64_t data_bytes, const std::string& where) {
    std::sort(extents.begin(), extents.end(),
              [](const Extent& a, const Extent& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    std::uint64_t position = 0;
    for (const Extent& extent : extents) {
        if (extent.begin != position) {
            return invalid_input(where, "tensor " + quoted_name(*extent.name) + ": data_offsets",
                                 std::string(extent.begin < position ? "an overlap" : "a hole") + ", begin " +
                                     std::to_string(extent.begin),
                                 "begin " + std::to_string(position));
        }
        position = extent.end;
    }
    if (position != data_bytes) {
        return invalid_input(where, "file size", std::to_string(data_bytes) + " bytes of data",
                             "exactly the " + std::to_string(position) + " bytes of its tensors");
    }
    return {};
}

}  // namespace r2t2::safetensors
