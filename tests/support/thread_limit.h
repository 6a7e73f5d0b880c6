// A process that can make no more than a few threads: a limit of its memory, which a thread's stack does not fit in. Tests only.
// (A limit of processes does the same, but not to root.)
#pragma once

#include <sys/resource.h>

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

}  // namespace r2t2
