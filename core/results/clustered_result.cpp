#include "core/results/clustered_result.h"

#include <cmath>
#include <cstdio>
#include <limits>

#include "core/base/half_up.h"

namespace r2t2 {

ClusteredResult clustered_result(std::span<const BeforeAndAfter> samples, const BootstrapOptions& bootstrap) {
    std::vector<PairedSample> scored, pairs;
    for (const BeforeAndAfter& sample : samples) {
        if (sample.after) {
            scored.push_back({sample.cluster, false, *sample.after});
        }
        if (sample.after && sample.before) {
            pairs.push_back({sample.cluster, *sample.before, *sample.after});
        }
    }
    const ClusteredPairs results = clustered_pairs(scored), changes = clustered_pairs(pairs);
    ClusteredResult out;
    out.scored = static_cast<std::int64_t>(scored.size());
    out.clusters = results.clusters();
    out.interval = clustered_share(results.right_b, bootstrap);
    const ClusteredEstimate gain = clustered_difference(changes.difference, bootstrap);
    out.gain = gain.difference;
    out.gain_interval = gain.kind;
    out.p = sign_flip_test(changes.difference);
    out.holm_p = std::numeric_limits<double>::quiet_NaN();
    return out;
}

void told_together(const std::vector<ClusteredResult*>& tests) {
    std::vector<double> p;
    for (const ClusteredResult* test : tests) {
        p.push_back(std::isnan(test->gain.value) ? std::numeric_limits<double>::quiet_NaN() : test->p);
    }
    const std::vector<double> adjusted = holm_adjusted(p);
    for (std::size_t i = 0; i < tests.size(); ++i) {
        tests[i]->holm_p = adjusted[i];
    }
}

std::string gain_text(const ClusteredResult& result) {
    if (std::isnan(result.gain.value)) {
        return "-";
    }
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%+.1f [%+.1f, %+.1f]%s", percent_half_up(result.gain.value), percent_half_up(result.gain.low), percent_half_up(result.gain.high),
                  interval_mark(result.gain_interval));
    return buffer;
}

}  // namespace r2t2
