#include "ui/models/workspace.h"
#include "ui/paths/file_path.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "ui/models/counted.h"
#include "ui/models/error_words.h"
#include "ui/models/reference_words.h"
#include "ui/models/method_names.h"
#include "ui/models/step_model.h"
#include "ui/models/undo_routing.h"

namespace r2t2::ui {

namespace {

constexpr std::size_t kBundledCount = 40;  // of every bundled set in the sample table

struct Opened {
    InspectorModule* module = nullptr;
    InspectorPtr inspector;
};

}  // namespace

Workspace::Workspace(QObject* parent) : QObject(parent) {
    undo_.setUndoLimit(500);
    connect(&cursor_, &StepCursor::stepChanged, this, &Workspace::leave_point);
    connect(&jobs_, &JobRunner::ended, this, [this](const JobInfo& job) {
        if (job.slot == QLatin1String("inspect") && job.cancelled && !jobs_.busy(job.slot) && !jobs_.waits(job.slot) && has_question() && !is_inspected()) {
            leave_former();
            Q_EMIT failed(ErrorPlace::Run, tr("This sample was not run: it was cancelled. Run (F5) runs it."));
        }
    });
}

Workspace::~Workspace() = default;

void Workspace::fail(ErrorPlace place, const Error& error) {
    const QString message = window_words(error);
    const Told now{place, message, request_.list.get(), request_.index};
    if (place != ErrorPlace::Run || told_ != now) {  // a sample that cannot be run is not logged again for being asked again
        log_warning("workbench", message.toStdString());
    }
    told_ = place == ErrorPlace::Run ? std::optional(now) : told_;
    Q_EMIT failed(place, message);
}

void Workspace::open(const InspectorOptions& options, const QString& samples, First first) {
    Q_EMIT failed(ErrorPlace::Opening, {});
    jobs_.start<Opened>(
        "open", tr("Open model and references"), this,
        [options, source = module_source()](const JobRunner::Context& context) -> Result<Opened> {
            const Result<InspectorModule*> module = source();
            if (!module) {
                return module.error();
            }
            Result<InspectorPtr> inspector = (*module)->open(options, context.progress, context.cancel);
            if (!inspector) {
                return inspector.error();
            }
            return Opened{*module, std::move(*inspector)};
        },
        [this, options, samples, first](Result<Opened> opened) {
            if (!opened) {
                fail(ErrorPlace::Opening, opened.error());
                return;
            }
            for (const char* slot : {"inspect", "what-if", "map", "gates", "knockouts", "pulls"}) {
                jobs_.cancel(QLatin1String(slot));  // they ask the former model
            }
            cancel_landscape();
            const Shown before = shown();
            const bool same_weights = inspector_ && inspector_->info().model_hash == opened->inspector->info().model_hash;
            options_ = options;
            module_ = opened->module;
            inspector_ = opened->inspector;
            if (!same_weights) {
                params_ = inspector_->info().defaults;
                params_.method = preferred_ = kLeadingMethod;
                own_params_.reset();
                origin_ = 0;
            }
            inspection_.reset();
            inspected_ = {};
            bare_picture_.reset();
            request_ = {};
            left_out_.clear();
            numbers_.forget();
            undo_.clear();
            set_hovered_reference(-1);  // of the former set
            set_selected_references({});
            for (const std::string& warning : inspector_->info().warnings) {
                log_warning("workbench", warning);
            }
            const InspectorInfo& info = inspector_->info();
            Q_EMIT happened(tr("%1 is open: %2 on %3, with %4").arg(QString::fromStdString(info.model_directory), QString::fromStdString(info.precision), QString::fromStdString(info.device),
                                                                       reference_words(options_.reference, *inspector_)));
            Q_EMIT inspectorChanged();
            Q_EMIT paramsChanged();
            read_samples(samples, first, before);
        });
}

Workspace::Shown Workspace::shown() const {
    return has_sample() ? Shown{request_.list->name(), request_.index, request_.question, request_.truth, request_.facts} : Shown{};
}

void Workspace::open_samples(const QString& what, First first) { read_samples(what, first, shown()); }

void Workspace::read_samples(const QString& what, First first, const Shown& before) {
    if (!inspector_) {
        return;
    }
    Q_EMIT failed(ErrorPlace::Samples, {});
    asked_ = what;
    const std::string name = what.isEmpty() ? "all" : file_path(what).string();
    jobs_.start<std::vector<SampleListPtr>>(
        "samples", tr("Open %1").arg(what.isEmpty() ? tr("bundled samples") : what), this,
        [inspector = inspector_, name](const JobRunner::Context&) { return inspector->open_samples(name, kBundledCount); },
        [this, first, before, what](Result<std::vector<SampleListPtr>> lists) {
            if (!lists) {
                fail(ErrorPlace::Samples, lists.error());
                return;
            }
            lists_ = std::move(*lists);
            own_questions_.clear();
            if (opened_ != what) {
                preferred_run_ = 0;  // another session numbers its own
            }
            opened_ = what;
            for (const SampleListPtr& list : lists_) {
                for (const Error& problem : list->problems()) {
                    log_warning("samples", problem.message());
                }
            }
            std::size_t samples = 0;
            for (const SampleListPtr& list : lists_) {
                samples += list->size();
            }
            Q_EMIT happened(tr("%1: %2 open").arg(what.isEmpty() ? tr("bundled samples") : shown_path(what), counted(static_cast<qlonglong>(samples), tr("1 sample is"), tr("%1 samples are"))));
            Q_EMIT listsChanged();
            if (first == First::Mended) {
                show_mended_sample();
            } else if (first == First::Sample) {
                show_sample(lists_.front(), 0);
                if (!has_question() && !lists_.front()->stored()) {
                    Q_EMIT questionWanted();
                }
            } else if (first == First::Same) {
                show_again(before);
            }
        });
}

void Workspace::show_again(const Shown& before) {
    const auto same = std::find_if(lists_.begin(), lists_.end(), [&](const SampleListPtr& list) { return list->name() == before.list && before.index < list->size(); });
    if (same == lists_.end()) {
        show_sample(lists_.front(), 0);
        return;
    }
    show_sample(*same, before.index);
    if (before.question || !before.facts.empty()) {
        request_.question = before.question;
        request_.truth = before.truth;
        request_.facts = before.facts;
        run();
    }
}

void Workspace::show_sample(const SampleListPtr& list, std::size_t index) {
    if (!inspector_ || !list || index >= list->size()) {
        return;
    }
    if (request_.list != list) {
        origin_ = 0;
        const auto runs = list->runs();
        const bool its_own = std::any_of(runs.begin(), runs.end(), [this](const auto& run) { return run.first == preferred_run_; });
        preferred_run_ = its_own ? preferred_run_ : 0;  // another evaluation was chosen: the run that is followed there is the chosen one
    }
    request_ = {};
    request_.list = list;
    request_.index = index;
    if (const auto own = own_questions_.find({list.get(), index}); own != own_questions_.end()) {
        request_.question = own->second.question;
        request_.truth = own->second.truth;
    }
    left_out_.clear();
    numbers_.forget();
    undo_.clear();
    set_hovered_reference(-1);  // looked at beside the sample before
    set_selected_references({});
    if (!list->stored()) {
        restore_own_params();
    }
    Q_EMIT leftOutChanged();
    load();
}

void Workspace::show_mended_sample(std::size_t most) {
    if (!inspector_ || lists_.empty()) {
        return;
    }
    using Place = std::pair<SampleListPtr, std::size_t>;
    MethodParams leading = own_params_.value_or(params_);
    leading.method = kLeadingMethod;
    leading.answer_steps = false;
    jobs_.start<Place>(
        "inspect", tr("Look for a sample that re-routing mends"), this,
        [inspector = inspector_, lists = lists_, leading, most](const JobRunner::Context& context) -> Result<Place> {
            std::optional<Place> mended;  // on a picture that nothing can be made out on
            for (std::size_t i = 0; i < most; ++i) {
                InspectRequest request;
                request.list = lists[i % lists.size()];
                request.index = i / lists.size();
                request.methods = {leading};
                if (request.index >= request.list->size() || request.list->stored()) {
                    continue;
                }
                const Result<InspectionPtr> tried = inspector->inspect(request, {}, context.cancel);
                if (!tried && tried.error().kind == ErrorKind::Cancelled) {
                    return tried.error();
                }
                if (!tried || (*tried)->trajectories().size() < 2) {
                    continue;
                }
                const Trajectory& trajectory = (*tried)->trajectories().back();
                if (trajectory.base().correct != false || trajectory.result().correct != true) {
                    continue;
                }
                if ((*tried)->picture_is_clear()) {
                    return Place(request.list, request.index);
                }
                mended = mended.value_or(Place(request.list, request.index));
            }
            return mended.value_or(Place(lists.front(), 0));
        },
        [this](Result<Place> place) {
            if (place) {
                show_sample(place->first, place->second);
            }
        });
}

void Workspace::ask(const QString& question, const QString& truth) {
    if (!has_sample()) {
        return;
    }
    request_.question = question.isEmpty() ? std::nullopt : std::optional(question.toStdString());
    request_.truth = truth.isEmpty() ? std::nullopt : std::optional(truth.toStdString());
    const std::pair<const SampleList*, std::size_t> sample{request_.list.get(), request_.index};
    if (request_.list->stored() || (!request_.question && !request_.truth)) {
        own_questions_.erase(sample);
    } else {
        own_questions_[sample] = {request_.question, request_.truth};
    }
    run();
}

void Workspace::choose_facts(const QString& facts) {
    if (has_sample()) {
        request_.facts = facts.toStdString();
        run();
    }
}

bool Workspace::has_question() const {
    const std::string question = !has_sample() ? std::string() : request_.question ? *request_.question : request_.list->summary(request_.index).question;
    return !QString::fromStdString(question).trimmed().isEmpty();
}

void Workspace::load() {
    if (!inspector_ || !has_sample()) {
        return;
    }
    if (const std::string failure = stored_failure(); !failure.empty()) {
        Q_EMIT requestChanged();
        clear_errors();
        leave_former();
        fail(ErrorPlace::Run, Error{ErrorKind::InvalidInput, {}, {}, tr("This sample failed when it was run").toStdString() + ": " + failure, {}});
        return;
    }
    if (!has_question()) {
        load_picture();
        return;
    }
    // A session shows what is stored until something is asked of it.
    if (!request_.list->stored()) {
        request_.methods = methods_to_run();
    }
    request_.left_out.assign(left_out_.begin(), left_out_.end());
    request_.wanted = wanted_params();
    Q_EMIT requestChanged();
    clear_errors();
    jobs_.start<InspectionPtr>(
        "inspect", tr("Re-route"), this,
        [inspector = inspector_, request = request_](const JobRunner::Context& context) {
            return inspector->inspect(request, context.progress, context.cancel);
        },
        [this](Result<InspectionPtr> inspection) {
            if (!inspection) {
                if (!is_inspected()) {
                    leave_former();
                }
                fail(ErrorPlace::Run, inspection.error());
                return;
            }
            const SampleSummary& sample = (*inspection)->sample();
            const QString name = QString::fromStdString(sample.set + "/" + sample.id);
            const QString ran = counted(static_cast<qlonglong>((*inspection)->trajectories().size()), tr("1 method"), tr("%1 methods"));
            Q_EMIT happened((*inspection)->stored() ? tr("%1 is shown as it is stored, %2").arg(name, ran) : tr("%1 was run by %2").arg(name, ran));
            take_inspection(std::move(*inspection));
            tell_refused();
        });
}

/// Once for every reason: a sweep's runs have the same. Beside a session's sample nobody asked for the methods that its evaluation has not.
void Workspace::tell_refused() {
    QStringList lines;
    const std::vector<std::pair<std::int64_t, Method>> runs = request_.list->runs();
    for (const RefusedMethod& refused : inspection_->refused()) {
        if (!runs.empty() && std::none_of(runs.begin(), runs.end(), [&](const auto& run) { return run.second == refused.params.method; })) {
            continue;
        }
        const QString line = tr("%1 was not run. %2").arg(first_upper(method_title(refused.params.method)), window_words(refused.why));
        if (!lines.contains(line)) {
            lines << line;
            log_warning("workbench", line.toStdString());
        }
    }
    if (!lines.isEmpty()) {
        Q_EMIT failed(ErrorPlace::Run, lines.join(QLatin1Char('\n')));
    }
}

/// What is shown is of what is asked: of this sample, this question, truth and these facts.
bool Workspace::is_inspected() const {
    const Shown asked = shown();
    return inspection_ && asked.list == inspected_.list && asked.index == inspected_.index && asked.question == inspected_.question && asked.truth == inspected_.truth &&
           asked.facts == inspected_.facts;
}

/// Why the sample of a session has no steps, as its run told; empty: it has, or something else is asked of it.
std::string Workspace::stored_failure() const { return request_.list->stored() && request_.methods.empty() ? request_.list->summary(request_.index).error : std::string(); }

/// What is asked could not be run: nothing of what was shown before stays beside it, and its own picture is shown.
void Workspace::leave_former() {
    clear_inspection();
    show_picture();
}

/// Nothing of the sample before stays beside this one's name.
void Workspace::load_picture() {
    clear_inspection();
    Q_EMIT requestChanged();
    clear_errors();
    show_picture();
}

void Workspace::show_picture() {
    jobs_.start<SamplePicture>(
        "inspect", tr("Open picture"), this,
        [list = request_.list, index = request_.index](const JobRunner::Context&) { return list->picture(index); },
        [this](Result<SamplePicture> picture) {
            if (!picture) {
                if (!has_sample() || !request_.list->stored()) {  // else it may be gone; what became of the sample has been told
                    fail(ErrorPlace::Run, picture.error());
                }
                return;
            }
            bare_picture_ = std::move(*picture);
            Q_EMIT inspectionChanged();
        });
}

/// None outlives what it was about: another sample, another question, another run.
void Workspace::clear_errors() {
    for (const ErrorPlace place : {ErrorPlace::Samples, ErrorPlace::Run, ErrorPlace::WhatIf, ErrorPlace::Landscape, ErrorPlace::Gates, ErrorPlace::Knockouts}) {
        Q_EMIT failed(place, {});
    }
}

void Workspace::clear_inspection() {
    for (const char* slot : {"what-if", "gates", "knockouts", "pulls"}) {
        jobs_.cancel(QLatin1String(slot));
    }
    cancel_landscape();
    bare_picture_.reset();
    take_inspection(nullptr);
}

const SamplePicture* Workspace::picture() const { return inspection_ ? &inspection_->picture() : bare_picture_ ? &*bare_picture_ : nullptr; }

void Workspace::take_inspection(InspectionPtr inspection) {
    inspection_ = std::move(inspection);
    if (inspection_) {
        bare_picture_.reset();
    }
    what_if_.reset();
    const std::optional<RoutingMatrix> moved = std::exchange(moved_, std::nullopt);
    const Shown asked = inspection_ ? shown() : Shown();
    const bool same_sample = asked.list == inspected_.list && asked.index == inspected_.index;
    const bool again = same_sample && asked.question == inspected_.question;
    inspected_ = asked;
    follow(again ? CursorGoes::Along : CursorGoes::ToLast);
    if (same_sample && moved) {
        keep_point(*moved, again);
    }
    moving_ = moving_ && moved_;
    adopt_params();
    Q_EMIT inspectionChanged();
    Q_EMIT whatIfChanged();
}

const Trajectory* Workspace::trajectory() const {
    return inspection_ && method_index_ < inspection_->trajectories().size() ? &inspection_->trajectories()[method_index_]
                                                                            : nullptr;
}

const TrajectoryStep* Workspace::step() const {
    const Trajectory* shown = trajectory();
    return shown != nullptr ? &shown->at(static_cast<std::size_t>(std::max(0, cursor_.step()))) : nullptr;
}

std::optional<RoutingMatrix> Workspace::shown_routing() const {
    if (moved_) {
        return moved_;
    }
    const TrajectoryStep* at = step();
    if (at == nullptr) {
        return std::nullopt;
    }
    return mean_over_mixers(at->weights);
}

void Workspace::apply_left_out(std::size_t reference, bool out) {
    const bool changed = out ? left_out_.insert(reference).second : left_out_.erase(reference) > 0;
    if (!changed) {
        return;
    }
    Q_EMIT leftOutChanged();
    run();
}

void Workspace::leave_out(std::size_t reference, bool out) {
    if (inspector_ && reference < inspector_->references().size() && left_out_.contains(reference) != out) {
        undo_.push(new LeaveOutCommand(reference, out, tr("reference %1").arg(reference),
                                       [this](std::size_t which, bool to) { apply_left_out(which, to); }));
    }
}

void Workspace::set_hovered_reference(int reference) {
    if (reference != hovered_) {
        hovered_ = reference;
        Q_EMIT hoveredReferenceChanged(reference);
    }
}

void Workspace::set_selected_references(std::vector<int> references) {
    if (references != selected_) {
        selected_ = std::move(references);
        Q_EMIT selectionChanged();
    }
}

std::function<Result<InspectorModule*>()> Workspace::module_source() const {
    return [module = chosen_module_ != nullptr ? chosen_module_ : module_]() -> Result<InspectorModule*> { return module != nullptr ? module : load_inspector(); };
}

std::function<Result<SamplePicture>(const std::string&)> Workspace::picture_source() const {
    return [source = module_source()](const std::string& image_path) -> Result<SamplePicture> {
        const Result<InspectorModule*> module = source();
        return module ? (*module)->picture(image_path) : Result<SamplePicture>(module.error());
    };
}

QString Workspace::command_line(const BenchmarkRequest& request) const {
    return module_ == nullptr ? QString() : QString::fromStdString(module_->command_line(options_, request));
}

QString Workspace::command_line(const ReferenceRequest& request) const {
    return module_ == nullptr ? QString() : QString::fromStdString(module_->command_line(options_, request));
}

QString Workspace::command_line() const {
    if (module_ == nullptr || !has_sample()) {
        return {};
    }
    InspectRequest request = request_;
    request.methods.clear();
    MethodParams params = params_;
    request.methods.push_back(params);
    request.origin = origin_;
    InspectorOptions options = options_;
    if (const auto own = inspection_ && inspection_->stored() ? request.list->run_references() : std::nullopt) {
        options.reference = own->path;  // what is shown was run on them
    }
    return QString::fromStdString(module_->command_line(options, request));
}

}  // namespace r2t2::ui
