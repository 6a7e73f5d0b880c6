// Repeatable random numbers: the same seed gives the same numbers on every compiler and machine.
//
// SplitMix64 (Steele, Lea, Flood 2014) as a counter-based stream: cheap to fork, so every sample, worker and
// purpose gets a stream of its own and results do not depend on the order of work.
// Thread rule: one stream belongs to one thread.
#pragma once

#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

namespace r2t2 {

class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed) : state_(seed) {}

    /// A stream for one purpose and index, independent of how often this one was used.
    [[nodiscard]] static RandomStream fork(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

    std::uint64_t next();                       ///< uniform 64 bits
    double uniform();                           ///< [0, 1)
    double uniform(double low, double high);    ///< [low, high)
    double normal();                            ///< standard normal (Box-Muller)
    double gamma(double shape);                 ///< Gamma(shape, 1), shape > 0 (Marsaglia-Tsang)
    std::int64_t below(std::int64_t bound);     ///< 0 .. bound-1, unbiased; bound > 0
    bool chance(double probability) { return uniform() < probability; }

    template <typename T>
    const T& pick(const std::vector<T>& items) {
        return items[static_cast<std::size_t>(below(static_cast<std::int64_t>(items.size())))];
    }
    template <typename T>
    void shuffle(std::vector<T>& items) {
        for (std::size_t i = items.size(); i > 1; --i) {
            std::swap(items[i - 1], items[static_cast<std::size_t>(below(static_cast<std::int64_t>(i)))]);
        }
    }

    [[nodiscard]] std::uint64_t state() const { return state_; }
    void set_state(std::uint64_t state) { state_ = state; }

private:
    std::uint64_t state_;
};

}  // namespace r2t2
