#include <CLI/CLI.hpp>

#include "app/cli/options.h"

namespace r2t2::cli {

std::set<std::string> stated_options(const CLI::App& app) {
    std::set<std::string> stated;
    for (const CLI::Option* option : app.get_options()) {
        if (option->count() > 0 && !option->get_lnames().empty()) {
            stated.insert("--" + option->get_lnames().front());
        }
    }
    return stated;
}

void add_model_options(CLI::App& app, ModelChoice& choice) {
    app.add_option("--model", choice.directory, "checkpoint directory (default: the bundled miniature)")->group("Model");
    app.add_option("--device", choice.device, "cpu, cuda, cuda:1")->capture_default_str()->group("Model");
    app.add_option("--precision", choice.precision, "fp32, bf16, fp16 (CUDA), int8, nf4 (weights in 8 or 4 bits)")
        ->capture_default_str()->group("Model");
    app.add_option("--beams", choice.beams, "1 = greedy; upstream evaluates with 3")->capture_default_str()->group("Model");
    app.add_option("--max-new-tokens", choice.max_new_tokens, "answers are cut there")->capture_default_str()->group("Model");
}

void add_method_options(CLI::App& app, MethodChoice& choice) {
    const char* group = "Re-routing (default: the checkpoint's rerouting.json, else the paper's values)";
    app.add_option("--mode", choice.mode, "offset or fixed")->group(group);
    app.add_option("--granularity", choice.granularity, "shared or per-mixer")->group(group);
    app.add_option("--frame", choice.frame, "offset mode: target or shared-delta")->group(group);
    app.add_option("-k,--num-neighbors,--num_neighbors", choice.neighbours, "neighbours in task space (5)")->group(group);
    app.add_option("--epsilon", choice.epsilon, "ball of 1 - cosine <= epsilon instead of k")->group(group);
    app.add_option("--kernel", choice.kernel, "gaussian, linear, polynomial, matern-3/2")->group(group);
    app.add_option("--bandwidth", choice.bandwidth, "of the kernel (median neighbour distance)")->group(group);
    app.add_option("--num-steps,--num_steps", choice.steps, "of gradient descent (10)")->group(group);
    app.add_option("--initial-lr,--initial_lr", choice.initial_lr, "first learning rate (1e-2)")->group(group);
    app.add_option("--final-lr,--final_lr", choice.final_lr, "last learning rate (1e-5)")->group(group);
    app.add_option("--schedule", choice.schedule, "cosine, step, fixed")->group(group);
    app.add_option("--parametrisation", choice.parametrisation, "logits or projected")->group(group);
    app.add_option("--alpha-grid", choice.alpha_grid, "kernel regression: alphas tried at first (11)")->group(group);
    app.add_option("--eta", choice.eta, "mode finding: step towards the mean (1)")->group(group);
    app.add_option("--routing-neighbors", choice.routing_neighbours, "mode finding: neighbours in routing space (5, 0 = all)")
        ->group(group);
    app.add_option("--seed", choice.seed, "of random neighbours, bundled sets and controls")->capture_default_str()->group(group);
}

void add_embedding_option(CLI::App& app, ReferenceChoice& choice) {
    app.add_option("--embedding", choice.embedding,
                   "of questions: model (its own words), the directory of a sentence encoder (all-MiniLM-L6-v2), or a file "
                   "computed elsewhere (.npy or .safetensors, NAME.ids.json or NAME.ids.txt beside it); default: what the "
                   "reference set was built with, else model")->group("Reference set");
}

void add_reference_options(CLI::App& app, ReferenceChoice& choice) {
    add_embedding_option(app, choice);
    const char* group = "Reference set";
    app.add_option("--reference", choice.path,
                   "store directory, or JSON (published format: its weights are used; a plain data set: the model is asked); "
                   "default: built from the bundled world and kept in the cache directory")->group(group);
    app.add_option("--reference-samples", choice.candidates, "bundled world: candidates")->capture_default_str()->group(group);
    app.add_option("--reference-seed", choice.seed, "bundled world: seed of the candidates")->capture_default_str()->group(group);
}

}  // namespace r2t2::cli
