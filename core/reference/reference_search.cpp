#include "core/reference/reference_search.h"

#include <faiss/IndexFlat.h>
#include <faiss/impl/AuxIndexStructures.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/reference/reference_store.h"

namespace r2t2 {

struct ReferenceSearch::Index {
    explicit Index(std::size_t dimension) : flat(static_cast<faiss::Index::idx_t>(dimension)) {}

    faiss::IndexFlatIP flat;

    [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(flat.ntotal); }
    [[nodiscard]] std::size_t dimension() const { return static_cast<std::size_t>(flat.d); }

    /// Bound on |float32 dot - exact dot| of two unit vectors, generous.
    [[nodiscard]] double rounding() const { return 1e-6 + 5e-7 * std::sqrt(static_cast<double>(dimension())); }

    [[nodiscard]] Status check_query(std::span<const float> query) const {
        if (query.size() != dimension()) {
            return invalid_input("reference search", "query", std::to_string(query.size()) + " numbers",
                                 std::to_string(dimension()));
        }
        if (!std::all_of(query.begin(), query.end(), [](float v) { return std::isfinite(v); })) {
            return invalid_input("reference search", "query", "a value that is not finite", "finite numbers");
        }
        return {};
    }

    /// Everything at least as similar as `threshold`, scored in double, excluded ones left out, in final order.
    [[nodiscard]] std::vector<Candidate> at_least(std::span<const float> query, double threshold,
                                                  const Exclude& exclude) const {
        const float radius = static_cast<float>(threshold - rounding());
        faiss::RangeSearchResult found(1);
        flat.range_search(1, query.data(), radius, &found);
        std::vector<Candidate> candidates;
        for (std::size_t i = found.lims[0]; i < found.lims[1]; ++i) {
            const auto index = static_cast<std::size_t>(found.labels[i]);
            if (!exclude || !exclude(index)) {
                candidates.push_back({index, exact(query, index)});
            }
        }
        std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
            return a.similarity != b.similarity ? a.similarity > b.similarity : a.index < b.index;
        });
        return candidates;
    }

    [[nodiscard]] double exact(std::span<const float> query, std::size_t index) const {
        const float* row = flat.get_xb() + index * dimension();
        double sum = 0.0;
        for (std::size_t d = 0; d < query.size(); ++d) {
            sum += static_cast<double>(query[d]) * static_cast<double>(row[d]);
        }
        return sum;
    }

    /// float32 similarity of the k-th best that is not excluded; asks FAISS for more until enough are left.
    [[nodiscard]] Result<double> kth_similarity(std::span<const float> query, std::size_t k,
                                                const Exclude& exclude) const {
        for (std::size_t ask = std::min(count(), k + 8);; ask = std::min(count(), ask * 4)) {
            std::vector<float> similarities(ask);
            std::vector<faiss::Index::idx_t> labels(ask);
            flat.search(1, query.data(), static_cast<faiss::Index::idx_t>(ask), similarities.data(), labels.data());
            std::size_t left = 0;
            for (std::size_t i = 0; i < ask; ++i) {
                if (labels[i] >= 0 && (!exclude || !exclude(static_cast<std::size_t>(labels[i]))) && ++left == k) {
                    return static_cast<double>(similarities[i]);
                }
            }
            if (ask == count()) {
                return invalid_input("reference search", "k", std::to_string(k),
                                     "1 to " + std::to_string(left) + " (references that are left after exclusion)");
            }
        }
    }
};

ReferenceSearch::ReferenceSearch(std::unique_ptr<Index> index) : index_(std::move(index)) {}
ReferenceSearch::ReferenceSearch(ReferenceSearch&&) noexcept = default;
ReferenceSearch& ReferenceSearch::operator=(ReferenceSearch&&) noexcept = default;
ReferenceSearch::~ReferenceSearch() = default;

Result<ReferenceSearch> ReferenceSearch::create(std::span<const float> embeddings, std::size_t dimension) {
    if (dimension == 0 || embeddings.empty() || embeddings.size() % dimension != 0 ||
        dimension > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        return invalid_input("reference search", "embeddings",
                             std::to_string(embeddings.size()) + " numbers, dimension " + std::to_string(dimension),
                             "at least one row of that dimension");
    }
    if (!std::all_of(embeddings.begin(), embeddings.end(), [](float v) { return std::isfinite(v); })) {
        return invalid_input("reference search", "embeddings", "a value that is not finite", "finite numbers");
    }
    try {
        auto index = std::make_unique<Index>(dimension);
        index->flat.add(static_cast<faiss::Index::idx_t>(embeddings.size() / dimension), embeddings.data());
        return ReferenceSearch(std::move(index));
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, "reference search", "FAISS", error.what(), {}};
    }
}

Result<ReferenceSearch> ReferenceSearch::create(const ReferenceStore& store) {
    if (!store.has_embeddings()) {
        return invalid_input("reference search", "embedding", "none", "a store built with embeddings");
    }
    return create(store.embeddings(), store.dimension());
}

std::size_t ReferenceSearch::size() const {
    return index_->count();
}

std::size_t ReferenceSearch::dimension() const {
    return index_->dimension();
}

Result<std::vector<Candidate>> ReferenceSearch::nearest(std::span<const float> query, std::size_t k,
                                                        const Exclude& exclude) const {
    R2T2_TRY(index_->check_query(query));
    if (k == 0 || k > size()) {
        return invalid_input("reference search", "k", std::to_string(k), "1 to " + std::to_string(size()));
    }
    try {
        const auto threshold = index_->kth_similarity(query, k, exclude);
        if (!threshold.ok()) {
            return threshold.error();
        }
        // FAISS's k-th is within its rounding of the exact k-th: look twice that far down.
        auto candidates = index_->at_least(query, *threshold - index_->rounding(), exclude);
        candidates.resize(k);
        return candidates;
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, "reference search", "FAISS", error.what(), {}};
    }
}

Result<std::vector<Candidate>> ReferenceSearch::ball(std::span<const float> query, double epsilon,
                                                     const Exclude& exclude) const {
    R2T2_TRY(index_->check_query(query));
    if (!(epsilon >= 0.0) || !std::isfinite(epsilon)) {
        return invalid_input("reference search", "epsilon", std::to_string(epsilon), "0 or more");
    }
    try {
        const double threshold = 1.0 - epsilon - 1e-6;
        auto candidates = index_->at_least(query, threshold, exclude);
        while (!candidates.empty() && candidates.back().similarity < threshold) {
            candidates.pop_back();
        }
        return candidates;
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, "reference search", "FAISS", error.what(), {}};
    }
}

ReferenceSearch::Exclude exclude_indices(std::vector<std::size_t> indices) {
    std::sort(indices.begin(), indices.end());
    return [indices = std::move(indices)](std::size_t index) {
        return std::binary_search(indices.begin(), indices.end(), index);
    };
}

}  // namespace r2t2
