#include "core/base/fresh_file.h"

#include <fcntl.h>
#include <stdio.h>
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

Status rename_to_free(const std::filesystem::path& from, const std::filesystem::path& target) {
    const int failed = rename_no_replace(from.c_str(), target.c_str());
    if (failed == EEXIST) {
        return invalid_input(target.string(), "file", "one that another program made meanwhile (it is untouched)", "a name that is free");
    }
    return failed == 0 ? Status() : Status(refused(target, "cannot rename into place", failed));
}

}  // namespace r2t2
