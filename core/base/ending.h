// Has the program been told to end? For waits that nobody hands a CancelToken to: a FIFO that no reader opens.
//
// Set by the first signal where a command looks at its token (core/process/interruption.h). Every module has its own copy.
// Thread rule: any thread; tell_to_end() from a signal handler, too.
#pragma once

#include <atomic>

namespace r2t2 {

inline std::atomic<bool> told_to_end_flag{false};
static_assert(std::atomic<bool>::is_always_lock_free);

inline void tell_to_end() { told_to_end_flag.store(true); }
[[nodiscard]] inline bool told_to_end() { return told_to_end_flag.load(); }

}  // namespace r2t2
