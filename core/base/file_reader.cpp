#include "core/base/file_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <thread>

#include "core/base/git_lfs.h"

namespace r2t2 {

namespace {

constexpr std::int64_t kTick = 20'000'000;  ///< nanoseconds; the coarse clock of file times moves every 1 to 10 ms

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string kind_of(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "a directory";
    }
    return S_ISFIFO(mode) ? "a pipe" : "a device or socket";
}

Error changed(const std::filesystem::path& path, const std::string& what) {
    return invalid_input(path.string(), "content", what, "a file that stays as it is while it is read; open it again");
}

bool just_written(const FileStamp& stamp) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return stamp.changed != 0 && std::abs(nanoseconds(now) - stamp.changed) < kTick;
}

}  // namespace

struct FileReader::Open {
    std::filesystem::path path;
    int descriptor = -1;
    FileStamp stamp;

    Open() = default;
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;
    ~Open() {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
};

FileStamp FileStamp::of(const struct ::stat& status) {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino), static_cast<std::uint64_t>(status.st_size),
            nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

FileStamp FileStamp::of(const std::filesystem::path& path) {
    struct ::stat status {};
    return ::stat(path.c_str(), &status) == 0 ? of(status) : FileStamp();
}

Result<FileReader> FileReader::open(const std::filesystem::path& path, std::uint64_t max_bytes) {
    const std::string where = path.string();
    auto open = std::make_shared<Open>();
    open->path = path;
    // O_NONBLOCK: opening a pipe without a writer must not hang.
    open->descriptor = ::open(where.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (open->descriptor < 0) {
        const int code = errno;
        Error error = io_error(where, std::strerror(code));
        error.kind = code == ENOENT ? ErrorKind::NotFound : ErrorKind::Io;
        return error;
    }
    struct ::stat status {};
    if (::fstat(open->descriptor, &status) != 0) {
        return io_error(where, std::strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return invalid_input(where, "", kind_of(status.st_mode), "a regular file");
    }
    open->stamp = FileStamp::of(status);
    if (open->stamp.size > max_bytes) {
        return invalid_input(where, "file size", std::to_string(open->stamp.size) + " bytes",
                             "at most " + std::to_string(max_bytes) + " bytes");
    }
    FileReader reader;
    reader.open_ = std::move(open);
    std::array<std::byte, kGitLfsBytes> head{};
    const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(reader.size(), head.size()));
    R2T2_TRY(reader.read(0, std::span(head).first(length)));
    if (is_git_lfs_pointer({reinterpret_cast<const char*>(head.data()), length})) {
        return git_lfs_error(where);
    }
    return reader;
}

const std::filesystem::path& FileReader::path() const { return open_->path; }

std::uint64_t FileReader::size() const { return open_->stamp.size; }

Status FileReader::read(std::uint64_t begin, std::span<std::byte> out) const {
    for (std::size_t done = 0; done < out.size();) {
        const ssize_t count = ::pread(open_->descriptor, out.data() + done, out.size() - done, static_cast<off_t>(begin + done));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return io_error(open_->path.string(), std::string("cannot be read: ") + std::strerror(errno));
        }
        if (count == 0) {
            return changed(open_->path, "a file that became shorter (" + std::to_string(begin + done) + " of " + std::to_string(size()) + " bytes)");
        }
        done += static_cast<std::size_t>(count);
    }
    return {};
}

Result<std::vector<std::byte>> FileReader::read(std::uint64_t begin, std::size_t count) const {
    std::vector<std::byte> out(count);
    R2T2_TRY(read(begin, out));
    return out;
}

Status FileReader::check_unchanged() const {
    struct ::stat status {};
    if (::fstat(open_->descriptor, &status) != 0) {
        return io_error(open_->path.string(), std::strerror(errno));
    }
    return FileStamp::of(status) == open_->stamp ? Status() : Status(changed(open_->path, "a file that changed while it was read"));
}

Status FileReader::check_in_place() const {
    R2T2_TRY(check_unchanged());
    return FileStamp::of(open_->path) == open_->stamp ? Status()
                                                      : Status(changed(open_->path, "a file that was replaced while it was read"));
}

void FileReader::expect_sequential_reading() const { (void)::posix_fadvise(open_->descriptor, 0, 0, POSIX_FADV_SEQUENTIAL); }

Result<std::string> read_whole_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
    const Result<FileReader> reader = FileReader::open(path, max_bytes);
    R2T2_TRY(reader);
    std::string text(static_cast<std::size_t>(reader->size()), '\0');
    R2T2_TRY(reader->read(0, std::as_writable_bytes(std::span(text))));
    R2T2_TRY(reader->check_unchanged());
    return text;
}

FileMoment::FileMoment(std::vector<std::filesystem::path> paths) {
    for (std::filesystem::path& path : paths) {
        FileStamp stamp = FileStamp::of(path);
        for (int wait = 0; wait < 5 && just_written(stamp); ++wait) {
            std::this_thread::sleep_for(std::chrono::nanoseconds(kTick));
            stamp = FileStamp::of(path);
        }
        noted_.emplace_back(std::move(path), stamp);
    }
}

Status FileMoment::check() const {
    for (const auto& [path, stamp] : noted_) {
        if (FileStamp::of(path) != stamp) {
            return changed(path, "a file that was changed or replaced while it was read");
        }
    }
    return {};
}

}  // namespace r2t2
