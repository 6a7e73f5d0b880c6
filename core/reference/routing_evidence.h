// Do stored routing weights look like a model's? Three tests that a real file passes and made-up numbers do not.
//
// Sources: spec of the published reference file (its weights match three uniform numbers on [a, 2.5 a], normalised);
// intra-class correlation: Fisher's one-way ICC(1) for unequal classes; Kolmogorov-Smirnov: Stephens' approximation.
// Thread rule: pure functions; everything random takes a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "core/routing/routing_matrix.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

/// One-way intra-class correlation: the share of variance that lies between classes. 0 (a little below or above) for
/// noise, 1 when members of a class are equal. Several columns are pooled by their sums of squares.
struct IntraClassCorrelation {
    double value = 0.0;       ///< NaN if no class has two members or nothing varies
    std::size_t classes = 0;  ///< with at least two members
    std::size_t members = 0;  ///< in those classes
};
/// `values`: [count, columns]; `classes`: [count] labels.
[[nodiscard]] IntraClassCorrelation intra_class_correlation(std::span<const double> values, std::size_t columns,
                                                            std::span<const std::size_t> classes);

struct KolmogorovSmirnov {
    double distance = 0.0;
    double p_value = 1.0;
};
/// Two-sample test; both lists are sorted in place.
[[nodiscard]] KolmogorovSmirnov kolmogorov_smirnov(std::vector<double>& a, std::vector<double>& b);

/// `count` draws of `size` uniform numbers on [1, 2.5], normalised to sum 1: row-major [count, size].
[[nodiscard]] std::vector<double> uniform_recipe(std::size_t count, std::size_t size, std::uint64_t seed);

/// Largest weight divided by the smallest; infinity if the smallest is 0.
[[nodiscard]] double max_min_ratio(std::span<const double> weights);

/// Statistic: mean Euclidean distance in r between each record and its neighbours; null: routings dealt out anew.
struct PermutationTest {
    double observed = 0.0;
    double permuted_mean = 0.0;
    double p_value = 1.0;  ///< one-sided (closer than chance), (1 + hits) / (1 + permutations)
    std::size_t permutations = 0;
    std::size_t records = 0;
    std::size_t neighbours = 0;  ///< a record
};
/// `neighbours`: [records, per_record] indices into `routings`. Looks at `cancel` once a permutation.
[[nodiscard]] Result<PermutationTest> permutation_test(std::span<const RoutingMatrix> routings,
                                                       std::span<const std::size_t> neighbours, std::size_t per_record,
                                                       std::size_t permutations, std::uint64_t seed,
                                                       const CancelToken& cancel = {});

/// Hashed bag of lower-case words, 256 signed counts, unit length (zeros for a text without words): a stand-in for a
/// task embedding where a file has none.
[[nodiscard]] std::vector<float> hashed_words(std::string_view text);
inline constexpr std::size_t kHashedWords = 256;

}  // namespace r2t2
