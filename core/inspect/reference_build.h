// A reference set built from a published data set, as the data page asks for it: the same as r2t2 reference build --from.
// Plain values. Thread rule: values.
#pragma once

#include "core/inspect/data_check.h"

namespace r2t2 {

struct ReferenceRequest {
    DataRequest data;
    std::filesystem::path output;  ///< a store directory: new, empty, or a store that is to be replaced
    int threads = 0;               ///< 0 = as many as the machine has
};

struct ReferenceEnd {
    static constexpr std::size_t kListed = 20;

    std::filesystem::path output;
    std::string hash;          ///< of what the store holds
    std::int64_t tried = 0;
    std::int64_t kept = 0;     ///< answered rightly: the references
    std::int64_t wrong = 0;
    std::int64_t bad = 0;      ///< could not be read or run
    std::vector<Error> problems;  ///< the first kListed of the bad ones
    double seconds = 0.0;
};

}  // namespace r2t2
