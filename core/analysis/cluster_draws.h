// Internal to core/analysis: runs drawn as a PowerDesign expects them, and what the test says of them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/analysis/paired_power.h"
#include "core/base/random.h"

namespace r2t2 {

/// P(a cluster's mended less its harmed = -size .. size), Dirichlet-multinomial: 2 size + 1 numbers.
[[nodiscard]] std::vector<double> cluster_masses(std::int64_t size, const ExpectedChange& change, double correlation);

class ClusterDraws {
public:
    ClusterDraws(const PowerDesign& design, const ExpectedChange& change);

    /// Clusters of a run that are expected to have a difference.
    [[nodiscard]] double differing() const;
    /// Of the clusters of one run those that differ; the others have no sign to flip.
    void draw(RandomStream& random, std::vector<PairedCluster>& out) const;
    /// Of `runs` drawn ones: p <= level, with more mended than harmed.
    [[nodiscard]] double rejected_share(double level, std::int64_t runs) const;

private:
    struct Kind {
        std::int64_t size = 1, count = 0;
        double differs = 0.0;                ///< chance of any difference
        std::vector<std::int64_t> values;    ///< but 0
        std::vector<double> up_to;           ///< chance of one of the values so far, given a difference
    };
    std::vector<Kind> kinds_;
};

}  // namespace r2t2
