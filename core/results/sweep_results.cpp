#include "core/results/sweep_results.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/number_text.h"
#include "core/json/parse_json.h"
#include "core/results/run_results.h"
#include "core/routing/parameter_table.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// One run as its configuration tells it.
struct Member {
    std::int64_t run = 0;
    std::string evaluation, method;
    std::vector<std::pair<std::string, std::string>> parameters;  ///< name, value as written

    [[nodiscard]] std::string value(const std::string& name) const {
        const auto at = std::find_if(parameters.begin(), parameters.end(), [&](const auto& each) { return each.first == name; });
        return at == parameters.end() ? "null" : at->second;
    }
};

std::optional<Member> member_of(const StoredRun& run) {
    const Json config = stored_json(run.info.config);
    if (!config.is_object() || !config.contains("evaluation") || !config["evaluation"].is_string() || !config.contains("parameters") ||
        !config["parameters"].is_object()) {
        return std::nullopt;
    }
    Member member{run.id, config["evaluation"].get<std::string>(), run.info.method, {}};
    for (const auto& [name, value] : config["parameters"].items()) {
        // One spelling for one number: 5, whether it was stored as 5 or as 5.0.
        member.parameters.emplace_back(name, value.is_string()         ? value.get<std::string>()
                                             : value.is_number_float() ? number_text(value.get<double>())
                                                                       : value.dump());
    }
    return member;
}

std::optional<double> number_of(const std::string& text) {
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);  // not strtod: it asks the locale
    return code == std::errc() && end == text.data() + text.size() && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Ascending if all are numbers; else as they come.
void sort_values(std::vector<std::string>& values) {
    const auto numeric = [](const std::string& value) { return value == "null" || number_of(value); };
    if (std::all_of(values.begin(), values.end(), numeric)) {
        std::stable_sort(values.begin(), values.end(), [](const std::string& a, const std::string& b) {
            return number_of(a).value_or(-HUGE_VAL) < number_of(b).value_or(-HUGE_VAL);
        });
    }
}

std::vector<ParameterAxis> axes_of(const std::vector<Member>& members) {
    std::vector<ParameterAxis> axes;
    for (const Member& member : members) {
        for (const auto& [name, value] : member.parameters) {
            auto axis = std::find_if(axes.begin(), axes.end(), [&, &name = name](const ParameterAxis& each) { return each.parameter == name; });
            if (axis == axes.end()) {
                axes.push_back({name, {}});
            }
        }
    }
    for (ParameterAxis& axis : axes) {
        for (const Member& member : members) {
            const std::string value = member.value(axis.parameter);
            if (std::find(axis.values.begin(), axis.values.end(), value) == axis.values.end()) {
                axis.values.push_back(value);
            }
        }
        sort_values(axis.values);
    }
    std::erase_if(axes, [](const ParameterAxis& axis) { return axis.values.size() < 2; });
    return axes;
}

SweepScore score_of(const SetResults& results, std::size_t step) { return {results.accuracy(step), results.scored(step), results.cluster_count()}; }

/// Of one run, by set: results and bases. Its samples are not kept: a sweep may have hundreds of runs.
struct RunScores {
    RunCoverage coverage;
    SweepScore overall, base;
    std::map<std::string, std::pair<SweepScore, SweepScore>> sets;
};

RunScores scores_of(const RunResults& results) {
    const std::size_t last = results.last_step();
    RunScores out{results.coverage, score_of(results.overall, last), score_of(results.overall, 0), {}};
    for (const SetResults& set : results.sets) {
        out.sets[set.name] = {score_of(set, last), score_of(set, 0)};
    }
    return out;
}

void score_cell(SweepCell& cell, const RunScores& scores, const std::vector<std::string>& sets) {
    cell.coverage = scores.coverage;
    cell.overall = scores.overall;
    cell.base = scores.base;
    const SweepScore none = score_of({}, 0);
    for (const std::string& name : sets) {
        const auto set = scores.sets.find(name);
        cell.sets.push_back(set == scores.sets.end() ? none : set->second.first);
        cell.set_base.push_back(set == scores.sets.end() ? none : set->second.second);
    }
}

Sweep sweep_of(const std::vector<Member>& members, std::vector<ParameterAxis> axes) {
    Sweep sweep{members.front().evaluation, members.front().method, std::move(axes), {}, {}};
    for (const Member& member : members) {
        SweepCell cell;
        cell.run = member.run;
        for (const ParameterAxis& axis : sweep.axes) {
            const auto at = std::find(axis.values.begin(), axis.values.end(), member.value(axis.parameter));
            cell.at.push_back(static_cast<std::size_t>(at - axis.values.begin()));
        }
        sweep.cells.push_back(std::move(cell));
    }
    return sweep;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

Result<std::size_t> axis_index(const Sweep& sweep, std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    if (const ParameterRow* row = find_parameter(name)) {
        name = row->field;
    }
    std::vector<std::string> known;
    for (std::size_t i = 0; i < sweep.axes.size(); ++i) {
        if (sweep.axes[i].parameter == name) {
            return i;
        }
        known.push_back(sweep.axes[i].parameter);
    }
    return invalid_input(sweep.evaluation + ", " + sweep.method, "axis", name, joined(known));
}

}  // namespace

std::optional<std::size_t> ParameterAxis::find(const std::string& value) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::optional<double> a = number_of(values[i]), b = number_of(value);
        if (a && b ? *a == *b : values[i] == value) {
            return i;
        }
    }
    return std::nullopt;
}

const SweepCell* Sweep::find(const std::vector<std::size_t>& at) const {
    const auto cell = std::find_if(cells.begin(), cells.end(), [&](const SweepCell& each) { return each.at == at; });
    return cell == cells.end() ? nullptr : &*cell;
}

const SweepCell* Sweep::find(std::int64_t run) const {
    const auto cell = std::find_if(cells.begin(), cells.end(), [&](const SweepCell& each) { return each.run == run; });
    return cell == cells.end() ? nullptr : &*cell;
}

const SweepCell* Sweep::fullest() const {
    const auto cell = std::max_element(cells.begin(), cells.end(),
                                       [](const SweepCell& a, const SweepCell& b) { return a.overall.scored < b.overall.scored; });
    return cell == cells.end() ? nullptr : &*cell;
}

bool Sweep::complete(const SweepCell& cell) const { return cell.coverage.complete() && cell.overall.scored == fullest()->overall.scored; }

const SweepCell* Sweep::leading() const { return best() != nullptr ? best() : fullest(); }

std::string Sweep::incomplete_text() const {
    const RunCoverage* least = nullptr;
    std::int64_t part = 0;
    for (const SweepCell& cell : cells) {
        if (!cell.coverage.complete()) {
            ++part;
            least = least == nullptr || cell.coverage.samples < least->samples ? &cell.coverage : least;
        }
    }
    return least == nullptr ? std::string()
                            : std::to_string(part) + " of " + std::to_string(cells.size()) + (part == 1 ? " runs is" : " runs are") +
                                  " incomplete, the least has " + least->count_text() + " samples";
}

const SweepCell* Sweep::best() const {
    const SweepCell* best = nullptr;
    for (const SweepCell& cell : cells) {
        if (complete(cell) && (best == nullptr || cell.overall.accuracy.value > best->overall.accuracy.value)) {
            best = &cell;
        }
    }
    return best;
}

Result<std::vector<Sweep>> sweeps(SessionReader& session) {
    const auto runs = session.runs();
    if (!runs) {
        return runs.error();
    }
    std::vector<std::vector<Member>> groups;
    for (const StoredRun& run : *runs) {
        std::optional<Member> member = member_of(run);
        if (!member || member->method == to_string(Method::Base)) {
            continue;
        }
        const auto group = std::find_if(groups.begin(), groups.end(), [&](const std::vector<Member>& each) {
            return each.front().evaluation == member->evaluation && each.front().method == member->method;
        });
        if (group == groups.end()) {
            groups.push_back({std::move(*member)});
        } else {
            group->push_back(std::move(*member));
        }
    }
    std::vector<Sweep> out;
    for (const std::vector<Member>& group : groups) {
        if (std::vector<ParameterAxis> axes = axes_of(group); !axes.empty()) {
            out.push_back(sweep_of(group, std::move(axes)));
        }
    }
    return out;
}

Status read_scores(SessionReader& session, Sweep& sweep) {
    std::vector<RunScores> all;
    std::set<std::string> sets;
    for (const SweepCell& cell : sweep.cells) {
        const auto results = run_results(session, cell.run);
        if (!results) {
            return results.error();
        }
        for (const SetResults& set : results->sets) {
            sets.insert(set.name);
        }
        all.push_back(scores_of(*results));
    }
    sweep.sets.assign(sets.begin(), sets.end());
    std::vector<SweepCell> scored;
    for (std::size_t i = 0; i < all.size(); ++i) {
        SweepCell cell{sweep.cells[i].run, sweep.cells[i].at, {}, {}, {}, {}, {}};
        score_cell(cell, all[i], sweep.sets);
        if (cell.overall.scored > 0) {
            std::erase_if(scored, [&](const SweepCell& other) { return other.at == cell.at; });
            scored.push_back(std::move(cell));
        }
    }
    sweep.cells = std::move(scored);
    return {};
}

const SweepCell* SweepSlice::cell(const Sweep& sweep, std::size_t x_at, std::size_t other_at) const {
    std::vector<std::size_t> at = held;
    at[x] = x_at;
    if (other) {
        at[*other] = other_at;
    }
    return sweep.find(at);
}

Result<SweepSlice> slice(const Sweep& sweep, const std::vector<std::string>& axes, const std::map<std::string, std::string>& hold) {
    if (axes.size() > 2) {
        return invalid_input(sweep.evaluation + ", " + sweep.method, "axes", joined(axes), "one or two");
    }
    SweepSlice out;
    out.held = sweep.leading() != nullptr ? sweep.leading()->at : std::vector<std::size_t>(sweep.axes.size(), 0);
    std::set<std::size_t> held;
    for (const auto& [name, value] : hold) {
        const Result<std::size_t> axis = axis_index(sweep, name);
        if (!axis) {
            return axis.error();
        }
        const std::optional<std::size_t> at = sweep.axes[*axis].find(value);
        if (!at) {
            return invalid_input(sweep.evaluation + ", " + sweep.method, name, value, joined(sweep.axes[*axis].values));
        }
        out.held[*axis] = *at;
        held.insert(*axis);
    }
    std::vector<std::size_t> free;
    for (const std::string& name : axes) {
        const Result<std::size_t> axis = axis_index(sweep, name);
        if (!axis) {
            return axis.error();
        }
        if (held.contains(*axis) || std::find(free.begin(), free.end(), *axis) != free.end()) {
            return invalid_input(sweep.evaluation + ", " + sweep.method, "axes", name, "every axis once, and none that is held");
        }
        free.push_back(*axis);
    }
    for (std::size_t i = 0; i < sweep.axes.size() && free.size() < 2; ++i) {
        if (!held.contains(i) && std::find(free.begin(), free.end(), i) == free.end()) {
            free.push_back(i);
        }
    }
    if (free.empty()) {
        return invalid_input(sweep.evaluation + ", " + sweep.method, "hold", "every axis", "at least one axis that is free");
    }
    out.x = free[0];
    out.other = free.size() > 1 ? std::optional(free[1]) : std::nullopt;
    return out;
}

}  // namespace r2t2
