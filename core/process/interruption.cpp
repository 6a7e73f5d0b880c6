#include "core/process/interruption.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "core/base/ending.h"
#include "core/base/temporary_file.h"

namespace r2t2 {

namespace {

std::atomic<const char*> program_name{"r2t2"};
std::atomic<bool> somebody_looks{false}, came{false};
enum class Said { No, BeingSaid, Yes };
std::atomic<Said> interruption{Said::No};
std::atomic<int> told{-1};  ///< the pipe's end that is written

CancelToken& global_token() {
    static auto* token = new CancelToken(CancelToken::create());  // never destroyed: a signal may come while the program ends
    return *token;
}

/// Only what a signal handler may do.
void on_signal(int) {
    const int saved = errno;
    if (somebody_looks.load() && !came.exchange(true)) {
        global_token().cancel();  // a relaxed store to a lock-free flag
        tell_to_end();
        if (const int pipe = told.load(); pipe >= 0) {
            (void)!::write(pipe, "!", 1);
        }
        errno = saved;
        return;
    }
    remove_temporary_files();
    say_interrupted();
    ::_exit(kInterruptedCode);
}

}  // namespace

/// In one piece, and whole before a second signal, which another thread may get, ends the program: whoever comes second waits for it. Signals of this
/// thread are held back meanwhile, so that it never waits for itself.
void say_interrupted() {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    if (Said none = Said::No; interruption.compare_exchange_strong(none, Said::BeingSaid)) {
        std::array<char, 64> text{};
        constexpr std::string_view kWords = ": interrupted\n";
        const std::string_view name = std::string_view(program_name.load()).substr(0, text.size() - kWords.size());
        std::copy(kWords.begin(), kWords.end(), std::copy(name.begin(), name.end(), text.begin()));
        (void)!::write(STDERR_FILENO, text.data(), name.size() + kWords.size());
        interruption.store(Said::Yes);
    }
    constexpr int kTries = 1'000'000;  // not for ever: the pipe may be full, and nobody read it
    for (int i = 0; i < kTries && interruption.load() != Said::Yes; ++i) {
        ::sched_yield();
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void end_at_signals(const char* program) {
    (void)global_token();  // made before the first signal
    program_name.store(program);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        if (number == SIGHUP && ::sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) {
            continue;  // nohup
        }
        struct sigaction action {};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        ::sigemptyset(&action.sa_mask);
        for (const int other : {SIGINT, SIGTERM, SIGHUP}) {
            ::sigaddset(&action.sa_mask, other);
        }
        ::sigaction(number, &action, nullptr);
    }
}

CancelToken interrupt_token() {
    somebody_looks.store(true);
    return global_token();
}

int interrupt_descriptor() {
    static const int end = [] {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
            return -1;
        }
        told.store(ends[1]);
        return ends[0];
    }();
    return end;
}

}  // namespace r2t2
