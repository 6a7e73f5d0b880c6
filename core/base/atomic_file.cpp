#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace r2t2 {

namespace {

/// Make a rename durable. Some file systems cannot sync a folder (EINVAL): then the rename is as durable as it gets.
bool sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    const bool ok = ::fsync(descriptor) == 0 || errno == EINVAL;
    const int saved = errno;
    ::close(descriptor);
    errno = saved;
    return ok;
}

/// mkstemp makes files private; a replaced file keeps its mode, a new one gets the usual one.
mode_t mode_for(const std::filesystem::path& target) {
    struct stat info {};
    if (::stat(target.c_str(), &info) == 0) {
        return info.st_mode & 07777;
    }
    return 0644;
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& target, const Options& options) {
    std::error_code ignored;
    // A link stays a link: what it points to is replaced.
    const std::filesystem::path real =
        std::filesystem::is_symlink(target, ignored) ? std::filesystem::weakly_canonical(target, ignored) : target;
    if (std::filesystem::is_directory(real, ignored)) {
        return io_error(target.string(), "cannot write: it is a folder");
    }
    const std::string pattern = real.string() + ".XXXXXX.part";
    std::vector<char> name(pattern.begin(), pattern.end());
    name.push_back('\0');
    const int descriptor = ::mkostemps(name.data(), 5, O_CLOEXEC);
    if (descriptor < 0) {
        return io_error(target.string(), "cannot create: " + std::generic_category().message(errno));
    }
    AtomicFile file(real, name.data(), descriptor, options);
    if (::fchmod(descriptor, mode_for(real)) != 0) {
        return file.system_error("cannot set the file mode");
    }
    return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      options_(other.options_),
      written_(other.written_) {}

AtomicFile::~AtomicFile() {
    discard();
}

void AtomicFile::discard() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
        descriptor_ = -1;
    }
}

Error AtomicFile::system_error(const char* what) const {
    return io_error(target_.string(), std::string(what) + ": " + std::generic_category().message(errno));
}

Status AtomicFile::write(const void* data, std::size_t size) {
    assert(descriptor_ >= 0);
    const char* bytes = static_cast<const char*>(data);
    while (size > 0) {
        std::size_t part = size;
        if (options_.fail_after_bytes - written_ < part) {
            part = static_cast<std::size_t>(options_.fail_after_bytes - written_);
        }
        errno = ENOSPC;  // of an injected failure
        const ssize_t done = part == 0 ? -1 : ::write(descriptor_, bytes, part);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return system_error("cannot write");
        }
        bytes += done;
        size -= static_cast<std::size_t>(done);
        written_ += static_cast<std::uint64_t>(done);
    }
    return {};
}

Status AtomicFile::skip(std::uint64_t size) {
    assert(descriptor_ >= 0);
    errno = size > options_.fail_after_bytes - written_ ? ENOSPC : 0;
    const auto end = static_cast<off_t>(written_ + size);
    if (errno != 0 || ::ftruncate(descriptor_, end) != 0 || ::lseek(descriptor_, end, SEEK_SET) < 0) {
        return system_error("cannot write");
    }
    written_ += size;
    return {};
}

Status AtomicFile::commit() {
    assert(descriptor_ >= 0);
    const bool synced = options_.durability == Durability::Synced;
    if (synced && ::fsync(descriptor_) != 0) {
        const Error error = system_error("cannot flush");
        discard();
        return error;
    }
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
        const Error error = system_error("cannot rename into place");
        discard();
        return error;
    }
    const bool closed = ::close(std::exchange(descriptor_, -1)) == 0;
    if (!closed || (synced && !sync_folder(target_.parent_path()))) {
        return system_error("written, but not known to be on the disk");
    }
    return {};
}

Status write_file_atomically(const std::filesystem::path& target, std::string_view content, Durability durability) {
    AtomicFile::Options options;
    options.durability = durability;
    Result<AtomicFile> file = AtomicFile::create(target, options);
    if (!file.ok()) {
        return file.error();
    }
    R2T2_TRY(file->write(content));
    return file->commit();
}

}  // namespace r2t2
