#include "core/reference/reference_overlap.h"

#include <algorithm>

namespace r2t2 {

std::string ReferenceOverlap::text() const {
    constexpr std::size_t kNamed = 5;
    const std::string of = std::to_string(samples) + (samples == 1 ? " sample" : " samples");
    std::string out = shared.empty() ? "none of " + of + " is a reference"
                                     : std::to_string(shared.size()) + " of " + of + (shared.size() == 1 ? " is a reference too (" : " are references too (");
    for (std::size_t i = 0; i < std::min(shared.size(), kNamed); ++i) {
        const bool named = i > 0 && shared[i].set == shared[i - 1].set;
        out += (i == 0 ? "" : named ? ", " : "; ") + (named || shared[i].set.empty() ? std::string() : shared[i].set + ": ") + shared[i].id;
    }
    out += shared.size() > kNamed ? " and " + std::to_string(shared.size() - kNamed) + " more" : "";
    out += shared.empty() ? "" : ")";
    if (unread > 0) {
        out += "; of " + std::to_string(unread) + (unread == 1 ? " the picture could not be opened: its path" : " the pictures could not be opened: their paths") + " alone was compared";
    }
    if (without_hash > 0) {
        out += "; " + std::to_string(without_hash) + (without_hash == 1 ? " reference has" : " references have") + " no hash of the picture: its path alone was compared";
    }
    return out;
}

ReferenceOverlap reference_overlap(const ReferenceStore& store, std::span<const EvaluationSample> samples) {
    ReferenceOverlap out;
    out.samples = samples.size();
    out.without_hash = store.without_picture_hash();
    for (const EvaluationSample& sample : samples) {
        if (std::vector<ReferenceStore::Same> same = store.same_references(sample.identity); !same.empty()) {
            out.shared.push_back({sample.identity.set, sample.id, std::move(same)});
        }
    }
    return out;
}

}  // namespace r2t2
