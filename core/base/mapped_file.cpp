#include "core/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/base/git_lfs.h"

namespace r2t2 {

namespace {

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return value_; }

private:
    int value_;
};

std::string kind_of(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "a directory";
    }
    return S_ISFIFO(mode) ? "a pipe" : "a device or socket";
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path, std::uint64_t max_bytes) {
    const std::string where = path.string();
    // O_NONBLOCK: opening a pipe without a writer must not hang.
    const Descriptor file(::open(where.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) {
        const int code = errno;
        Error error = io_error(where, std::strerror(code));
        error.kind = code == ENOENT ? ErrorKind::NotFound : ErrorKind::Io;
        return error;
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        return io_error(where, std::strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return invalid_input(where, "", kind_of(status.st_mode), "a regular file");
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size > max_bytes) {
        return invalid_input(where, "file size", std::to_string(size) + " bytes",
                             "at most " + std::to_string(max_bytes) + " bytes");
    }
    MappedFile mapped;
    mapped.size_ = static_cast<std::size_t>(size);
    if (size > 0) {  // mmap refuses empty files
        void* address = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
        if (address == MAP_FAILED) {  // NOLINT: the macro casts
            return io_error(where, std::string("cannot be mapped: ") + std::strerror(errno));
        }
        mapped.data_ = std::shared_ptr<const std::byte>(
            static_cast<const std::byte*>(address),
            [length = mapped.size_](const std::byte* data) { ::munmap(const_cast<std::byte*>(data), length); });
        if (is_git_lfs_pointer({reinterpret_cast<const char*>(mapped.data_.get()), std::min(mapped.size_, kGitLfsBytes)})) {
            return git_lfs_error(where);
        }
    }
    return mapped;
}

void MappedFile::expect_sequential_reading() const {
    if (size_ > 0) {
        ::madvise(const_cast<std::byte*>(data_.get()), size_, MADV_SEQUENTIAL);
    }
}

void MappedFile::release(std::size_t begin, std::size_t count) const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t first = (std::min(begin, size_) + page - 1) / page * page;
    const std::size_t last = (std::min(begin + count, size_)) / page * page;
    if (first < last) {
        ::madvise(const_cast<std::byte*>(data_.get()) + first, last - first, MADV_DONTNEED);
    }
}

}  // namespace r2t2
