// The data sets of the R2-T2 paper as their authors distribute them: nine reference sets, nine benchmarks.
//
// `read_benchmark` turns a folder in the official layout into samples with prompts as MoAI's evaluation writes them and with what
// scores their answers. A record that cannot be read (no picture, a key missing, an id twice ...) becomes a Problem; a file that
// is broken, or a layout without the files that are needed, is an error that names what was looked for and what is there.
// Records that do not belong to the task (a lesson's questions without a diagram) are counted in Dataset::left_out.
//
// Memory: files are read in a stream, a record at a time; what is kept is the samples (a million within 500 MB, see
// docs/benchmarks.md). Thread rule: callable from any thread; progress and cancellation about every thousand records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/dataset/dataset.h"

namespace r2t2 {

struct BenchmarkSplit {
    std::string name;
    bool answers_withheld = false;  ///< distributed without answers: runs, but cannot be scored here
};

enum class BenchmarkKind { Reference, Benchmark };  ///< what the paper uses it for

struct BenchmarkInfo {
    std::string name;   ///< as on the command line, "MME-P"
    std::string title;
    BenchmarkKind kind = BenchmarkKind::Benchmark;
    std::vector<BenchmarkSplit> splits;  ///< the default first
    std::string layout;                  ///< in words
    std::vector<std::string> files;      ///< looked for, below the folder; {split} stands for the split's own spelling
    std::string metric;                  ///< the benchmark's own score
    std::string obstacle;                ///< what keeps a distribution from being read here; "" = nothing
    std::string way_out;
};

struct BenchmarkOptions {
    std::string split;              ///< empty: the set's default
    std::size_t limit = 0;          ///< at most this many samples, drawn by `seed`; 0 = all
    std::uint64_t seed = 1;
    bool images_must_exist = true;
    bool direct_answers = false;    ///< A-OKVQA: free answers instead of options
    bool moai_parity = false;       ///< AI2D, TextVQA: read and score as MoAI's own scripts, oddities included
    std::filesystem::path cache;    ///< unpacked pictures; empty: $XDG_CACHE_HOME/r2t2/benchmarks
};

/// All eighteen, reference sets first.
[[nodiscard]] const std::vector<BenchmarkInfo>& benchmarks();
/// By name, without regard to case; nullptr: unknown.
[[nodiscard]] const BenchmarkInfo* find_benchmark(std::string_view name);

/// Samples keep the file's order. With a limit: drawn without replacement by the seed, the same on every machine; questions that
/// are counted together (MMBench's rotations, MME's pairs) are drawn together.
/// Errors: unknown name or split, layout, a broken file, nothing that could be read, Cancelled.
[[nodiscard]] Result<Dataset> read_benchmark(const std::string& name, const std::filesystem::path& directory,
                                             const BenchmarkOptions& options = {}, const ProgressCallback& progress = {},
                                             const CancelToken& cancel = {});

}  // namespace r2t2
