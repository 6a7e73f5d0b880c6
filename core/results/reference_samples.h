// Which samples of a stored run were references too: config.reference_samples. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/session/session_types.h"

namespace r2t2 {

struct ReferenceSamples {
    std::int64_t count = 0;
    std::vector<std::string> ids;  ///< the first ones; of a run with several sets "set: id"

    /// "12 are references too (3, 7, 9 and 9 more), none its own neighbour"; empty: none is.
    [[nodiscard]] std::string text() const;
};

/// Of all sets together. None: made by a program that did not look.
[[nodiscard]] std::optional<ReferenceSamples> reference_samples(const RunInfo& info);
/// Of one set.
[[nodiscard]] std::optional<ReferenceSamples> reference_samples_of(const RunInfo& info, const std::string& set);

}  // namespace r2t2
