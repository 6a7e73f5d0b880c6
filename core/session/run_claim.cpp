#include "core/session/run_claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

/// One file, whatever way leads to the session.
fs::path claim_file(const fs::path& session, std::int64_t first_run) {
    std::error_code code;
    const fs::path true_name = fs::weakly_canonical(session, code);
    return (code ? session : true_name).string() + "-run" + std::to_string(first_run) + ".lock";
}

bool without_locks(int code) { return code == ENOLCK || code == ENOSYS || code == ENOTSUP || code == EINVAL; }

/// The file that was locked still has its name: else its last owner removed it meanwhile.
bool still_there(int descriptor, const fs::path& file) {
    struct ::stat open {}, named {};
    return ::fstat(descriptor, &open) == 0 && ::stat(file.c_str(), &named) == 0 && open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

Result<std::shared_ptr<const RunClaim>> RunClaim::take(const fs::path& session, std::int64_t first_run) {
    const fs::path file = claim_file(session, first_run);
    const std::string where = session.string() + ": run " + std::to_string(first_run);
    for (;;) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor < 0) {
            return io_error(file.string(), std::string("cannot be made: ") + std::strerror(errno));
        }
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            const int code = errno;
            if (code == EINTR) {
                ::close(descriptor);
                continue;
            }
            if (without_locks(code)) {
                ::unlink(file.c_str());
                ::close(descriptor);
                return RunClaimPtr(new RunClaim(file, -1, first_run));
            }
            ::close(descriptor);
            return code == EWOULDBLOCK ? io_error(where, "another program is writing this run") : io_error(file.string(), std::strerror(code));
        }
        if (still_there(descriptor, file)) {
            return RunClaimPtr(new RunClaim(file, descriptor, first_run));
        }
        ::close(descriptor);
    }
}

bool RunClaim::held(const fs::path& session, std::int64_t first_run) {
    const int descriptor = ::open(claim_file(session, first_run).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        return false;
    }
    const bool taken = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return taken;
}

RunClaim::~RunClaim() {
    if (descriptor_ >= 0) {
        ::unlink(file_.c_str());  // before the lock is dropped
        ::close(descriptor_);
    }
}

}  // namespace r2t2
