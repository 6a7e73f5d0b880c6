// r2t2 inspect
#include <charconv>

#include "app/commands/choices.h"
#include "app/commands/commands.h"
#include "app/commands/inspect_output.h"
#include "core/run/model_input.h"
#include "core/run/picture_facts.h"
#include "core/run/places.h"

namespace r2t2::cli {

namespace {

struct Asked {
    RunSample sample;
    std::string set;
    std::size_t index = 0;
};

/// "G-dim/12" of the bundled world.
Result<Asked> bundled_sample(const std::string& text, const InspectOptions& options, const Model& model) {
    const auto slash = text.find('/');
    std::size_t index = 0;
    const char* first = text.data() + (slash == std::string::npos ? text.size() : slash + 1);
    const auto [end, code] = std::from_chars(first, text.data() + text.size(), index);
    if (slash == std::string::npos || code != std::errc() || end != text.data() + text.size() || index >= 1'000'000) {
        return invalid_input("options", "--sample", "\"" + text + "\"", "SET/NUMBER, such as G-dim/12");
    }
    const Result<SampleSetPtr> set = world_set(default_world(), "test", text.substr(0, slash),
                                                    static_cast<std::uint64_t>(options.method.seed), index + 1);
    if (!set) {
        return set.error();
    }
    Result<RunSample> sample = (*set)->get(index, model.info());
    if (!sample) {
        return sample.error();
    }
    return Asked{std::move(*sample), (*set)->name(), index};
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
    return asked;
}

/// Before anything is loaded.
Status check_asked(const InspectOptions& options) {
    if (options.sample.empty() == options.image.empty()) {
        return invalid_input("options", "image", options.image.empty() ? "nothing" : "a picture and --sample",
                             "either a picture or --sample SET/NUMBER");
    }
    if (options.sample.empty()) {
        R2T2_TRY(check_question(options.question, "options", "--question"));
        std::error_code code;
        if (!std::filesystem::exists(options.image, code)) {
            return Error{ErrorKind::NotFound, options.image, "image", "nothing", "a picture file"};
        }
    }
    return {};
}

Result<std::vector<Method>> methods_for(const InspectOptions& options, bool truth_known) {
    if (options.methods.empty()) {
        std::vector<Method> methods = {Method::Base, Method::ModeFinding, Method::KernelRegression, Method::Ngd};
        if (truth_known) {
            methods.push_back(Method::Oracle);
        }
        return methods;
    }
    Result<std::vector<Method>> methods = parse_methods(options.methods);
    for (std::size_t i = 0; methods && i < methods->size(); ++i) {
        const Method method = (*methods)[i];
        if (method == Method::ConstantOffset || method == Method::BestFixed) {
            return invalid_input("options", "--methods", to_string(method),
                                 "methods that work on one sample (fitted controls belong to evaluate)");
        }
        if (method == Method::Oracle && !truth_known) {
            return invalid_input("options", "--methods", "oracle without --answer", "--answer TEXT for the oracle");
        }
    }
    return methods;
}

Result<InspectReport> inspect(const InspectOptions& options, Console& console) {
    R2T2_TRY(check_asked(options));
    const std::filesystem::path directory =
        options.model.directory.empty() ? bundled_model_directory() : std::filesystem::path(options.model.directory);
    const Result<MethodParams> params = method_params(options.method, directory);
    if (!params) {
        return params.error();
    }
    Result<std::shared_ptr<const Model>> model = open_model(options.model, console);
    if (!model) {
        return model.error();
    }
    Result<Asked> asked = options.sample.empty() ? picture_sample(options, **model)
                                                 : bundled_sample(options.sample, options, **model);
    if (!asked) {
        return asked.error();
    }
    const Result<std::vector<Method>> methods = methods_for(options, !asked->sample.ground_truth.empty());
    if (!methods) {
        return methods.error();
    }
    Result<OpenedReference> reference =
        open_reference(options.reference, *model, 0, 0, console, interrupt_token());
    if (!reference) {
        return reference.error();
    }
    EvaluationContext context;
    context.model = *model;
    context.reference = reference->set;
    context.methods = method_list(*params, *methods);
    context.seed = params->seed;
    for (const std::int64_t left_out : options.left_out) {
        R2T2_TRY(check_range("--leave-out", left_out, 0, static_cast<std::int64_t>(context.reference->size()) - 1));
        context.left_out.push_back(static_cast<std::size_t>(left_out));
    }
    R2T2_TRY(check_context(context));
    Result<SampleRun> run = run_sample(context, std::move(asked->sample), asked->set, asked->index, interrupt_token());
    if (!run) {
        return run.error();
    }
    return InspectReport{std::move(context), std::move(*run), reference->name};
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
