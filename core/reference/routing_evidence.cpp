#include "core/reference/routing_evidence.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>

#include "core/base/random.h"

namespace r2t2 {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Q(lambda) = 2 sum (-1)^(j-1) exp(-2 j^2 lambda^2): the tail of Kolmogorov's distribution.
double kolmogorov_tail(double lambda) {
    if (lambda < 0.2) {
        return 1.0;  // the series needs many terms there and its value is 1 to 12 digits
    }
    double sum = 0.0;
    for (int j = 1; j <= 100; ++j) {
        const double term = std::exp(-2.0 * j * j * lambda * lambda);
        sum += j % 2 == 1 ? term : -term;
        if (term < 1e-16) {
            break;
        }
    }
    return std::clamp(2.0 * sum, 0.0, 1.0);
}

/// FNV-1a: spreads words over the buckets.
std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return hash;
}

}  // namespace

IntraClassCorrelation intra_class_correlation(std::span<const double> values, std::size_t columns,
                                              std::span<const std::size_t> classes) {
    assert(values.size() == columns * classes.size());
    std::map<std::size_t, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        members[classes[i]].push_back(i);
    }
    std::erase_if(members, [](const auto& entry) { return entry.second.size() < 2; });
    IntraClassCorrelation result{kNaN, members.size(), 0};
    double squared_sizes = 0.0;
    for (const auto& [label, rows] : members) {
        result.members += rows.size();
        squared_sizes += static_cast<double>(rows.size() * rows.size());
    }
    if (result.classes < 2) {
        return result;
    }
    const double n = static_cast<double>(result.members);
    const double k = static_cast<double>(result.classes);
    double between = 0.0;
    double within = 0.0;
    for (std::size_t column = 0; column < columns; ++column) {
        double total = 0.0;
        for (const auto& [label, rows] : members) {
            for (const std::size_t row : rows) {
                total += values[row * columns + column] / n;
            }
        }
        for (const auto& [label, rows] : members) {
            const double size = static_cast<double>(rows.size());
            double mean = 0.0;
            for (const std::size_t row : rows) {
                mean += values[row * columns + column] / size;
            }
            between += size * (mean - total) * (mean - total);
            for (const std::size_t row : rows) {
                within += (values[row * columns + column] - mean) * (values[row * columns + column] - mean);
            }
        }
    }
    const double mean_between = between / (k - 1.0);
    const double mean_within = within / (n - k);
    const double size = (n - squared_sizes / n) / (k - 1.0);  // the effective class size
    const double denominator = mean_between + (size - 1.0) * mean_within;
    result.value = denominator > 0.0 ? (mean_between - mean_within) / denominator : kNaN;
    return result;
}

KolmogorovSmirnov kolmogorov_smirnov(std::vector<double>& a, std::vector<double>& b) {
    assert(!a.empty() && !b.empty());
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    const double na = static_cast<double>(a.size());
    const double nb = static_cast<double>(b.size());
    double distance = 0.0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const double value = std::min(a[i], b[j]);
        while (i < a.size() && a[i] == value) {
            ++i;
        }
        while (j < b.size() && b[j] == value) {
            ++j;
        }
        distance = std::max(distance, std::abs(static_cast<double>(i) / na - static_cast<double>(j) / nb));
    }
    const double root = std::sqrt(na * nb / (na + nb));
    return {distance, kolmogorov_tail((root + 0.12 + 0.11 / root) * distance)};
}

std::vector<double> uniform_recipe(std::size_t count, std::size_t size, std::uint64_t seed) {
    auto random = RandomStream::fork(seed, "uniform recipe");
    std::vector<double> weights(count * size);
    for (std::size_t i = 0; i < count; ++i) {
        double sum = 0.0;
        for (std::size_t e = 0; e < size; ++e) {
            weights[i * size + e] = random.uniform(1.0, 2.5);
            sum += weights[i * size + e];
        }
        for (std::size_t e = 0; e < size; ++e) {
            weights[i * size + e] /= sum;
        }
    }
    return weights;
}

double max_min_ratio(std::span<const double> weights) {
    const auto [low, high] = std::minmax_element(weights.begin(), weights.end());
    return *low > 0.0 ? *high / *low : std::numeric_limits<double>::infinity();
}

Result<PermutationTest> permutation_test(std::span<const RoutingMatrix> routings,
                                         std::span<const std::size_t> neighbours, std::size_t per_record,
                                         std::size_t permutations, std::uint64_t seed, const CancelToken& cancel) {
    assert(neighbours.size() == per_record * routings.size() && !neighbours.empty());
    const std::size_t experts = routings.front().experts();
    std::vector<double> flat;
    for (const RoutingMatrix& routing : routings) {
        flat.insert(flat.end(), routing.row(0).begin(), routing.row(0).end());
    }
    const auto statistic = [&](const std::vector<std::size_t>& deal) {
        double sum = 0.0;
        for (std::size_t i = 0; i < routings.size(); ++i) {
            const double* own = flat.data() + deal[i] * experts;
            for (std::size_t n = 0; n < per_record; ++n) {
                const double* other = flat.data() + deal[neighbours[i * per_record + n]] * experts;
                double squares = 0.0;
                for (std::size_t e = 0; e < experts; ++e) {
                    squares += (own[e] - other[e]) * (own[e] - other[e]);
                }
                sum += std::sqrt(squares);
            }
        }
        return sum / static_cast<double>(neighbours.size());
    };
    std::vector<std::size_t> deal(routings.size());
    std::iota(deal.begin(), deal.end(), std::size_t{0});
    PermutationTest test{statistic(deal), 0.0, 1.0, permutations, routings.size(), per_record};
    auto random = RandomStream::fork(seed, "permutation test");
    std::size_t hits = 0;
    for (std::size_t p = 0; p < permutations; ++p) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        random.shuffle(deal);
        const double value = statistic(deal);
        test.permuted_mean += value / static_cast<double>(permutations);
        hits += value <= test.observed ? 1 : 0;
    }
    test.p_value = static_cast<double>(1 + hits) / static_cast<double>(1 + permutations);
    return test;
}

std::vector<float> hashed_words(std::string_view text) {
    std::vector<double> counts(kHashedWords, 0.0);
    std::string word;
    const auto flush = [&] {
        if (!word.empty()) {
            const std::uint64_t hash = fnv1a(word);
            counts[(hash >> 8) % kHashedWords] += (hash & 1) != 0 ? 1.0 : -1.0;
            word.clear();
        }
    };
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 || std::isalnum(byte) != 0) {
            word += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
        } else {
            flush();
        }
    }
    flush();
    double squares = 0.0;
    for (const double count : counts) {
        squares += count * count;
    }
    std::vector<float> embedding(kHashedWords, 0.0F);
    for (std::size_t i = 0; squares > 0.0 && i < kHashedWords; ++i) {
        embedding[i] = static_cast<float>(counts[i] / std::sqrt(squares));
    }
    return embedding;
}

}  // namespace r2t2
