// What a long function tells while it works. Called on the worker's thread, a few times a second at most.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace r2t2 {

struct Progress {
    std::string stage;         ///< "prepare references", "stage 1", ...
    std::int64_t done = 0;     ///< items finished in this stage
    std::int64_t total = 0;    ///< items of this stage, 0 when unknown
    std::string detail;        ///< short free text (loss, accuracy so far)
};

/// Bytes as whole MiB, rounded up at the end: only the last byte completes the stage.
[[nodiscard]] inline Progress in_mebibytes(std::string stage, std::int64_t done, std::int64_t total, std::string detail) {
    const std::int64_t all = (total >> 20) + 1;
    return {std::move(stage), done >= total ? all : done >> 20, all, std::move(detail)};
}

using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace r2t2
