// Every method, one row each: what else tells methods apart asks the row.
//
// A new method is its header, its source, one row in method_table.cpp and its test: command line, reports, sessions, sweeps, figures and the
// desktop know it by its row. Parameters of its own are rows of parameter_table.cpp under a group that its row names.
// Source: rerouting, "Methods" and "Controls"; a row names its own. Thread rule: constant; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/cancel.h"
#include "core/routing/parameter_table.h"
#include "core/routing/reroute_input.h"

namespace r2t2 {

enum class MethodRole {
    Base,        ///< what the others are compared with; there is one
    Study,       ///< under study: swept, tuned, compared
    Rival,       ///< of other work, without references or truth: swept, tuned and compared where it is named, with no claim of ours
    UpperBound,  ///< sees the label: never a result
    Control      ///< what a gain has to be compared with
};

/// What a method is given of the reference set.
enum class NeighbourNeed {
    None,
    Labelled,           ///< task-space neighbours, prepared with their labels
    RandomLabelled,     ///< as many by chance
    Routing,            ///< the routing of task-space neighbours
    Surfaces,           ///< the losses of task-space neighbours as tables
    ReferenceRoutings   ///< the routing of the whole set, `RerouteInput::routing_points`: it looks for neighbours by itself
};

/// What has been fitted on the reference set before: `RerouteInput::constant`.
enum class ConstantNeed { None, FittedOffset, BestFixed };

/// `TrajectoryStep::objective`.
enum class Objective {
    None,
    NeighbourLoss,  ///< minimised
    OwnLoss,        ///< of the truth, minimised
    QuestionLoss,   ///< of the prompt's own words, minimised
    Indecision,     ///< entropy of the answer's first token, minimised
    Confidence,     ///< of the answer, maximised
    Density         ///< of routings, maximised
};

/// What the steps of a trajectory are.
enum class StepKind {
    Once,     ///< base and result
    Probes,   ///< points of a search, in no order of time
    Path,     ///< towards the result, as many as it takes
    Descent   ///< one a gradient step: the same step of two descents can be compared
};

using RunMethod = Result<Trajectory> (*)(const RoutedModel& model, const RerouteInput& input, const MethodParams& params, const CancelToken& cancel);

struct MethodRow {
    const char* name;         ///< on the command line and in sessions: "kernel-regression"
    const char* alias = "";   ///< read as well: "kr"
    const char* title;        ///< in tables and figures: "kernel regression"; who shows it adds that it is a control or sees the label
    const char* caption;      ///< where one is chosen: "NGD: gradient descent"
    const char* sentence;     ///< what it does, without a stop
    const char* formula = "";
    const char* source = "";  ///< paper and section
    MethodRole role = MethodRole::Study;
    bool ours = false;        ///< under study and not the paper's: said in tables, where it stands beside the paper's
    std::vector<const char*> groups = {};  ///< of parameters that it uses
    NeighbourNeed neighbours = NeighbourNeed::None;
    ConstantNeed constant = ConstantNeed::None;
    bool tuned_gates = false;  ///< it is given `RerouteInput::tuned`
    Objective objective = Objective::None;
    StepKind steps = StepKind::Once;
    std::optional<RoutingMode> forced_mode = std::nullopt;  ///< it has a meaning in this mode only, and is run in it
    std::uint32_t colour = 0x6e6e6e;  ///< 0xRRGGBB in tables, plots and figures; 3 : 1 against white and the dark theme's base
    double dash_offset = 4.0; ///< of dotted lines in figures, so that dots of equal lines stand beside one another
    RunMethod run = nullptr;
    Method method = Method::Base;  ///< its place in the table, which sets it
};

/// In the order of their numbers.
[[nodiscard]] std::span<const MethodRow> method_table();
[[nodiscard]] const MethodRow& method_row(Method method);

/// Under these parameters: mode finding in the task neighbourhood needs the routing of task-space neighbours.
[[nodiscard]] NeighbourNeed neighbour_need(const MethodParams& params);

/// The method is given the routing of its task-space neighbours: NeighbourNeed::Routing, and a descent that begins at their mean.
[[nodiscard]] bool needs_routings(const MethodParams& params);

/// Its neighbours are drawn by chance: a control's by its row, a method's by its parameters.
[[nodiscard]] bool draws_neighbours(const MethodParams& params);

/// The method is given its neighbours' surfaces, and no prepared sample of theirs: NeighbourNeed::Surfaces, and a descent on them.
[[nodiscard]] bool needs_surfaces(const MethodParams& params);

/// Who may be a neighbour: `keep`, and for methods that go to references' routings those whose routing it is that is right.
[[nodiscard]] Keep keep_of(const MethodParams& params);

/// Swept and tuned: under study, or a rival that gets the same chance.
[[nodiscard]] bool is_tuned(Method method);
/// Run where nobody names methods: all but rivals.
[[nodiscard]] bool runs_unnamed(Method method);

/// Of a role, in the table's order.
[[nodiscard]] std::vector<Method> methods_of(MethodRole role);
/// Followed, listed and drawn first where nobody has chosen another.
inline constexpr Method kLeadingMethod = Method::Ngd;

/// The method looks at the parameter.
[[nodiscard]] bool uses_parameter(Method method, const ParameterRow& row);
/// Names of the methods that do, in all_methods()' order.
[[nodiscard]] std::vector<std::string> users_of(const ParameterRow& row);

/// Every step is an answer worth drawing, against those of other methods.
[[nodiscard]] bool draws_steps(Method method);
/// In an evaluation only its first and last step are answered: of a descent that nobody studies the end says all.
[[nodiscard]] bool only_ends_answered(Method method);

/// "loss of the neighbours", and what it is counted in ("nats" or nothing); both empty: there is none.
struct ObjectiveName {
    const char* name;
    const char* unit;
};
[[nodiscard]] ObjectiveName objective_name(Objective objective);
/// Where it is a loss of the sample's own: of what.
[[nodiscard]] std::optional<LossOf> own_loss(Objective objective);

}  // namespace r2t2
