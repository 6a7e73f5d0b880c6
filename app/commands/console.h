// What goes where: data to stdout, messages and the progress line to stderr. Made by a module's entry: signals end the
// command as core/process/interruption.h says from then on.
//
// Thread rule: `progress()` may be called from worker threads, one at a time; the rest belongs to the main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command_line.h"
#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/progress_rate.h"
#include "core/base/result.h"
#include "core/process/interruption.h"  // interrupt_token()

namespace r2t2::cli {

class Console {
public:
    explicit Console(const OutputOptions& options);

    [[nodiscard]] const OutputOptions& options() const { return options_; }
    /// To stdout. Characters that steer a terminal (of a file's name) are escaped; --json has names as they are. What could not be written is main's to tell (finish_output).
    void data(const std::string& text) const;
    /// A message on stderr, not with --quiet.
    void note(const std::string& text);
    void warning(const std::string& text);
    /// A warning about what numbers lack, or that what was asked for is not what is done: with --quiet too.
    void lacking(const std::string& text);
    /// Records that were passed over: the first five are named and the rest counted, with --quiet too.
    void skipped(const std::vector<std::string>& records);
    void skipped(const std::vector<Error>& records);
    /// On a terminal one line that is rewritten; otherwise a line every five seconds. Rate and remaining time.
    [[nodiscard]] ProgressCallback progress();
    /// Ends the progress line, if there is one.
    void end_progress();
    /// Names samples that were passed over because what is stored of them does not hold, on stderr, whatever the command: numbers
    /// of fewer samples than there are never stand alone. Returns the exit code that says so; kExitOk where there are none.
    [[nodiscard]] int left_out(const std::string& session, const std::vector<std::string>& samples);
    /// Names what a finished run lacks (core/results/run_coverage.h), whatever the command. Returns the exit code; kExitOk without an error.
    [[nodiscard]] int gone(const std::optional<Error>& samples);
    /// Verdicts of older scoring rules than this program's, on stderr.
    void scored_by(const std::string& session, std::int64_t run, int version);
    /// Prints the error; returns the exit code that belongs to its kind.
    int fail(const Error& error);

private:
    void show(const Progress& progress);

    OutputOptions options_;
    bool terminal_ = false;
    bool line_open_ = false;
    std::string stage_;
    ProgressRate rate_;
    std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace r2t2::cli
