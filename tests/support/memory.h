// What this process takes, as the system counts it. Tests only.
#pragma once

#include <sys/resource.h>

#include <cstring>
#include <fstream>
#include <string>

namespace r2t2 {

/// A value of /proc/self/status in KiB ("VmRSS:", "VmHWM:").
inline long memory_kib(const char* what) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(what)) {
            return std::stol(line.substr(std::strlen(what)));
        }
    }
    return 0;
}

/// Pages that this process has touched for the first time, as the system counts them.
inline long page_faults() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

/// VmHWM counts from here.
inline void start_memory_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

/// A sanitizer's own memory hides ours.
constexpr bool sanitized() {
#if defined(__SANITIZE_ADDRESS__)
    return true;
#else
    return false;
#endif
}

}  // namespace r2t2
