// Which samples of a run's data are not what they were when it was begun, by the prints that its configuration keeps. Private to core/run.
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/run/stored_data.h"

namespace r2t2 {

struct PrintDifference {
    std::vector<SampleKey> answered;   ///< are finished, and differ
    std::optional<Error> refused;      ///< the first other thing that differs and may not
    std::vector<SampleKey> mended;     ///< failed, or could not be read, and may differ
    std::vector<SampleKey> gone;       ///< as in MendedData
    std::size_t elsewhere = 0;         ///< as in MendedData
};
/// A program that keeps them has compared every file that it read with what it had hashed.
[[nodiscard]] bool keeps_prints(const RunInfo& info);

/// None: the run keeps no prints (it is from before they were kept), or of sets with other names. `rows`: all that is stored of it.
[[nodiscard]] std::optional<PrintDifference> compare_prints(const std::string& where, const RunInfo& stored, const RunInfo& wanted,
                                                            const std::vector<SampleRow>& rows, const std::vector<SampleSetPtr>& sets, const StoredPart& part);

}  // namespace r2t2
