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

Result<FolderClaim> FolderClaim::make(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code code;
    std::vector<fs::path> missing;
    for (fs::path path = folder.has_filename() ? folder : folder.parent_path(); !path.empty() && !fs::exists(fs::symlink_status(path, code)); path = path.parent_path()) {
        missing.push_back(path);
    }
    fs::create_directories(folder.empty() ? fs::path(".") : folder, code);
    if (code) {
        return io_error(folder.string(), "cannot make directory: " + code.message());
    }
    Result<FolderClaim> claim = take(folder);
    if (claim.ok()) {
        claim->made_ = std::move(missing);
    }
    return claim;
}

FolderClaim::~FolderClaim() {
    for (const std::filesystem::path& folder : made_) {
        if (::rmdir(folder.c_str()) != 0) {
            break;  // something is in it
        }
    }
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace r2t2
