#include "core/process/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

namespace r2t2 {

namespace {

bool is_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF;
}

}  // namespace

void begin_process() {
    // In this order: open takes the lowest number that is free. Without O_CLOEXEC: programs that are started from here have the same need.
    const int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};  // stdout: writing must fail, not vanish
    for (int descriptor = 0; descriptor < 3; ++descriptor) {
        if (!is_open(descriptor) && ::open("/dev/null", modes[descriptor]) != descriptor) {
            ::_exit(1);  // no /dev/null and no descriptor to say it with
        }
    }
#ifdef SIGXFSZ
    std::signal(SIGXFSZ, SIG_IGN);
#endif
}

int write_output(std::string_view text) {
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    return written ? 0 : errno != 0 ? errno : EIO;
}

Status finish_output(int earlier) {
    errno = 0;
    const bool failed = std::ferror(stdout) != 0;
    const bool flushed = std::fflush(stdout) == 0;
    if (!failed && flushed && earlier == 0) {
        return {};
    }
    const int number = earlier != 0 ? earlier : errno;
    return io_error("standard output", number != 0 ? "cannot write: " + std::generic_category().message(number) : "cannot write");
}

bool reader_is_gone(int number) {
    return number == EPIPE;
}

}  // namespace r2t2
