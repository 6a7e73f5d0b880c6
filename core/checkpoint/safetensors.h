// safetensors: the only checkpoint format that is read. Reader of one file, reader of a checkpoint directory, writer.
//
// Layout: u64 little-endian header length, JSON header {name: {dtype, shape, data_offsets}}, raw little-endian data.
// Everything a header says is checked before anything is allocated for it; a hostile file costs an error message.
// Messages name file, tensor and field, what was found and what is allowed.
//
// Nothing is mapped: tensors are read when asked for, and a file that another program cuts or overwrites meanwhile is an error
// (see file_reader.h). Lifetime: a StoredTensor holds its file open.
// Thread rule: const after open; read from any thread. A writer belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/base/file_reader.h"

namespace r2t2 {

enum class TensorDtype { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

[[nodiscard]] std::string_view dtype_name(TensorDtype dtype);  ///< as written in the header: "F32", "BOOL", ...
[[nodiscard]] std::size_t dtype_size(TensorDtype dtype);       ///< bytes an element
[[nodiscard]] std::optional<TensorDtype> dtype_from_name(std::string_view name);
[[nodiscard]] bool is_floating(TensorDtype dtype);
[[nodiscard]] std::string dimensions_text(const std::vector<std::int64_t>& shape);  ///< "[3, 64]"

/// A tensor, or a piece of one, in memory.
struct TensorView {
    TensorDtype dtype = TensorDtype::F32;
    std::vector<std::int64_t> shape;  ///< row-major; empty for a scalar
    std::span<const std::byte> data;  ///< little-endian elements; not necessarily aligned to the element size

    [[nodiscard]] std::int64_t element_count() const;
};

/// A tensor in a file.
struct StoredTensor {
    TensorDtype dtype = TensorDtype::F32;
    std::vector<std::int64_t> shape;  ///< row-major; empty for a scalar
    FileReader file;
    std::uint64_t begin = 0;  ///< its first byte in the file
    std::uint64_t bytes = 0;

    [[nodiscard]] std::int64_t element_count() const;
    /// The bytes from `at` on; little-endian elements. Errors as FileReader::read.
    [[nodiscard]] Status read(std::uint64_t at, std::span<std::byte> out) const { return file.read(begin + at, out); }
    [[nodiscard]] Result<std::vector<std::byte>> read() const { return file.read(begin, static_cast<std::size_t>(bytes)); }
};

class SafetensorsFile {
public:
    static constexpr std::uint64_t max_header_bytes = 100'000'000;  ///< the limit of the reference implementation
    static constexpr std::size_t max_tensors = 65'536;
    static constexpr std::size_t max_rank = 8;

    /// InvalidInput for a malformed file, NotFound, Io. Pickles, zip archives and others are recognised and refused.
    static Result<SafetensorsFile> open(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
    [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
    [[nodiscard]] const StoredTensor* find(const std::string& name) const;  ///< null when there is none
    [[nodiscard]] const FileReader& file() const { return file_; }  ///< the whole file, header included

private:
    std::filesystem::path path_;
    FileReader file_;
    std::map<std::string, StoredTensor> tensors_;
    std::map<std::string, std::string> metadata_;
};

/// The weights of a model: `model.safetensors`, or `model.safetensors.index.json` with its shards.
class Checkpoint {
public:
    /// `path` is a directory, or one .safetensors file. With an index, every tensor must lie in the shard the index
    /// says, nothing may lie beside it, and shards are plain file names of the same directory.
    static Result<Checkpoint> open(const std::filesystem::path& path);

    [[nodiscard]] bool contains(const std::string& name) const { return owner_.count(name) != 0; }
    [[nodiscard]] Result<StoredTensor> tensor(const std::string& name) const;  ///< NotFound names the checkpoint
    [[nodiscard]] std::vector<std::string> names() const;                    ///< sorted
    [[nodiscard]] std::vector<std::filesystem::path> files() const;          ///< in the order they were opened
    [[nodiscard]] const std::filesystem::path& file_of(const std::string& name) const;  ///< `name` must exist
    [[nodiscard]] const std::vector<SafetensorsFile>& shards() const { return shards_; }  ///< as files()
    [[nodiscard]] std::int64_t parameter_count() const;                                 ///< elements of all tensors

    /// SHA-256 of each of `files()`, in hexadecimal. Reads everything; looks at `cancel` once a MiB.
    [[nodiscard]] Result<std::vector<std::string>> sha256(const CancelToken& cancel = {}) const;

private:
    std::filesystem::path path_;
    std::vector<SafetensorsFile> shards_;
    std::map<std::string, std::size_t> owner_;  ///< tensor name -> index into shards_
};

/// Gates beside a checkpoint (core/model/gate_training.h): no part of its weights.
inline constexpr const char* kTunedGatesFile = "tuned_gates.safetensors";

/// What lies in a checkpoint directory beside the weights that are used (names of files): an index beside model.safetensors, files of weights
/// that the index names nowhere. One message each, sorted.
[[nodiscard]] std::vector<Error> unused_weight_files(const std::filesystem::path& directory, const std::set<std::string>& used);

/// The first NaN or infinity of a floating point tensor (flat index), or nothing. Integers have none.
struct NonFinite {
    std::int64_t index = 0;
    bool is_nan = false;
};
[[nodiscard]] std::optional<NonFinite> find_non_finite(const TensorView& tensor);

/// Success when every floating point weight is finite; otherwise InvalidInput naming file, tensor and index.
/// Reads all weights. Looks at `cancel` once a tensor.
[[nodiscard]] Status scan_non_finite(const Checkpoint& checkpoint, const CancelToken& cancel = {});

/// Collects tensors and writes them as one file. Bytes are not copied: they must live until `write` returns.
class SafetensorsWriter {
public:
    /// InvalidInput for a duplicate or reserved name, a negative dimension, or a size that does not fit the shape.
    Status add(const std::string& name, TensorDtype dtype, std::vector<std::int64_t> shape,
               std::span<const std::byte> data);
    void set_metadata(const std::string& key, const std::string& value) { metadata_[key] = value; }

    /// Tensors by descending element size, then name, so that every element is aligned; the header is padded with
    /// spaces to 8 bytes. Atomic: a new file beside `path`, synced, then renamed over it.
    [[nodiscard]] Status write(const std::filesystem::path& path) const;

private:
    std::map<std::string, TensorView> tensors_;
    std::map<std::string, std::string> metadata_;
};

}  // namespace r2t2
