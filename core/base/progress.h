// What a long function tells while it works. Called on the worker's thread, a few times a second at most.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace r2t2 {

struct Progress {
    std::string stage;         ///< "prepare references", "stage 1", ...
    std::int64_t done = 0;     ///< items finished in this stage
    std::int64_t total = 0;    ///< items of this stage, 0 when unknown
    std::string detail;        ///< short free text (loss, accuracy so far)
};

using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace r2t2
