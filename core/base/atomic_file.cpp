#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/base/ending.h"
#include "core/base/temporary_file.h"

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

Error cannot(const std::filesystem::path& target, const char* what) {
    return io_error(target.string(), "cannot " + std::string(what) + ": " + std::generic_category().message(errno));
}

bool is_same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// stdout or stderr where that is the file (`--report /dev/stdout`), else -1.
int output_descriptor(const struct stat& info) {
    for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
        struct stat own {};
        if (::fstat(descriptor, &own) == 0 && is_same_file(own, info)) {
            return descriptor;
        }
    }
    return -1;
}

/// Where the bytes go: a regular file (there or not), which a new one takes the place of, or a stream, which is written into.
struct Place {
    std::filesystem::path path;  ///< behind every link
    struct stat info {};         ///< of a stream
    bool stream = false;
};

/// A link stays a link: what it points to is replaced, and made where it is not there.
Result<std::filesystem::path> behind_links(const std::filesystem::path& target) {
    constexpr int kMostLinks = 40;  // as the kernel counts
    std::filesystem::path path = target;
    std::error_code code;
    for (int links = 0; std::filesystem::is_symlink(path, code); ++links) {
        const std::filesystem::path next = std::filesystem::read_symlink(path, code);
        errno = links == kMostLinks ? ELOOP : code.value();
        if (errno != 0) {
            return cannot(target, "follow the link");
        }
        path = next.is_absolute() ? next : path.parent_path() / next;
    }
    return path;
}

Result<Place> place_of(const std::filesystem::path& target) {
    Place place;
    const bool there = ::stat(target.c_str(), &place.info) == 0;
    if (there && S_ISDIR(place.info.st_mode)) {
        return io_error(target.string(), "cannot write: it is a folder");
    }
    if (there && S_ISBLK(place.info.st_mode)) {
        return io_error(target.string(), "cannot write: it is a block device");
    }
    place.stream = there && (!S_ISREG(place.info.st_mode) || output_descriptor(place.info) >= 0);
    if (place.stream) {
        return place;
    }
    Result<std::filesystem::path> path = behind_links(target);
    if (!path.ok()) {
        return path.error();
    }
    struct stat real {};
    if (there && (::stat(path->c_str(), &real) != 0 || !is_same_file(real, place.info))) {
        place.stream = true;  // a descriptor's link (/dev/fd/3) to a file that has no name any more
    }
    place.path = std::move(*path);
    return place;
}

/// A FIFO waits for its reader, as everywhere, until the program is told to end (EINTR).
int open_for_a_reader(const std::filesystem::path& target) {
    constexpr int kPauseMilliseconds = 20;
    for (;;) {
        const int descriptor = ::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
        if (descriptor >= 0) {
            ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
            return descriptor;
        }
        if (errno != ENXIO) {
            return -1;
        }
        if (told_to_end()) {
            errno = EINTR;
            return -1;
        }
        ::poll(nullptr, 0, kPauseMilliseconds);
    }
}

/// -1 and errno where it cannot be opened.
int open_stream(const std::filesystem::path& target, const struct stat& info) {
    // Of stdout its own descriptor: a socket cannot be opened by its name, and two offsets into one file overwrite each other.
    const int own = output_descriptor(info);
    if (own >= 0) {
        return ::fcntl(own, F_DUPFD_CLOEXEC, 3);
    }
    return S_ISFIFO(info.st_mode) ? open_for_a_reader(target) : ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
}

/// A reader that is gone is an error of write(), no signal: the caller names the file.
class BrokenPipeAsError {
public:
    BrokenPipeAsError() {
        ::sigemptyset(&pipe_);
        ::sigaddset(&pipe_, SIGPIPE);
        sigset_t pending;
        ::sigpending(&pending);
        was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    BrokenPipeAsError(const BrokenPipeAsError&) = delete;
    BrokenPipeAsError& operator=(const BrokenPipeAsError&) = delete;
    ~BrokenPipeAsError() {
        const int saved = errno;
        const timespec now{};
        if (!was_pending_) {
            ::sigtimedwait(&pipe_, nullptr, &now);
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        errno = saved;
    }

private:
    sigset_t pipe_{}, before_{};
    bool was_pending_ = false;
};

/// Whether a flush says that there is nothing to flush: pipes, terminals.
bool has_no_flush(int number) {
    return number == EINVAL || number == EROFS || number == ENOTSUP;
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& target, const Options& options) {
    const Result<Place> place = place_of(target);
    if (!place.ok()) {
        return place.error();
    }
    if (place->stream) {
        const int descriptor = open_stream(target, place->info);
        if (descriptor < 0) {
            return errno == EINTR && told_to_end() ? cancelled() : cannot(target, "open");
        }
        return AtomicFile(target, {}, descriptor, -1, options);
    }
    const std::filesystem::path& real = place->path;
    Result<TemporaryFile> temporary = create_temporary(real);
    if (!temporary.ok()) {
        Error error = temporary.error();
        error.where = target.string();
        return error;
    }
    AtomicFile file(real, temporary->path, temporary->descriptor, temporary->note, options);
    if (::fchmod(temporary->descriptor, mode_for(real)) != 0) {
        return file.system_error("set the file mode");
    }
    return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      note_(std::exchange(other.note_, -1)),
      options_(other.options_),
      written_(other.written_) {}

AtomicFile::~AtomicFile() {
    discard();
}

void AtomicFile::discard() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        if (!is_stream()) {
            ::unlink(temporary_.c_str());
            forget_temporary(std::exchange(note_, -1));
        }
        descriptor_ = -1;
    }
}

Error AtomicFile::system_error(const char* what) const {
    return cannot(target_, what);
}

Status AtomicFile::write(const void* data, std::size_t size) {
    assert(descriptor_ >= 0);
    const char* bytes = static_cast<const char*>(data);
    const BrokenPipeAsError broken_pipe;
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
            return system_error("write");
        }
        bytes += done;
        size -= static_cast<std::size_t>(done);
        written_ += static_cast<std::uint64_t>(done);
    }
    return {};
}

Status AtomicFile::skip(std::uint64_t size) {
    assert(descriptor_ >= 0);
    if (is_stream()) {  // has no holes
        static constexpr std::array<char, 4096> kZeros{};
        for (std::uint64_t left = size; left > 0;) {
            const std::size_t part = std::min<std::uint64_t>(left, kZeros.size());
            R2T2_TRY(write(kZeros.data(), part));
            left -= part;
        }
        return {};
    }
    errno = size > options_.fail_after_bytes - written_ ? ENOSPC : 0;
    const auto end = static_cast<off_t>(written_ + size);
    if (errno != 0 || ::ftruncate(descriptor_, end) != 0 || ::lseek(descriptor_, end, SEEK_SET) < 0) {
        return system_error("write");
    }
    written_ += size;
    return {};
}

Status AtomicFile::commit() {
    assert(descriptor_ >= 0);
    const bool synced = options_.durability == Durability::Synced;
    if (synced && ::fsync(descriptor_) != 0 && !(is_stream() && has_no_flush(errno))) {
        const Error error = system_error("flush");
        discard();
        return error;
    }
    if (is_stream()) {
        return ::close(std::exchange(descriptor_, -1)) == 0 ? Status() : Status(system_error("write"));
    }
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
        const Error error = system_error("rename into place");
        discard();
        return error;
    }
    forget_temporary(std::exchange(note_, -1));
    const bool closed = ::close(std::exchange(descriptor_, -1)) == 0;
    if (!closed || (synced && !sync_folder(target_.parent_path()))) {
        return io_error(target_.string(), "written, but not known to be on the disk: " + std::generic_category().message(errno));
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
