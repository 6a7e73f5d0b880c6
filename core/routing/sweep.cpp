#include "core/routing/sweep.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/routing/method_table.h"

namespace r2t2 {

namespace {

/// The same error, with what was typed as its field.
Error of_sweep(Error error) {
    error.where = "options";
    error.field = "--sweep";
    return error;
}

/// What an axis does not share a list with: "num-neighbors" for "epsilon".
Error replaced(const std::string& axis, const std::string& by) {
    return invalid_input("options", "--sweep", axis + " and " + by, "one of the two: " + by + " replaces " + axis);
}

/// `variants` with one axis more.
Result<std::vector<MethodParams>> times(const std::vector<MethodParams>& variants, const SweepAxis& axis) {
    std::vector<MethodParams> out;
    const ParameterRow& row = *find_parameter(axis.name);
    for (const MethodParams& variant : variants) {
        if (const ParameterRow* by = replaced_by(row, variant)) {
            return replaced(axis.name, by->name);
        }
        for (const std::string& value : axis.values) {
            MethodParams params = variant;
            if (const Status set = set_parameter(row, value, params); !set) {
                return set.error().inside("options: --sweep " + axis.name);
            }
            R2T2_TRY(validate(params, "options: --sweep " + axis.name));
            out.push_back(std::move(params));
        }
    }
    return out;
}

Status check_axes(const std::vector<SweepAxis>& axes) {
    std::set<std::string> names;
    for (const SweepAxis& axis : axes) {
        if (find_parameter(axis.name) == nullptr) {
            return invalid_input("options", "--sweep", axis.name, parameter_names());
        }
        if (!names.insert(axis.name).second) {
            return invalid_input("options", "--sweep", axis.name + " twice", "every axis once, its values with commas between");
        }
    }
    for (const SweepAxis& axis : axes) {
        const std::string other = find_parameter(axis.name)->replaces;
        if (names.count(other) != 0) {
            return replaced(other, axis.name);
        }
    }
    return {};
}

/// What an axis means nothing to is as it was without the axis, and stands once. An axis with a meaning somewhere is put into `meant`.
std::vector<MethodParams> with_a_meaning(std::vector<MethodParams> variants, const MethodParams& plain, const std::vector<SweepAxis>& axes, std::set<std::string>& meant) {
    std::vector<MethodParams> out;
    for (MethodParams& variant : variants) {
        for (const SweepAxis& axis : axes) {
            const ParameterRow& row = *find_parameter(axis.name);
            if (!depends_on(variant.method, axis.name)) {
                continue;
            }
            if (has_a_meaning(row, variant)) {
                meant.insert(axis.name);
            } else {
                row.access.set(variant, row.access.get(plain));
            }
        }
        if (std::find(out.begin(), out.end(), variant) == out.end()) {
            out.push_back(std::move(variant));
        }
    }
    return out;
}

}  // namespace

bool depends_on(Method method, const std::string& axis) {
    const ParameterRow* row = find_parameter(axis);
    return row != nullptr && is_tuned(method) && uses_parameter(method, *row);
}

Result<MethodParams> with_axis(MethodParams params, const std::string& axis, const std::string& value) {
    const ParameterRow* row = find_parameter(axis);
    if (row == nullptr) {
        return invalid_input("options", "axis", axis, parameter_names());
    }
    R2T2_TRY(set_parameter(*row, value, params));
    R2T2_TRY(validate(params));
    return params;
}

std::string axis_value(const MethodParams& params, const std::string& axis) {
    const ParameterRow* row = find_parameter(axis);
    return row != nullptr ? parameter_text(*row, params) : std::string();
}

Result<SweepAxis> parse_sweep_axis(const std::string& text) {
    const std::size_t equals = text.find('=');
    const ParameterRow* row = find_parameter(text.substr(0, equals));
    if (row == nullptr) {
        return invalid_input("options", "--sweep", "\"" + text + "\"", "NAME=VALUE,VALUE,... with NAME one of " + parameter_names());
    }
    SweepAxis axis{row->name, {}};
    std::size_t begin = equals == std::string::npos ? text.size() + 1 : equals + 1;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const Result<ParameterValue> value = read_parameter(*row, text.substr(begin, end - begin));
        if (!value) {
            return of_sweep(value.error());
        }
        axis.values.push_back(parameter_text(*row, *value));
        begin = end + 1;
    }
    if (axis.values.empty()) {
        return invalid_input("options", "--sweep", "\"" + text + "\"", std::string(row->name) + "=VALUE,VALUE,...");
    }
    if (std::set<std::string>(axis.values.begin(), axis.values.end()).size() != axis.values.size()) {
        return invalid_input("options", "--sweep", "\"" + text + "\"", "every value once");
    }
    return axis;
}

Result<std::vector<MethodParams>> swept(const std::vector<MethodParams>& methods, const std::vector<SweepAxis>& axes) {
    R2T2_TRY(check_axes(axes));
    std::vector<MethodParams> out;
    std::set<std::string> meant;
    for (const MethodParams& params : methods) {
        std::vector<MethodParams> variants = {params};
        for (const SweepAxis& axis : axes) {
            if (depends_on(params.method, axis.name)) {
                Result<std::vector<MethodParams>> more = times(variants, axis);
                if (!more) {
                    return more.error();
                }
                variants = std::move(*more);
            }
            if (out.size() + variants.size() > kMostVariants) {
                return invalid_input("options", "--sweep", "more than " + std::to_string(kMostVariants) + " combinations",
                                     "up to " + std::to_string(kMostVariants) + "; several sweeps may share a session");
            }
        }
        variants = with_a_meaning(std::move(variants), params, axes, meant);
        out.insert(out.end(), variants.begin(), variants.end());
    }
    for (const SweepAxis& axis : axes) {
        if (meant.count(axis.name) == 0) {
            return invalid_input("options", "--sweep", axis.name + ", which no chosen method depends on",
                                 "an axis of a method under study, with that method chosen and a meaning under the other parameters (r2t2 methods says "
                                 "which parameter is whose)");
        }
    }
    return out;
}

Result<MethodParams> parse_variant(const std::string& text, const MethodParams& common) {
    const auto refuse = [&text](const std::string& found, const std::string& allowed) {
        return invalid_input("options", "--variant", "\"" + text + "\"" + (found.empty() ? "" : ": " + found), allowed);
    };
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    const Result<Method> method = parse_method(words.front());
    if (!method || *method == Method::Base) {
        return refuse({}, "METHOD,NAME=VALUE,... with METHOD " + (method ? "another than base" : "one of " + method.error().allowed));
    }
    MethodParams params = common;
    params.method = *method;
    params.mode = method_row(*method).forced_mode.value_or(params.mode);
    std::vector<StatedParameter> stated;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::size_t equals = words[i].find('=');
        if (equals == std::string::npos || find_parameter(words[i].substr(0, equals)) == nullptr) {
            return refuse(words[i].empty() ? "an empty word" : words[i], "NAME=VALUE with NAME one of " + parameter_names());
        }
        stated.emplace_back(words[i].substr(0, equals), words[i].substr(equals + 1));
    }
    if (const Status taken = take_stated(stated, params); !taken) {
        return refuse(taken.error().field + " " + taken.error().found, taken.error().allowed);
    }
    for (const auto& [name, value] : stated) {
        if (!looks_at(params, *find_parameter(name))) {
            return refuse(std::string(find_parameter(name)->name) + ", which " + to_string(*method) + " does not look at here", "a parameter that it looks at (r2t2 methods " + to_string(*method) + ")");
        }
    }
    return params;
}

Result<std::vector<MethodParams>> with_variants(std::vector<MethodParams> methods, const std::vector<MethodParams>& variants) {
    for (const MethodParams& variant : variants) {
        if (std::find(methods.begin(), methods.end(), variant) != methods.end()) {
            return invalid_input("options", "--variant", to_string(variant.method) + " with parameters that are in the list already", "every set of parameters once");
        }
        methods.push_back(variant);
    }
    if (methods.size() > kMostVariants) {
        return invalid_input("options", "--variant", std::to_string(methods.size()) + " methods and variants", "up to " + std::to_string(kMostVariants));
    }
    const auto place = [](const MethodParams& params) { return std::find(all_methods().begin(), all_methods().end(), params.method); };
    std::stable_sort(methods.begin(), methods.end(), [&place](const MethodParams& a, const MethodParams& b) { return place(a) < place(b); });
    return methods;
}

bool looks_at(const MethodParams& params, const ParameterRow& row) {
    return uses_parameter(params.method, row) && has_a_meaning(row, params) && replaced_by(row, params) == nullptr;
}

std::vector<std::string> variant_labels(const std::vector<MethodParams>& methods) {
    std::vector<std::string> labels(methods.size());
    for (const ParameterRow& row : parameter_table()) {
        std::map<Method, std::set<ParameterValue>> values;  // of those that look at it
        for (const MethodParams& params : methods) {
            if (looks_at(params, row)) {
                values[params.method].insert(row.access.get(params));
            }
        }
        for (std::size_t m = 0; m < methods.size(); ++m) {
            if (looks_at(methods[m], row) && values[methods[m].method].size() > 1) {
                labels[m] += (labels[m].empty() ? "" : ", ") + std::string(row.label) + " " + parameter_text(row, methods[m]);
            }
        }
    }
    return labels;
}

}  // namespace r2t2
