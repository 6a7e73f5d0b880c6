// Descriptors 0 to 2, and signals that would end a program where a write could have said what is wrong.
//
// Thread rule: `begin_process` is the first thing that main does; `finish_output` is the last.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

/// Descriptors 0 to 2 are something from here on, so that no file gets one of their numbers: services and cron jobs close them, and progress
/// was written into the checkpoint that had become "stderr". Reading from a closed stdin ends at once; what is written to a closed stderr is
/// gone; writing to a closed stdout fails, as it should. Files that grow beyond a limit (ulimit -f) are an error of write(), no signal.
void begin_process();

/// To stdout, flushed. 0, or errno of what went wrong.
[[nodiscard]] int write_output(std::string_view text);

/// Flushes stdout. Io where anything that was written to it did not arrive, with the system's reason: `earlier` is errno of a write that
/// failed before, 0 where none did.
[[nodiscard]] Status finish_output(int earlier = 0);

/// Whether nobody is there to read: an error that tools end with, but do not talk about.
[[nodiscard]] bool reader_is_gone(int number);

}  // namespace r2t2
