// A reference set built from a published data set, or the open one refined, as the data page asks for it: the same as r2t2 reference
// build --from and r2t2 reference refine. Plain values. Thread rule: values.
#pragma once

#include <optional>

#include "core/inspect/data_check.h"

namespace r2t2 {

/// Whether an oracle descent on each candidate's own label gives it a second routing (core/run/reference_refiner.h).
enum class Refine { No, Yes };

struct ReferenceRequest {
    std::optional<DataRequest> data;  ///< none: the candidates of the references that are open
    std::filesystem::path output;     ///< a store directory: new, empty, or a store that is to be replaced
    int threads = 0;                  ///< 0 = as many as the machine has
    Refine refine = Refine::No;       ///< by the parameters that the model recommends. Stopped, its descents stay and are gone on with
};

/// What refining came to.
struct RefineEnd {
    std::int64_t right_before = 0;  ///< of the references: answered rightly by the base model
    std::int64_t right_after = 0;   ///< answered rightly under the refined routing
    std::int64_t mended = 0;
    std::int64_t harmed = 0;
};

struct ReferenceEnd {
    static constexpr std::size_t kListed = 20;

    std::filesystem::path output;
    std::string hash;          ///< of what the store holds
    std::int64_t tried = 0;
    std::int64_t kept = 0;     ///< answered rightly: the references
    std::int64_t wrong = 0;    ///< refined: under both routings
    std::int64_t bad = 0;      ///< could not be read or run
    std::vector<Error> problems;  ///< the first kListed of the bad ones
    double seconds = 0.0;
    std::optional<RefineEnd> refined;   ///< none: it was not asked for
    std::int64_t contradictory = 0;     ///< left out: one picture and question with two truths
};

}  // namespace r2t2
