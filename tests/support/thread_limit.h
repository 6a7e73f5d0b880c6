// A process that can make no more than a few threads: a limit of its memory, which a thread's stack does not fit in. Tests only.
// (A limit of processes does the same, but not to root.)
#pragma once

#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "core/base/extra_threads.h"
#include "tests/support/memory.h"

namespace r2t2 {

class NoMoreThreads {
public:
    /// `spare`: what the test itself may still allocate.
    explicit NoMoreThreads(rlim_t spare = 48u << 20) {
        getrlimit(RLIMIT_AS, &before_);
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(memory_kib("VmSize:")) * 1024 + spare;
        setrlimit(RLIMIT_AS, &now);
    }
    ~NoMoreThreads() { setrlimit(RLIMIT_AS, &before_); }
    NoMoreThreads(const NoMoreThreads&) = delete;
    NoMoreThreads& operator=(const NoMoreThreads&) = delete;

private:
    rlimit before_{};
};

/// Threads that wait for `go_on`, until no other can be made. One that begins takes room for a moment that it gives back, so that a first
/// refusal is not the last: all have to have begun.
inline void take_all_threads(ExtraThreads& all, std::atomic<bool>& go_on) {
    std::atomic<std::size_t> begun{0};
    const auto wait = [&begun, &go_on] {
        ++begun;  // its last look at what this function holds
        go_on.wait(false);
    };
    for (bool more = true; more && all.count() < 4000;) {
        more = false;
        while (all.count() < 4000 && all.start(wait)) {
            more = true;
        }
        while (begun < all.count()) {
            std::this_thread::yield();
        }
    }
}

}  // namespace r2t2
