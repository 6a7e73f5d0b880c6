#include "core/base/atomic_directory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/log.h"

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

constexpr std::string_view kPart = ".part.";
constexpr std::size_t kRandom = 6;  // letters of mkdtemp

/// A descriptor that holds the folder's lock; -1: another program has it, or the file system knows none.
int lock_folder(const fs::path& folder, int wait) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | wait) != 0) {
        ::close(descriptor);
        return -1;
    }
    return descriptor;
}

/// What killed programs left of this target.
void remove_leftovers(const fs::path& target) {
    const std::string begin = target.filename().string() + std::string(kPart);
    std::error_code code;
    const fs::path parent = target.parent_path();
    std::vector<fs::path> left;
    for (fs::directory_iterator each(parent.empty() ? fs::path(".") : parent, code), end; !code && each != end; each.increment(code)) {
        const std::string name = each->path().filename().string();
        if (name.starts_with(begin) && name.size() == begin.size() + kRandom) {
            left.push_back(parent / name);
        }
    }
    for (const fs::path& folder : left) {
        const int lock = lock_folder(folder, LOCK_NB);
        if (lock < 0) {
            continue;  // in use
        }
        fs::remove_all(folder, code);
        log_warning("", folder.string() + (code ? ": left by a program that was killed, and cannot be removed: " + code.message()
                                                : std::string(": left by a program that was killed, removed")));
        ::close(lock);
    }
}

}  // namespace

Status AtomicDirectory::check_target(const fs::path& target, Existing existing, const Kind& kind, const std::string& option) {
    std::error_code code;
    if (!fs::exists(target, code) || (fs::is_directory(target, code) && fs::is_empty(target, code))) {
        return {};
    }
    if (!fs::is_directory(target, code)) {
        return invalid_input(target.string(), "", "a file", "a new directory");
    }
    if (existing == Existing::Refuse) {
        return invalid_input(target.string(), "", "a directory that is not empty", "a new one, or " + option + " to replace " + kind.name);
    }
    for (const auto& entry : fs::directory_iterator(target, code)) {
        if (!kind.holds(entry)) {
            return invalid_input(target.string(), "", entry.path().filename().string() + " in it",
                                 "a directory with nothing but " + kind.name + " (" + kind.contents + ") to replace");
        }
    }
    return {};
}

Result<AtomicDirectory> AtomicDirectory::create(const fs::path& target) {
    const fs::path named = target.has_filename() ? target : target.parent_path();  // "model/" means "model"
    remove_leftovers(named);
    for (;;) {
        std::string pattern = named.string() + std::string(kPart) + std::string(kRandom, 'X');
        if (::mkdtemp(pattern.data()) == nullptr) {
            return refused(named, "cannot create");
        }
        const int lock = lock_folder(pattern, 0);
        std::error_code code;
        if (!fs::exists(pattern, code)) {  // taken for a leftover before it was locked
            if (lock >= 0) {
                ::close(lock);
            }
            continue;
        }
        ::chmod(pattern.c_str(), 0755);  // mkdtemp makes private folders
        return AtomicDirectory(named, pattern, lock);
    }
}

AtomicDirectory::AtomicDirectory(AtomicDirectory&& other) noexcept
    : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, {})), lock_(std::exchange(other.lock_, -1)) {}

AtomicDirectory::~AtomicDirectory() {
    if (!temporary_.empty()) {
        std::error_code ignored;
        fs::remove_all(temporary_, ignored);
    }
    if (lock_ >= 0) {
        ::close(lock_);
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
