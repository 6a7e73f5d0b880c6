// How signals end a program: SIGINT (Ctrl-C), SIGTERM (kill, a shutdown), SIGHUP (the terminal is closed). One way for every command.
//
//   end_at_signals("r2t2");            // main, first thing: a signal ends the program, temporary files removed, exit code 130
//   long_work(..., interrupt_token())  // from here on the first signal cancels the token; a second one ends the program at once
//
// A SIGHUP that is ignored when the program starts (nohup) stays ignored. A module has its own copy of this, like of everything static:
// its entry calls `end_at_signals` again.
// Thread rule: main thread; the token may be asked on any.
#pragma once

#include "core/base/cancel.h"

namespace r2t2 {

inline constexpr int kInterruptedCode = 130;

/// `program`: a literal; what the words on stderr begin with.
void end_at_signals(const char* program);

/// "<program>: interrupted" on stderr, once: a signal often comes twice (of `timeout`, of a terminal's group).
void say_interrupted();

/// Cancelled by the first signal from now on.
[[nodiscard]] CancelToken interrupt_token();

/// Readable as soon as the token is cancelled, for event loops; -1: none could be made.
[[nodiscard]] int interrupt_descriptor();

}  // namespace r2t2
