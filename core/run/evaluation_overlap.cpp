#include "core/run/evaluation_overlap.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>

#include "core/run/model_input.h"
#include "core/run/parallel.h"

namespace r2t2 {

namespace {

/// A sample whose question some reference asks.
struct Asked {
    std::size_t set = 0, index = 0;
    EvaluationSample sample;
};

std::vector<Asked> asked_samples(const ReferenceStore& store, const std::vector<SampleSetPtr>& sets, const OverlapOptions& options, std::size_t& looked_at) {
    const std::size_t side_by_side = std::max<std::size_t>(options.side_by_side, 1);
    std::vector<Asked> asked;
    std::size_t groups = 0;
    for (std::size_t s = 0; s < sets.size(); ++s) {
        for (std::size_t i = 0; i < sets[s]->size(); ++i) {
            if (!options.shard.has_group(groups + i / side_by_side)) {
                continue;
            }
            ++looked_at;
            const SampleSummary summary = sets[s]->summary(i);
            if (store.asks(summary.question)) {
                asked.push_back({s, i, {sets[s]->id(i), {sets[s]->name(), summary.image, {}, summary.question}}});
            }
        }
        groups += (sets[s]->size() + side_by_side - 1) / side_by_side;
    }
    return asked;
}

/// As an evaluation names it.
std::string whole_path(const std::string& path, const std::filesystem::path& folder) {
    std::error_code code;
    const std::filesystem::path whole = std::filesystem::absolute(folder / path, code);
    return code || path.starts_with("world:") ? path : whole.lexically_normal().string();
}

/// Its hash; empty: it cannot be opened.
std::string picture_of(const std::string& path) {
    const Result<SamplePicture> picture = picture_at(path);
    return picture ? hash_pixels(picture->image) : std::string();
}

}  // namespace

Result<ReferenceOverlap> evaluation_overlap(const ReferenceStore& store, const std::vector<SampleSetPtr>& sets, const OverlapOptions& options,
                                            const ProgressCallback& progress, const CancelToken& cancel) {
    std::size_t looked_at = 0;
    std::vector<Asked> asked = asked_samples(store, sets, options, looked_at);
    std::unordered_map<std::string, std::vector<std::size_t>> by_picture;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const std::string& path = asked[i].sample.identity.image_path;
        by_picture[path.empty() ? "\n" + std::to_string(i) : path].push_back(i);  // a picture without a name is its sample's alone
    }
    std::vector<const std::vector<std::size_t>*> pictures;
    for (const auto& [path, of] : by_picture) {
        pictures.push_back(&of);
    }
    ProgressGate gate(progress, "which samples are references", pictures.size());
    std::atomic<std::size_t> unread{0};
    parallel_for(pictures.size(), options.threads, cancel, [&](std::size_t p) {
        const Asked& first = asked[pictures[p]->front()];
        const Result<SamplePicture> picture = sets[first.set]->picture(first.index);
        unread += picture ? 0 : pictures[p]->size();
        const std::string hash = picture ? hash_pixels(picture->image) : std::string();
        for (const std::size_t i : *pictures[p]) {
            asked[i].sample.identity.pixels_hash = hash;
        }
        gate.advance();
        return true;
    });
    if (cancel.cancelled()) {
        return cancelled();
    }
    std::vector<EvaluationSample> samples;
    samples.reserve(asked.size());
    for (Asked& each : asked) {
        samples.push_back(std::move(each.sample));
    }
    ReferenceOverlap out = reference_overlap(store, samples);
    out.samples = looked_at;
    out.unread = unread;
    return out;
}

Status add_picture_hashes(std::vector<ReferenceRecord>& records, const std::filesystem::path& folder, const CancelToken& cancel) {
    std::unordered_map<std::string, std::string> known;
    for (ReferenceRecord& record : records) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        if (!record.pixels_hash.empty()) {
            continue;
        }
        const auto [at, fresh] = known.try_emplace(record.image_path);
        if (fresh) {
            at->second = picture_of(whole_path(record.image_path, folder));
        }
        record.pixels_hash = at->second;
        record.image_path = whole_path(record.image_path, folder);
    }
    return {};
}

}  // namespace r2t2
