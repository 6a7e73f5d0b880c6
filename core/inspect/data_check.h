// Published data sets as they lie on somebody's disk, as the data page asks about them: which are known, what of one can be read,
// what is broken and why. What stands behind it is core/benchmarks, the same as the command line's. Plain values; no OpenCV.
// Thread rule: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct DataSetSplit {
    std::string name;
    bool answers_withheld = false;  ///< distributed without answers: runs, but cannot be scored here
};

/// A data set that can be read in its official layout.
struct DataSetInfo {
    std::string name;   ///< as on the command line, "MME-P"
    std::string title;
    bool reference = false;  ///< what the paper uses it for: reference set, or benchmark
    std::vector<DataSetSplit> splits;  ///< the default first
    std::string layout;                ///< in words
    std::vector<std::string> files;    ///< looked for below the folder
    std::string metric;                ///< its own score
    std::string obstacle, way_out;     ///< what keeps a distribution from being read, and what to do; "" = nothing
};

struct DataRequest {
    std::string name;
    std::filesystem::path folder;
    std::string split;      ///< empty: the set's default
    std::size_t limit = 0;  ///< at most this many samples, drawn by `seed`; 0 = all
    std::uint64_t seed = 1;
};

struct DataSample {
    std::string id, category;
    std::string question;  ///< as prompted, with options and the wish for a short answer
    std::string truth;     ///< "" = not known
    std::string scoring;   ///< the rule that will judge the answer
    std::filesystem::path picture;
};

struct DataProblem {
    std::int64_t record = 0;  ///< in the file, from 0; of a picture that of the first sample which has it
    Error error;
    bool skipped = true;  ///< false: the sample is there all the same
    bool picture = false;  ///< the sample is there, its picture cannot be read: an evaluation will leave it out
    std::optional<DataSample> sample{};  ///< that the record became; none: it was left out, or several samples are of a record with this number
};

struct DataReport {
    static constexpr std::size_t kPreview = 1000;

    DataRequest request;
    std::int64_t samples = 0;
    std::int64_t with_truth = 0;
    std::int64_t clusters = 0;  ///< that those with a truth stand in: one picture's path, or one group of questions
    std::vector<std::pair<std::string, std::int64_t>> categories;  ///< samples of each, in natural order; "": those without one
    std::vector<std::pair<std::string, std::int64_t>> left_out;    ///< records that are not of the set's task, by reason
    std::vector<DataProblem> problems;  ///< records' in the file's order, then groups' that lack some, then pictures'
    std::int64_t pictures = 0, bad_pictures = 0;  ///< whose header was looked at, each once
    std::int64_t more_problems = 0;   ///< beyond those listed
    std::vector<DataSample> preview;  ///< the first kPreview
};

}  // namespace r2t2
