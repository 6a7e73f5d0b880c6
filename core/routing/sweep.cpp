#include "core/routing/sweep.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <set>

#include "core/base/number_text.h"

namespace r2t2 {

namespace {

enum MethodBit : unsigned { kNgd = 1, kKernelRegression = 2, kModeFinding = 4 };

unsigned bit_of(Method method) {
    switch (method) {
        case Method::Ngd:
            return kNgd;
        case Method::KernelRegression:
            return kKernelRegression;
        case Method::ModeFinding:
            return kModeFinding;
        default:
            return 0;
    }
}

Error bad_value(const std::string& text, const char* allowed) { return invalid_input("options", "--sweep", "\"" + text + "\"", allowed); }

template <typename T>
Status set_count(const std::string& text, T& out) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || value < 0 || value > 1'000'000) {
        return bad_value(text, "a whole number from 0 to 1000000");
    }
    out = static_cast<T>(value);
    return {};
}

template <typename T>
Status set_number(const std::string& text, T& out) {
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        return bad_value(text, "a number");
    }
    out = value;
    return {};
}

template <typename T>
Status set_word(const std::string& text, Result<T> (*parse)(const std::string&), T& out) {
    const Result<T> value = parse(text);
    if (!value) {
        return invalid_input("options", "--sweep", value.error().found, value.error().allowed);
    }
    out = *value;
    return {};
}

std::string optional_text(const std::optional<double>& value) { return value ? number_text(*value) : "median"; }

struct Axis {
    const char* name;
    const char* alias;  ///< accepted as well
    const char* label;  ///< in tables
    unsigned methods;
    Status (*set)(const std::string& text, MethodParams& params);
    std::string (*get)(const MethodParams& params);
};

constexpr unsigned kEvery = kNgd | kKernelRegression | kModeFinding;
constexpr unsigned kWithNeighbours = kNgd | kKernelRegression;
using P = MethodParams;
using S = const std::string&;

const std::array kAxes = {
    Axis{"num-neighbors", "k", "k", kWithNeighbours, [](S t, P& p) { return set_count(t, p.k); },
         [](const P& p) { return std::to_string(p.k); }},
    Axis{"epsilon", "", "epsilon", kWithNeighbours, [](S t, P& p) { return set_number(t, p.epsilon); },
         [](const P& p) { return p.epsilon ? number_text(*p.epsilon) : std::string("none"); }},
    Axis{"kernel", "", "kernel", kWithNeighbours, [](S t, P& p) { return set_word(t, parse_kernel_kind, p.kernel.kind); },
         [](const P& p) { return to_string(p.kernel.kind); }},
    Axis{"bandwidth", "", "bandwidth", kWithNeighbours, [](S t, P& p) { return set_number(t, p.kernel.bandwidth); },
         [](const P& p) { return optional_text(p.kernel.bandwidth); }},
    Axis{"num-steps", "steps", "steps", kNgd, [](S t, P& p) { return set_count(t, p.steps); },
         [](const P& p) { return std::to_string(p.steps); }},
    Axis{"initial-lr", "lr", "lr", kNgd, [](S t, P& p) { return set_number(t, p.initial_lr); },
         [](const P& p) { return number_text(p.initial_lr); }},
    Axis{"final-lr", "", "final lr", kNgd, [](S t, P& p) { return set_number(t, p.final_lr); },
         [](const P& p) { return number_text(p.final_lr); }},
    Axis{"schedule", "", "schedule", kNgd, [](S t, P& p) { return set_word(t, parse_learning_rate_schedule, p.schedule); },
         [](const P& p) { return to_string(p.schedule); }},
    Axis{"parametrisation", "", "parametrisation", kNgd, [](S t, P& p) { return set_word(t, parse_parametrisation, p.parametrisation); },
         [](const P& p) { return to_string(p.parametrisation); }},
    Axis{"frame", "", "frame", kNgd, [](S t, P& p) { return set_word(t, parse_offset_frame, p.frame); },
         [](const P& p) { return to_string(p.frame); }},
    Axis{"mode", "", "mode", kEvery, [](S t, P& p) { return set_word(t, parse_routing_mode, p.mode); },
         [](const P& p) { return to_string(p.mode); }},
    Axis{"granularity", "", "granularity", kEvery, [](S t, P& p) { return set_word(t, parse_granularity, p.granularity); },
         [](const P& p) { return to_string(p.granularity); }},
    Axis{"alpha-grid", "", "alphas", kKernelRegression, [](S t, P& p) { return set_count(t, p.alpha_grid); },
         [](const P& p) { return std::to_string(p.alpha_grid); }},
    Axis{"eta", "", "eta", kModeFinding, [](S t, P& p) { return set_number(t, p.eta); },
         [](const P& p) { return number_text(p.eta); }},
    Axis{"routing-neighbors", "", "routing k", kModeFinding, [](S t, P& p) { return set_count(t, p.routing_k); },
         [](const P& p) { return std::to_string(p.routing_k); }},
};

const Axis* find_axis(std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    const auto at = std::find_if(kAxes.begin(), kAxes.end(), [&](const Axis& axis) { return name == axis.name || name == axis.alias; });
    return at == kAxes.end() || name.empty() ? nullptr : &*at;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

/// `variants` with one axis more.
Result<std::vector<MethodParams>> times(const std::vector<MethodParams>& variants, const SweepAxis& axis) {
    std::vector<MethodParams> out;
    const Axis& known = *find_axis(axis.name);
    for (const MethodParams& variant : variants) {
        for (const std::string& value : axis.values) {
            MethodParams params = variant;
            R2T2_TRY(known.set(value, params));
            R2T2_TRY(validate(params, "options: --sweep " + axis.name));
            out.push_back(std::move(params));
        }
    }
    return out;
}

Status check_axes(const std::vector<MethodParams>& methods, const std::vector<SweepAxis>& axes) {
    std::set<std::string> names;
    for (const SweepAxis& axis : axes) {
        if (find_axis(axis.name) == nullptr) {
            return invalid_input("options", "--sweep", axis.name, joined(sweep_axis_names()));
        }
        if (!names.insert(axis.name).second) {
            return invalid_input("options", "--sweep", axis.name + " twice", "every axis once, its values with commas between");
        }
        if (std::none_of(methods.begin(), methods.end(), [&](const MethodParams& params) { return depends_on(params.method, axis.name); })) {
            return invalid_input("options", "--sweep", axis.name + ", which no chosen method depends on",
                                 "an axis of ngd, kernel-regression or mode-finding, with that method chosen");
        }
    }
    if (names.count("num-neighbors") != 0 && names.count("epsilon") != 0) {
        return invalid_input("options", "--sweep", "num-neighbors and epsilon", "one of the two: a ball replaces k");
    }
    return {};
}

}  // namespace

std::vector<std::string> sweep_axis_names() {
    std::vector<std::string> names;
    for (const Axis& axis : kAxes) {
        names.emplace_back(axis.name);
    }
    return names;
}

bool depends_on(Method method, const std::string& axis) {
    const Axis* known = find_axis(axis);
    return known != nullptr && (known->methods & bit_of(method)) != 0;
}

Result<MethodParams> with_axis(MethodParams params, const std::string& axis, const std::string& value) {
    const Axis* known = find_axis(axis);
    if (known == nullptr) {
        return invalid_input("options", "axis", axis, joined(sweep_axis_names()));
    }
    R2T2_TRY(known->set(value, params));
    R2T2_TRY(validate(params));
    return params;
}

std::string axis_value(const MethodParams& params, const std::string& axis) {
    const Axis* known = find_axis(axis);
    return known != nullptr ? known->get(params) : std::string();
}

Result<SweepAxis> parse_sweep_axis(const std::string& text) {
    const std::size_t equals = text.find('=');
    const Axis* known = find_axis(text.substr(0, equals));
    if (known == nullptr) {
        return invalid_input("options", "--sweep", "\"" + text + "\"", "NAME=VALUE,VALUE,... with NAME one of " + joined(sweep_axis_names()));
    }
    SweepAxis axis{known->name, {}};
    MethodParams scratch;
    std::size_t begin = equals == std::string::npos ? text.size() + 1 : equals + 1;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        R2T2_TRY(known->set(text.substr(begin, end - begin), scratch));
        axis.values.push_back(known->get(scratch));
        begin = end + 1;
    }
    if (axis.values.empty()) {
        return invalid_input("options", "--sweep", "\"" + text + "\"", std::string(known->name) + "=VALUE,VALUE,...");
    }
    if (std::set<std::string>(axis.values.begin(), axis.values.end()).size() != axis.values.size()) {
        return invalid_input("options", "--sweep", "\"" + text + "\"", "every value once");
    }
    return axis;
}

Result<std::vector<MethodParams>> swept(const std::vector<MethodParams>& methods, const std::vector<SweepAxis>& axes) {
    R2T2_TRY(check_axes(methods, axes));
    std::vector<MethodParams> out;
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
        out.insert(out.end(), variants.begin(), variants.end());
    }
    return out;
}

std::vector<std::string> variant_labels(const std::vector<MethodParams>& methods) {
    std::vector<std::string> labels(methods.size());
    for (const Axis& axis : kAxes) {
        for (std::size_t m = 0; m < methods.size(); ++m) {
            const std::string value = axis.get(methods[m]);
            const bool differs = std::any_of(methods.begin(), methods.end(), [&](const MethodParams& other) {
                return other.method == methods[m].method && axis.get(other) != value;
            });
            if (differs) {
                labels[m] += (labels[m].empty() ? "" : ", ") + std::string(axis.label) + " " + value;
            }
        }
    }
    return labels;
}

}  // namespace r2t2
