#include "core/routing/parameter_table.h"

#include <array>

namespace r2t2 {

namespace {

using P = MethodParams;
using Low = ParameterRange::Low;
using Kind = ParameterKind;
using Value = ParameterValue;

constexpr double kMost = 1'000'000;  // of everything that is counted
constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// Words, in the order of their enumerators.
constexpr std::array kModes = {"fixed", "offset"};
constexpr std::array kGranularities = {"shared", "per-mixer"};
constexpr std::array kTokens = {"all", "last"};
constexpr std::array kKernels = {"gaussian", "linear", "polynomial", "matern-3/2"};
constexpr std::array kFrames = {"target", "shared-delta"};
constexpr std::array kSchedules = {"cosine", "step", "fixed"};
constexpr std::array kParametrisations = {"logits", "projected"};
constexpr std::array kOptimisers = {"adam", "quasi-newton"};
constexpr std::array kResults = {"last", "best"};
constexpr std::array kStarts = {"native", "kernel-regression"};
constexpr std::array kKeeps = {"base-right", "refined-right"};
constexpr std::array kReferenceRoutings = {"native", "refined"};
constexpr std::array kMixings = {"confidence", "similarity", "none"};
constexpr std::array kNeighbourChoices = {"nearest", "random", "shuffled"};
constexpr std::array kNeighbourLosses = {"model", "surface"};
constexpr std::array kSurfaceRules = {"best-node", "node-mean"};
constexpr std::array kModeNeighbourhoods = {"routing", "task"};

/// The field that a path of member pointers leads to.
template <auto... Path, typename Params>
auto& field_at(Params& params) {
    return (params.* ... .*Path);
}

template <auto... Path>
constexpr ParameterAccess as_count{
    [](const P& p) -> Value { return static_cast<std::int64_t>(field_at<Path...>(p)); },
    [](P& p, const Value& value) {
        auto& field = field_at<Path...>(p);
        field = static_cast<std::remove_reference_t<decltype(field)>>(std::get<std::int64_t>(value));
    }};

template <auto... Path>
constexpr ParameterAccess as_number{[](const P& p) -> Value { return field_at<Path...>(p); },
                                    [](P& p, const Value& value) { field_at<Path...>(p) = std::get<double>(value); }};

template <auto... Path>
constexpr ParameterAccess as_optional{
    [](const P& p) -> Value { return field_at<Path...>(p) ? Value(*field_at<Path...>(p)) : Value(); },
    [](P& p, const Value& value) {
        const auto* stated = std::get_if<double>(&value);
        field_at<Path...>(p) = stated != nullptr ? std::optional(*stated) : std::nullopt;
    }};

template <const auto& Words, auto... Path>
constexpr ParameterAccess as_word{
    [](const P& p) -> Value { return std::string(Words[static_cast<std::size_t>(field_at<Path...>(p))]); },
    [](P& p, const Value& value) {
        auto& field = field_at<Path...>(p);
        for (std::size_t i = 0; i < Words.size(); ++i) {
            if (std::get<std::string>(value) == Words[i]) {
                field = static_cast<std::remove_reference_t<decltype(field)>>(i);
            }
        }
    }};

template <typename Words>
std::vector<const char*> list(const Words& words) {
    return {words.begin(), words.end()};
}

bool shifts_in_task_space(const P& params) { return params.mode_neighbourhood == ModeNeighbourhood::Task; }
/// Mode finding looks for neighbours in task space only where it is told to.
bool looks_in_task_space(const P& params) { return params.method != Method::ModeFinding || shifts_in_task_space(params); }
bool goes_by_schedule(const P& params) { return params.optimiser == Optimiser::Adam; }
/// Gradient descent goes to references' routings only where it begins at their mean.
bool goes_to_routings(const P& params) {
    return (params.method != Method::Ngd && params.method != Method::RandomNeighbours) || params.start == DescentStart::KernelRegression;
}
bool searches_alpha(const P& params) { return params.mixing == Mixing::Confidence; }
bool is_polynomial(const P& params) { return params.kernel.kind == KernelKind::Polynomial; }

std::vector<ParameterRow> parameter_rows() {
    return {
        {.name = "mode", .field = "mode", .group = "routing", .label = "mode", .title = "mode", .caption = "Mode", .box = "mode",
         .help = "offset: every token keeps its gate logits and adds \u0394 = log r \u2212 log r\u2080; fixed: every token uses r itself, as in the paper",
         .kind = Kind::Word, .words = list(kModes), .access = as_word<kModes, &P::mode>},
        {.name = "granularity", .field = "granularity", .group = "routing", .label = "granularity", .title = "granularity", .caption = "Granularity",
         .box = "granularity", .help = "shared: one r for all mixers, as in the paper; per-mixer: one r for each mixer", .kind = Kind::Word,
         .words = list(kGranularities), .access = as_word<kGranularities, &P::granularity>},
        {.name = "critical-mixers", .field = "critical_mixers", .group = "routing", .label = "mixers", .title = "mixers that are re-routed", .caption = "Last mixers",
         .box = "criticalMixers", .help = "so many of the last mixers are re-routed, those before them keep their gates; 0: all", .source = "after C3PO (arXiv 2504.07964)",
         .unit = "mixers", .kind = Kind::Whole, .range = {0, kMost}, .lowest = "all", .access = as_count<&P::critical_mixers>},
        {.name = "core-experts", .field = "core_experts", .group = "routing", .label = "core experts", .title = "experts that are re-routed", .caption = "Core experts",
         .box = "coreExperts",
         .help = "so many experts of each group are re-routed, those that weigh most in the sample's own r\u2080: the gate logits of the others are not touched; 0: all",
         .source = "after C3PO (arXiv 2504.07964)", .unit = "experts", .kind = Kind::Whole, .range = {0, kMost}, .lowest = "all",
         .applies = [](const P& p) { return p.mode == RoutingMode::Offset; }, .access = as_count<&P::core_experts>},
        {.name = "tokens", .field = "tokens", .group = "routing", .label = "tokens", .title = "tokens that are re-routed", .caption = "Tokens", .box = "routedTokens",
         .help = "all: every token; last: the prompt's last alone, at which the answer begins, and no image token", .source = "after C3PO (arXiv 2504.07964)",
         .kind = Kind::Word, .words = list(kTokens), .access = as_word<kTokens, &P::tokens>},

        {.name = "num-neighbors", .aliases = {"k"}, .field = "num_neighbors", .group = "neighbourhood", .label = "k", .title = "neighbours k",
         .caption = "k", .box = "k", .help = "neighbours in task space: the references nearest by the cosine of the embeddings of picture and question",
         .source = kR2t2Paper, .unit = "references", .kind = Kind::Whole, .range = {1, kMost}, .applies = looks_in_task_space,
         .access = as_count<&P::k>},
        {.name = "epsilon", .field = "epsilon", .group = "neighbourhood", .label = "epsilon", .title = "\u03b5", .caption = "epsilon", .box = "epsilon",
         .help = "instead of k all references with 1 \u2212 cosine \u2264 epsilon, at most 50; an empty ball keeps the base answer",
         .source = kR2t2Paper, .unit = "1 \u2212 cosine", .kind = Kind::OptionalNumber, .range = {0.0, 2.0, Low::Open}, .none = "none",
         .replaces = "num-neighbors", .suggested = 0.6, .arrow = 0.05, .applies = looks_in_task_space, .access = as_optional<&P::epsilon>},
        {.name = "bandwidth", .field = "bandwidth", .group = "neighbourhood", .label = "bandwidth", .title = "bandwidth h", .caption = "Bandwidth h",
         .box = "bandwidth", .help = "h of the kernel in task space; median: the median neighbour distance", .source = kR2t2Paper, .unit = "distance",
         .kind = Kind::OptionalNumber, .range = {0.0, kUnbounded, Low::Open}, .none = "median", .lowest = "median distance", .arrow = 0.05,
         .applies = [](const P& p) { return uses_distance(p.kernel.kind) && looks_in_task_space(p); },
         .access = as_optional<&P::kernel, &KernelParams::bandwidth>},

        {.name = "neighbour-choice", .field = "neighbour_choice", .group = "neighbourhood", .label = "neighbours", .title = "choice of the neighbours",
         .caption = "Neighbours", .box = "neighbourChoice",
         .help = "nearest: in task space, as in the paper; random: as many drawn by chance; shuffled: the nearest, each with routing, loss and label of another "
                 "reference. The last two are controls of whatever method uses neighbours",
         .kind = Kind::Word, .words = list(kNeighbourChoices),
         .applies = [](const P& p) { return looks_in_task_space(p) && p.method != Method::RandomNeighbours; }, .access = as_word<kNeighbourChoices, &P::neighbour_choice>},
        {.name = "reference-size", .field = "reference_size", .group = "neighbourhood", .label = "references", .title = "size of the reference set",
         .caption = "Out of", .box = "referenceSize",
         .help = "so many of the references that may be neighbours are looked among, drawn by the seed, a smaller number from a larger one; 0: all", .unit = "references",
         .kind = Kind::Whole, .range = {0, kMost}, .lowest = "all", .access = as_count<&P::reference_size>},

        {.name = "keep", .field = "keep", .group = "reference set", .label = "keep", .title = "references kept", .caption = "References", .box = "keep",
         .help = "whose loss counts: base-right, references that the base model answers rightly, as in the paper; refined-right, those that it answers "
                 "rightly under their refined routing, answered wrongly before among them",
         .kind = Kind::Word, .words = list(kKeeps), .access = as_word<kKeeps, &P::keep>},
        {.name = "reference-routing", .field = "reference_routing", .group = "reference routing", .label = "reference routing",
         .title = "routing of the references", .caption = "Their routing", .box = "referenceRouting",
         .help = "native: r\u2080, what the gates did, of references that the base model answers rightly, as in the paper; refined: r*, where a descent on the "
                 "reference's own label ended, of those answered rightly under it (r2t2 reference refine)",
         .source = "kNN-MoE (arXiv 2601.02144), refined by R2-T2's own descent", .kind = Kind::Word, .words = list(kReferenceRoutings),
         .applies = goes_to_routings, .access = as_word<kReferenceRoutings, &P::reference_routing>},

        {.name = "kernel", .field = "kernel", .group = "kernel", .label = "kernel", .title = "kernel", .caption = "Kernel", .box = "kernel",
         .help = "how much a neighbour counts: gaussian exp(\u2212d\u00b2 / 2h\u00b2), linear s, polynomial (s + c)^degree, "
                 "Mat\u00e9rn-3/2 (1 + \u221a3 d/h) exp(\u2212\u221a3 d/h)",
         .source = kR2t2Paper, .kind = Kind::Word, .words = list(kKernels), .word_aliases = {{"matern32", "matern-3/2"}},  // without the slash: usable in file names
         .access = as_word<kKernels, &P::kernel, &KernelParams::kind>},
        {.name = "kernel-degree", .field = "degree", .group = "kernel", .label = "degree", .title = "degree of the kernel", .caption = "Degree",
         .box = "kernelDegree", .help = "degree of the polynomial kernel (s + c)^degree", .source = kR2t2Paper, .kind = Kind::Whole, .range = {1, 16},
         .applies = is_polynomial, .access = as_count<&P::kernel, &KernelParams::degree>},
        {.name = "kernel-constant", .field = "constant", .group = "kernel", .label = "constant", .title = "constant of the kernel",
         .caption = "Constant c", .box = "kernelConstant", .help = "c of the polynomial kernel (s + c)^degree", .source = kR2t2Paper, .arrow = 0.25,
         .applies = is_polynomial, .access = as_number<&P::kernel, &KernelParams::constant>},

        {.name = "frame", .field = "frame", .group = "descent", .label = "frame", .title = "frame", .caption = "Neighbours get", .box = "frame",
         .help = "in offset mode, target: everybody goes to the same r; shared-delta: everybody adds the same \u0394", .kind = Kind::Word,
         .words = list(kFrames), .applies = [](const P& p) { return p.mode == RoutingMode::Offset; }, .access = as_word<kFrames, &P::frame>},
        {.name = "num-steps", .aliases = {"steps"}, .field = "num_steps", .group = "descent", .label = "steps", .title = "steps", .caption = "Steps",
         .box = "steps", .help = "steps of the descent", .source = kR2t2Paper, .kind = Kind::Whole, .range = {1, kMost}, .access = as_count<&P::steps>},
        {.name = "initial-lr", .aliases = {"lr"}, .field = "initial_lr", .group = "descent", .label = "lr", .title = "initial learning rate",
         .caption = "First rate", .box = "initialRate", .help = "learning rate of the first step; cosine: final + (initial \u2212 final)(1 + cos \u03c0t/T) / 2; "
                                                                             "quasi-newton: the longest that a number moves in a step",
         .source = kR2t2Paper, .range = {0.0, kUnbounded, Low::Open}, .arrow = 0.0, .gentler = Gentler::Lower, .access = as_number<&P::initial_lr>},
        {.name = "final-lr", .field = "final_lr", .group = "descent", .label = "final lr", .title = "final learning rate", .caption = "Last rate",
         .box = "finalRate", .help = "learning rate that the schedule ends at", .source = kR2t2Paper, .arrow = 0.0,
         .gentler = Gentler::Lower, .applies = [](const P& p) { return goes_by_schedule(p) && p.schedule != LearningRateSchedule::Fixed; },
         .access = as_number<&P::final_lr>},
        {.name = "schedule", .field = "schedule", .group = "descent", .label = "schedule", .title = "learning rate schedule", .caption = "Schedule",
         .box = "schedule", .help = "of the learning rate: cosine as in the paper, three equal stages, or fixed", .source = kR2t2Paper, .kind = Kind::Word,
         .words = list(kSchedules), .applies = goes_by_schedule, .access = as_word<kSchedules, &P::schedule>},
        {.name = "parametrisation", .field = "parametrisation", .group = "descent", .label = "parametrisation", .title = "parametrisation",
         .caption = "Descend on", .box = "parametrisation", .help = "logits: r = softmax(z); projected: r itself, put back on its simplex after every step",
         .kind = Kind::Word, .words = list(kParametrisations), .scales = "initial-lr", .access = as_word<kParametrisations, &P::parametrisation>},
        {.name = "optimiser", .field = "optimiser", .group = "descent", .label = "optimiser", .title = "optimiser", .caption = "Optimiser",
         .box = "optimiser",
         .help = "adam, as in the paper; quasi-newton: a damped BFGS step in the free numbers of r, a step that makes the objective worse taken back; "
                 "a loss and a gradient each, as with adam",
         .source = "adam: R2-T2 (arXiv 2502.20395), section 3; quasi-newton: Powell 1978, Nocedal and Wright 2006, procedure 18.2", .kind = Kind::Word,
         .words = list(kOptimisers), .scales = "initial-lr", .access = as_word<kOptimisers, &P::optimiser>},
        {.name = "stop-change", .field = "stop_change", .group = "descent", .label = "stop at change", .title = "change that ends the descent",
         .caption = "Stop at change", .box = "stopChange",
         .help = "the descent ends where a step changes the objective by less than this; steps after it are not made, and its answer stands for them",
         .unit = "nats", .kind = Kind::OptionalNumber, .range = {0.0, kUnbounded, Low::Open}, .none = "none", .lowest = "never", .arrow = 0.0,
         .access = as_optional<&P::stop_change>},
        {.name = "result", .field = "result", .group = "descent", .label = "result", .title = "result of the descent", .caption = "Result", .box = "descentResult",
         .help = "last: where the descent ended, as in the paper; best: its state of the least objective, which then stands in the place of the last; the last one's objective "
                 "costs a loss where it would not have been looked at",
         .kind = Kind::Word, .words = list(kResults), .access = as_word<kResults, &P::result>},

        {.name = "start", .field = "start", .group = "neighbours' descent", .label = "start", .title = "start of the descent", .caption = "Start",
         .box = "start",
         .help = "native: at r\u2080, as in the paper; kernel-regression: the first step goes to the neighbours' weighted mean routing (reference-routing says "
                 "which), without a pass",
         .kind = Kind::Word, .words = list(kStarts), .access = as_word<kStarts, &P::start>},
        {.name = "neighbour-loss", .field = "neighbour_loss", .group = "neighbours' descent", .label = "neighbour loss", .title = "neighbours' losses",
         .caption = "Their losses", .box = "neighbourLoss",
         .help = "model: the neighbours' own, as in the paper, a forward and a backward pass each and step; surface: their response surfaces say them "
                 "(r2t2 reference surfaces), no pass",
         .kind = Kind::Word, .words = list(kNeighbourLosses), .access = as_word<kNeighbourLosses, &P::neighbour_losses>},
        {.name = "stop-margin", .field = "stop_margin", .group = "neighbours' descent", .label = "stop at margin", .title = "margin that ends the descent",
         .caption = "Stop at margin", .box = "stopMargin",
         .help = "the descent ends where the probabilities of the answer's two most probable first tokens are at least this far apart, before its first "
                 "step too; steps after it are not made, and its answer stands for them",
         .unit = "probability", .kind = Kind::OptionalNumber, .range = {0.0, 1.0, Low::Open}, .none = "none", .lowest = "never", .arrow = 0.05,
         .access = as_optional<&P::stop_margin>},

        {.name = "mixing", .field = "mixing", .group = "line search", .label = "mixing", .title = "mixing", .caption = "Mixing", .box = "mixing",
         .help = "how far to go: confidence, where the model is most confident, as in the paper; similarity, 1 \u2212 \u03b1 = the neighbours' mean similarity; "
                 "none, all the way (\u03b1 = 0). The last two cost one pass",
         .source = "confidence: R2-T2 (arXiv 2502.20395), section 3; similarity: kNN-MoE (arXiv 2601.02144)", .kind = Kind::Word, .words = list(kMixings),
         .access = as_word<kMixings, &P::mixing>},
        {.name = "alpha-grid", .field = "alpha_grid", .group = "line search", .label = "alphas", .title = "alphas tried at first",
         .caption = "\u03b1 grid", .box = "alphaGrid", .help = "values of \u03b1 tried at first, in one batch, both ends included", .source = kR2t2Paper,
         .kind = Kind::Whole, .range = {2, kMost}, .applies = searches_alpha, .access = as_count<&P::alpha_grid>},
        {.name = "alpha-refinements", .field = "alpha_refinements", .group = "line search", .label = "refinements", .title = "refinements of alpha",
         .caption = "\u03b1 refinements", .box = "alphaRefinements", .help = "halvings of the bracket around the best \u03b1, two probes each; 0: the grid alone",
         .kind = Kind::Whole, .range = {0, kMost}, .applies = searches_alpha, .access = as_count<&P::alpha_refinements>},

        {.name = "surface-rule", .field = "surface_rule", .group = "surfaces", .label = "surface rule", .title = "rule on the surface", .caption = "Goes to",
         .box = "surfaceRule",
         .help = "best-node: the node where the neighbours' mean loss is least; node-mean: the mean of all nodes under exp(\u2212loss / temperature)",
         .kind = Kind::Word, .words = list(kSurfaceRules), .access = as_word<kSurfaceRules, &P::surface_rule>},
        {.name = "surface-temperature", .field = "surface_temperature", .group = "surfaces", .label = "temperature", .title = "temperature on the surface",
         .caption = "Temperature", .box = "surfaceTemperature", .help = "T of the nodes' mean: a node that is T nats worse counts a factor e less",
         .unit = "nats", .range = {0.0, kUnbounded, Low::Open}, .arrow = 0.0,
         .applies = [](const P& p) { return p.surface_rule == SurfaceRule::NodeMean; }, .access = as_number<&P::surface_temperature>},

        {.name = "mode-neighbourhood", .field = "mode_neighbourhood", .group = "mean shift", .label = "mode neighbourhood", .title = "mode neighbourhood",
         .caption = "Mode of", .box = "modeNeighbourhood",
         .help = "routing: of the references nearest in routing space, as in the paper; task: of the task-space neighbours (at least 10), weighted by both "
                 "kernels, from their mean",
         .kind = Kind::Word, .words = list(kModeNeighbourhoods), .access = as_word<kModeNeighbourhoods, &P::mode_neighbourhood>},
        {.name = "eta", .field = "eta", .group = "mean shift", .label = "eta", .title = "eta", .caption = "\u03b7", .box = "eta",
         .help = "step towards the mean, r \u2190 r + \u03b7 (m(r) \u2212 r)", .source = kR2t2Paper, .range = {0.0, 1.0, Low::Open}, .arrow = 0.05,
         .gentler = Gentler::Lower, .access = as_number<&P::eta>},
        {.name = "tolerance", .field = "tolerance", .group = "mean shift", .label = "tolerance", .title = "tolerance", .caption = "Tolerance",
         .box = "tolerance", .help = "the shift ends when a step is shorter than this", .source = kR2t2Paper, .unit = "distance of routings",
         .range = {0.0, kUnbounded, Low::Open}, .arrow = 0.0, .access = as_number<&P::tolerance>},
        {.name = "max-shifts", .field = "max_shifts", .group = "mean shift", .label = "shifts", .title = "most shifts", .caption = "Most shifts",
         .box = "maxShifts", .help = "steps after which the shift ends in any case", .kind = Kind::Whole, .range = {1, kMost},
         .access = as_count<&P::max_shifts>},
        {.name = "routing-neighbors", .aliases = {"routing-k"}, .field = "routing_k", .group = "mean shift", .label = "routing k",
         .title = "routing-space neighbours", .caption = "Routing k", .box = "routingK", .help = "neighbours in routing space; 0: the whole reference set",
         .source = kR2t2Paper, .unit = "references", .kind = Kind::Whole, .range = {0, kMost}, .lowest = "all",
         .applies = [](const P& p) { return !shifts_in_task_space(p); }, .access = as_count<&P::routing_k>},
        {.name = "routing-bandwidth", .field = "routing_bandwidth", .group = "mean shift", .label = "routing bandwidth",
         .title = "routing-space bandwidth", .caption = "Routing h", .box = "routingBandwidth",
         .help = "h of the kernel in routing space; median: the median distance of the start's neighbours, in the task neighbourhood that of all its pairs", .source = kR2t2Paper,
         .unit = "distance of routings", .kind = Kind::OptionalNumber, .range = {0.0, kUnbounded, Low::Open}, .none = "median",
         .lowest = "median distance", .arrow = 0.05, .applies = [](const P& p) { return uses_distance(p.kernel.kind); },
         .access = as_optional<&P::routing_bandwidth>},
    };
}

}  // namespace

const std::vector<ParameterRow>& parameter_table() {
    static const std::vector<ParameterRow> table = parameter_rows();
    return table;
}

}  // namespace r2t2
