// Times neighbourhood gradient descent on a checkpoint and writes down what it did, so that naive_ngd.py can repeat it
// in plain PyTorch and compare time and trajectory.
//
//   bench_ngd MODEL_DIR OUT_DIR [samples=20] [k=5] [steps=10] [mode=fixed|offset] [method=ngd|oracle|kernel-regression]
//
// OUT_DIR/samples.json holds the token ids, pixels (hex) and the trajectory of r; stdout one JSON line with seconds.
// Kernel regression needs its neighbours' r only, which a reference store has: their preparation is not counted.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/miniature/sample.h"
#include "core/model/moai_model.h"
#include "core/routing/reroute.h"

namespace {

using namespace r2t2;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << result.error().message() << '\n';
        std::exit(1);
    }
    return std::move(result).value();
}

ModelInput input_of(const MiniatureSample& sample) {
    ModelInput input;
    input.rgb = sample.image.rgb;
    input.question = sample.question;
    input.facts_text = facts_text(sample);
    input.answer = sample.answer;
    return input;
}

json describe(const MoaiModel& model, const ModelInput& input) {
    const TokenSample tokens = must(model.token_sample(input));
    std::string pixels;
    for (const std::uint8_t value : input.rgb) {
        char hex[3];
        std::snprintf(hex, sizeof hex, "%02x", value);
        pixels += hex;
    }
    return {{"prompt", tokens.prompt}, {"answer", tokens.answer}, {"facts", must(model.tokenize(input.facts_text))}, {"pixels", pixels}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: bench_ngd MODEL_DIR OUT_DIR [samples] [k] [steps] [fixed|offset] [ngd|oracle|kernel-regression]\n";
        return 2;
    }
    const auto argument = [&](int i, const char* fallback) { return std::string(argc > i ? argv[i] : fallback); };
    const int samples = std::stoi(argument(3, "20"));
    const auto k = static_cast<std::size_t>(std::stoi(argument(4, "5")));
    ModelOptions options;
    options.intra_op_threads = 1;
    const std::shared_ptr<const MoaiModel> model = must(MoaiModel::open(argv[1], options));
    MethodParams params;
    params.steps = std::stoi(argument(5, "10"));
    params.mode = argument(6, "fixed") == "fixed" ? RoutingMode::Fixed : RoutingMode::Offset;
    const std::string method = argument(7, "ngd");
    params.method = method == "oracle" ? Method::Oracle : method == "ngd" ? Method::Ngd : Method::KernelRegression;
    const bool regression = params.method == Method::KernelRegression;
    params.initial_lr = 0.4;
    params.k = k;
    params.answer_steps = false;
    params.final_objective = false;

    const WorldConfig world = default_world();
    double prepare_seconds = 0, descent_seconds = 0;
    json out = {{"k", k}, {"steps", params.steps}, {"initial_lr", params.initial_lr}, {"final_lr", params.final_lr},
                {"mode", to_string(params.mode)}, {"samples", json::array()}};
    for (int i = -2; i < samples; ++i) {  // two warm-up rounds that do not count
        RerouteInput input;
        json entry;
        auto begin = Clock::now();
        const ModelInput x = input_of(must(make_sample(world, "test", 7, i + 2)));
        input.sample = must(model->prepare(x));
        double prepared = since(begin);
        begin = Clock::now();
        std::vector<ModelInput> neighbours;
        const std::size_t count = params.method == Method::Oracle ? 0 : k;
        for (std::size_t n = 0; n < count; ++n) {
            neighbours.push_back(input_of(must(make_sample(world, "reference", 7, std::int64_t(i + 2) * 64 + std::int64_t(n)))));
            input.references.push_back({must(model->prepare(neighbours.back())), {}});
            input.references.back().routing = mean_over_mixers(input.references.back().prepared->native_routing());
            Neighbour neighbour;
            neighbour.index = n;
            neighbour.distance = 0.3 + 0.1 * double(n);
            neighbour.similarity = 1 - neighbour.distance * neighbour.distance / 2;
            input.neighbourhood.neighbours.push_back(neighbour);
        }
        input.neighbourhood = weigh_neighbours(input.neighbourhood.neighbours, params.kernel);
        prepared += regression ? 0.0 : since(begin);
        const Trajectory trajectory = must(reroute(*model, input, params, {}));
        if (i < 0) {
            continue;
        }
        prepare_seconds += prepared;
        descent_seconds += trajectory.seconds;
        entry["sample"] = describe(*model, x);
        entry["neighbours"] = json::array();
        for (std::size_t n = 0; n < count; ++n) {
            entry["neighbours"].push_back(describe(*model, neighbours[n]));
            entry["weights"].push_back(input.neighbourhood.neighbours[n].weight);
        }
        for (const TrajectoryStep& step : trajectory.steps) {
            entry["r"].push_back(step.weights.values());
            if (regression) {
                entry["alphas"].push_back(*step.alpha);
                entry["tokens"].push_back(step.answer->tokens);
                entry["confidences"].push_back(step.answer->confidence);
            }
        }
        entry["answer"] = trajectory.result().answer ? trajectory.result().answer->text : "";
        out["samples"].push_back(std::move(entry));
    }
    std::ofstream(std::string(argv[2]) + "/samples.json") << out << '\n';
    std::cout << json{{"samples", samples}, {"prepare_seconds", prepare_seconds / samples}, {"descent_seconds", descent_seconds / samples}}
              << '\n';
    return 0;
}
