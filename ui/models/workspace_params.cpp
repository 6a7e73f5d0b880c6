// What the workspace runs a sample with, whose parameters those are, and which trajectory is followed.
#include <algorithm>
#include <utility>

#include "core/routing/method_table.h"
#include "core/routing/params_distance.h"
#include "ui/models/undo_routing.h"
#include "ui/models/workspace.h"

namespace r2t2::ui {

namespace {

/// Every method that one sample allows, with common parameters; the oracle is left out later where the truth is unknown.
std::vector<MethodParams> methods_of(const MethodParams& common) {
    std::vector<MethodParams> out;
    for (const Method method : all_methods()) {
        if (method == Method::Base || is_control(method)) {
            continue;
        }
        MethodParams params = common;
        params.method = method;
        params.answer_steps = params.final_objective = true;  // an evaluation's oracle has neither
        out.push_back(params);
    }
    return out;
}

/// But for the method and for what an evaluation leaves out of some.
bool same_but_method(const MethodParams& a, const MethodParams& b) {
    MethodParams other = b;
    other.method = a.method;
    other.answer_steps = a.answer_steps;
    other.final_objective = a.final_objective;
    return a == other;
}

}  // namespace

void Workspace::run() {
    if (has_sample() && !has_question()) {
        fail(ErrorPlace::Run, invalid_input({}, tr("question").toStdString(), tr("nothing").toStdString(), tr("a question about the picture").toStdString()));
        Q_EMIT questionWanted();
        return;
    }
    request_.methods = methods_to_run();
    load();
}

/// Of a run of this method, where there is one: base was run with what the user has as well, and is not meant.
bool Workspace::params_are_a_runs() const {
    const std::vector<MethodParams> runs = has_sample() ? request_.list->run_params() : std::vector<MethodParams>();
    const auto of_method = [this](const MethodParams& run) { return run.method == params_.method; };
    const bool method_ran = std::any_of(runs.begin(), runs.end(), of_method);
    return std::any_of(runs.begin(), runs.end(), [&](const MethodParams& run) { return (of_method(run) || !method_ran) && same_but_method(run, params_); });
}

/// A stored sample is run again as it was, every method with its run's own parameters, and beside them the methods that were not run
/// then; with parameters that the user has changed it is a sample as any other.
std::vector<MethodParams> Workspace::methods_to_run() const {
    std::vector<MethodParams> methods = methods_of(params_);
    // Without tables a method that goes by surfaces has them made, a pass a node and neighbour: where it was chosen, and only there.
    std::erase_if(methods, [this](const MethodParams& params) {
        if (!runs_unnamed(params.method)) {  // likewise
            return params.method != params_.method;
        }
        const bool without = needs_surfaces(params) && (!inspector_ || !inspector_->info().surfaces.contains(params.mode));
        return without && params.method != params_.method && neighbour_need(params) == NeighbourNeed::Surfaces;
    });
    if (!has_sample() || !params_are_a_runs()) {
        return methods;
    }
    std::vector<MethodParams> out = request_.list->run_params();
    for (const MethodParams& params : methods) {
        if (std::none_of(out.begin(), out.end(), [&](const MethodParams& run) { return run.method == params.method; })) {
            out.push_back(params);
        }
    }
    return out;
}

/// Forms show what made the trajectory: a run's parameters where it is stored or run again as it was, and the method that is followed,
/// also where the sample does not have the one that was chosen.
void Workspace::adopt_params() {
    const MethodParams* made = made_by();
    if (made != nullptr && request_.list->stored()) {
        if (!own_params_) {
            own_params_ = params_;
        }
        params_ = *made;
        const std::int64_t run = method_index_ < inspection_->runs().size() ? inspection_->runs()[method_index_] : 0;
        origin_ = run != 0 ? run : origin_;  // else the user has changed them
    } else {
        origin_ = 0;
        params_.method = trajectory() != nullptr ? trajectory()->method : preferred_;
    }
    Q_EMIT paramsChanged();
}

void Workspace::restore_own_params() {
    if (own_params_) {
        params_ = *std::exchange(own_params_, std::nullopt);
        params_.method = preferred_;
        origin_ = 0;
        Q_EMIT paramsChanged();
    }
}

void Workspace::use_own_params() {
    if (own_params_) {
        MethodParams own = *own_params_;
        own.method = params_.method;
        change_params(own, tr("the parameters to my own"));
    }
}

void Workspace::use_run_params() {
    if (const std::optional<MethodParams> run = origin_params()) {
        change_params(*run, tr("the parameters to the run's"));
    }
}

std::optional<MethodParams> Workspace::origin_params() const {
    const std::vector<std::pair<std::int64_t, Method>> runs = has_sample() ? request_.list->runs() : std::vector<std::pair<std::int64_t, Method>>();
    const std::vector<MethodParams> params = has_sample() ? request_.list->run_params() : std::vector<MethodParams>();
    for (std::size_t i = 0; i < std::min(runs.size(), params.size()); ++i) {
        if (runs[i].first == origin_) {
            return params[i];
        }
    }
    return std::nullopt;
}

Workspace::ParamsOf Workspace::params_of() const {
    const std::optional<MethodParams> run = origin_params();
    if (run && same_but_method(*run, params_)) {
        return run->method == params_.method ? ParamsOf::Run : ParamsOf::RunOtherMethod;
    }
    return !run || (own_params_ && same_but_method(*own_params_, params_)) ? ParamsOf::Own : ParamsOf::ChangedRun;
}

QString Workspace::params_origin() const { return origin_ != 0 ? tr("run %1").arg(origin_) : QString(); }

const MethodParams* Workspace::made_by() const {
    return trajectory() != nullptr && inspection_->params_known() && method_index_ < inspection_->methods().size() ? &inspection_->methods()[method_index_] : nullptr;
}

/// That of the chosen run; else, of the chosen method's, the one whose parameters are nearest to those that stand in the form; methods.size():
/// none is of this method. `runs`: parallel to the methods, or shorter. One rule for what is asked and for what is shown.
std::size_t Workspace::followed_among(const std::vector<MethodParams>& methods, const std::vector<std::int64_t>& runs, bool params_known) const {
    std::size_t wanted = methods.size();
    for (std::size_t i = 0; i < methods.size(); ++i) {
        if (methods[i].method != preferred_) {
            continue;
        }
        if (preferred_run_ != 0 && i < runs.size() && runs[i] == preferred_run_) {
            return i;
        }
        const bool nearer = wanted < methods.size() && params_known && differing_params(methods[i], params_) < differing_params(methods[wanted], params_);
        wanted = wanted == methods.size() || nearer ? i : wanted;
    }
    return wanted;
}

/// Of what is asked, the one that will be followed: InspectRequest::wanted. Base is none of what is asked, and is always there.
MethodParams Workspace::wanted_params() const {
    const std::vector<MethodParams> stored = request_.list->run_params();
    const auto runs_of_list = request_.list->runs();
    std::vector<std::int64_t> runs;
    for (std::size_t i = 0; i < std::min({stored.size(), runs_of_list.size(), request_.methods.size()}) && stored[i] == request_.methods[i]; ++i) {
        runs.push_back(runs_of_list[i].first);
    }
    const std::size_t place = followed_among(request_.methods, runs, true);
    MethodParams wanted = place < request_.methods.size() ? request_.methods[place] : params_;
    wanted.method = preferred_;
    return wanted;
}

/// A run of this sample's evaluation that the open references do not allow; null: it is none of these.
const RefusedMethod* Workspace::refused_run(std::int64_t run) const {
    const auto runs = has_sample() ? request_.list->runs() : std::vector<std::pair<std::int64_t, Method>>();
    const std::vector<MethodParams> params = has_sample() ? request_.list->run_params() : std::vector<MethodParams>();
    for (std::size_t i = 0; inspection_ && i < std::min(runs.size(), params.size()); ++i) {
        const std::vector<RefusedMethod>& refused = inspection_->refused();
        const auto found = std::find_if(refused.begin(), refused.end(), [&](const RefusedMethod& each) { return each.params == params[i]; });
        if (runs[i].first == run && found != refused.end()) {
            return &*found;
        }
    }
    return nullptr;
}

void Workspace::follow(CursorGoes cursor) {
    method_index_ = 0;
    if (inspection_ && !inspection_->methods().empty()) {  // the last one where none is of the method
        method_index_ = std::min(followed_among(inspection_->methods(), inspection_->runs(), inspection_->params_known()), inspection_->methods().size() - 1);
    }
    const bool to_last = cursor == CursorGoes::ToLast || cursor_.step() + 1 >= cursor_.count();
    const Trajectory* shown = trajectory();
    cursor_.set_count(shown != nullptr ? static_cast<int>(shown->steps.size()) : 0);
    if (to_last) {
        cursor_.last();
    }
    if (shown != nullptr) {
        numbers_.follow(*shown, neighbours(), left_out_);
    }
    Q_EMIT trajectoryChanged();
}

void Workspace::apply_params(const MethodParams& params) {
    if (params == params_) {
        return;
    }
    const bool only_method = [&] {
        MethodParams same = params;
        same.method = params_.method;
        return same == params_;
    }();
    if (only_method) {
        set_method(params.method);
        return;
    }
    if (inspection_ && inspection_->params_known() && !jobs_.busy(QStringLiteral("inspect"))) {
        const std::vector<MethodParams>& there = inspection_->methods();
        if (const auto found = std::find(there.begin(), there.end(), params); found != there.end()) {
            follow_trajectory(static_cast<std::size_t>(found - there.begin()));
            return;
        }
    }
    params_ = params;
    preferred_ = params.method;
    prefer_run_of(params);
    Q_EMIT paramsChanged();
    if (has_question()) {
        run();
    }
}

/// Parameters that were typed may be another run's of the sweep; those that are none's leave the choice of a run for the next sample.
void Workspace::prefer_run_of(const MethodParams& params) {
    const std::vector<MethodParams> all = has_sample() ? request_.list->run_params() : std::vector<MethodParams>();
    if (const auto found = std::find(all.begin(), all.end(), params); found != all.end()) {
        preferred_run_ = request_.list->runs()[static_cast<std::size_t>(found - all.begin())].first;
    }
}

void Workspace::change_params(const MethodParams& params, const QString& what) {
    if (params == params_) {
        return;
    }
    undo_.push(new MethodParamsCommand(params_, params, what, 0, [this](const MethodParams& to) { apply_params(to); }));
}

void Workspace::change_params(const MethodParams& params) { change_params(params, QString::fromStdString(changed_parameters(params_, params))); }

/// One that was refused, or of a sample that has no steps, is run: it says why it cannot be, or is there then. So is one that runs only where it is chosen.
void Workspace::set_method(Method method) {
    preferred_ = method;
    const bool missing = inspection_ && inspection_->index_of(method) == inspection_->methods().size();
    const bool refused = missing &&
                         std::any_of(inspection_->refused().begin(), inspection_->refused().end(), [method](const RefusedMethod& each) { return each.params.method == method; });
    const bool not_asked = missing && !inspection_->stored() && !uses_label(method);
    if ((!inspection_ || refused || not_asked) && has_question() && stored_failure().empty() && !jobs_.busy(QStringLiteral("inspect"))) {
        params_.method = method;
        Q_EMIT paramsChanged();
        run();
        return;
    }
    Q_EMIT failed(ErrorPlace::Run, {});
    follow_again();
    if (trajectory() != nullptr && trajectory()->method != method) {
        const std::string shown = to_string(trajectory()->method);
        fail(ErrorPlace::Run, Error{ErrorKind::Unsupported, {}, tr("method").toStdString(), to_string(method) + (uses_label(method) ? ", which needs the truth" : ""),
                                    "one that was run on this sample; " + shown + " is shown"});
    }
}

void Workspace::follow_trajectory(std::size_t index) {
    if (inspection_ && index < inspection_->trajectories().size()) {
        preferred_ = inspection_->trajectories()[index].method;
        preferred_run_ = index < inspection_->runs().size() ? inspection_->runs()[index] : 0;
        follow_again();
    }
}

/// The moved point stays where it is: another method is asked about the same r. A path with fewer steps moves the cursor, which is none
/// of the point's.
void Workspace::follow_again() {
    what_if_.reset();
    std::optional<RoutingMatrix> moved = std::exchange(moved_, std::nullopt);
    follow(CursorGoes::Along);
    moved_ = std::move(moved);
    if (moved_) {
        ask_what_if(*moved_);
    }
    if (jobs_.busy(QStringLiteral("inspect"))) {  // with other parameters, which the form shows already
        params_.method = preferred_;
        Q_EMIT paramsChanged();
    } else {
        adopt_params();
    }
    Q_EMIT whatIfChanged();
}

}  // namespace r2t2::ui
