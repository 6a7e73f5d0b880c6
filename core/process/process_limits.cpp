#include "core/process/process_limits.h"

#include <sys/resource.h>

#include <string>

namespace r2t2 {

namespace {

constexpr rlim_t kLeastStack = 1 << 20;
constexpr rlim_t kLeastFiles = 64;  // a shell gives 1024; a command has up to some forty open at a time

Status at_least(__rlimit_resource_t which, rlim_t least, const std::string& what, rlim_t unit, const std::string& units) {
    rlimit limit{};
    if (::getrlimit(which, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= least) {
        return {};
    }
    return Error{ErrorKind::Io, "limits of this process", what, std::to_string(limit.rlim_cur / unit) + units,
                 std::to_string(least / unit) + units + " or more"};
}

}  // namespace

Status check_process_limits() {
    R2T2_TRY(at_least(RLIMIT_STACK, kLeastStack, "stack (ulimit -s)", 1024, " kB"));
    return at_least(RLIMIT_NOFILE, kLeastFiles, "open files (ulimit -n)", 1, "");
}

}  // namespace r2t2
