#include "core/base/path_there.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace r2t2 {

Status check_there(const std::filesystem::path& path, const std::string& field, const std::string& allowed) {
    struct stat info {};
    if (::stat(path.c_str(), &info) == 0) {
        return {};
    }
    const int number = errno;
    if (number == ENOENT || number == ENOTDIR) {
        const bool link = ::lstat(path.c_str(), &info) == 0;
        return Error{ErrorKind::NotFound, path.string(), field, link ? "a link to nothing" : "nothing", allowed};
    }
    const ErrorKind kind = number == ELOOP || number == ENAMETOOLONG ? ErrorKind::InvalidInput : ErrorKind::Io;
    return Error{kind, path.string(), field, (number == ELOOP ? "links that lead in a circle: " : "") + std::generic_category().message(number), allowed};
}

}  // namespace r2t2
