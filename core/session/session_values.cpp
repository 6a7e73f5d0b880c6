#include "core/session/session_values.h"

#include <array>
#include <charconv>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"

namespace r2t2 {

std::string to_string(RunState state) {
    switch (state) {
        case RunState::Running:
            return "running";
        case RunState::Finished:
            return "finished";
        case RunState::Cancelled:
            return "cancelled";
        case RunState::Failed:
            return "failed";
    }
    return "running";
}

namespace session_values {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Reading JSON of a foreign file: any surprise becomes one error.
template <typename T, typename Read>
Result<T> parse(const std::string& text, const std::string& where, const char* allowed, Read read) {
    const Result<Json> json = parse_ordered_json(text, where);
    if (!json) {
        return invalid_input(where, "JSON", text.substr(0, 60), allowed);
    }
    try {
        return read(*json);
    } catch (const nlohmann::json::exception&) {
        return invalid_input(where, "JSON", text.substr(0, 60), allowed);
    }
}

}  // namespace

std::string space_to_json(const RoutingSpace& space) {
    Json groups = Json::array();
    for (const ExpertGroup& group : space.groups) {
        groups.push_back({{"name", group.name}, {"experts", group.experts}});
    }
    return dump({{"mixers", space.mixers}, {"groups", std::move(groups)}});
}

Result<RoutingSpace> space_from_json(const std::string& text, const std::string& where) {
    return parse<RoutingSpace>(text, where, "{mixers, groups: [{name, experts}]}", [](const Json& json) {
        RoutingSpace space;
        space.mixers = json.at("mixers").get<std::size_t>();
        for (const Json& group : json.at("groups")) {
            space.groups.push_back(
                {group.at("name").get<std::string>(), group.at("experts").get<std::vector<std::string>>()});
        }
        return space;
    });
}

std::string texts_to_json(const std::map<std::string, std::string>& texts) {
    Json json = Json::object();
    for (const auto& [key, value] : texts) {
        json[key] = value;
    }
    return dump(json);
}

Result<std::map<std::string, std::string>> texts_from_json(const std::string& text, const std::string& where) {
    return parse<std::map<std::string, std::string>>(text, where, "an object of texts", [](const Json& json) {
        std::map<std::string, std::string> texts;
        for (const auto& [key, value] : json.items()) {
            texts[key] = value.template get<std::string>();
        }
        return texts;
    });
}

std::string list_to_json(const std::vector<std::string>& texts) {
    return dump(Json(texts));
}

Result<std::vector<std::string>> list_from_json(const std::string& text, const std::string& where) {
    return parse<std::vector<std::string>>(text, where, "a list of texts",
                                           [](const Json& json) { return json.get<std::vector<std::string>>(); });
}

std::string tokens_to_json(const std::vector<std::int32_t>& tokens) {
    return dump(Json(tokens));
}

Result<std::vector<std::int32_t>> tokens_from_json(const std::string& text, const std::string& where) {
    return parse<std::vector<std::int32_t>>(text, where, "a list of numbers",
                                            [](const Json& json) { return json.get<std::vector<std::int32_t>>(); });
}

std::string candidates_to_json(const std::vector<AnswerCandidate>& candidates) {
    Json json = Json::array();
    for (const AnswerCandidate& candidate : candidates) {
        json.push_back({{"text", candidate.text}, {"p", candidate.probability}});
    }
    return dump(json);
}

Result<std::vector<AnswerCandidate>> candidates_from_json(const std::string& text, const std::string& where) {
    return parse<std::vector<AnswerCandidate>>(text, where, "[{text, p}]", [](const Json& json) {
        std::vector<AnswerCandidate> candidates;
        for (const Json& one : json) {
            candidates.push_back({one.at("text").get<std::string>(), one.at("p").get<double>()});
        }
        return candidates;
    });
}

std::string weights_to_json(const RoutingMatrix& weights) {
    std::string text = "[";
    for (std::size_t e = 0; e < weights.experts(); ++e) {
        double mean = 0.0;
        for (std::size_t row = 0; row < weights.rows(); ++row) {
            mean += weights(row, e) / static_cast<double>(weights.rows());
        }
        std::array<char, 32> number{};
        const auto written = std::to_chars(number.data(), number.data() + number.size(), mean, std::chars_format::general, 6);
        text += e == 0 ? "" : ",";
        text.append(number.data(), written.ptr);
    }
    return text + "]";
}

Result<RoutingMatrix> matrix_of(std::vector<double> numbers, const RoutingSpace& space, const std::string& where,
                                const std::string& field) {
    const std::size_t experts = space.expert_count();
    const std::size_t rows = experts == 0 ? 0 : numbers.size() / experts;
    if (experts == 0 || numbers.size() != rows * experts || (rows != 1 && rows != space.mixers)) {
        return invalid_input(where, field, std::to_string(numbers.size()) + " numbers",
                             std::to_string(experts) + " or " + std::to_string(experts * space.mixers));
    }
    return RoutingMatrix(rows, experts, std::move(numbers));
}

std::string correct_by_step(const Trajectory& trajectory) {
    std::string text;
    for (const TrajectoryStep& step : trajectory.steps) {
        text += step.correct ? (*step.correct ? '1' : '0') : '?';
    }
    return text;
}

std::optional<bool> correct_of(char character) {
    return character == '?' ? std::nullopt : std::optional(character == '1');
}

std::string_view variable_text(OptimisedVariable variable) {
    switch (variable) {
        case OptimisedVariable::None:
            return "none";
        case OptimisedVariable::Logits:
            return "logits";
        case OptimisedVariable::Weights:
            return "weights";
        case OptimisedVariable::Delta:
            return "delta";
    }
    return "none";
}

std::optional<OptimisedVariable> variable_of(std::string_view text) {
    for (const auto variable :
         {OptimisedVariable::None, OptimisedVariable::Logits, OptimisedVariable::Weights, OptimisedVariable::Delta}) {
        if (variable_text(variable) == text) {
            return variable;
        }
    }
    return std::nullopt;
}

std::optional<RunState> state_of(std::string_view text) {
    for (const auto state : {RunState::Running, RunState::Finished, RunState::Cancelled, RunState::Failed}) {
        if (to_string(state) == text) {
            return state;
        }
    }
    return std::nullopt;
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

}  // namespace session_values

}  // namespace r2t2
