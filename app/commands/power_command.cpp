// r2t2 power
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/commands/commands.h"
#include "core/base/half_up.h"
#include "core/results/observed_changes.h"
#include "core/results/power_text.h"
#include "core/results/sample_clusters.h"
#include "core/run/session_export.h"

namespace r2t2::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string typed(double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.10g", value);
    return buffer;
}

Status within(const char* option, const std::optional<double>& value, double low, double high, const char* allowed) {
    return !value || (*value >= low && *value <= high) ? Status() : invalid_input("", option, typed(*value), allowed);
}

Status check_options(const PowerOptions& options) {
    const auto positive = [](const char* option, const std::optional<std::int64_t>& value) {
        return !value || *value > 0 ? Status() : Status(invalid_input("", option, std::to_string(*value), "at least 1"));
    };
    R2T2_TRY(positive("--samples", options.samples));
    R2T2_TRY(positive("--clusters", options.clusters));
    R2T2_TRY(positive("--comparisons", options.comparisons));
    R2T2_TRY(within("--icc", options.correlation, 0.0, 1.0, "0 .. 1"));
    R2T2_TRY(within("--base", options.base, 0.0, 1.0, "a share, 0 .. 1"));
    R2T2_TRY(within("--discordance", options.discordance, 0.0, 1.0, "a share, 0 .. 1"));
    R2T2_TRY(within("--difference", options.difference, 0.0, 1.0, "a share, 0 .. 1"));
    R2T2_TRY(within("--harmed-per-mended", options.ratio, 0.0, std::nextafter(1.0, 0.0), "0 .. less than 1"));
    R2T2_TRY(within("--alpha", options.alpha, 1e-12, std::nextafter(1.0, 0.0), "more than 0, less than 1"));
    const double half = 0.5 * options.alpha / static_cast<double>(options.comparisons);
    if (!(options.power > half && options.power < 1.0)) {
        return invalid_input("", "--power", typed(options.power), "more than half of the level (" + typed(half) + "), less than 1");
    }
    if (options.discordance && options.ratio) {
        return invalid_input("", "--discordance", "--harmed-per-mended too", "one of them");
    }
    if (options.session.empty() && (options.run || options.against)) {
        return invalid_input("", options.run ? "--run" : "--against", "no --session", "the session that the run is in");
    }
    if (options.session.empty() && !options.samples) {
        return invalid_input("", "--samples", "nothing", "how many samples, or --session with a stored run");
    }
    return {};
}

/// What was stated stands above what was seen.
Result<PowerDesign> design_of(const PowerOptions& options, const std::optional<ObservedChanges>& seen) {
    PowerDesign design;
    if (seen) {
        design = design_like(*seen);
        if (options.samples) {
            resize(design, *options.samples);
        }
    } else {
        design.clusters = even_clusters(*options.samples, *options.samples);
    }
    if (options.clusters) {
        if (*options.clusters > design.samples()) {
            return invalid_input("", "--clusters", std::to_string(*options.clusters), "at most one a sample, of " + std::to_string(design.samples()));
        }
        design.clusters = even_clusters(design.samples(), *options.clusters);
    }
    design.correlation = options.correlation.value_or(design.correlation);
    design.base_right = options.base.value_or(design.base_right);
    if (options.ratio) {
        design.discordance.reset();
        design.harmed_per_mended = *options.ratio;
    } else if (options.discordance) {
        design.discordance = options.discordance;
    }
    design.alpha = options.alpha;
    design.comparisons = options.comparisons;
    if (options.difference && *options.difference > 1.0 - design.base_right) {
        return invalid_input("", "--difference", typed(*options.difference), "at most what the base has wrong, " + typed(1.0 - design.base_right));
    }
    return design;
}

std::string side_name(const ComparedSide& side) { return "run " + std::to_string(side.run.id) + ", " + stored_method_title(side.run); }

Json seen_json(const ObservedChanges& seen) {
    return {{"session", seen.run.session},
            {"run", seen.run.run.id},
            {"against", seen.against ? Json(seen.against->run.id) : Json(nullptr)},
            {"samples", seen.samples},
            {"clusters", seen.pairs.clusters()},
            {"right", seen.right_before},
            {"harmed", seen.harmed()},
            {"mended", seen.mended()}};
}

const char* limit_name(PowerLimit limit) { return limit == PowerLimit::None ? "none" : limit == PowerLimit::TooFewClusters ? "too few clusters" : "no room"; }
const char* method_name(PowerMethod method) { return method == PowerMethod::Exact ? "exact" : method == PowerMethod::Simulated ? "simulated" : "normal"; }

Json json_of(const PowerDesign& design, const DetectableDifference& found, double wanted) {
    return {{"difference", found.difference ? Json(*found.difference) : Json(nullptr)},
            {"limit", limit_name(found.limit)},
            {"power", wanted},
            {"alpha", design.alpha},
            {"comparisons", design.comparisons},
            {"level", design.level()},
            {"samples", design.samples()},
            {"clusters", design.cluster_count()},
            {"effective_clusters", design.effective_clusters()},
            {"least_clusters", design.least_clusters()},
            {"few_clusters", design.effective_clusters() < static_cast<double>(kFewClusters)},
            {"correlation", design.correlation},
            {"design_effect", design.design_effect()},
            {"base", design.base_right},
            {"held", design.discordance ? Json({{"discordance", *design.discordance}}) : Json({{"harmed_per_mended", design.harmed_per_mended}})},
            {"there", {{"power", found.power.value}, {"harmed", found.change.harmed}, {"mended", found.change.mended}, {"computed", method_name(found.power.method)}}},
            {"assumptions", power_assumptions(design, found, wanted)}};
}

std::string text_of(const PowerDesign& design, const DetectableDifference& found, double wanted) {
    std::string text = "Smallest detectable difference: " + detectable_text(design, found) + "\n";
    for (const std::string& each : power_assumptions(design, found, wanted)) {
        text += "  " + each + "\n";
    }
    return text;
}

std::string asked_text(double difference, const Power& power) {
    char line[160];
    std::snprintf(line, sizeof line, "A difference of %.2f points is found with a power of %.1f %% (%s).\n", half_up(100.0 * difference, 2), percent_half_up(power.value), power_method_text(power.method).c_str());
    return line;
}

/// Whatever was passed over of the runs that were looked at; the exit code.
int named(const ObservedChanges& seen, const std::string& session, Console& console) {
    int code = seen.unread.empty() ? kExitOk : kExitBadSamples;
    for (const ComparedSide* side : {&seen.run, seen.against ? &*seen.against : nullptr}) {
        if (side == nullptr) {
            continue;
        }
        std::vector<std::string> samples;
        for (const LeftOut& sample : side->left_out) {
            samples.push_back(sample.text());
        }
        if (!side->coverage.whole()) {
            console.lacking(side_name(*side) + ": " + side->coverage.text());
        }
        code = std::max({code, console.left_out(session, samples), console.gone(missing_samples(session, side->run))});
        console.scored_by(session, side->run.id, side->run.scoring_version);
    }
    if (const std::string unread = unread_note(seen.unread); !unread.empty()) {
        console.lacking(unread);
    }
    if (seen.harmed() + seen.mended() == 0) {
        console.lacking("no sample changed sides: how many will is assumed");
    }
    return code;
}

}  // namespace

int run_power(const PowerOptions& options, Console& console) {
    if (const Status checked = check_options(options); !checked) {
        return console.fail(checked.error());
    }
    std::optional<ObservedChanges> seen;
    if (!options.session.empty()) {
        Result<ObservedChanges> read = observed_changes(options.session, options.run, options.against);
        if (!read) {
            return console.fail(read.error());
        }
        seen = std::move(*read);
    }
    const Result<PowerDesign> design = design_of(options, seen);
    if (!design) {
        return console.fail(design.error());
    }
    const int code = seen ? named(*seen, options.session, console) : kExitOk;
    const DetectableDifference found = smallest_difference(*design, options.power);
    const Power asked = options.difference ? detection_power(*design, *options.difference) : Power();
    if (console.options().json) {
        Json json = json_of(*design, found, options.power);
        json["asked"] = options.difference ? Json({{"difference", *options.difference}, {"power", asked.value}, {"computed", method_name(asked.method)}}) : Json(nullptr);
        json["seen"] = seen ? seen_json(*seen) : Json(nullptr);
        console.data(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
        return code;
    }
    std::string text;
    if (seen) {
        text += "As seen in " + seen->run.session + ": " + side_name(seen->run) + (seen->against ? " against " + side_name(*seen->against) : std::string(" against its own native answers")) + ": " +
                std::to_string(seen->harmed()) + " harmed, " + std::to_string(seen->mended()) + " mended of " + std::to_string(seen->samples) + "\n";
    }
    console.data(text + text_of(*design, found, options.power) + (options.difference ? asked_text(*options.difference, asked) : std::string()));
    return code;
}

}  // namespace r2t2::cli
