#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/cli/options.h"
#include "core/routing/method_table.h"

namespace r2t2::cli {

std::set<std::string> stated_options(const CLI::App& app) {
    std::set<std::string> stated;
    for (const CLI::Option* option : app.get_options()) {
        if (option->count() > 0 && !option->get_lnames().empty()) {
            stated.insert("--" + option->get_lnames().front());
        }
    }
    return stated;
}

void add_model_options(CLI::App& app, ModelChoice& choice) {
    app.add_option("--model", choice.directory, "checkpoint directory (default: the bundled miniature)")->group("Model");
    app.add_option("--device", choice.device, "cpu, cuda, cuda:1")->capture_default_str()->group("Model");
    app.add_option("--precision", choice.precision, "fp32, fp64, bf16, fp16 (CUDA), int8, nf4 (weights in 8 or 4 bits)")
        ->capture_default_str()->group("Model");
    app.add_option("--beams", choice.beams, "1 = greedy; upstream evaluates with 3")->capture_default_str()->group("Model");
    app.add_option("--max-new-tokens", choice.max_new_tokens, "answers are cut there")->capture_default_str()->group("Model");
}

namespace {

/// "-k,--num-neighbors,--num_neighbors": the name first, so that stated_options() tells it.
std::string option_names(const ParameterRow& row) {
    std::string names, long_names;
    const auto add_long = [&long_names](std::string name) {
        long_names += (long_names.empty() ? "--" : ",--") + name;
        if (name.find('-') != std::string::npos) {
            std::replace(name.begin(), name.end(), '-', '_');  // as the upstream script has it
            long_names += ",--" + name;
        }
    };
    add_long(row.name);
    for (const std::string alias : row.aliases) {
        if (alias.size() == 1) {
            names += "-" + alias + ",";
        } else {
            add_long(alias);
        }
    }
    return names + long_names;
}

std::string option_help(const ParameterRow& row) {
    const std::string words = row.kind == ParameterKind::Word ? " [" + allowed_values(row) + "]" : "";
    return row.help + words + " (" + parameter_text(row, MethodParams()) + ")";
}

/// INT and FLOAT alone are numbers to check_typed_values().
std::string option_type(const ParameterRow& row) {
    switch (row.kind) {
        case ParameterKind::Word:
            return "WORD";
        case ParameterKind::Whole:
            return "INT";
        case ParameterKind::Number:
            return "FLOAT";
        case ParameterKind::OptionalNumber:
            break;
    }
    return std::string("FLOAT or ") + row.none;
}

/// Whose they are.
std::string group_heading(const std::string& group) {
    std::string users;
    for (const Method method : methods_of(MethodRole::Study)) {
        const std::vector<const char*>& groups = method_row(method).groups;
        if (std::find(groups.begin(), groups.end(), group) != groups.end()) {
            users += (users.empty() ? "" : ", ") + to_string(method);
        }
    }
    const bool first = group == parameter_groups().front();
    return first ? "Re-routing (default: the checkpoint's rerouting.json, else what stands in brackets)" : "Re-routing, " + group + ": " + users;
}

}  // namespace

void add_parameter_options(CLI::App& app, MethodChoice& choice, std::optional<Method> only) {
    for (const ParameterRow& row : parameter_table()) {
        if (only && !uses_parameter(*only, row)) {
            continue;
        }
        app.add_option_function<std::string>(option_names(row), [&choice, name = std::string(row.name)](const std::string& text) { choice.stated.emplace_back(name, text); },
                                             option_help(row))
            ->type_name(option_type(row))
            ->group(group_heading(row.group));
    }
}

void add_method_options(CLI::App& app, MethodChoice& choice) {
    add_parameter_options(app, choice);
    app.add_option("--seed", choice.seed, "of random neighbours, bundled sets and controls")->capture_default_str()
        ->group(group_heading(parameter_groups().front()));
}

void add_embedding_option(CLI::App& app, ReferenceChoice& choice) {
    app.add_option("--embedding", choice.embedding,
                   "of questions: model (its own words), the directory of a sentence encoder (all-MiniLM-L6-v2), or a file "
                   "computed elsewhere (.npy or .safetensors, NAME.ids.json or NAME.ids.txt beside it); default: what the "
                   "reference set was built with, else model")->group("Reference set");
}

void add_reference_options(CLI::App& app, ReferenceChoice& choice) {
    add_embedding_option(app, choice);
    const char* group = "Reference set";
    app.add_option("--reference", choice.path,
                   "store directory, or JSON (published format: its weights are used; a plain data set: the model is asked); "
                   "default: built from the bundled world and kept in the cache directory")->group(group);
    app.add_option("--reference-samples", choice.candidates, "bundled world: candidates")->capture_default_str()->group(group);
    app.add_option("--reference-seed", choice.seed, "bundled world: seed of the candidates")->capture_default_str()->group(group);
}

}  // namespace r2t2::cli
