// r2t2 inspect
#include <algorithm>
#include <charconv>
#include <iterator>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/inspect_output.h"
#include "core/base/path_there.h"
#include "core/routing/method_table.h"
#include "core/routing/parameter_table.h"
#include "core/run/model_input.h"
#include "core/run/picture_facts.h"
#include "core/run/places.h"
#include "core/run/run_again.h"
#include "core/run/stored_evaluation.h"
#include "core/run/stored_sample.h"

namespace r2t2::cli {

namespace {

struct Asked {
    RunSample sample;
    std::string set;
    std::size_t index = 0;
    std::vector<std::string> remarks{};  ///< of a stored sample
};

/// "SET/KEY": the set's name has no slash, a key may.
Result<SampleKey> sample_key(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == text.size()) {
        return invalid_input("options", "--sample", "\"" + text + "\"", "SET/KEY, such as G-dim/12");
    }
    return SampleKey{text.substr(0, slash), text.substr(slash + 1)};
}

/// Another question than the sample's own, whose truth is not known then.
Status ask_instead(const InspectOptions& options, Asked& asked) {
    RunSample& sample = asked.sample;
    const bool other = !options.question.empty() && options.question != sample.question;
    if (other) {
        R2T2_TRY(check_question(options.question, "options", "--question"));
        sample.question = sample.input.question = options.question;
        sample.suffix.clear();
        sample.ground_truth.clear();
    }
    if (!options.answer.empty()) {
        sample.ground_truth = options.answer;
    }
    if (other || !options.answer.empty()) {
        sample.key.reset();
        sample.options.clear();
        sample.input.answer = sample.ground_truth.empty() ? std::nullopt : std::optional(sample.ground_truth);
    }
    return {};
}

/// "G-dim/12" of the bundled world.
Result<Asked> bundled_sample(const std::string& text, const InspectOptions& options, const Model& model) {
    const Result<BundledPlace> place = bundled_place(text);
    if (!place) {
        return place.error();
    }
    const Result<SampleSetPtr> set = world_set(default_world(), "test", place->set, static_cast<std::uint64_t>(options.method.seed), place->index + 1);
    if (!set) {
        return set.error();
    }
    Result<RunSample> sample = (*set)->get(place->index, model.info());
    if (!sample) {
        return sample.error();
    }
    return Asked{std::move(*sample), (*set)->name(), place->index};
}

Result<Asked> picture_sample(const InspectOptions& options, const Model& model) {
    const Result<Image> image = load_image(options.image);
    if (!image) {
        return image.error();
    }
    const Result<std::optional<AuxiliaryFacts>> facts =
        facts_of_picture(*image, options.image, parse_facts_choice(options.facts), model.info().miniature);
    if (!facts) {
        return facts.error();
    }
    PictureInput picture =
        make_picture_input(*image, *facts ? &**facts : nullptr, options.question, options.answer, model.info());
    std::error_code code;
    Asked asked;
    asked.sample.id = "picture";
    asked.sample.image_path = std::filesystem::absolute(options.image, code).string();
    asked.sample.pixels_hash = std::move(picture.pixels_hash);
    asked.sample.question = options.question;
    asked.sample.ground_truth = options.answer;
    asked.sample.input = std::move(picture.input);
    asked.sample.facts_source = std::move(picture.facts_source);
    asked.sample.input.instruction = options.instruction;
    return asked;
}

Result<Asked> stored_sample(const InspectOptions& options, const StoredSampleRuns& stored, const Model& model) {
    const StoredSources sources(stored.settings.front().data);
    const SampleInfo& info = stored.samples.front().row.info;
    Result<AgainSample> again = sample_again(info, sources, model.info());
    if (!again) {
        return again.error().inside(options.session);
    }
    return Asked{std::move(again->sample), info.id.set, again->index, std::move(again->remarks)};
}

/// Before anything is loaded.
Status check_asked(const InspectOptions& options) {
    if (options.sample.empty() == options.image.empty()) {
        return invalid_input("options", "image", options.image.empty() ? "nothing" : "a picture and --sample",
                             "either a picture or --sample SET/NUMBER");
    }
    if (!options.session.empty() && options.sample.empty()) {
        return invalid_input("options", "--session", "a picture", "--sample SET/KEY of a sample that is stored there");
    }
    if (options.session.empty() && options.run) {
        return invalid_input("options", "--run", std::to_string(*options.run) + " without --session", "--session FILE with it");
    }
    if (!options.sample.empty() && (!options.instruction.empty() || options.facts != "auto")) {
        return invalid_input("options", options.instruction.empty() ? "--facts" : "--instruction", "with --sample", "a picture: a sample has its own");
    }
    if (!options.instruction.empty()) {
        R2T2_TRY(check_question(options.instruction, "options", "--instruction"));
    }
    if (options.sample.empty()) {
        R2T2_TRY(check_question(options.question, "options", "--question"));
        R2T2_TRY(check_there(options.image, "image", "a picture file"));
    }
    return {};
}

Result<std::vector<Method>> methods_for(const InspectOptions& options, bool truth_known) {
    if (options.methods.empty()) {
        std::vector<Method> methods;
        for (const Method method : all_methods()) {
            if (!is_control(method) && runs_unnamed(method) && (truth_known || !uses_label(method))) {
                methods.push_back(method);
            }
        }
        return methods;
    }
    Result<std::vector<Method>> methods = parse_methods(options.methods);
    for (std::size_t i = 0; methods && i < methods->size(); ++i) {
        const Method method = (*methods)[i];
        if (method_row(method).constant != ConstantNeed::None) {
            return invalid_input("options", "--methods", to_string(method),
                                 "methods that work on one sample (fitted controls belong to evaluate)");
        }
        if (uses_label(method) && !truth_known) {
            return invalid_input("options", "--methods", to_string(method) + " without --answer", "--answer TEXT for the " + to_string(method));
        }
    }
    return methods;
}

/// The runs' own methods with their parameters, in place of which comes what was stated; those of --methods that were not run then take
/// the parameters of the first that was.
Result<EvaluationContext> context_again(const InspectOptions& options, const StoredSampleRuns& stored, bool truth_known) {
    Result<EvaluationContext> context = stored_context(stored.runs, stored.settings);
    if (!context) {
        return context.error().inside(options.session);
    }
    if (!options.methods.empty()) {
        const Result<std::vector<Method>> wanted = parse_methods(options.methods);
        if (!wanted) {
            return wanted.error();
        }
        std::vector<MethodParams> chosen;
        for (const Method method : *wanted) {
            const auto is_it = [method](const MethodParams& params) { return params.method == method; };
            if (std::any_of(context->methods.begin(), context->methods.end(), is_it)) {
                std::copy_if(context->methods.begin(), context->methods.end(), std::back_inserter(chosen), is_it);
            } else if (method_row(method).constant != ConstantNeed::None || (uses_label(method) && !truth_known)) {
                return invalid_input("options", "--methods", to_string(method), "methods of the run, or those that work on one sample");
            } else {
                chosen.push_back(context->methods.back());
                chosen.back().method = method;
                chosen.back().answer_steps = chosen.back().final_objective = true;
            }
        }
        context->methods = std::move(chosen);
    }
    if (context->methods.empty() || context->methods.front().method != Method::Base) {
        const auto base = std::find_if(context->methods.begin(), context->methods.end(), [](const MethodParams& params) { return params.method == Method::Base; });
        MethodParams first = base != context->methods.end() ? *base : stored.settings.front().params.value_or(MethodParams());
        first.method = Method::Base;
        std::erase_if(context->methods, [](const MethodParams& params) { return params.method == Method::Base; });
        context->methods.insert(context->methods.begin(), first);
    }
    for (MethodParams& params : context->methods) {
        R2T2_TRY(take_stated(options.method.stated, params));
    }
    return context;
}

/// What a picture or a bundled sample is run with.
Result<EvaluationContext> context_anew(const InspectOptions& options, const std::filesystem::path& model, bool truth_known) {
    const Result<MethodParams> params = method_params(options.method, model);
    if (!params) {
        return params.error();
    }
    const Result<std::vector<Method>> methods = methods_for(options, truth_known);
    if (!methods) {
        return methods.error();
    }
    EvaluationContext context;
    context.methods = method_list(*params, *methods);
    context.seed = params->seed;
    return context;
}

/// The same, or base, which looks at no parameter.
bool run_alike(const std::optional<MethodParams>& then, const MethodParams& now) { return then && (*then == now || (then->method == Method::Base && now.method == Method::Base)); }

/// What has changed since, and every trajectory with a run's own settings against what that stored.
void compare_with_stored(const InspectOptions& options, const StoredSampleRuns& stored, InspectReport& report) {
    const RunGround now = ground_of(report.context.model->info(), report.context.reference->store());
    for (std::string& change : changes_since(ground_of(stored.runs.front().info), now)) {
        report.remarks.push_back(std::move(change));
    }
    report.stored = options.session + ", sample " + options.sample;
    report.again_runs.assign(report.run.trajectories.size(), 0);
    for (const auto& [said, option] : {std::pair{!options.question.empty(), "--question"}, {!options.answer.empty(), "--answer"}, {!options.left_out.empty(), "--leave-out"}}) {
        report.asked_otherwise += said ? (report.asked_otherwise.empty() ? "" : ", ") + std::string(option) : "";
    }
    if (!report.asked_otherwise.empty()) {
        return;
    }
    for (std::size_t m = 0; m < report.run.trajectories.size(); ++m) {
        for (std::size_t r = 0; r < stored.runs.size() && report.again_runs[m] == 0; ++r) {
            if (run_alike(stored.settings[r].params, report.context.methods[m])) {
                report.again_runs[m] = stored.runs[r].id;
                report.again.push_back(compare_again(stored.runs[r].id, stored.samples[r].trajectory, report.run.trajectories[m]));
            }
        }
    }
}

Result<InspectReport> inspect(const InspectOptions& options, Console& console) {
    R2T2_TRY(check_asked(options));
    const std::filesystem::path directory =
        options.model.directory.empty() ? bundled_model_directory() : std::filesystem::path(options.model.directory);
    std::optional<StoredSampleRuns> stored;
    ModelChoice model_choice = options.model;
    ReferenceChoice reference_choice = options.reference;
    if (!options.session.empty()) {
        const Result<SampleKey> key = sample_key(options.sample);
        if (!key) {
            return key.error();
        }
        Result<StoredSampleRuns> found = find_stored_sample(options.session, *key, options.run);
        if (!found) {
            return found.error();
        }
        stored = std::move(*found);
        take_ground(stored_ground(stored->runs.front().info), options.stated, model_choice, reference_choice);
    }
    if (!stored) {  // before a model is loaded
        if (const Result<EvaluationContext> possible = context_anew(options, directory, true); !possible) {
            return possible.error();
        }
    }
    Result<std::shared_ptr<const Model>> model = open_model(model_choice, console);
    if (!model) {
        return model.error();
    }
    Result<Asked> asked = stored                   ? stored_sample(options, *stored, **model)
                          : options.sample.empty() ? picture_sample(options, **model)
                                                   : bundled_sample(options.sample, options, **model);
    if (!asked) {
        return asked.error();
    }
    if (!options.sample.empty()) {
        R2T2_TRY(ask_instead(options, *asked));
    }
    const bool truth_known = !asked->sample.ground_truth.empty();
    Result<EvaluationContext> chosen = stored ? context_again(options, *stored, truth_known) : context_anew(options, directory, truth_known);
    if (!chosen) {
        return chosen.error();
    }
    EvaluationContext context = std::move(*chosen);
    Result<OpenedReference> reference =
        open_reference(reference_choice, *model, 0, 0, console, interrupt_token());
    if (!reference) {
        return reference.error();
    }
    context.model = *model;
    context.reference = reference->set;
    for (const std::int64_t left_out : options.left_out) {
        R2T2_TRY(check_range("--leave-out", left_out, 0, static_cast<std::int64_t>(context.reference->size()) - 1));
        context.left_out.push_back(static_cast<std::size_t>(left_out));
    }
    if (options.methods.empty() && !stored) {
        if (const std::string out = leave_out_unready(*context.reference, context.methods); !out.empty()) {
            console.note(out);
        }
    }
    R2T2_TRY(check_context(context));
    Result<SampleRun> run = run_sample(context, std::move(asked->sample), asked->set, asked->index, interrupt_token());
    if (!run) {
        return run.error();
    }
    InspectReport report{std::move(context), std::move(*run), reference->name};
    if (stored) {
        report.remarks = std::move(asked->remarks);
        compare_with_stored(options, *stored, report);
    }
    return report;
}

}  // namespace

int run_inspect(const InspectOptions& options, Console& console) {
    const Result<InspectReport> report = inspect(options, console);
    if (!report) {
        return console.fail(report.error());
    }
    console.data(console.options().json ? inspect_json(*report) : inspect_text(*report));
    return kExitOk;
}

}  // namespace r2t2::cli
