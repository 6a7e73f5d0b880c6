#include "core/analysis/cluster_draws.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace r2t2 {

namespace {

/// log of share^k, or of its Dirichlet counterpart a (a + 1) ... (a + k - 1), a = share * total; k = 0 .. most.
std::vector<double> log_powers(double share, double total, std::int64_t most) {
    std::vector<double> out{0.0};
    for (std::int64_t k = 0; k < most; ++k) {
        out.push_back(out.back() + std::log(std::isinf(total) ? share : share * total + static_cast<double>(k)));
    }
    return out;
}

/// Far from `level` the normal limit decides as well, and a tenth of a millisecond sooner. Only where no cluster stands out (the limit's tail is then
/// wrong by less than a tenth) and the level is not extreme.
enum class Verdict { Rejected, Kept, Near };
Verdict by_the_limit(const std::vector<PairedCluster>& clusters, std::int64_t sum, double level) {
    double squares = 0.0, fourths = 0.0;
    std::int64_t step = 0;
    for (const PairedCluster& each : clusters) {
        const double square = static_cast<double>(each.difference * each.difference);
        squares += square;
        fourths += square * square;
        step = std::gcd(step, each.difference);
    }
    if (fourths > 0.02 * squares * squares || level < 1e-4) {
        return Verdict::Near;
    }
    const double p = std::erfc(static_cast<double>(sum - step) / std::sqrt(2.0 * squares));  // sums lie 2 steps apart
    return p < level / 1.5 ? Verdict::Rejected : p > 1.5 * level ? Verdict::Kept : Verdict::Near;
}

}  // namespace

std::vector<double> cluster_masses(std::int64_t size, const ExpectedChange& change, double correlation) {
    const auto middle = static_cast<std::size_t>(size);
    std::vector<double> out(2 * middle + 1, 0.0);
    const double neither = std::max(0.0, 1.0 - change.discordance());
    if (correlation >= 1.0) {
        out.front() = change.harmed;
        out[middle] += neither;
        out.back() += change.mended;
        return out;
    }
    const double total = correlation > 0.0 ? (1.0 - correlation) / correlation : std::numeric_limits<double>::infinity();
    const std::vector<double> mended = log_powers(change.mended, total, size), harmed = log_powers(change.harmed, total, size), rest = log_powers(neither, total, size);
    const std::vector<double> all = log_powers(1.0, total, size), counts = log_powers(1.0, 1.0, size);  // counts: log k!
    for (std::size_t a = 0; a <= middle; ++a) {
        for (std::size_t b = 0; a + b <= middle; ++b) {
            const std::size_t c = middle - a - b;
            out[middle + a - b] += std::exp(counts[middle] - counts[a] - counts[b] - counts[c] + mended[a] + harmed[b] + rest[c] - all[middle]);
        }
    }
    return out;
}

ClusterDraws::ClusterDraws(const PowerDesign& design, const ExpectedChange& change) {
    for (const ClusterGroup& group : design.clusters) {
        const std::vector<double> masses = cluster_masses(group.size, change, design.correlation);
        Kind kind{group.size, group.count, 0.0, {}, {}};
        for (std::size_t i = 0; i < masses.size(); ++i) {
            if (const std::int64_t value = static_cast<std::int64_t>(i) - group.size; value != 0 && masses[i] > 0.0) {
                kind.differs += masses[i];
                kind.values.push_back(value);
                kind.up_to.push_back(kind.differs);
            }
        }
        for (double& each : kind.up_to) {
            each /= kind.differs;
        }
        if (kind.differs > 0.0 && kind.count > 0) {
            kinds_.push_back(std::move(kind));
        }
    }
}

double ClusterDraws::differing() const {
    double sum = 0.0;
    for (const Kind& kind : kinds_) {
        sum += kind.differs * static_cast<double>(kind.count);
    }
    return sum;
}

void ClusterDraws::draw(RandomStream& random, std::vector<PairedCluster>& out) const {
    out.clear();
    for (const Kind& kind : kinds_) {
        // From one that differs to the next: as many in between as a geometric distribution says.
        const double none = std::log1p(-std::min(kind.differs, 1.0 - 1e-16));
        for (double at = 0.0;; at += 1.0) {
            at += std::floor(std::log(1.0 - random.uniform()) / none);
            if (at >= static_cast<double>(kind.count)) {
                break;
            }
            const auto value = std::upper_bound(kind.up_to.begin(), kind.up_to.end() - 1, random.uniform()) - kind.up_to.begin();
            out.push_back({kind.values[static_cast<std::size_t>(value)], kind.size});
        }
    }
}

double ClusterDraws::rejected_share(double level, std::int64_t runs) const {
    std::vector<PairedCluster> clusters;
    std::int64_t rejected = 0;
    for (std::int64_t run = 0; run < runs; ++run) {
        auto random = RandomStream::fork(1, "power", static_cast<std::uint64_t>(run));
        draw(random, clusters);
        std::int64_t sum = 0;
        for (const PairedCluster& each : clusters) {
            sum += each.difference;
        }
        if (sum <= 0) {
            continue;
        }
        const Verdict verdict = by_the_limit(clusters, sum, level);
        rejected += verdict == Verdict::Rejected || (verdict == Verdict::Near && sign_flip_test(clusters) <= level) ? 1 : 0;
    }
    return static_cast<double>(rejected) / static_cast<double>(runs);
}

}  // namespace r2t2
