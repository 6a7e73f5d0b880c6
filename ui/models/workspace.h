// What the workbench is looking at: the opened model, the sample, its trajectories, the step, the point the user moved.
//
// Panels show this and ask this; they do not know each other. Every slow thing goes through the job runner in a slot of
// its own, so that a newer request replaces an older one of the same kind and nothing else.
// Thread rule: the interface's thread.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <map>
#include <optional>
#include <set>

#include "core/inspect/inspector.h"
#include "core/routing/method_table.h"
#include "ui/models/job_runner.h"
#include "ui/models/neighbour_numbers.h"
#include "ui/models/step_cursor.h"

namespace r2t2::ui {

/// Where an error belongs on the screen.
enum class ErrorPlace { Opening, Samples, Sample, Run, WhatIf, Map, Landscape, Gates, Knockouts };

class Workspace final : public QObject {
    Q_OBJECT

public:
    /// Whose parameters params() are.
    enum class ParamsOf {
        Own,             ///< the user's
        Run,             ///< params_origin()'s, as it stored them
        RunOtherMethod,  ///< likewise, but for the method
        ChangedRun       ///< params_origin()'s, changed by the user
    };
    /// What is shown of lists that have just been opened.
    enum class First { Sample, Mended, Nothing, Same };  ///< Same: what was shown before, where the new lists have it

    explicit Workspace(QObject* parent = nullptr);
    ~Workspace() override;

    [[nodiscard]] JobRunner& jobs() { return jobs_; }
    [[nodiscard]] StepCursor& cursor() { return cursor_; }
    [[nodiscard]] QUndoStack& undo() { return undo_; }

    // What is open. Null and empty until a job has ended.
    [[nodiscard]] const InspectorPtr& inspector() const { return inspector_; }
    [[nodiscard]] const InspectorOptions& options() const { return options_; }
    [[nodiscard]] const std::vector<SampleListPtr>& lists() const { return lists_; }
    [[nodiscard]] const InspectRequest& request() const { return request_; }
    [[nodiscard]] bool has_sample() const { return request_.list != nullptr; }
    /// Of the lists: a file, a set's name; empty: every bundled set.
    [[nodiscard]] const QString& opened() const { return opened_; }
    /// The file that was asked for last, whether it could be opened or not.
    [[nodiscard]] const QString& asked() const { return asked_; }
    /// What the session that is open had as references, where that is not what is open; none: no session, or the same.
    [[nodiscard]] std::optional<SampleList::RunReferences> other_references() const;
    /// A picture of the user's own has no question until he types one: the picture is shown, nothing is run.
    [[nodiscard]] bool has_question() const;
    /// Of the inspection, else of a sample that waits for its question; null before it is read.
    [[nodiscard]] const SamplePicture* picture() const;
    [[nodiscard]] const InspectionPtr& inspection() const { return inspection_; }
    /// What the next run takes, and what forms show. With a stored sample they are its run's; the user's own come back with the next
    /// sample that is of no session.
    [[nodiscard]] const MethodParams& params() const { return params_; }
    [[nodiscard]] ParamsOf params_of() const;
    /// "run 3": whose parameters stand here, or stood here before they were changed; empty where the sample is of no run.
    [[nodiscard]] QString params_origin() const;
    /// What made the trajectory that is followed; null without one, or where its run did not keep it.
    [[nodiscard]] const MethodParams* made_by() const;
    [[nodiscard]] const std::set<std::size_t>& left_out() const { return left_out_; }
    /// Of the trajectory that is followed, both.
    [[nodiscard]] const NeighbourNumbers& neighbour_numbers() const { return numbers_; }
    [[nodiscard]] std::vector<InspectedNeighbour> neighbours() const { return inspection_ ? inspection_->neighbours(method_index_) : std::vector<InspectedNeighbour>(); }

    /// The trajectory that every view follows; null without an inspection.
    [[nodiscard]] const Trajectory* trajectory() const;
    [[nodiscard]] std::size_t method_index() const { return method_index_; }
    [[nodiscard]] std::int64_t followed_run() const;  ///< of the session; 0: none's
    /// The run that everything on the screen names: the followed one, else that whose parameters the user has changed; 0: none.
    [[nodiscard]] std::int64_t named_run() const { return followed_run() != 0 ? followed_run() : origin_; }
    /// The run that was chosen to be followed is not one of this sample's: another one stands in for it.
    [[nodiscard]] bool stands_in() const;
    [[nodiscard]] Method method() const { return params_.method; }
    /// Its step at the cursor; null without one.
    [[nodiscard]] const TrajectoryStep* step() const;
    [[nodiscard]] const std::optional<WhatIf>& what_if() const { return what_if_; }
    [[nodiscard]] bool moved() const { return moved_.has_value(); }  ///< by the user: r is not the step's own
    /// r as the views show it: moved by the user, else the step's; one row.
    [[nodiscard]] std::optional<RoutingMatrix> shown_routing() const;
    [[nodiscard]] int hovered_reference() const { return hovered_; }
    [[nodiscard]] const std::vector<int>& selected_references() const { return selected_; }
    /// "r2t2 inspect ..." for what is shown; empty before the inspector is there.
    [[nodiscard]] QString command_line() const;
    /// The module behind the inspector, callable from any thread; opened if nothing has yet.
    [[nodiscard]] std::function<Result<InspectorModule*>()> module_source() const;
    /// Pictures of stored samples, callable from any thread; opens the inspector module if nothing has yet.
    [[nodiscard]] std::function<Result<SamplePicture>(const std::string& image_path)> picture_source() const;
    /// "r2t2 evaluate ..." on what is open.
    [[nodiscard]] QString command_line(const BenchmarkRequest& request) const;
    /// "r2t2 reference build ..." with the model that is open.
    [[nodiscard]] QString command_line(const ReferenceRequest& request) const;

    /// What open() takes models from, instead of the module that load_inspector() finds; null: that one. Must outlive this.
    void set_module(InspectorModule* module) { chosen_module_ = module; }

public Q_SLOTS:
    /// Engine, model and references; then `samples` (a file, a set's name; empty = every bundled set). Until all that is
    /// there, and where it fails or is cancelled, the former model stays. Parameters stay where the model has the same weights.
    void open(const r2t2::InspectorOptions& options, const QString& samples = {},
              r2t2::ui::Workspace::First first = First::Sample);
    void open_samples(const QString& what, r2t2::ui::Workspace::First first = First::Sample);
    void show_sample(const r2t2::SampleListPtr& list, std::size_t index);
    /// The sample of a session's run is in a list that is open (no key: the run is). A session grows after it was opened.
    [[nodiscard]] bool holds(std::int64_t run, const QString& set, const QString& key) const;
    /// A sample of a session's run, among the lists that are open; empty key: the run's first. Fails where it is not there.
    void show_stored(std::int64_t run, const QString& set, const QString& key);
    /// The trajectory of this run of the session that is open is followed, of the sample that is shown; a run of another evaluation: of the
    /// same sample there, else of its first.
    void follow_run(std::int64_t run);
    /// The session that is open has changed on disk: its lists again. What is shown stays.
    void read_again();
    /// The first sample among the lists that the base model gets wrong and NGD right, and whose picture a person can make out (is_clear): else one that
    /// nothing can be made out on, and the first of all if there is none among the first `most`.
    void show_mended_sample(std::size_t most = 40);
    /// Another question on the same picture, kept with its sample; empty = the sample's own. `truth` empty: not known.
    void ask(const QString& question, const QString& truth = {});
    /// Facts that the model is told about this picture: "built-in", "none", "auto", a JSON file. Runs again.
    void choose_facts(const QString& facts);
    /// All methods on the sample again.
    void run();
    /// Undoable; runs again where it makes a difference.
    void change_params(const r2t2::MethodParams& params, const QString& what);
    void change_params(const r2t2::MethodParams& params);  ///< what: the parameters that differ, "k, steps"
    void set_method(r2t2::Method method);
    /// By its place in the inspection: a sweep has several of one method.
    void follow_trajectory(std::size_t index);
    /// The user's own in place of a run's; runs the sample with them. Undoable.
    void use_own_params();
    /// Those of params_origin() again; runs the sample with them. Undoable.
    void use_run_params();
    void leave_out(std::size_t reference, bool left_out);  ///< undoable, runs again
    /// Live: the newest point wins. `ended`: the move becomes one undo step.
    void move_routing(const r2t2::RoutingMatrix& weights, bool ended);
    void reset_routing();  ///< back to the step's own r; undoable
    void set_hovered_reference(int reference);
    void set_selected_references(std::vector<int> references);
    void request_map(const r2t2::ProjectionRequest& request);
    void request_landscape(std::size_t group, bool truth);
    void cancel_landscape();
    void request_gates();
    void request_knockouts();  ///< of the sample, under its native routing
    void request_pulls();  ///< of the shown routing

Q_SIGNALS:
    void inspectorChanged();
    void listsChanged();
    void listsReadAgain();       ///< of the same session: request() is about the same sample, in a list that may be longer
    void requestChanged();       ///< another sample or question was asked for; the inspection is still the old one
    void inspectionChanged();    ///< new trajectories; trajectoryChanged came just before
    void trajectoryChanged();    ///< another trajectory is followed: of another method, or of a new inspection
    void paramsChanged();
    void whatIfChanged();
    void hoveredReferenceChanged(int reference);
    void selectionChanged();
    void leftOutChanged();
    void mapReady(const r2t2::ProjectionMapPtr& map);
    void landscapeReady(std::size_t group, const r2t2::LandscapeValues& values);
    void gatesReady(const r2t2::MixerView& view);
    void knockoutsReady(const std::vector<r2t2::KnockedAnswer>& rows);
    void pullsReady(const std::vector<r2t2::RoutingMatrix>& pulls);
    void happened(const QString& what);  ///< for the log: what was opened, what was run
    void questionWanted();       ///< what was opened has no question: the user is to type one
    /// Cleared by an empty message.
    void failed(r2t2::ui::ErrorPlace place, const QString& message);

private:
    /// What is asked of a sample, found again by names.
    struct Shown {
        std::string list;
        std::size_t index = 0;
        std::optional<std::string> question, truth;
        std::string facts;
    };
    [[nodiscard]] Shown shown() const;
    void read_samples(const QString& what, First first, const Shown& before);
    void show_again(const Shown& before);
    void replace_lists(std::vector<SampleListPtr> lists);
    void load();
    void load_picture();
    void show_picture();
    void leave_former();
    void tell_refused();
    [[nodiscard]] bool is_inspected() const;
    [[nodiscard]] std::string stored_failure() const;
    struct Told {
        ErrorPlace place = ErrorPlace::Run;
        QString message;
        const SampleList* list = nullptr;
        std::size_t index = 0;
        bool operator==(const Told&) const = default;
    };
    std::optional<Told> told_;  ///< the last failed run that the log has
    void clear_inspection();
    [[nodiscard]] std::vector<MethodParams> methods_to_run() const;
    enum class CursorGoes { Along, ToLast };  ///< Along: it keeps its step, at the last one it stays at the last
    [[nodiscard]] bool params_are_a_runs() const;
    [[nodiscard]] std::optional<MethodParams> origin_params() const;
    void adopt_params();
    void prefer_run_of(const MethodParams& params);
    void follow_again();
    void restore_own_params();
    void apply_params(const MethodParams& params);
    void apply_left_out(std::size_t reference, bool out);
    void push_move(const std::optional<RoutingMatrix>& before, const std::optional<RoutingMatrix>& after);
    void apply_what_if(std::optional<RoutingMatrix> weights);
    void leave_point(int step);
    void keep_point(const RoutingMatrix& moved, bool same_question);
    void ask_what_if(const RoutingMatrix& weights);
    void take_inspection(InspectionPtr inspection);
    void follow(CursorGoes cursor);
    [[nodiscard]] std::size_t followed_among(const std::vector<MethodParams>& methods, const std::vector<std::int64_t>& runs, bool params_known) const;
    [[nodiscard]] MethodParams wanted_params() const;
    [[nodiscard]] const RefusedMethod* refused_run(std::int64_t run) const;
    void clear_errors();
    void fail(ErrorPlace place, const Error& error);

    JobRunner jobs_;
    StepCursor cursor_;
    QUndoStack undo_;
    InspectorOptions options_;
    InspectorPtr inspector_;
    InspectorModule* module_ = nullptr;  ///< that the inspector came from
    InspectorModule* chosen_module_ = nullptr;
    std::vector<SampleListPtr> lists_;
    InspectRequest request_;
    QString asked_;
    QString opened_;
    InspectionPtr inspection_;
    Shown inspected_;  ///< what inspection_ was asked for
    std::optional<SamplePicture> bare_picture_;  ///< of a sample without a question, or that could not be run
    MethodParams params_;
    std::optional<MethodParams> own_params_;     ///< the user's, while params_ are a run's
    Method preferred_ = kLeadingMethod;             ///< followed wherever the sample has it
    std::int64_t preferred_run_ = 0;             ///< likewise, among several of one method; 0: the first
    std::int64_t origin_ = 0;                    ///< run whose parameters params_ are or were; 0: the sample is of no run
    std::size_t method_index_ = 0;
    std::set<std::size_t> left_out_;
    NeighbourNumbers numbers_;
    std::optional<WhatIf> what_if_;
    std::optional<RoutingMatrix> moved_;      ///< where the point is, answered or not
    std::optional<RoutingMatrix> moved_from_;  ///< before the drag that is going on; none = the step's own
    bool moving_ = false;
    struct Asked {
        std::optional<std::string> question, truth;
    };
    std::map<std::pair<const SampleList*, std::size_t>, Asked> own_questions_;  ///< of samples that are open and of no session
    int point_step_ = 0;  ///< where the cursor was last
    int hovered_ = -1;
    std::vector<int> selected_;
};

/// evaluation_of(), as tables call it: what a session's list is of; empty for other lists.
[[nodiscard]] QString evaluation_title(const SampleList& list);
/// The sample's place in a list; size(): it is not there.
[[nodiscard]] std::size_t place_in(const SampleList& list, const std::string& set, const std::string& id);

}  // namespace r2t2::ui
