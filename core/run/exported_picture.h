// How an export names a sample's picture: a path that means the same wherever the session lies and whatever else was evaluated.
//
// Thread rule: pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/session/session_reader.h"

namespace r2t2 {

/// Of the pictures of one run. A path that is no whole one stands as it is. Else it is told
///
///   of a benchmark         from the folder that --data named; of a picture that was unpacked from a table, from the cache's folder ("MMBench/1f2e.png")
///   of a data set's file   from the folder that the file lies in ("images/1.png", "../pictures/1.png")
///   where the run does not say what it read   from the deepest folder that all its pictures lie in
class ExportedPictures {
public:
    ExportedPictures(const RunInfo& run, const std::vector<SampleRow>& rows);
    [[nodiscard]] std::string name_of(const SampleInfo& sample) const;

private:
    [[nodiscard]] std::filesystem::path folder_of(const SampleInfo& sample) const;

    std::filesystem::path benchmarks_;          ///< empty: no benchmark was read
    std::vector<std::filesystem::path> files_;  ///< data sets
    std::string common_;                        ///< with its slash; empty: there is none, or it is not needed
};

}  // namespace r2t2
