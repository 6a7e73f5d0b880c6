#include "core/run/stored_pictures.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/run/parallel.h"

namespace r2t2 {

void StoredPictures::add(const SampleInfo& info) {
    if (info.picture_hash && !info.picture_hash->empty()) {
        stored_.emplace_back(info.id, *info.picture_hash);
    }
}

Status StoredPictures::check(const std::string& session, const std::vector<SampleSetPtr>& sets, const ModelInfo& model, const ProgressCallback& progress,
                             const CancelToken& cancel) {
    std::map<SampleKey, std::pair<const SampleSet*, std::size_t>> places;
    for (const SampleSetPtr& set : sets) {
        for (std::size_t i = 0; !set->generated() && i < set->size(); ++i) {
            places[{set->name(), set->id(i)}] = {set.get(), i};
        }
    }
    std::erase_if(stored_, [&](const auto& row) { return places.count(row.first) == 0; });
    std::sort(stored_.begin(), stored_.end());
    stored_.erase(std::unique(stored_.begin(), stored_.end()), stored_.end());  // the runs of an evaluation tell of the same samples
    std::vector<std::optional<Error>> others(stored_.size());
    ProgressGate gate(progress, "compare stored pictures", stored_.size());
    parallel_for(stored_.size(), 0, cancel, [&](std::size_t i) {
        const auto& [id, hash] = stored_[i];
        const auto& [set, index] = places.at(id);
        const std::string where = session + ": set " + id.set + ", sample " + id.key;
        const Result<RunSample> now = set->get(index, model);
        if (!now) {
            others[i] = now.error().inside(where);
        } else if (now->input.image_key != hash) {
            others[i] = invalid_input(where, "picture (or facts)", "hash " + now->input.image_key,
                                      "hash " + hash + ", as the row was stored with: its answers are another picture's, and a run of its own asks this one");
        }
        gate.advance();
        return true;
    });
    if (cancel.cancelled()) {
        return cancelled();
    }
    const auto count = std::count_if(others.begin(), others.end(), [](const std::optional<Error>& other) { return other.has_value(); });
    const auto first = std::find_if(others.begin(), others.end(), [](const std::optional<Error>& other) { return other.has_value(); });
    if (first == others.end()) {
        return {};
    }
    Error error = **first;
    error.found += count > 1 ? " (the first of " + std::to_string(count) + " such rows)" : "";
    return error;
}

}  // namespace r2t2
