#include "core/results/tuning.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/analysis/clustered_pairs.h"
#include "core/base/number_text.h"
#include "core/results/sample_clusters.h"
#include "core/routing/method_table.h"
#include "core/routing/sweep.h"

namespace r2t2 {

namespace {

constexpr double kRounding = 1e-12;  // of differences that are equal

bool looked_at(const ParameterRow& row, const MethodParams& params) { return uses_parameter(params.method, row) && has_a_meaning(row, params); }

std::vector<PairedCluster> differences(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, const std::vector<std::size_t>& clusters) {
    std::vector<PairedSample> samples;
    for (std::size_t i = 0; i < a.size(); ++i) {
        samples.push_back({clusters[i], a[i] != 0, b[i] != 0});
    }
    return clustered_pairs(samples).difference;
}

std::string points(double share) { return fixed_text(100.0 * share, 1); }

std::optional<double> number_of(const ParameterRow& row, const MethodParams& params) {
    const ParameterValue value = row.access.get(params);
    const auto* number = std::get_if<double>(&value);
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

/// The rate by which `a` is gentler than `b`; null: it is not, or the two measure their rates on different scales.
const ParameterRow* gentler_by(const MethodParams& a, const MethodParams& b) {
    std::set<std::string> other_scale;  // groups
    for (const ParameterRow& row : parameter_table()) {
        if (*row.scales != 0 && looked_at(row, a) && row.access.get(a) != row.access.get(b)) {
            other_scale.insert(find_parameter(row.scales)->group);
        }
    }
    for (const ParameterRow& row : parameter_table()) {
        if (row.gentler == Gentler::None || other_scale.count(row.group) > 0 || !looked_at(row, a) || !looked_at(row, b)) {
            continue;
        }
        const std::optional<double> in_a = number_of(row, a), in_b = number_of(row, b);
        if (in_a && in_b && *in_a != *in_b) {
            return *in_a < *in_b ? &row : nullptr;
        }
    }
    return nullptr;
}

/// The parameter in which a setting contradicts what has been taken; null: none.
const ParameterRow* contradicts(const MethodParams& params, const std::vector<MethodTuning>& taken) {
    for (const MethodTuning& other : taken) {
        const MethodParams& theirs = other.settings[other.chosen].params;
        for (const ParameterRow& row : parameter_table()) {
            if (looked_at(row, params) && looked_at(row, theirs) && row.access.get(params) != row.access.get(theirs)) {
                return &row;
            }
        }
    }
    return nullptr;
}

/// One method's settings on their way to a choice.
class Choice {
public:
    Choice(const Trials& trials, Method method, const std::vector<MethodTuning>& taken) : trials_(trials) {
        out_.method = method;
        for (const Trial& trial : trials.settings) {
            if (trial.params.method == method) {
                add(trial, taken);
            }
        }
    }

    Result<MethodTuning> made() && {
        label();
        if (open_.empty()) {
            return invalid_input("tune", to_string(out_.method), "no setting that agrees with what the methods before it have taken",
                                 "axes that this method has too, or one method alone");
        }
        measure();
        drop_the_worse();
        drop_the_rougher();
        drop_the_dearer();
        take();
        return std::move(out_);
    }

private:
    void add(const Trial& trial, const std::vector<MethodTuning>& taken) {
        TriedSetting setting;
        setting.params = trial.params;
        setting.run = trial.run;
        setting.passes = trial.passes;
        for (std::size_t i = 0; i < trial.right.size(); ++i) {
            setting.right += trial.right[i];
            setting.harmed += trials_.base[i] > trial.right[i] ? 1 : 0;
            setting.mended += trials_.base[i] < trial.right[i] ? 1 : 0;
        }
        if (const ParameterRow* row = contradicts(trial.params, taken)) {
            setting.verdict = Verdict::NotOpen;
            setting.why = std::string(row->name) + " " + parameter_text(*row, tuned(taken, *row)) + " has been taken";
        } else {
            open_.push_back(out_.settings.size());
        }
        tried_.push_back(&trial);
        out_.settings.push_back(std::move(setting));
    }

    static const MethodParams& tuned(const std::vector<MethodTuning>& taken, const ParameterRow& row) {
        for (const MethodTuning& other : taken) {
            if (looked_at(row, other.settings[other.chosen].params)) {
                return other.settings[other.chosen].params;
            }
        }
        return taken.front().settings[taken.front().chosen].params;
    }

    void label() {
        std::vector<MethodParams> all;
        for (const TriedSetting& setting : out_.settings) {
            all.push_back(setting.params);
        }
        const std::vector<std::string> labels = variant_labels(all);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            out_.settings[i].label = labels[i].empty() ? "as it is" : labels[i];
        }
    }

    void measure() {
        out_.best = *std::max_element(open_.begin(), open_.end(), [this](std::size_t a, std::size_t b) { return out_.settings[a].right < out_.settings[b].right; });
        for (std::size_t i = 0; i < out_.settings.size(); ++i) {
            TriedSetting& setting = out_.settings[i];
            const std::vector<PairedCluster> pairs = differences(tried_[out_.best]->right, tried_[i]->right, trials_.clusters);
            const double error = clustered_standard_error(pairs);
            setting.difference = static_cast<double>(setting.right - out_.settings[out_.best].right) / static_cast<double>(trials_.base.size());
            setting.standard_error = error > 0.0 ? error : 0.0;
        }
    }

    /// Those that `judge` finds a reason against are no longer open. It is asked about every one beside all that still are.
    template <typename Judge>
    void drop(Verdict verdict, Judge&& judge) {
        std::vector<std::size_t> left;
        for (const std::size_t i : open_) {
            const std::string why = judge(out_.settings[i]);
            if (why.empty()) {
                left.push_back(i);
            } else {
                out_.settings[i].verdict = verdict;
                out_.settings[i].why = why;
            }
        }
        open_ = std::move(left);
    }

    void drop_the_worse() {
        drop(Verdict::Worse, [](const TriedSetting& setting) {
            const bool within = setting.difference + setting.standard_error >= -kRounding;
            return within ? std::string() : points(-setting.difference) + " points below the best, one standard error is " + points(setting.standard_error);
        });
    }

    void drop_the_rougher() {
        const std::vector<std::size_t> all = open_;
        drop(Verdict::Rougher, [&](const TriedSetting& setting) {
            const TriedSetting* gentlest = nullptr;
            const ParameterRow* by = nullptr;
            for (const std::size_t other : all) {
                const ParameterRow* row = gentler_by(out_.settings[other].params, setting.params);
                if (row != nullptr && (gentlest == nullptr || gentler_by(out_.settings[other].params, gentlest->params) != nullptr)) {
                    gentlest = &out_.settings[other];
                    by = row;
                }
            }
            return gentlest == nullptr ? std::string()
                                       : std::string(by->name) + " " + parameter_text(*by, gentlest->params) + " is gentler than " +
                                             parameter_text(*by, setting.params) + " and within one standard error";
        });
    }

    void drop_the_dearer() {
        double fewest = HUGE_VAL;
        for (const std::size_t i : open_) {
            fewest = std::min(fewest, out_.settings[i].passes);
        }
        drop(Verdict::Dearer, [fewest](const TriedSetting& setting) {
            return setting.passes <= fewest + kRounding ? std::string()
                                                        : fixed_text(setting.passes, 1) + " passes a sample, another within one standard error needs " + fixed_text(fewest, 1);
        });
    }

    void take() {
        out_.chosen = *std::max_element(open_.begin(), open_.end(), [this](std::size_t a, std::size_t b) { return out_.settings[a].right < out_.settings[b].right; });
        for (const std::size_t i : open_) {
            out_.settings[i].why = "as gentle and as cheap as the chosen one, and not more accurate";
        }
        TriedSetting& chosen = out_.settings[out_.chosen];
        chosen.verdict = Verdict::Chosen;
        chosen.why = out_.chosen == out_.best ? "the best"
                     : chosen.difference == 0.0
                         ? "as good as the best"
                         : points(-chosen.difference) + " points below the best, within one standard error (" + points(chosen.standard_error) + ")";
    }

    const Trials& trials_;
    std::vector<const Trial*> tried_;
    std::vector<std::size_t> open_;
    MethodTuning out_;
};

/// The leading method first.
std::vector<Method> methods_in_order(const Trials& trials) {
    std::vector<Method> order = {kLeadingMethod};
    for (const Method method : all_methods()) {
        if (method != kLeadingMethod) {
            order.push_back(method);
        }
    }
    std::erase_if(order, [&](Method method) {
        return std::none_of(trials.settings.begin(), trials.settings.end(), [&](const Trial& trial) { return trial.params.method == method; });
    });
    return order;
}

}  // namespace

const char* name(Verdict verdict) {
    switch (verdict) {
        case Verdict::Chosen:
            return "chosen";
        case Verdict::Worse:
            return "worse";
        case Verdict::Rougher:
            return "rougher";
        case Verdict::Dearer:
            return "dearer";
        case Verdict::NotOpen:
            return "not open";
        case Verdict::NotTaken:
            break;
    }
    return "not taken";
}

Result<Tuning> tune(const Trials& trials) {
    if (trials.settings.empty() || trials.base.empty()) {
        return invalid_input("tune", trials.settings.empty() ? "settings" : "samples", "none that all runs have scored",
                             "runs of methods under study, with samples whose truth is known");
    }
    Tuning out;
    out.axes = trials.axes;
    out.left_out = trials.left_out;
    out.unread = trials.unread;
    out.samples = static_cast<std::int64_t>(trials.base.size());
    out.clusters = static_cast<std::int64_t>(std::set<std::size_t>(trials.clusters.begin(), trials.clusters.end()).size());
    out.base_right = std::count(trials.base.begin(), trials.base.end(), std::uint8_t{1});
    for (const Method method : methods_in_order(trials)) {
        Result<MethodTuning> made = Choice(trials, method, out.methods).made();
        if (!made) {
            return made.error();
        }
        out.methods.push_back(std::move(*made));
    }
    return out;
}

const MethodParams& tuned_params(const Tuning& tuning, const ParameterRow& row) {
    for (const bool with_a_meaning : {true, false}) {
        for (const MethodTuning& each : tuning.methods) {
            const MethodParams& params = each.settings[each.chosen].params;
            if (with_a_meaning ? looked_at(row, params) : uses_parameter(params.method, row)) {
                return params;
            }
        }
    }
    const MethodTuning& first = tuning.methods.front();
    return first.settings[first.chosen].params;
}

std::vector<const ParameterRow*> tuned_parameters(const Tuning& tuning) {
    std::vector<const ParameterRow*> out;
    for (const ParameterRow& row : parameter_table()) {
        const MethodParams& params = tuned_params(tuning, row);
        const bool varied = std::find(tuning.axes.begin(), tuning.axes.end(), row.name) != tuning.axes.end() && looked_at(row, params);
        if (replaced_by(row, params) == nullptr && (varied || row.access.get(params) != row.access.get(MethodParams()))) {
            out.push_back(&row);
        }
    }
    return out;
}

Result<Trials> read_trials(SessionReader& session, const std::vector<TrialRun>& runs, std::vector<std::string> axes) {
    std::vector<std::map<SampleKey, SampleRow>> rows;  // those that are scored
    std::set<SampleKey> seen;
    const std::map<SampleKey, SampleRow>* base = nullptr;
    for (const TrialRun& run : runs) {
        Result<std::vector<SampleRow>> all = session.samples(run.run);
        if (!all) {
            return all.error();
        }
        std::map<SampleKey, SampleRow>& scored = rows.emplace_back();
        for (SampleRow& row : *all) {
            if (row.damaged) {
                continue;  // its key is not to be relied on
            }
            seen.insert(row.info.id);
            if (row.error.empty() && row.final_correct) {
                scored.emplace(row.info.id, std::move(row));
            }
        }
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        base = runs[i].params.method == Method::Base ? &rows[i] : base;
    }
    if (base == nullptr) {
        return invalid_input("tune", "runs", "none of the base model", "the base model beside the methods");
    }
    Trials out;
    out.axes = std::move(axes);
    std::vector<const SampleRow*> common;
    for (const auto& [key, row] : *base) {
        if (std::all_of(rows.begin(), rows.end(), [&key = key](const auto& scored) { return scored.count(key) > 0; })) {
            common.push_back(&row);
            out.base.push_back(*row.final_correct ? 1 : 0);
        }
    }
    out.left_out = static_cast<std::int64_t>(seen.size() - common.size());
    std::vector<ClusterKey> keys;
    for (const SampleRow* row : common) {
        keys.push_back(cluster_key(row->info));
        if (keys.back().unread) {
            out.unread.push_back(row->info.id);
        }
    }
    out.clusters = cluster_numbers(keys);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (&rows[i] == base) {
            continue;
        }
        Trial trial{runs[i].params, runs[i].run, {}, runs[i].passes};
        for (const SampleRow* row : common) {
            trial.right.push_back(*rows[i].at(row->info.id).final_correct ? 1 : 0);
        }
        out.settings.push_back(std::move(trial));
    }
    return out;
}

}  // namespace r2t2
