// A whole evaluation, as the benchmark page asks for it. What stands behind it is core/run's runner, the same as the
// command line's. Plain values; no torch, no OpenCV. Thread rule: values; hooks are called on worker threads, one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/pause.h"
#include "core/base/progress.h"
#include "core/routing/method_params.h"
#include "core/routing/sweep.h"

namespace r2t2 {

struct BenchmarkRequest {
    std::vector<std::string> sets;   ///< names of bundled sets, data set files; with a folder: published data sets
    std::string split = "test";      ///< of the bundled world, or of the published data sets ("": each one's default)
    std::size_t samples = 200;       ///< of each bundled set
    std::filesystem::path data;      ///< folder of the published data sets; empty: none is meant
    std::size_t limit = 0;           ///< at most so many samples of each, drawn by the seed; 0 = all
    std::vector<Method> methods;     ///< base is always there
    MethodParams params;             ///< of all methods; its seed is the run's
    std::vector<SweepAxis> sweep;
    int threads = 0;
    std::int64_t max_errors = -1;
    std::filesystem::path session;   ///< empty: a new one among the user's
    bool resume = false;             ///< go on with an evaluation of the session, on its own model and references: nothing else is looked at but threads
    std::optional<std::int64_t> run; ///< to resume: the evaluation that this run is of; none: the last
};

/// Known once the run begins.
/// A record that was left out when its set was read; the session has it among the samples that failed.
struct BenchmarkUnread {
    std::string set;
    Error error;
};

struct BenchmarkStart {
    std::filesystem::path session;
    std::vector<std::int64_t> runs;     ///< of the session, one per method
    std::vector<MethodParams> methods;
    std::vector<std::string> variants;  ///< "k 5, steps 20"; parallel to methods
    std::vector<std::string> sets;
    std::int64_t total = 0;             ///< samples that are run
    std::string references;             ///< which of them are references too, in words; empty: none is
    struct OwnReferences {
        std::string path;  ///< as InspectorOptions::reference
        std::size_t count = 0;
    };
    /// Of a run that goes on: what it stands on where that is not what is open; the model in words. None: what is open.
    std::optional<OwnReferences> own_references{};
    std::optional<std::string> own_model{};
    std::vector<BenchmarkUnread> unread{};  ///< beside those in total
};

/// One sample that is done.
struct BenchmarkSample {
    std::size_t set = 0;
    std::string key;
    bool failed = false;
    std::string error;     ///< why, where it failed in this part
    bool earlier = false;  ///< of the part that was interrupted
    std::vector<std::vector<std::optional<bool>>> correct;  ///< right after every step, per method
    std::int64_t forward_passes = 0, backward_passes = 0;
};

struct BenchmarkHooks {
    ProgressCallback progress;
    CancelToken cancel;
    const PauseSwitch* pause = nullptr;  ///< samples in hand are finished first
    std::function<void(const BenchmarkStart&)> on_start;
    std::function<void(const BenchmarkSample&)> on_sample;
};

struct BenchmarkEnd {
    std::filesystem::path session;
    bool interrupted = false, too_many_errors = false;
    std::int64_t done = 0, errors = 0;
    double seconds = 0.0;
    std::string report;  ///< the command line's tables
};

}  // namespace r2t2
