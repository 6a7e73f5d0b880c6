// Internal to core/reference: named float32 arrays in one file.
//
// The container is the safetensors layout restricted to F32, so that Python reads it in one line: 8 bytes header
// length (little endian), JSON header {name: {dtype, shape, data_offsets}, __metadata__: {text: text}}, raw data.
// Reading is strict: header at most 1 MiB, offsets contiguous from 0 in file order, exact file length, checked
// products, no NaN or infinity.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace r2t2::embedding_file {

struct Array {
    std::vector<std::size_t> shape;
    std::vector<float> values;
};

struct Contents {
    std::map<std::string, Array> arrays;
    std::map<std::string, std::string> metadata;
};

[[nodiscard]] std::string encode(const Contents& contents);
/// `where` is the file's name for messages.
[[nodiscard]] Result<Contents> decode(std::string_view bytes, const std::string& where);

}  // namespace r2t2::embedding_file
