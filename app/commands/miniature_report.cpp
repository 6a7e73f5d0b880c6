#include "app/commands/miniature_report.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/evaluation_job.h"
#include "core/base/half_up.h"
#include "core/base/path_text.h"
#include "core/json/parse_json.h"
#include "core/run/places.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

/// method - base of every sample of one model, 1, 0 or -1; NaN where there is none. In the order of the sets' samples, which all models share.
std::vector<double> differences(const Evaluation& evaluation, std::size_t method) {
    std::vector<double> out;
    for (const SetOutcome& set : evaluation.sets) {
        for (const SampleOutcome& sample : set.samples) {
            const bool known = sample.methods.size() > method && sample.methods.front().right();
            out.push_back(!known ? std::nan("") : (sample.methods[method].right().value_or(false) ? 1.0 : 0.0) - (*sample.methods.front().right() ? 1.0 : 0.0));
        }
    }
    return out;
}

/// method - base over models: seeds are drawn, and samples, the same ones for all drawn seeds.
Estimate gain(const std::vector<EvaluationRun>& runs, std::size_t method) {
    std::vector<std::vector<double>> by_seed;
    for (const EvaluationRun& run : runs) {
        by_seed.push_back(differences(run.evaluation, method));
    }
    return crossed_bootstrap(by_seed, {0.95, 4000, 1});
}

double pooled_accuracy(const EvaluationRun& run, std::size_t method) { return run.report.overall.methods[method].accuracy(); }

double mean_accuracy(const std::vector<EvaluationRun>& runs, std::size_t set, std::size_t method) {
    double sum = 0.0;
    for (const EvaluationRun& run : runs) {
        const EvaluationReport& report = run.report;
        sum += (set < report.sets.size() ? report.sets[set] : report.overall).methods[method].accuracy();
    }
    return sum / static_cast<double>(runs.size());
}

std::string method_row(const std::vector<EvaluationRun>& runs, std::size_t method) {
    const EvaluationReport& first = runs.front().report;
    char buffer[96];
    std::string row = "| " + method_title(first.overall.methods[method]);
    std::snprintf(buffer, sizeof buffer, " | %.1f", percent_half_up(mean_accuracy(runs, first.sets.size(), method)));
    row += buffer;
    if (method == 0) {
        row += " | ";
    } else {
        const Estimate g = gain(runs, method);
        std::snprintf(buffer, sizeof buffer, " | %+.1f [%+.1f, %+.1f]", percent_half_up(g.value), percent_half_up(g.low), percent_half_up(g.high));
        row += buffer;
    }
    double harmed = 0.0, mended = 0.0, passes = 0.0;
    for (const EvaluationRun& run : runs) {
        const MethodReport& numbers = run.report.overall.methods[method];
        harmed += numbers.against_base.percent_of_before(Outcome::RightWrong);
        mended += numbers.against_base.percent_of_before(Outcome::WrongRight);
        passes += numbers.forward + numbers.backward;
    }
    const auto models = static_cast<double>(runs.size());
    std::snprintf(buffer, sizeof buffer, " | %.1f | %.1f | %.1f", half_up(harmed / models, 1), half_up(mended / models, 1), half_up(passes / models, 1));
    row += buffer;
    for (const EvaluationRun& run : runs) {
        std::snprintf(buffer, sizeof buffer, " | %.1f", percent_half_up(pooled_accuracy(run, method)));
        row += runs.size() > 1 ? buffer : "";
    }
    for (std::size_t s = 0; s < first.sets.size(); ++s) {
        std::snprintf(buffer, sizeof buffer, " | %.1f", percent_half_up(mean_accuracy(runs, s, method)));
        row += buffer;
    }
    return row + " |\n";
}

std::string markdown(const std::vector<EvaluationRun>& runs, const std::string& program) {
    const EvaluationReport& first = runs.front().report;
    std::string text = "Accuracy in percent, mean over " + std::to_string(runs.size()) +
                       " training seed(s); gain over base with a 95 % interval (bootstrap of seeds and samples, crossed);\n"
                       "harmed: of the right answers, mended: of the wrong ones; passes: forward and backward ones a sample, answers among them.\n"
                       "Numbers of the bundled miniature model.\n\n";
    std::string head = "| | mean | gain | harmed % | mended % | passes";
    std::string rule = "|---|---|---|---|---|---";
    for (std::size_t m = 0; m < runs.size() && runs.size() > 1; ++m) {
        head += " | model " + std::to_string(m + 1);
        rule += "|---";
    }
    for (const SetReport& set : first.sets) {
        head += " | " + set.name;
        rule += "|---";
    }
    text += head + " |\n" + rule + "|\n";
    for (std::size_t m = 0; m < first.overall.methods.size(); ++m) {
        text += method_row(runs, m);
    }
    const MethodParams& params = first.provenance.methods.front();
    char buffer[240];
    std::snprintf(buffer, sizeof buffer, "\nwhere a row does not say otherwise: mode %s, granularity %s, k %zu, %d steps, learning rate %g to %g; %lld samples a set\n",
                  to_string(params.mode).c_str(), to_string(params.granularity).c_str(), params.k, params.steps,
                  params.initial_lr, params.final_lr, static_cast<long long>(first.sets.front().done));
    text += buffer;
    int number = 0;
    for (const EvaluationRun& run : runs) {
        std::snprintf(buffer, sizeof buffer, "model %d, %.12s: %zu references (%s), base %.1f\n", ++number,
                      run.report.provenance.model_hash.c_str(), run.report.provenance.reference_size,
                      run.report.provenance.reference_hash.c_str(), percent_half_up(run.report.overall.methods.front().accuracy()));
        text += buffer;
    }
    return text + "command: `" + utf8_name(program) + "`\n";
}

std::string json(const std::vector<EvaluationRun>& runs, const std::string& program) {
    Json models = Json::array();
    for (const EvaluationRun& run : runs) {
        models.push_back(stored_json(report_json(run.report)));
    }
    Json methods = Json::array();
    const EvaluationReport& first = runs.front().report;
    for (std::size_t m = 0; m < first.overall.methods.size(); ++m) {
        const Estimate g = gain(runs, m);
        Json by_model = Json::array();
        for (const EvaluationRun& run : runs) {
            by_model.push_back(pooled_accuracy(run, m));
        }
        methods.push_back({{"method", to_string(first.overall.methods[m].method)},
                           {"variant", first.overall.methods[m].variant},
                           {"by_model", std::move(by_model)},
                           {"accuracy", mean_accuracy(runs, first.sets.size(), m)},
                           {"gain", {{"value", g.value}, {"low", g.low}, {"high", g.high}}}});
    }
    return Json{{"miniature", true}, {"command", utf8_name(program)}, {"methods", std::move(methods)}, {"models", std::move(models)}}.dump(2, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

}  // namespace

int miniature_report(const MiniatureOptions& options, const std::string& program, Console& console) {
    EvaluateOptions evaluate;
    evaluate.kind = "demo";
    evaluate.sets = options.sets.empty() ? std::vector<std::string>{"all"} : options.sets;
    evaluate.samples = options.samples;
    evaluate.reference.candidates = options.candidates;
    evaluate.method.seed = options.seed;
    evaluate.threads = options.threads;
    evaluate.no_session = true;
    evaluate.split = options.split;
    evaluate.methods = options.methods;
    evaluate.variants = options.variants;
    evaluate.no_controls = options.no_controls;
    const std::vector<std::string> models =
        options.models.empty() ? std::vector<std::string>{bundled_model_directory().string()} : options.models;
    if (!options.references.empty() && options.references.size() != models.size()) {
        return console.fail(invalid_input("options", "--reference", std::to_string(options.references.size()) + " sets for " + std::to_string(models.size()) + " models",
                                          "one for each model, in their order"));
    }
    std::vector<EvaluationRun> runs;
    evaluate.parameters_of = models.front();  // one row has one set of parameters
    for (std::size_t m = 0; m < models.size(); ++m) {
        const std::string& model = models[m];
        evaluate.model.directory = model;
        evaluate.reference.path = options.references.empty() || options.references[m] == "bundled" ? "" : options.references[m];
        console.note("model " + model);
        Result<EvaluationRun> run = evaluation_job(evaluate, program, console, interrupt_token());
        if (!run) {
            return console.fail(run.error());
        }
        if (run->report.interrupted) {
            return console.fail(cancelled());
        }
        runs.push_back(std::move(*run));
    }
    console.data(console.options().json ? json(runs, program) : markdown(runs, program));
    return kExitOk;
}

}  // namespace r2t2::cli
