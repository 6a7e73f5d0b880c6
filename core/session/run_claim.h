// One writer a run: who writes the runs of an evaluation holds a claim on them, and a second program that wants to is refused at once.
//
// A claim is an flock on a small file beside the session, "<session>-run<N>.lock" with the number of the evaluation's first run. The
// system drops it when the program ends, however it ends: a file left behind by a killed program claims nothing. A clean end removes
// the file. The session's own file is not locked: SQLite's locks are its own business. Where a file system has no such locks, nothing
// is claimed and nobody is refused.
// Thread rule: values; a claim may be released on another thread than it was taken on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/base/result.h"

namespace r2t2 {

class RunClaim {
public:
    /// Io ("another program is writing this run") where somebody holds it, this process included.
    [[nodiscard]] static Result<std::shared_ptr<const RunClaim>> take(const std::filesystem::path& session, std::int64_t first_run);
    /// Somebody writes these runs now. Makes no file.
    [[nodiscard]] static bool held(const std::filesystem::path& session, std::int64_t first_run);

    [[nodiscard]] std::int64_t first_run() const { return first_run_; }

    ~RunClaim();
    RunClaim(const RunClaim&) = delete;
    RunClaim& operator=(const RunClaim&) = delete;

private:
    RunClaim(std::filesystem::path file, int descriptor, std::int64_t first_run)
        : file_(std::move(file)), descriptor_(descriptor), first_run_(first_run) {}

    std::filesystem::path file_;
    int descriptor_;  ///< -1: the file system knows no locks
    std::int64_t first_run_;
};
using RunClaimPtr = std::shared_ptr<const RunClaim>;

}  // namespace r2t2
