#include "core/model/replacing_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace r2t2 {

Result<ReplacingFile> ReplacingFile::create(const std::filesystem::path& target) {
    ReplacingFile file;
    file.target_ = target;
    file.temporary_ = target.string() + ".XXXXXX";
    file.descriptor_ = ::mkstemp(file.temporary_.data());
    if (file.descriptor_ < 0) {
        return file.failure().error();
    }
    ::fcntl(file.descriptor_, F_SETFD, FD_CLOEXEC);
    ::fchmod(file.descriptor_, 0644);  // mkstemp makes it private
    return file;
}

ReplacingFile::ReplacingFile(ReplacingFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

ReplacingFile::~ReplacingFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
    }
}

Status ReplacingFile::write(std::span<const std::byte> bytes) {
    constexpr std::size_t chunk = 64 << 20;  // one write call takes at most 2 GiB
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), chunk));
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return failure();
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

Status ReplacingFile::commit() {
    if (::fsync(descriptor_) != 0 || ::rename(temporary_.c_str(), target_.c_str()) != 0) {
        return failure();
    }
    ::close(std::exchange(descriptor_, -1));
    const std::filesystem::path directory = target_.has_parent_path() ? target_.parent_path() : ".";
    const int parent = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) {  // so that the new name survives a power cut
        ::fsync(parent);
        ::close(parent);
    }
    return {};
}

Status ReplacingFile::failure() const {
    return io_error(target_.string(), std::string("cannot be written: ") + std::strerror(errno));
}

}  // namespace r2t2
