#include "core/results/power_text.h"

#include <cmath>
#include <cstdio>

#include "core/base/half_up.h"

namespace r2t2 {

namespace {

/// 0.0314 as "3.14"; two digits, since differences of large runs are small.
std::string points(double share) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.2f", half_up(100.0 * share, 2));
    return buffer;
}

std::string percent(double share) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.1f %%", percent_half_up(share));
    return buffer;
}

std::string two_digits(double value) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.2f", half_up(value, 2));
    return buffer;
}

bool in_clusters(const PowerDesign& design) { return design.cluster_count() < design.samples(); }

std::string clusters_of(const PowerDesign& design) {
    return std::to_string(design.cluster_count()) + (in_clusters(design) ? (design.cluster_count() == 1 ? " cluster" : " clusters") : (design.cluster_count() == 1 ? " sample" : " samples"));
}

}  // namespace

std::string design_size_text(const PowerDesign& design) {
    const std::string samples = std::to_string(design.samples()) + (design.samples() == 1 ? " sample" : " samples");
    return in_clusters(design) ? samples + " in " + clusters_of(design) : samples + ", each alone";
}

std::string power_method_text(PowerMethod method) {
    switch (method) {
        case PowerMethod::Exact:
            return "exact";
        case PowerMethod::Simulated:
            return "10,000 simulated runs";
        case PowerMethod::Normal:
            break;
    }
    return "normal approximation";
}

std::string detectable_text(const PowerDesign& design, const DetectableDifference& found) {
    if (found.difference) {
        return points(*found.difference) + " points";
    }
    if (found.limit == PowerLimit::TooFewClusters) {
        char least[32];
        std::snprintf(least, sizeof least, "%.2g", std::pow(2.0, 1.0 - static_cast<double>(design.cluster_count())));
        return "none: of " + clusters_of(design) + " the least p is " + least + "; at least " + std::to_string(design.least_clusters()) + " are needed";
    }
    return "none: every wrong answer mended (" + points(found.change.mended - found.change.harmed) + " points) is found with " + percent(found.power.value) + " power";
}

std::vector<std::string> power_assumptions(const PowerDesign& design, const DetectableDifference& found, double wanted) {
    std::vector<std::string> out;
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.3g", 100.0 * wanted);
    std::string test = "Power " + std::string(buffer) + " %, two-sided sign-flip test" + (in_clusters(design) ? " of clusters" : " (exact McNemar)");
    std::snprintf(buffer, sizeof buffer, " at %.3g %%", 100.0 * design.alpha);
    test += buffer;
    if (design.comparisons > 1) {
        std::snprintf(buffer, sizeof buffer, "%.3g %%", 100.0 * design.level());
        test += "; by Holm over " + std::to_string(design.comparisons) + " comparisons, one that alone differs is tested at " + buffer;
    }
    out.push_back(test + ".");
    out.push_back(design_size_text(design) + (in_clusters(design) ? ": correlation within a cluster " + two_digits(design.correlation) + ", design effect " + two_digits(design.design_effect()) : std::string()) + ".");
    std::string changes = "Base " + percent(design.base_right) + " right; ";
    if (design.discordance) {
        changes += percent(*design.discordance) + " of the samples change sides";
    } else {
        changes += two_digits(design.harmed_per_mended) + " harmed for every mended one";
    }
    if (found.difference) {
        changes += ": " + percent(found.change.harmed) + " harmed, " + percent(found.change.mended) + " mended at that difference";
    }
    out.push_back(changes + ".");
    if (found.limit != PowerLimit::TooFewClusters) {
        out.push_back("Computed: " + power_method_text(found.power.method) + ".");
        if (design.effective_clusters() < static_cast<double>(kFewClusters)) {
            std::snprintf(buffer, sizeof buffer, "%.3g", design.effective_clusters());
            out.push_back("Fewer than " + std::to_string(kFewClusters) + (in_clusters(design) ? " clusters of equal weight (" + std::string(buffer) + "): the power leans on the form assumed for a cluster's changes."
                                                                                             : " samples: such an interval covers less than it says."));
        }
    }
    return out;
}

}  // namespace r2t2
