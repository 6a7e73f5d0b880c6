// Nearest references by cosine similarity: FAISS finds the candidates, double precision settles the order.
//
// The index is exact (a flat inner-product index over unit vectors). FAISS works in float32 with an order of summation
// that depends on the processor; candidates within its rounding error are scored again in double and sorted by
// similarity, equal ones by lower index. So results are the same on every machine, ties included.
// Thread rule: immutable after `create`; searches may run on several threads at once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/routing/neighbourhood.h"

namespace r2t2 {

class ReferenceStore;

class ReferenceSearch {
public:
    /// True for references that must not count: the sample itself, its duplicates, one left out on purpose.
    using Exclude = std::function<bool(std::size_t)>;

    /// `embeddings`: [count, dimension] rows of length 1 or 0, copied. Errors: sizes that do not fit, a value that is
    /// not finite, nothing to search.
    [[nodiscard]] static Result<ReferenceSearch> create(std::span<const float> embeddings, std::size_t dimension);
    [[nodiscard]] static Result<ReferenceSearch> create(const ReferenceStore& store);

    ReferenceSearch(ReferenceSearch&&) noexcept;
    ReferenceSearch& operator=(ReferenceSearch&&) noexcept;
    ~ReferenceSearch();

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t dimension() const;

    /// The k most similar, best first. Errors: k = 0, k larger than what is left after exclusion, a query of the
    /// wrong length or with a value that is not finite.
    [[nodiscard]] Result<std::vector<Candidate>> nearest(std::span<const float> query, std::size_t k,
                                                         const Exclude& exclude = {}) const;

    /// All with 1 - cosine <= epsilon (+ 1e-6 for float32 storage), best first; possibly none.
    /// Errors: epsilon negative or not finite, a bad query.
    [[nodiscard]] Result<std::vector<Candidate>> ball(std::span<const float> query, double epsilon,
                                                      const Exclude& exclude = {}) const;

private:
    struct Index;
    explicit ReferenceSearch(std::unique_ptr<Index> index);
    std::unique_ptr<Index> index_;
};

/// Excludes the given indices (as from ReferenceStore::same_samples).
[[nodiscard]] ReferenceSearch::Exclude exclude_indices(std::vector<std::size_t> indices);

}  // namespace r2t2
