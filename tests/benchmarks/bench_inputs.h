// What the engine's benchmarks share: the bundled world's pictures and questions for a model of any size, and a neighbourhood of them.
#pragma once

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "core/base/peak_memory.h"
#include "core/miniature/sample.h"
#include "core/model/moai_model.h"
#include "core/routing/reroute.h"

namespace r2t2::bench {

using Clock = std::chrono::steady_clock;

inline double since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

inline double peak_megabytes() {
    return static_cast<double>(peak_memory()) / 1e6;
}

template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << result.error().message() << '\n';
        std::exit(1);
    }
    return std::move(result).value();
}

inline void must(const Status& status) {
    if (!status.ok()) {
        std::cerr << status.error().message() << '\n';
        std::exit(1);
    }
}

/// Sample `number` of a split of the world, its picture enlarged to the model's (nearest pixel).
inline ModelInput input_of(const Model& model, const std::string& split, std::int64_t number) {
    const MiniatureSample sample = must(make_sample(default_world(), split, 7, number));
    const auto side = static_cast<std::size_t>(model.info().image_size), own = static_cast<std::size_t>(sample.image.width);
    ModelInput input;
    input.rgb.resize(side * side * 3);
    for (std::size_t y = 0; y < side; ++y) {
        for (std::size_t x = 0; x < side; ++x) {
            for (std::size_t c = 0; c < 3; ++c) {
                input.rgb[(y * side + x) * 3 + c] = sample.image.rgb[(y * own / side * own + x * own / side) * 3 + c];
            }
        }
    }
    input.question = sample.question;
    input.facts_text = facts_text(sample);
    input.answer = sample.answer;
    return input;
}

/// Prepared neighbours at distances 0.3, 0.4, ..., weighed by `kernel`.
inline void add_neighbours(RerouteInput& input, const std::vector<PreparedSamplePtr>& prepared, const KernelParams& kernel) {
    std::vector<Neighbour> neighbours;
    for (std::size_t n = 0; n < prepared.size(); ++n) {
        input.references.push_back({prepared[n], mean_over_mixers(prepared[n]->native_routing())});
        Neighbour neighbour;
        neighbour.index = n;
        neighbour.distance = 0.3 + 0.1 * static_cast<double>(n);
        neighbour.similarity = 1 - neighbour.distance * neighbour.distance / 2;
        neighbours.push_back(neighbour);
    }
    input.neighbourhood = weigh_neighbours(std::move(neighbours), kernel);
}

}  // namespace r2t2::bench
