// Writing a safetensors file tensor by tensor: nothing but what is being appended is held in memory.
//
// The header comes first, so names, dtypes and shapes are told at the start; then the bytes of every tensor follow in
// `order()`. The file appears at its name only with `commit`. Files of SafetensorsWriter and of this class are the
// same.
// Errors: InvalidInput for a plan that cannot be written (names tensor and field), Io.
// Thread rule: one stream belongs to one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/checkpoint/safetensors.h"

namespace r2t2 {

/// A tensor that is to be written.
struct TensorPlan {
    std::string name;
    TensorDtype dtype = TensorDtype::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t bytes = 0;  ///< filled in by the stream
};

class SafetensorsStream {
public:
    /// Refuses duplicate, reserved or empty names, names that are not UTF-8, negative dimensions, sizes that overflow.
    static Result<SafetensorsStream> create(const std::filesystem::path& path, std::vector<TensorPlan> tensors,
                                            const std::map<std::string, std::string>& metadata = {},
                                            const AtomicFile::Options& options = {});

    /// By descending element size, then name, so that every element is aligned.
    [[nodiscard]] const std::vector<TensorPlan>& order() const { return order_; }
    [[nodiscard]] std::uint64_t header_bytes() const { return header_bytes_; }  ///< with the eight of its length
    [[nodiscard]] std::uint64_t data_bytes() const { return data_bytes_; }

    /// The next bytes, of one tensor or of several. More than the plan has is our bug and asserts.
    [[nodiscard]] Status append(std::span<const std::byte> data);
    /// Zeros for all bytes still to come; they take no room where the file system knows holes.
    [[nodiscard]] Status skip_rest();
    /// Once, after the last byte.
    [[nodiscard]] Status commit();

private:
    explicit SafetensorsStream(AtomicFile file) : file_(std::move(file)) {}

    AtomicFile file_;
    std::vector<TensorPlan> order_;
    std::uint64_t header_bytes_ = 0;
    std::uint64_t data_bytes_ = 0;
    std::uint64_t appended_ = 0;
};

/// Sorts the plan as `SafetensorsStream::order` and fills in `bytes`. Errors as of `create`; `where` names the file.
[[nodiscard]] Status order_tensors(std::vector<TensorPlan>& tensors, const std::string& where);

}  // namespace r2t2
