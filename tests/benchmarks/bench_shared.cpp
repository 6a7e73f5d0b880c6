// What samples with the same neighbours cost together: one by one, each preparing its own neighbours, against neighbours prepared once
// and a worker for each processor. NGD on a checkpoint, everything in one process; the trajectories must be the same.
//
//   bench_shared MODEL_DIR [--samples 8] [--neighbours 5] [--steps 10] [--threads 2]
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <functional>
#include <thread>

#include "bench_inputs.h"
#include "machine.h"

namespace {

using namespace r2t2;
using namespace r2t2::bench;

struct Options {
    std::string model;
    int samples = 8, steps = 10, threads = 2;
    std::size_t neighbours = 5;
};

void on_workers(std::size_t count, int workers, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (int t = 0; t < workers; ++t) {
        threads.emplace_back([&] {
            for (std::size_t i = next++; i < count; i = next++) {
                work(i);
            }
        });
    }
}

class Bench {
public:
    explicit Bench(const Options& options) : options_(options) {
        params_.steps = options.steps;
        params_.k = options.neighbours;
        params_.answer_steps = false;
        params_.final_objective = false;
    }

    /// Seconds for all samples one after the other, with `threads` inside each operation.
    double one_by_one(int threads, std::vector<Trajectory>& out) {
        const auto model = open(threads);
        (void)must(model->prepare(input_of(*model, "test", 1000)));  // warm
        const auto begin = Clock::now();
        for (int i = 0; i < options_.samples; ++i) {
            out.push_back(descend(*model, i, prepared_neighbours(*model)));
        }
        return since(begin);
    }

    /// Seconds for all samples, neighbours prepared once, `threads` workers with one thread each.
    double together(std::vector<Trajectory>& out) {
        const auto model = open(1);
        (void)must(model->prepare(input_of(*model, "test", 1000)));
        out.resize(static_cast<std::size_t>(options_.samples));
        const auto begin = Clock::now();
        std::vector<PreparedSamplePtr> references(options_.neighbours);
        on_workers(references.size(), options_.threads, [&](std::size_t n) { references[n] = prepared_neighbour(*model, n); });
        on_workers(out.size(), options_.threads, [&](std::size_t i) { out[i] = descend(*model, static_cast<int>(i), references); });
        return since(begin);
    }

private:
    [[nodiscard]] std::shared_ptr<const MoaiModel> open(int threads) const {
        ModelOptions options;
        options.intra_op_threads = threads;
        return must(MoaiModel::open(options_.model, options));
    }
    [[nodiscard]] static PreparedSamplePtr prepared_neighbour(const Model& model, std::size_t n) {
        return must(model.prepare(input_of(model, "reference", static_cast<std::int64_t>(n))));
    }
    [[nodiscard]] std::vector<PreparedSamplePtr> prepared_neighbours(const Model& model) const {
        std::vector<PreparedSamplePtr> out;
        for (std::size_t n = 0; n < options_.neighbours; ++n) {
            out.push_back(prepared_neighbour(model, n));
        }
        return out;
    }
    [[nodiscard]] Trajectory descend(const Model& model, int i, const std::vector<PreparedSamplePtr>& references) const {
        RerouteInput input;
        input.sample = must(model.prepare(input_of(model, "test", i)));
        add_neighbours(input, references, params_.kernel);
        return must(reroute(model, input, params_, {}));
    }

    const Options options_;
    MethodParams params_;
};

double largest_difference(const std::vector<Trajectory>& a, const std::vector<Trajectory>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t t = 0; t < a[i].steps.size(); ++t) {
            const auto x = a[i].steps[t].weights.values(), y = b[i].steps[t].weights.values();
            for (std::size_t e = 0; e < x.size(); ++e) {
                worst = std::max(worst, std::abs(x[e] - y[e]));
            }
        }
    }
    return worst;
}

}  // namespace

int main(int argc, char** argv) {
    setenv("OMP_WAIT_POLICY", "passive", 0);
    Options options;
    CLI::App app("Samples that share neighbours: together against one by one.");
    app.add_option("model", options.model)->required();
    app.add_option("--samples", options.samples)->check(CLI::PositiveNumber);
    app.add_option("--neighbours", options.neighbours)->check(CLI::PositiveNumber);
    app.add_option("--steps", options.steps)->check(CLI::PositiveNumber);
    app.add_option("--threads", options.threads)->check(CLI::PositiveNumber);
    CLI11_PARSE(app, argc, argv);
    bench::print_machine(options.threads);
    Bench bench(options);
    std::vector<Trajectory> single, wide, shared;
    const double together = bench.together(shared);
    std::printf("ngd, %d samples with the same %zu neighbours, %d steps, fp32 on the CPU\n", options.samples, options.neighbours, options.steps);
    const auto print = [&](const std::string& what, double seconds) {
        std::printf("%-62s %8.2f s a sample   %5.2f\n", what.c_str(), seconds / options.samples, seconds / together);
        std::fflush(stdout);
    };
    print("together: neighbours prepared once, " + std::to_string(options.threads) + " workers of one thread", together);
    print("one by one, one thread", bench.one_by_one(1, single));
    print("one by one, " + std::to_string(options.threads) + " threads inside each operation", bench.one_by_one(options.threads, wide));
    std::printf("largest difference in r %.1e; peak memory %.0f MB\n", std::max(largest_difference(shared, single), largest_difference(shared, wide)),
                peak_megabytes());
    return 0;
}
