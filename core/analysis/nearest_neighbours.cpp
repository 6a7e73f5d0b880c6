#include "core/analysis/nearest_neighbours.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <utility>

#include "core/analysis/row_blocks.h"

namespace r2t2 {

namespace {

constexpr std::size_t query_block = 64;  ///< rows that look for neighbours together
constexpr std::size_t columns = 128;     ///< rows they are compared with at a time
constexpr std::size_t lanes = 16;        ///< columns whose sums stay in registers
constexpr float largest_value = 1e15F;   ///< squares of differences stay finite

/// Rows turned into blocks of [dimension, columns]: the innermost loop runs over rows that lie side by side. Missing rows
/// of the last block are zero.
std::vector<float> column_blocks(std::span<const float> rows, std::size_t count, std::size_t dimension) {
    const std::size_t blocks = (count + columns - 1) / columns;
    std::vector<float> out(blocks * columns * dimension, 0.0F);
    for (std::size_t i = 0; i < count; ++i) {
        float* block = out.data() + i / columns * columns * dimension;
        for (std::size_t d = 0; d < dimension; ++d) {
            block[d * columns + i % columns] = rows[i * dimension + d];
        }
    }
    return out;
}

/// out [columns] = squared distances of one row to a block. Differences, not dot products: near rows stay exact.
void squared_distances(const float* row, const float* block, std::size_t dimension, float* out) {
    for (std::size_t c = 0; c < columns; c += lanes) {
        float sum[lanes] = {};
        for (std::size_t d = 0; d < dimension; ++d) {
            const float* column = block + d * columns + c;
            for (std::size_t l = 0; l < lanes; ++l) {
                const float difference = row[d] - column[l];
                sum[l] += difference * difference;
            }
        }
        std::copy(sum, sum + lanes, out + c);
    }
}

/// The k nearest so far, the farthest of them on top of a heap.
class Candidates {
public:
    explicit Candidates(std::size_t k) : k_(k) { heap_.reserve(k); }

    /// `first` is the row of distances[0]; rows come in ascending order, so that of equals the first stay.
    void offer(const float* distances, std::size_t count, std::size_t first, std::size_t self) {
        for (std::size_t c = 0; c < count; ++c) {
            if (distances[c] < limit_ && first + c != self) {
                add({distances[c], static_cast<std::uint32_t>(first + c)});
            }
        }
    }
    [[nodiscard]] std::vector<std::pair<float, std::uint32_t>>& sorted() {
        std::sort_heap(heap_.begin(), heap_.end());
        return heap_;
    }

private:
    void add(std::pair<float, std::uint32_t> one) {
        if (heap_.size() == k_) {
            std::pop_heap(heap_.begin(), heap_.end());
            heap_.back() = one;
        } else {
            heap_.push_back(one);
        }
        std::push_heap(heap_.begin(), heap_.end());
        if (heap_.size() == k_) {
            limit_ = heap_.front().first;
        }
    }
    std::size_t k_;
    float limit_ = std::numeric_limits<float>::infinity();
    std::vector<std::pair<float, std::uint32_t>> heap_;
};

/// Neighbours of the rows [begin, end), into `found`.
void search_block(std::span<const float> rows, std::span<const float> blocks, std::size_t count, std::size_t dimension,
                  std::size_t begin, std::size_t end, NearestNeighbours& found) {
    std::vector<Candidates> candidates(end - begin, Candidates(found.k));
    float distances[columns];
    for (std::size_t first = 0; first < count; first += columns) {
        for (std::size_t i = begin; i < end; ++i) {
            squared_distances(rows.data() + i * dimension, blocks.data() + first * dimension, dimension, distances);
            candidates[i - begin].offer(distances, std::min(columns, count - first), first, i);
        }
    }
    for (std::size_t i = begin; i < end; ++i) {
        std::size_t at = i * found.k;
        for (const auto& [distance, index] : candidates[i - begin].sorted()) {
            found.index[at] = index;
            found.squared_distance[at++] = distance;
        }
    }
}

}  // namespace

Result<NearestNeighbours> nearest_neighbours(std::span<const float> rows, std::size_t count, std::size_t dimension,
                                             std::size_t k, int threads, const ProgressCallback& progress,
                                             const CancelToken& cancel) {
    if (dimension == 0 || rows.size() / dimension != count || rows.size() % dimension != 0 ||
        count > std::numeric_limits<std::uint32_t>::max()) {
        return invalid_input("nearest neighbours", "rows", std::to_string(rows.size()) + " values",
                             std::to_string(count) + " rows of " + std::to_string(dimension));
    }
    if (!std::all_of(rows.begin(), rows.end(), [](float value) { return std::abs(value) < largest_value; })) {
        return invalid_input("nearest neighbours", "rows", "a value that is not finite or too large", "values below 1e15");
    }
    if (k == 0 || k >= count) {
        return invalid_input("nearest neighbours", "k", std::to_string(k), "1 to rows - 1, here " + std::to_string(count) + " rows");
    }
    const std::vector<float> blocks = column_blocks(rows, count, dimension);
    NearestNeighbours found{k, std::vector<std::uint32_t>(count * k), std::vector<float>(count * k)};
    std::atomic<std::size_t> done{0};
    const auto caller = std::this_thread::get_id();
    for_row_blocks(count, query_block, threads, [&](std::size_t begin, std::size_t end) {
        if (cancel.cancelled()) {
            return;
        }
        search_block(rows, blocks, count, dimension, begin, end, found);
        const std::size_t total = done += end - begin;
        if (progress && std::this_thread::get_id() == caller) {
            progress({"neighbours", static_cast<std::int64_t>(total), static_cast<std::int64_t>(count), {}});
        }
    });
    if (cancel.cancelled()) {
        return cancelled();
    }
    return found;
}

}  // namespace r2t2
