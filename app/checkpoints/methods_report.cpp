#include "app/checkpoints/methods_report.h"

#include <algorithm>
#include <cmath>

#include "core/json/parse_json.h"
#include "core/routing/method_params_json.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

const char* role_text(MethodRole role) {
    switch (role) {
        case MethodRole::Base:
            return "base";
        case MethodRole::Study:
            return "method";
        case MethodRole::Rival:
            return "rival (of other work)";
        case MethodRole::UpperBound:
            return "upper bound (sees the label)";
        case MethodRole::Control:
            break;
    }
    return "control";
}

const char* neighbours_text(NeighbourNeed need) {
    switch (need) {
        case NeighbourNeed::None:
            return "none";
        case NeighbourNeed::Labelled:
            return "prepared, with labels";
        case NeighbourNeed::RandomLabelled:
            return "drawn by chance, prepared, with labels";
        case NeighbourNeed::Routing:
            return "their routings";
        case NeighbourNeed::Surfaces:
            return "their response surfaces";
        case NeighbourNeed::ReferenceRoutings:
            break;
    }
    return "the routings of the whole reference set";
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
}

std::string option_text(const ParameterRow& row) {
    std::string text = "--" + std::string(row.name);
    for (const std::string alias : row.aliases) {
        text += alias.size() == 1 ? ", -" + alias : ", --" + alias;
    }
    return text;
}

/// One parameter in two lines: option, value and range; what it is.
std::string parameter_lines(const ParameterRow& row, const MethodParams& values) {
    const std::string unit = row.unit, value = parameter_text(row, values);
    return "  " + padded(option_text(row), 34) + padded(value, 10) + "(" + allowed_values(row) + (unit.empty() ? "" : "; " + unit) + ")\n      " + row.help + "\n";
}

std::string method_lines(const MethodRow& row) {
    const std::string alias = row.alias;
    return "  " + padded(row.name + (alias.empty() ? "" : " (" + alias + ")"), 24) + padded(role_text(row.role), 30) + row.sentence + "\n";
}

std::string details(const MethodRow& row) {
    const std::string formula = row.formula, source = row.source, objective = objective_name(row.objective).name;
    std::string text;
    text += formula.empty() ? "" : "  formula     " + formula + "\n";
    text += "  neighbours  " + std::string(neighbours_text(row.neighbours)) + "\n";
    text += objective.empty() ? "" : "  objective   " + objective + "\n";
    text += row.forced_mode ? "  mode        " + to_string(*row.forced_mode) + ", whatever is asked for\n" : "";
    text += source.empty() ? "" : "  source      " + source + "\n";
    return text;
}

/// Markdown's bar within a cell.
std::string cell(std::string text) {
    for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.insert(at, "\\");
    }
    return text;
}

}  // namespace

std::string methods_text(const MethodsReport& report) {
    std::string text = report.all ? "Methods\n" : "";
    for (const MethodRow* row : report.methods) {
        text += method_lines(*row);
    }
    if (!report.all && report.methods.size() == 1 && report.parameters.size() != 1) {
        text += details(*report.methods.front());
    }
    std::string group;
    for (const ParameterRow* row : report.parameters) {
        if (group != row->group) {
            group = row->group;
            text += "\nParameters: " + group + " (" + joined(users_of(*row)) + ")\n";
        }
        text += parameter_lines(*row, report.values);
        if (!report.all && report.parameters.size() == 1 && *row->source != 0) {
            text += "      source: " + std::string(row->source) + "\n";
        }
    }
    return text;
}

Json methods_json(const MethodsReport& report) {
    const Json values = stored_json(method_params_json(report.values)), usual = stored_json(method_params_json({}));
    Json methods = Json::array(), parameters = Json::array();
    for (const MethodRow* row : report.methods) {
        methods.push_back({{"name", row->name}, {"alias", row->alias}, {"title", row->title}, {"role", role_text(row->role)}, {"uses_label", uses_label(row->method)},
                           {"sentence", row->sentence}, {"formula", row->formula}, {"source", row->source}, {"groups", row->groups},
                           {"neighbours", neighbours_text(row->neighbours)}, {"objective", objective_name(row->objective).name},
                           {"forced_mode", row->forced_mode ? Json(to_string(*row->forced_mode)) : Json(nullptr)}});
    }
    for (const ParameterRow* row : report.parameters) {
        const bool numbers = row->kind != ParameterKind::Word;
        const auto bound = [numbers](double value) { return numbers && std::isfinite(value) ? Json(value) : Json(nullptr); };
        parameters.push_back({{"name", row->name}, {"aliases", row->aliases}, {"field", row->field}, {"group", row->group}, {"kind", kind_text(*row)},
                              {"allowed", allowed_values(*row)}, {"words", row->words}, {"low", bound(row->range.low)}, {"high", bound(row->range.high)},
                              {"low_is_allowed", row->range.end == ParameterRange::Low::Closed}, {"unit", row->unit}, {"default", usual[row->field]},
                              {"value", values[row->field]}, {"help", row->help}, {"source", row->source}, {"methods", users_of(*row)}});
    }
    return {{"methods", methods}, {"parameters", parameters}};
}

std::string methods_markdown(const MethodsReport& report) {
    std::string text = "| method | | what it does | formula | source |\n|---|---|---|---|---|\n";
    for (const MethodRow* row : report.methods) {
        text += "| `" + std::string(row->name) + "` | " + role_text(row->role) + " | " + cell(row->sentence) + " | " + cell(row->formula) + " | " +
                cell(row->source) + " |\n";
    }
    text += "\n| parameter | value | allowed | of | what it is |\n|---|---|---|---|---|\n";
    for (const ParameterRow* row : report.parameters) {
        text += "| `" + std::string(row->name) + "` | " + cell(parameter_text(*row, report.values)) + " | " + cell(allowed_values(*row)) + " | " +
                joined(users_of(*row)) + " | " + cell(row->help) + " |\n";
    }
    return text;
}

}  // namespace r2t2::cli
