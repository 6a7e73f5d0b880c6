#include "core/base/atomic_directory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

Error refused(const fs::path& target, const char* what) {
    return io_error(target.string(), std::string(what) + ": " + std::generic_category().message(errno));
}

/// Names in a folder survive a power failure once the folder is flushed; where that is not possible, a little later.
void flush_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

}  // namespace

Result<AtomicDirectory> AtomicDirectory::create(const fs::path& target) {
    const fs::path named = target.has_filename() ? target : target.parent_path();  // "model/" means "model"
    std::string pattern = named.string() + ".part.XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        return refused(named, "cannot create");
    }
    ::chmod(pattern.c_str(), 0755);  // mkdtemp makes private folders
    return AtomicDirectory(named, pattern);
}

AtomicDirectory::AtomicDirectory(AtomicDirectory&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, {})) {}

AtomicDirectory::~AtomicDirectory() {
    if (!temporary_.empty()) {
        std::error_code ignored;
        fs::remove_all(temporary_, ignored);
    }
}

Status AtomicDirectory::commit(Existing existing) {
    assert(!temporary_.empty());
    flush_folder(temporary_);
    std::error_code code;
    // A rename takes the place of nothing and of an empty folder, never of one with files in it.
    if (::rename(temporary_.c_str(), target_.c_str()) == 0) {
        temporary_.clear();
        flush_folder(target_.parent_path());
        return {};
    }
    if ((errno != ENOTEMPTY && errno != EEXIST) || existing == Existing::Refuse) {
        return errno == ENOTEMPTY || errno == EEXIST
                   ? invalid_input(target_.string(), "", "a folder that is not empty", "a new or an empty folder")
                   : refused(target_, "cannot rename into place");
    }
    if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
        const fs::path aside = temporary_.string() + ".old";
        fs::rename(target_, aside, code);
        if (code || ::rename(temporary_.c_str(), target_.c_str()) != 0) {
            const Error error = refused(target_, "cannot replace");
            fs::rename(aside, target_, code);
            return error;
        }
        temporary_ = aside;
    }
    flush_folder(target_.parent_path());
    fs::remove_all(std::exchange(temporary_, {}), code);
    return {};
}

}  // namespace r2t2
