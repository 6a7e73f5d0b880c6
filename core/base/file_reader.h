// A file read by position through a descriptor, never mapped: what another program does to it meanwhile comes back as an error
// instead of a SIGBUS.
//
// A file that is replaced by rename is read to its end as it was; `check_in_place` tells. One that is cut is an error of `read`. One
// that is overwritten where it lies shows in `check_unchanged`, by size and times: nothing read before may be used after it fails.
// Thread rule: const after open; read from any thread.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

class FileReader {
public:
    /// A regular file of at most `max_bytes`. Anything else (directory, pipe, device) is refused, a Git LFS pointer too. Errors: NotFound, Io, InvalidInput.
    [[nodiscard]] static Result<FileReader> open(const std::filesystem::path& path,
                                                 std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] std::uint64_t size() const;  ///< bytes, when it was opened

    /// Fills `out` from byte `begin` on. Errors: fewer bytes are there (the file became shorter), Io.
    [[nodiscard]] Status read(std::uint64_t begin, std::span<std::byte> out) const;
    /// Bytes [begin, begin + count).
    [[nodiscard]] Result<std::vector<std::byte>> read(std::uint64_t begin, std::size_t count) const;

    /// The file has the size and the times that it had when it was opened.
    [[nodiscard]] Status check_unchanged() const;
    /// As check_unchanged, and its name still leads to it.
    [[nodiscard]] Status check_in_place() const;

    /// The bytes will be read once, from the first to the last: the system reads ahead.
    void expect_sequential_reading() const;

private:
    struct Open;
    std::shared_ptr<const Open> open_;
};

/// The whole content of a file of at most `max_bytes`, all of one moment. Errors as FileReader::open; a file that changes meanwhile.
[[nodiscard]] Result<std::string> read_whole_file(const std::filesystem::path& path, std::uint64_t max_bytes);

/// What tells one content of a file from another, without reading it.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified = 0, changed = 0;  ///< nanoseconds
    bool operator==(const FileStamp&) const = default;

    [[nodiscard]] static FileStamp of(const struct ::stat& status);
    /// All zero where nothing is there.
    [[nodiscard]] static FileStamp of(const std::filesystem::path& path);
};

/// Several files that must belong to one moment: noted before the first is read, compared after the last was.
class FileMoment {
public:
    /// Files just being written are given a moment (0.1 s at most): times are no finer than the system's clock ticks.
    explicit FileMoment(std::vector<std::filesystem::path> paths);
    /// InvalidInput names the first file that was changed, replaced, made or removed since.
    [[nodiscard]] Status check() const;

private:
    std::vector<std::pair<std::filesystem::path, FileStamp>> noted_;
};

}  // namespace r2t2
