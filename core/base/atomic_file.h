// A file that appears whole or not at all.
//
//   Result<AtomicFile> file = AtomicFile::create("set.json");
//   R2T2_TRY(file->write(text));
//   R2T2_TRY(file->commit());
//
// Bytes go to a temporary file in the same folder ("set.json.<random>.part"), are flushed to the disk (fsync) and
// then renamed over the target; the folder is synced too. Before `commit` the old file is untouched; a destructor
// without commit removes the temporary file, and so does a signal that ends the program; one that a killed program left is removed by the
// next writer of the same target (temporary_file.h). A link stays a link: what it points to is replaced. What is no regular file
// (a character device, a FIFO, /dev/stdout, a pipe of the shell's) is never replaced but written into, as the bytes come; a block
// device, like a folder, is refused. Errors (Io) name the target's path.
// Thread rule: one AtomicFile belongs to one thread. Two writers of one target: the later commit wins, whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

/// What survives a power failure after `commit` has returned.
enum class Durability {
    Synced,   ///< the new content: file and folder are flushed
    Buffered  ///< the old or the new content, for files that can be made again
};

class AtomicFile {
public:
    struct Options {
        Durability durability = Durability::Synced;
        /// Tests: the device is "full" after this many bytes, so that every caller's error path can be walked.
        std::uint64_t fail_after_bytes = std::numeric_limits<std::uint64_t>::max();
    };

    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target, const Options& options);
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target) { return create(target, {}); }

    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    [[nodiscard]] Status write(const void* data, std::size_t size);
    [[nodiscard]] Status write(std::string_view text) { return write(text.data(), text.size()); }
    /// `size` zero bytes that are not written: a hole, which takes no room on file systems that know holes.
    [[nodiscard]] Status skip(std::uint64_t size);
    /// Sync, rename, sync the folder. Once; writing afterwards is our bug and asserts. After an error the target
    /// is what it was before.
    [[nodiscard]] Status commit();

    [[nodiscard]] const std::filesystem::path& target() const { return target_; }
    [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }  ///< empty of a stream
    /// Written into as the bytes come: nothing is put into place, nothing is taken back.
    [[nodiscard]] bool is_stream() const { return temporary_.empty(); }
    [[nodiscard]] std::uint64_t bytes_written() const { return written_; }

private:
    AtomicFile(std::filesystem::path target, std::filesystem::path temporary, int descriptor, int note, const Options& options)
        : target_(std::move(target)), temporary_(std::move(temporary)), descriptor_(descriptor), note_(note), options_(options) {}
    [[nodiscard]] Error system_error(const char* what) const;
    void discard();

    std::filesystem::path target_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
    int note_ = -1;  ///< of the temporary file
    Options options_;
    std::uint64_t written_ = 0;
};

/// The whole content at once.
[[nodiscard]] Status write_file_atomically(const std::filesystem::path& target, std::string_view content,
                                           Durability durability = Durability::Synced);

}  // namespace r2t2
