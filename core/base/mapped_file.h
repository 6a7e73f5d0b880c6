// A file seen as bytes: mapped read-only, closed when the last owner goes.
//
// The mapping follows the file: if another program truncates the file while it is mapped, touching the lost pages
// raises SIGBUS and ends the process. Replace checkpoints by rename (as our writers do), never in place.
// Thread rule: read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>

#include "core/base/result.h"

namespace r2t2 {

class MappedFile {
public:
    /// Maps a regular file of at most `max_bytes`. Anything else (directory, pipe, device) is refused, a Git LFS pointer too.
    static Result<MappedFile> open(const std::filesystem::path& path,
                                   std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

    [[nodiscard]] std::span<const std::byte> bytes() const { return {data_.get(), size_}; }

    /// Gives the pages of [begin, begin + count) back to the system; they are read again when touched.
    void release(std::size_t begin, std::size_t count) const;

    /// The bytes will be read once, from the first to the last: the system reads ahead.
    void expect_sequential_reading() const;

private:
    std::shared_ptr<const std::byte> data_;
    std::size_t size_ = 0;
};

}  // namespace r2t2
