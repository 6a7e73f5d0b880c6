#include "core/base/folder_claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace r2t2 {

Result<FolderClaim> FolderClaim::take(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return io_error(folder.string(), "cannot be opened: " + std::generic_category().message(errno));
    }
    int locked = 0;
    do {
        locked = ::flock(descriptor, LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    if (locked == 0) {
        return FolderClaim(descriptor);
    }
    const bool taken = errno == EWOULDBLOCK;
    ::close(descriptor);
    if (taken) {
        return Error{ErrorKind::Io, folder.string(), "", "another program is writing into this folder", "another folder, or waiting until it has ended"};
    }
    return FolderClaim(-1);
}

FolderClaim::~FolderClaim() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace r2t2
