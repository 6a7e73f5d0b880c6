#include "core/inspect/opened_inspector.h"

#include <algorithm>
#include <chrono>

#include "core/checkpoint/rerouting_file.h"
#include "core/routing/reaching_model.h"
#include "core/routing/routing_frame.h"
#include "core/run/model_input.h"
#include "core/run/open_reference.h"
#include "core/run/picture_facts.h"
#include "core/run/places.h"
#include "core/run/reference_builder.h"
#include "core/vision/picture_clarity.h"

namespace r2t2 {

namespace {

/// Error: nothing of it was computed here, or it has no such method.
Result<const LiveInspection*> live(const Inspection& inspection, std::size_t method) {
    const auto* here = dynamic_cast<const LiveInspection*>(&inspection);
    if (here == nullptr) {
        return Error{ErrorKind::Unsupported, "sample", "routing", "a stored trajectory", "a sample that was run here: run it again"};
    }
    if (method >= here->inputs().size()) {
        return invalid_input("sample", "method", std::to_string(method), "a place among the " + std::to_string(here->inputs().size()) + " that were run");
    }
    return here;
}

std::string tag(const std::map<std::string, std::string>& tags, const std::string& key) {
    const auto found = tags.find(key);
    return found == tags.end() ? std::string() : found->second;
}

std::string rule_of(const RunSample& sample, ScoringRule rule) { return std::string(sample.key ? name(sample.key->rule) : name(rule)); }

AnswerScore score(const RunSample& sample, ScoringRule rule, const Answer& answer) {
    AnswerScore out;
    out.rule = rule_of(sample, rule);
    if (sample.key) {
        const AnswerValue scored = r2t2::score(answer.text, *sample.key);
        out.correct = scored.correct;
        out.reason = scored.reason;
    } else if (!sample.ground_truth.empty()) {
        const Score scored = score_answer(answer.text, sample.ground_truth, rule, sample.options);
        out.correct = scored.correct;
        out.reason = std::string(name(scored.reason));
    }
    return out;
}

}  // namespace

Result<InspectorPtr> OpenedInspector::open(const InspectorOptions& options, const ProgressCallback& progress,
                                           const CancelToken& cancel) {
    const auto tell = [&](const char* stage) {
        if (progress) {
            progress({stage, 0, 0, {}});
        }
    };
    const std::filesystem::path directory = options.model.empty() ? bundled_model_directory() : options.model;
    tell("open model");
    const Result<Precision> precision = parse_precision(options.precision);
    if (!precision) {
        return precision.error();
    }
    ModelOptions model_options;
    model_options.precision = *precision;
    model_options.device = options.device;
    model_options.intra_op_threads = options.threads;
    Result<std::shared_ptr<const Model>> model = open_model(directory, model_options, progress, cancel);
    if (!model) {
        return model.error();
    }
    if (cancel.cancelled()) {
        return cancelled();
    }
    tell("open references");
    ReferenceSource source;
    source.path = options.reference;
    Result<OpenedReference> reference = open_reference(source, *model, progress, cancel);
    if (!reference) {
        return reference.error();
    }
    auto inspector = std::make_shared<OpenedInspector>();
    inspector->model_ = std::move(*model);
    inspector->reference_ = reference->set;
    inspector->options_ = options;
    inspector->info_.reference_name = reference->name;
    inspector->info_.warnings = reference->warnings;
    inspector->info_.warnings.insert(inspector->info_.warnings.end(), reference->remarks.begin(), reference->remarks.end());
    for (const Error& problem : reference->problems) {
        inspector->info_.warnings.push_back(problem.message());
    }
    const Result<bool> recommended = apply_recommended(directory, inspector->info_.defaults);
    if (!recommended) {
        return recommended.error();
    }
    inspector->info_.defaults.seed = 1;
    inspector->describe();
    return InspectorPtr(std::move(inspector));
}

void OpenedInspector::describe() {
    const ModelInfo& model = model_->info();
    info_.model_name = model.miniature ? "miniature" : model.name;
    info_.model_directory = model.directory;
    info_.model_hash = model.weights_hash;
    info_.device = model.device;
    info_.precision = model.precision;
    info_.miniature = model.miniature;
    info_.parameters = model.parameters;
    info_.weight_bytes = model.weight_bytes;
    info_.image_size = model.image_size;
    info_.image_tokens = model.image_tokens;
    info_.mixer_layers = model.mixer_layers;
    info_.space = model_->routing_space();
    info_.reference_hash = reference_->store().content_hash();
    for (const RoutingMode mode : {RoutingMode::Fixed, RoutingMode::Offset}) {
        if (const SurfaceTables* tables = reference_->surfaces(mode)) {
            info_.surfaces[mode] = tables->text();
        }
    }
    info_.reference_native_hash = reference_->store().native_hash();
    info_.refined = reference_->store().is_refined();
    if (const Result<EngineModule*> engine = load_engine()) {
        const EngineVersions versions = (*engine)->versions();
        info_.torch = versions.torch;
        info_.blas = versions.blas;
        info_.kernels = versions.kernels;
        info_.processor = versions.processor;
        info_.cuda = versions.cuda_devices > 0 ? versions.cuda : "none (" + versions.cuda_note + ")";
    }
    for (const ReferenceRecord& record : reference_->store().records()) {
        ReferenceSummary out;
        out.id = record.id;
        out.set = record.set;
        out.question = record.question;
        out.answer = record.model_answer;
        out.truth = record.ground_truth;
        out.image_path = record.image_path;
        out.family = tag(record.tags, "family");
        out.domain = tag(record.tags, "domain");
        out.correct = record.is_correct;
        out.routing = record.routing;
        references_.push_back(std::move(out));
    }
}

/// Of the sample in its list, and of the references that are left out.
Status OpenedInspector::check_places(const InspectRequest& request) const {
    if (request.list) {
        R2T2_TRY(check_place(*request.list, request.index));
    }
    for (const std::size_t place : request.left_out) {
        if (place >= references_.size()) {
            return invalid_input("sample", "left out", "reference " + std::to_string(place), "one of the " + std::to_string(references_.size()) + " that are open, from 0");
        }
    }
    return {};
}

/// Picture, facts and prompt of the request, as the runner would have them.
Result<AgainSample> OpenedInspector::sample_for(const InspectRequest& request, SampleSummary& summary) const {
    SampleListPtr list = request.list;
    if (!list) {
        Result<SampleListPtr> opened = open_picture_list(request.image);
        if (!opened) {
            return opened.error();
        }
        list = std::move(*opened);
    }
    const std::size_t index = request.list ? request.index : 0;
    summary = list->summary(index);
    const auto* session = dynamic_cast<const SessionList*>(list.get());
    const auto* set = dynamic_cast<const SetList*>(list.get());
    Result<AgainSample> out = AgainSample();
    if (session != nullptr) {
        out = session->again(index, model_->info());
    } else if (Result<SamplePicture> loaded = list->picture(index)) {
        out->picture = std::move(*loaded);
        out->index = index;
        out->sample.key = set != nullptr ? set->set().key(index) : std::nullopt;
    } else {
        out = loaded.error();
    }
    if (!out) {
        return out;
    }
    const bool asked_anew = request.question && *request.question != summary.question;
    const FactsChoice choice = parse_facts_choice(request.facts);
    const bool of_no_data_set = set != nullptr && set->set().origin()["source"] == "pictures";
    const bool other_facts = choice.from != FactsChoice::From::Auto || (!out->picture.facts && of_no_data_set);
    if (session != nullptr && !asked_anew && !other_facts && (!request.truth || *request.truth == summary.truth)) {
        summary.instruction = out->sample.input.instruction;
        return out;  // as it was run
    }
    if (other_facts) {
        Result<std::optional<AuxiliaryFacts>> facts = facts_of_picture(out->picture.image, summary.image, choice, model_->info().miniature);
        if (!facts) {
            return facts.error();
        }
        out->picture.facts = std::move(*facts);
    }
    R2T2_TRY(ask_anew(request, asked_anew, summary, *out));
    return out;
}

/// The sample of the question that is asked, where it is not one that can be taken as it is.
Status OpenedInspector::ask_anew(const InspectRequest& request, bool asked_anew, SampleSummary& summary, AgainSample& out) const {
    const std::string instruction = out.sample.input.instruction.empty() ? summary.instruction : out.sample.input.instruction;
    if (asked_anew) {
        summary.question = *request.question;
        summary.truth.clear();  // of another question
        summary.options.clear();
        summary.template_name.clear();
    }
    if (asked_anew || (request.truth && *request.truth != summary.truth)) {
        out.sample.key.reset();  // of the data set's own truth
        out.sample.benchmark.clear();
        out.sample.options.clear();
    }
    if (request.truth) {
        summary.truth = *request.truth;
    }
    R2T2_TRY(check_question(summary.question, summary.id));
    PictureInput input = make_picture_input(out.picture.image, out.picture.facts ? &*out.picture.facts : nullptr, summary.question, summary.truth, model_->info());
    RunSample& sample = out.sample;
    sample.id = summary.id;
    sample.image_path = summary.image;
    sample.pixels_hash = std::move(input.pixels_hash);
    sample.facts_source = std::move(input.facts_source);
    sample.question = summary.question;
    sample.ground_truth = summary.truth;
    sample.options = summary.options;
    sample.input = std::move(input.input);
    sample.input.instruction = summary.instruction = instruction;
    return {};
}

namespace {

/// Base first, then what can be run on the sample.
std::vector<MethodParams> methods_for(const InspectRequest& request, const MethodParams& defaults, bool truth_known) {
    std::vector<MethodParams> methods;
    MethodParams base = request.methods.empty() ? defaults : request.methods.front();
    for (const MethodParams& params : request.methods) {
        base = params.method == Method::Base ? params : base;
    }
    base.method = Method::Base;
    methods.push_back(base);
    for (const MethodParams& params : request.methods) {
        if (params.method != Method::Base && (!uses_label(params.method) || truth_known)) {
            methods.push_back(params);
        }
    }
    return methods;
}

}  // namespace

Status OpenedInspector::check_methods(const std::vector<MethodParams>& methods) const {
    for (const MethodParams& params : methods) {
        R2T2_TRY(check_method(*reference_, params));
    }
    return {};
}

/// Of a session's runs, where it is not what is open.
std::optional<SampleList::RunReferences> OpenedInspector::other_references(const SampleList& list) const {
    std::optional<SampleList::RunReferences> own = list.run_references();
    return own && !own->hash.empty() && !info_.serves(own->hash) ? own : std::nullopt;
}

/// Whoever runs a stored sample again on another reference set is told which one its run had.
Error OpenedInspector::with_own_references(Error why, const InspectRequest& request) const {
    if (const auto own = request.list ? other_references(*request.list) : std::nullopt) {
        why.allowed += std::string(why.allowed.empty() ? "" : "; ") + "the run had another reference set, " + (own->path.empty() ? std::string("the bundled one") : own->path) +
                       ": File > References opens it";
    }
    return why;
}

/// What the whole evaluation of a session's list had in common; for others, what one sample needs.
Result<EvaluationContext> OpenedInspector::context_for(const InspectRequest& request, bool truth_known, std::vector<RefusedMethod>& refused) const {
    EvaluationContext context;
    if (const auto* session = dynamic_cast<const SessionList*>(request.list.get())) {
        if (Result<EvaluationContext> stored = session->context()) {
            context = std::move(*stored);
        }
    }
    context.model = model_;
    context.reference = reference_;
    context.left_out = request.left_out;
    context.seed = request.methods.empty() ? 1 : request.methods.front().seed;
    context.methods.clear();  // of the stored run
    bool others = false;
    for (MethodParams& params : methods_for(request, info_.defaults, truth_known)) {
        if (const Status allowed = check_method(*reference_, params); !allowed) {
            refused.push_back({std::move(params), with_own_references(allowed.error(), request)});
        } else {
            others = others || params.method != Method::Base;
            context.methods.push_back(std::move(params));
        }
    }
    const auto first = std::find_if(refused.begin(), refused.end(), [&](const RefusedMethod& each) { return !request.wanted || each.params == *request.wanted; });
    const bool base = !context.methods.empty() && context.methods.front().method == Method::Base;
    if (!refused.empty() && (!base || !others || first != refused.end())) {
        return first != refused.end() ? first->why : refused.front().why;
    }
    return context;
}

Result<InspectionPtr> OpenedInspector::inspect(const InspectRequest& request, const ProgressCallback& progress,
                                               const CancelToken& cancel) const {
    R2T2_TRY(check_places(request));
    const auto* session = dynamic_cast<const SessionList*>(request.list.get());
    if (session != nullptr && request.methods.empty()) {
        return stored(*session, request.index);
    }
    const auto tell = [&](const char* stage) {
        if (progress) {
            progress({stage, 0, 0, {}});
        }
    };
    tell("prepare");
    auto out = std::make_shared<LiveInspection>();
    Result<AgainSample> asked = sample_for(request, out->sample_);
    if (!asked) {
        return asked.error();
    }
    out->picture_ = std::move(asked->picture);
    out->picture_is_clear_ = is_clear(out->picture_.image);
    const Result<EvaluationContext> context = context_for(request, !asked->sample.ground_truth.empty(), out->refused_);
    if (!context) {
        return context.error();
    }
    Result<ReadySample> ready = make_ready(*context, std::move(asked->sample), out->sample_.set, asked->index);
    if (!ready) {
        return ready.error();
    }
    out->inputs_ = ready->inputs;
    out->methods_ = context->methods;
    out->prepare_seconds_ = ready->prepare_seconds;
    out->facts_text_ = ready->sample.input.facts_text;
    if (Result<std::vector<float>> embedding = reference_->embed(ready->sample, out->sample_.set)) {
        out->embedding_ = std::move(*embedding);
    }
    tell("re-route");
    Result<SampleRun> run = run_methods(*context, *model_, std::move(*ready), cancel);
    if (!run) {
        return run.error();
    }
    out->trajectories_ = std::move(run->trajectories);
    out->run_sample_ = std::move(run->sample);
    out->scoring_ = context->scoring;
    out->sample_.rule = rule_of(out->run_sample_, out->scoring_);
    const PreparedSample& prepared = *out->inputs_.front().sample;
    Result<RoutingMatrix> shared = base_routing(info_.space, prepared, Granularity::Shared);
    if (!shared) {
        return shared.error();
    }
    out->base_routing_ = std::move(*shared);
    out->native_per_mixer_ = prepared.native_routing();
    if (session != nullptr) {
        out->remarks_ = std::move(asked->remarks);
        compare_with_stored(*session, request, *out);
    }
    return InspectionPtr(std::move(out));
}

Result<WhatIf> OpenedInspector::what_if(const Inspection& inspection, std::size_t method, const RoutingMatrix& weights) const {
    const Result<const LiveInspection*> found = live(inspection, method);
    if (!found) {
        return found.error();
    }
    const LiveInspection* here = *found;
    R2T2_TRY(check_weights(info_.space, weights, "routing"));
    const auto start = std::chrono::steady_clock::now();
    const RerouteInput& input = here->inputs()[method];
    const Granularity granularity = weights.rows() == 1 ? Granularity::Shared : Granularity::PerMixer;
    const Result<RoutingMatrix> base = base_routing(info_.space, *input.sample, granularity);
    if (!base) {
        return base.error();
    }
    const ReachingModel model(*model_, here->methods()[method]);
    const RoutedQuery query{input.sample.get(), action_toward(here->methods()[method].mode, weights, *base)};
    Result<std::vector<Answer>> answers = model.answer({&query, 1});
    if (!answers) {
        return answers.error();
    }
    WhatIf out;
    out.weights = weights;
    out.answer = std::move(answers->front());
    out.score = score(here->run_sample(), here->scoring(), out.answer);
    if (input.sample->has_label()) {
        const Result<std::vector<LossGradient>> losses = model.loss_and_gradient({&query, 1}, false);
        if (!losses) {
            return losses.error();
        }
        out.loss = losses->front().loss;
    }
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

Result<MixerView> OpenedInspector::look(const Inspection& inspection, std::size_t method, std::size_t step) const {
    const Result<const LiveInspection*> here = live(inspection, method);
    if (!here) {
        return here.error();
    }
    return model_->look(*(*here)->inputs()[method].sample, (*here)->trajectories()[method].at(step).action);
}

}  // namespace r2t2
