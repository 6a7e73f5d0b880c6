// Internal to the safetensors reader: the two JSON texts of the format, read strictly and with bounded memory.
//
// Strict means: one object, no duplicate keys, no unknown fields, integers where integers belong. Tokens and nesting
// are measured before the parser runs, so a hostile text cannot make it allocate.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/mapped_file.h"

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
Result<Header> parse_header(const MappedFile& file, std::size_t begin, std::size_t count, const std::string& where);

/// Parses a whole file as `model.safetensors.index.json`: tensor name -> shard file name.
Result<std::map<std::string, std::string>> parse_index(const MappedFile& file, const std::string& where);

/// A name from a file, made fit for a message: quoted, control bytes escaped, cut after 120 bytes.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace r2t2::safetensors
