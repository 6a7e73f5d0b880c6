// Times neighbourhood gradient descent on a checkpoint and writes down what it did, so that naive_ngd.py can repeat it
// in plain PyTorch and compare time, memory and trajectory.
//
//   bench_ngd MODEL_DIR OUT_DIR [--samples 20] [--neighbours 5] [--steps 10] [--mode fixed|offset] [--threads 1] [--warm-up 2]
//             [--method ngd|oracle|kernel-regression]
//
// Writes OUT_DIR/samples.json (app/engine_check/work_record.h).
// Kernel regression needs its neighbours' r only, which a reference store has: their preparation is not counted.
#include <CLI/CLI.hpp>

#include "app/engine_check/work_record.h"
#include "tests/benchmarks/machine.h"
#include "bench_inputs.h"

namespace {

using namespace r2t2;
using namespace r2t2::bench;

struct Options {
    std::string model, out, mode = "offset", method = "ngd";
    int samples = 20, steps = 10, threads = 1, warm_up = 2;
    std::size_t neighbours = 5;
};

void run(const Options& options) {
    ModelOptions model_options;
    model_options.intra_op_threads = options.threads;
    const std::shared_ptr<const MoaiModel> model = must(MoaiModel::open(options.model, model_options));
    MethodParams params;
    params.steps = options.steps;
    params.mode = options.mode == "fixed" ? RoutingMode::Fixed : RoutingMode::Offset;
    params.method = must(parse_method(options.method));
    const bool regression = params.method == Method::KernelRegression;
    params.initial_lr = 0.4;
    params.k = options.neighbours;
    params.answer_steps = false;
    params.final_objective = false;

    double prepare_seconds = 0, descent_seconds = 0;
    WorkRecord record(params);
    double peak = 0;
    for (int i = -options.warm_up; i < options.samples; ++i) {  // warm-up rounds do not count
        RerouteInput input;
        const ModelInput sample = input_of(*model, "test", i + options.warm_up);
        std::vector<ModelInput> neighbours;
        for (std::size_t n = 0; params.method != Method::Oracle && n < params.k; ++n) {
            neighbours.push_back(input_of(*model, "reference", std::int64_t(i + options.warm_up) * 64 + std::int64_t(n)));
        }
        auto begin = Clock::now();
        input.sample = must(model->prepare(sample));
        double prepared = since(begin);
        begin = Clock::now();
        std::vector<PreparedSamplePtr> references;
        for (const ModelInput& neighbour : neighbours) {
            references.push_back(must(model->prepare(neighbour)));
        }
        add_neighbours(input, references, params.kernel);
        prepared += regression ? 0.0 : since(begin);
        const Trajectory trajectory = must(reroute(*model, input, params, {}));
        if (i >= 0) {
            prepare_seconds += prepared;
            descent_seconds += trajectory.seconds;
            peak = peak_megabytes();  // before the text of the pixels is made
            must(record.add(*model, sample, neighbours, input, trajectory));
        }
    }
    must(record.write(options.out, prepare_seconds / options.samples, descent_seconds / options.samples, peak));
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Times one method of re-routing, for naive_ngd.py.");
    app.add_option("model", options.model)->required();
    app.add_option("out", options.out)->required();
    app.add_option("--samples", options.samples)->check(CLI::PositiveNumber);
    app.add_option("--neighbours", options.neighbours)->check(CLI::PositiveNumber);
    app.add_option("--steps", options.steps)->check(CLI::PositiveNumber);
    app.add_option("--threads", options.threads)->check(CLI::PositiveNumber);
    app.add_option("--warm-up", options.warm_up)->check(CLI::NonNegativeNumber);
    app.add_option("--mode", options.mode)->check(CLI::IsMember({"fixed", "offset"}));
    app.add_option("--method", options.method)->check(CLI::IsMember({"ngd", "oracle", "kernel-regression"}));
    CLI11_PARSE(app, argc, argv);
    bench::print_machine(options.threads);
    run(options);
    return 0;
}
