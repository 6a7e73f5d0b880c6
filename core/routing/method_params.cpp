#include "core/routing/method_params.h"

#include <array>
#include <cmath>
#include <utility>

namespace r2t2 {

namespace {

template <typename T>
using Named = std::pair<T, const char*>;

constexpr std::array<Named<Method>, 9> methods = {{{Method::Base, "base"},
                                                   {Method::ModeFinding, "mode-finding"},
                                                   {Method::KernelRegression, "kernel-regression"},
                                                   {Method::Ngd, "ngd"},
                                                   {Method::Oracle, "oracle"},
                                                   {Method::RandomNeighbours, "random-neighbours"},
                                                   {Method::ConstantOffset, "constant-offset"},
                                                   {Method::OwnMean, "own-mean"},
                                                   {Method::BestFixed, "best-fixed"}}};
constexpr std::array<Named<RoutingMode>, 2> modes = {{{RoutingMode::Fixed, "fixed"}, {RoutingMode::Offset, "offset"}}};
constexpr std::array<Named<Granularity>, 2> granularities = {
    {{Granularity::Shared, "shared"}, {Granularity::PerMixer, "per-mixer"}}};
constexpr std::array<Named<OffsetFrame>, 2> frames = {
    {{OffsetFrame::Target, "target"}, {OffsetFrame::SharedDelta, "shared-delta"}}};
constexpr std::array<Named<LearningRateSchedule>, 3> schedules = {{{LearningRateSchedule::Cosine, "cosine"},
                                                                   {LearningRateSchedule::Step, "step"},
                                                                   {LearningRateSchedule::Fixed, "fixed"}}};
constexpr std::array<Named<Parametrisation>, 2> parametrisations = {
    {{Parametrisation::Logits, "logits"}, {Parametrisation::Projected, "projected"}}};

template <typename T, std::size_t N>
std::string name_of(const std::array<Named<T>, N>& names, T value) {
    for (const auto& [candidate, name] : names) {
        if (candidate == value) {
            return name;
        }
    }
    return {};
}

template <typename T, std::size_t N>
Result<T> parse(const std::array<Named<T>, N>& names, const std::string& option, const std::string& text) {
    std::string allowed;
    for (const auto& [value, name] : names) {
        if (text == name) {
            return value;
        }
        allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    }
    return invalid_input({}, option, "'" + text + "'", allowed);
}

template <typename T>
Status require(bool ok, const std::string& where, const char* option, T found, const char* allowed) {
    return ok ? Status{} : Status(invalid_input(where, option, std::to_string(found), allowed));
}

bool positive(double value) {
    return std::isfinite(value) && value > 0.0;
}

Status validate_rates(const MethodParams& p, const std::string& where) {
    R2T2_TRY(require(positive(p.initial_lr), where, "initial-lr", p.initial_lr, "a positive learning rate"));
    R2T2_TRY(require(std::isfinite(p.final_lr) && p.final_lr >= 0.0, where, "final-lr", p.final_lr,
                     "0 or a positive learning rate"));
    if (p.schedule != LearningRateSchedule::Fixed) {
        R2T2_TRY(require(p.final_lr <= p.initial_lr, where, "final-lr", p.final_lr, "at most initial-lr"));
    }
    if (p.schedule == LearningRateSchedule::Step) {
        R2T2_TRY(require(p.final_lr > 0.0, where, "final-lr", p.final_lr,
                         "a positive learning rate: the step schedule goes down by equal factors"));
    }
    return {};
}

}  // namespace

Status validate(const MethodParams& p, const std::string& where) {
    R2T2_TRY(require(p.k >= 1, where, "k", p.k, "1 or more neighbours"));
    if (p.epsilon) {
        R2T2_TRY(require(positive(*p.epsilon) && *p.epsilon <= 2.0, where, "epsilon", *p.epsilon,
                         "a cosine distance above 0, at most 2"));
    }
    R2T2_TRY(validate(p.kernel, where));
    R2T2_TRY(require(p.steps >= 1, where, "steps", p.steps, "1 or more"));
    R2T2_TRY(validate_rates(p, where));
    if (p.mode == RoutingMode::Offset && p.frame == OffsetFrame::SharedDelta &&
        p.parametrisation == Parametrisation::Projected) {
        return invalid_input(where, "parametrisation", "projected", "logits, because a shared delta has no simplex");
    }
    R2T2_TRY(require(p.alpha_grid >= 2, where, "alpha-grid", p.alpha_grid, "2 or more"));
    R2T2_TRY(require(p.alpha_refinements >= 0, where, "alpha-refinements", p.alpha_refinements, "0 or more"));
    R2T2_TRY(require(positive(p.eta) && p.eta <= 1.0, where, "eta", p.eta, "above 0, at most 1"));
    R2T2_TRY(require(positive(p.tolerance), where, "tolerance", p.tolerance, "a positive number"));
    R2T2_TRY(require(p.max_shifts >= 1, where, "max-shifts", p.max_shifts, "1 or more"));
    if (p.routing_bandwidth) {
        R2T2_TRY(require(positive(*p.routing_bandwidth), where, "routing-bandwidth", *p.routing_bandwidth,
                         "a positive number, or none"));
    }
    return {};
}

const std::vector<Method>& all_methods() {
    static const std::vector<Method> list = [] {
        std::vector<Method> out;
        for (const auto& [method, name] : methods) {
            out.push_back(method);
        }
        return out;
    }();
    return list;
}

std::string to_string(Method value) {
    return name_of(methods, value);
}
std::string to_string(RoutingMode value) {
    return name_of(modes, value);
}
std::string to_string(Granularity value) {
    return name_of(granularities, value);
}
std::string to_string(OffsetFrame value) {
    return name_of(frames, value);
}
std::string to_string(LearningRateSchedule value) {
    return name_of(schedules, value);
}
std::string to_string(Parametrisation value) {
    return name_of(parametrisations, value);
}

Result<Method> parse_method(const std::string& text) {
    if (text == "mf") {
        return Method::ModeFinding;
    }
    if (text == "kr") {
        return Method::KernelRegression;
    }
    return parse(methods, "method", text);
}
Result<RoutingMode> parse_routing_mode(const std::string& text) {
    return parse(modes, "mode", text);
}
Result<Granularity> parse_granularity(const std::string& text) {
    return parse(granularities, "granularity", text);
}
Result<OffsetFrame> parse_offset_frame(const std::string& text) {
    return parse(frames, "offset-frame", text);
}
Result<LearningRateSchedule> parse_learning_rate_schedule(const std::string& text) {
    return parse(schedules, "lr-schedule", text);
}
Result<Parametrisation> parse_parametrisation(const std::string& text) {
    return parse(parametrisations, "parametrisation", text);
}

}  // namespace r2t2
