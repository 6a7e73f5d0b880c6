#include "core/run/prepared_cache.h"

namespace r2t2 {

Result<PreparedSamplePtr> PreparedCache::get(std::size_t index,
                                             const std::function<Result<PreparedSamplePtr>()>& make) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = places_.find(index); found != places_.end()) {
            ++counts_.hits;
            entries_.splice(entries_.begin(), entries_, found->second);
            return entries_.front().sample;
        }
        ++counts_.misses;
    }
    Result<PreparedSamplePtr> made = make();
    if (made) {
        keep(index, *made);
    }
    return made;
}

void PreparedCache::keep(std::size_t index, const PreparedSamplePtr& sample) {
    const std::size_t bytes = sample->bytes();
    const std::lock_guard lock(mutex_);
    if (bytes > budget_ || places_.count(index) != 0) {
        return;
    }
    entries_.push_front({index, sample, bytes});
    places_[index] = entries_.begin();
    counts_.bytes += bytes;
    while (counts_.bytes > budget_) {
        counts_.bytes -= entries_.back().bytes;
        places_.erase(entries_.back().index);
        entries_.pop_back();
    }
}

PreparedCache::Counts PreparedCache::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace r2t2
