#include "core/routing/method_params.h"

#include "core/base/number_text.h"
#include "core/routing/parameter_table.h"

namespace r2t2 {

namespace {

/// Looked up once for each kind of word.
template <typename T>
const ParameterRow& row_of(const char* name) {
    static const ParameterRow& row = *find_parameter(name);
    return row;
}

/// Words of a row stand in the order of the enumerators.
template <typename T>
std::string word_of(const char* name, T value) {
    return row_of<T>(name).words[static_cast<std::size_t>(value)];
}

template <typename T>
Result<T> enumerator_of(const char* name, const std::string& text) {
    const ParameterRow& row = row_of<T>(name);
    const Result<ParameterValue> word = read_parameter(row, text);
    if (!word) {
        return word.error();
    }
    std::size_t at = 0;
    while (std::get<std::string>(*word) != row.words[at]) {
        ++at;
    }
    return static_cast<T>(at);
}

/// What no parameter says by itself.
Status validate_together(const MethodParams& p, const std::string& where) {
    const bool by_schedule = p.optimiser == Optimiser::Adam;
    if (by_schedule && p.schedule != LearningRateSchedule::Fixed && p.final_lr > p.initial_lr) {
        return invalid_input(where, "final-lr", number_text(p.final_lr), "at most initial-lr");
    }
    if (by_schedule && p.schedule == LearningRateSchedule::Step && p.final_lr == 0.0) {
        return invalid_input(where, "final-lr", "0", "a positive learning rate: the step schedule goes down by equal factors");
    }
    if (p.mode == RoutingMode::Offset && p.frame == OffsetFrame::SharedDelta && p.parametrisation == Parametrisation::Projected) {
        return invalid_input(where, "parametrisation", "projected", "logits, because a shared delta has no simplex");
    }
    return {};
}

}  // namespace

Status validate(const MethodParams& params, const std::string& where) {
    for (const ParameterRow& row : parameter_table()) {
        R2T2_TRY(check_parameter(row, row.access.get(params), where));
    }
    return validate_together(params, where);
}

std::string to_string(RoutingMode value) { return word_of("mode", value); }
std::string to_string(Granularity value) { return word_of("granularity", value); }
std::string to_string(KernelKind value) { return word_of("kernel", value); }
std::string to_string(OffsetFrame value) { return word_of("frame", value); }
std::string to_string(LearningRateSchedule value) { return word_of("schedule", value); }
std::string to_string(Parametrisation value) { return word_of("parametrisation", value); }
std::string to_string(Keep value) { return word_of("keep", value); }
std::string to_string(ReferenceRouting value) { return word_of("reference-routing", value); }

Result<RoutingMode> parse_routing_mode(const std::string& text) { return enumerator_of<RoutingMode>("mode", text); }
Result<Granularity> parse_granularity(const std::string& text) { return enumerator_of<Granularity>("granularity", text); }
Result<KernelKind> parse_kernel_kind(const std::string& text) { return enumerator_of<KernelKind>("kernel", text); }
Result<OffsetFrame> parse_offset_frame(const std::string& text) { return enumerator_of<OffsetFrame>("frame", text); }
Result<LearningRateSchedule> parse_learning_rate_schedule(const std::string& text) {
    return enumerator_of<LearningRateSchedule>("schedule", text);
}
Result<Parametrisation> parse_parametrisation(const std::string& text) { return enumerator_of<Parametrisation>("parametrisation", text); }

}  // namespace r2t2
