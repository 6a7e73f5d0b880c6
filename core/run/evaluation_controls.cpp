// The controls that are chosen once on the reference set. Declared in evaluation_context.h.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <numeric>
#include <optional>

#include "core/base/extra_threads.h"
#include "core/base/random.h"
#include "core/routing/reaching_model.h"
#include "core/run/evaluation_context.h"

namespace r2t2 {

namespace {

bool wants(const EvaluationContext& context, ConstantNeed need) {
    for (const MethodParams& params : context.methods) {
        if (method_row(params.method).constant == need) {
            return true;
        }
    }
    return false;
}

/// `count` references that the base model answers rightly, drawn by the seed, in ascending order; all when 0 or too many are asked for.
std::vector<std::size_t> drawn_references(const ReferenceSet& reference, std::size_t count, std::uint64_t seed) {
    std::vector<std::size_t> all(reference.size()), order;
    std::iota(all.begin(), all.end(), std::size_t{0});
    const std::vector<std::size_t>& wrong = reference.left_out_by(Keep::BaseRight);
    std::set_difference(all.begin(), all.end(), wrong.begin(), wrong.end(), std::back_inserter(order));
    if (count > 0 && count < order.size()) {
        RandomStream random = RandomStream::fork(seed, "control samples");
        random.shuffle(order);
        order.resize(count);
        std::sort(order.begin(), order.end());
    }
    return order;
}

SampleSource source_of(const EvaluationContext& context, std::vector<std::size_t> indices) {
    const std::size_t count = indices.size();
    return {count, [&context, indices = std::move(indices)](std::size_t i) {
                return context.reference->prepared(indices[i]);
            }};
}

}  // namespace

Result<ControlConstants> fit_controls(const EvaluationContext& context, const ControlOptions& options,
                                      const ProgressCallback& progress, const CancelToken& cancel, const PauseSwitch* pause) {
    const auto start = std::chrono::steady_clock::now();
    ControlConstants out;
    std::optional<Error> grid_error;
    MethodParams common = context.methods.empty() ? MethodParams() : context.methods.front();
    const ReachingModel model(*context.model, common);
    common.mode = RoutingMode::Fixed;
    const ReachingModel fixed(*context.model, common);
    const auto stand_still = [&] {
        if (pause != nullptr) {
            pause->wait(cancel);
        }
    };
    // Both tell their progress after every mini-batch: there they can be held.
    const ProgressCallback of_the_grid = [&](const Progress&) { stand_still(); };
    const ProgressCallback of_the_fit = [&](const Progress& done) {
        if (progress) {
            progress(done);
        }
        stand_still();
    };
    const auto choose_grid = [&] {
        const std::vector<std::size_t> indices =
            drawn_references(*context.reference, options.grid_samples, context.seed);
        GridParams params;
        params.divisions = options.grid_divisions;
        Result<BestFixedRouting> best =
            best_fixed_routing(fixed, source_of(context, indices), params, of_the_grid, cancel);
        if (!best) {
            grid_error = best.error();
            return;
        }
        out.best_fixed = std::move(best->weights);
        out.best_fixed_loss = best->score;
        out.best_fixed_samples = indices.size();
    };
    ExtraThreads grid;
    const bool beside = options.threads != 1 && wants(context, ConstantNeed::FittedOffset);
    if (wants(context, ConstantNeed::BestFixed) && !(beside && grid.start(choose_grid))) {
        choose_grid();
    }
    std::optional<Error> fit_error;
    if (wants(context, ConstantNeed::FittedOffset)) {
        Result<FittedConstant> fitted = fit_constant(
            model, source_of(context, drawn_references(*context.reference, 0, context.seed)),
            options.fit, of_the_fit, cancel);
        if (fitted) {
            out.offset = std::move(fitted->values);
            out.offset_loss = std::move(fitted->epoch_loss);
            out.offset_samples = context.reference->kept_by(Keep::BaseRight);
        } else {
            fit_error = fitted.error();
        }
    }
    grid.join();
    if (fit_error || grid_error) {
        return fit_error ? *fit_error : *grid_error;
    }
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

}  // namespace r2t2
