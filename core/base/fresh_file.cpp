#include "core/base/fresh_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace r2t2 {

namespace {

Error refused(const std::filesystem::path& target, const char* what, int code) {
    return io_error(target.string(), std::string(what) + ": " + std::generic_category().message(code));
}

/// 0 or errno; EEXIST: the target is there. Some file systems know no such renaming, some no links: then a look has to do.
int rename_no_replace(const char* from, const char* target) {
    if (::renameat2(AT_FDCWD, from, AT_FDCWD, target, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return errno;
    }
    if (::link(from, target) == 0) {
        ::unlink(from);
        return 0;
    }
    if (errno == EEXIST) {
        return EEXIST;
    }
    struct stat there {};
    if (::lstat(target, &there) == 0) {
        return EEXIST;
    }
    return ::rename(from, target) == 0 ? 0 : errno;
}

}  // namespace

Result<std::filesystem::path> make_fresh_file(const std::filesystem::path& target, const std::string& ending) {
    std::string name = target.string() + ".XXXXXX" + ending;
    const int descriptor = ::mkostemps(name.data(), static_cast<int>(ending.size()), O_CLOEXEC);
    if (descriptor < 0) {
        return refused(target, "cannot create", errno);
    }
    const mode_t mask = ::umask(0);  // mkostemps makes private files
    ::umask(mask);
    const int failed = ::fchmod(descriptor, 0666 & ~mask) == 0 ? 0 : errno;
    ::close(descriptor);
    if (failed != 0) {
        ::unlink(name.c_str());
        return refused(target, "cannot set the file mode", failed);
    }
    return std::filesystem::path(name);
}

Status rename_to_free(const std::filesystem::path& from, const std::filesystem::path& target) {
    const int failed = rename_no_replace(from.c_str(), target.c_str());
    if (failed == EEXIST) {
        return invalid_input(target.string(), "file", "one that another program made meanwhile (it is untouched)", "a name that is free");
    }
    return failed == 0 ? Status() : Status(refused(target, "cannot rename into place", failed));
}

}  // namespace r2t2
