// Internal to the safetensors reader: the two JSON texts of the format, read strictly and with bounded memory.
//
// Strict means: one object, no duplicate keys, no unknown fields, integers where integers belong. Tokens and nesting
// are measured before the parser runs, so a hostile text cannot make it allocate.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/file_reader.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2::safetensors {

/// One tensor as the header describes it: nothing is checked against the file yet.
struct HeaderEntry {
    std::string dtype;
    std::vector<std::uint64_t> shape;
    std::vector<std::uint64_t> data_offsets;  ///< [begin, end) from the start of the data
};

struct Header {
    std::map<std::string, HeaderEntry> tensors;
    std::map<std::string, std::string> metadata;
};

/// Parses file bytes [begin, begin + count) as a header. `where` names the file in messages.
Result<Header> parse_header(const FileReader& file, std::size_t begin, std::size_t count, const std::string& where);

/// A safetensors file whose header could be read; what it says about its tensors is not checked yet.
struct OpenedFile {
    FileReader file;
    Header header;
    std::size_t data_begin = 0;  ///< bytes of length and header

    [[nodiscard]] std::uint64_t data_bytes() const { return file.size() - data_begin; }
};
Result<OpenedFile> open_header(const std::filesystem::path& path);

/// One tensor whose dtype, shape and size agree.
struct TensorRecord {
    TensorDtype dtype = TensorDtype::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0, end = 0;  ///< from the start of the data

    [[nodiscard]] std::int64_t elements() const { return static_cast<std::int64_t>((end - begin) / dtype_size(dtype)); }
};
/// `data_bytes`: where data must end; the largest number when that is looked at elsewhere.
Result<TensorRecord> checked_record(const std::string& name, const HeaderEntry& entry, std::uint64_t data_bytes,
                                    const std::string& where);

struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    const std::string* name = nullptr;
};
/// The tensors must lie end to end: no hole, no overlap, nothing before or after.
Status check_coverage(std::vector<Extent> extents, std::uint64_t data_bytes, const std::string& where);

/// What `model.safetensors.index.json` says.
struct Index {
    std::map<std::string, std::string> weight_map;  ///< tensor name -> shard file name
    std::optional<std::uint64_t> total_size;        ///< bytes of all tensors, where metadata says it as a whole number
};
/// Parses a whole file of at most `max_index_bytes`.
inline constexpr std::uint64_t max_index_bytes = 64 << 20;
inline constexpr std::size_t max_shards = 4096;
Result<Index> parse_index(const FileReader& file, const std::string& where);
/// A tensor of a shard that the index does not have there: `shard` holds it, the index says `said`.
enum class Listed { Nowhere, HeldThereToo, NotHeldThere, Unreadable };
[[nodiscard]] Error misplaced_tensor(const std::string& index, const std::string& tensor, const std::string& shard, const std::string& said, Listed listed);
/// A .safetensors file of the same directory, and no hidden one.
[[nodiscard]] bool is_plain_shard_name(const std::string& name);

}  // namespace r2t2::safetensors
