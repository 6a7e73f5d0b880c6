// Prepared samples by number, the least recently used ones dropped beyond a byte budget.
//
// Thread rule: any number of threads. Two threads that miss the same sample at once both make it; the values are equal.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>

#include "core/base/result.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

class PreparedCache {
public:
    explicit PreparedCache(std::size_t budget_bytes) : budget_(budget_bytes) {}

    /// The sample from the cache, or made now. A sample larger than the whole budget is handed out but not kept.
    [[nodiscard]] Result<PreparedSamplePtr> get(std::size_t index,
                                                const std::function<Result<PreparedSamplePtr>()>& make);

    struct Counts {
        std::int64_t hits = 0;
        std::int64_t misses = 0;
        std::size_t bytes = 0;  ///< held now
    };
    [[nodiscard]] Counts counts() const;

private:
    struct Entry {
        std::size_t index = 0;
        PreparedSamplePtr sample;
        std::size_t bytes = 0;
    };
    void keep(std::size_t index, const PreparedSamplePtr& sample);

    mutable std::mutex mutex_;
    std::size_t budget_;
    std::list<Entry> entries_;  ///< most recent first
    std::unordered_map<std::size_t, std::list<Entry>::iterator> places_;
    Counts counts_;
};

}  // namespace r2t2
