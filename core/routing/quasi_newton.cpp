#include "core/routing/quasi_newton.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

namespace r2t2 {

namespace {

double largest(const RoutingMatrix& matrix) {
    double most = 0.0;
    for (const double value : matrix.values()) {
        most = std::max(most, std::abs(value));
    }
    return most;
}

/// x of L L' x = b with L L' = `matrix` [n, n]; false: it is not positive definite.
bool solve_positive(std::vector<double> matrix, std::vector<double>& b) {
    const std::size_t n = b.size();
    const auto at = [&](std::size_t i, std::size_t j) -> double& { return matrix[i * n + j]; };
    for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t i = j; i < n; ++i) {
            double sum = at(i, j);
            for (std::size_t k = 0; k < j; ++k) {
                sum -= at(i, k) * at(j, k);
            }
            if (i > j) {
                at(i, j) = sum / at(j, j);
            } else if (sum > 0.0 && std::isfinite(sum)) {
                at(j, j) = std::sqrt(sum);
            } else {
                return false;
            }
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            b[i] -= at(i, k) * b[k];
        }
        b[i] /= at(i, i);
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) {
            b[i] -= at(k, i) * b[k];
        }
        b[i] /= at(i, i);
    }
    return true;
}

}  // namespace

QuasiNewton::QuasiNewton(const RoutingSpace& space, double longest, Onto onto)
    : space_(space), longest_(longest), onto_(std::move(onto)), reach_(longest) {
    assert(longest > 0.0);
}

bool QuasiNewton::take(const RoutingMatrix& at, double objective, const RoutingMatrix& gradient) {
    Point point{at, objective, gradient.empty() ? RoutingMatrix() : centre_groups(space_, gradient)};
    if (!kept_) {
        kept_ = std::move(point);
        set_curvature(largest(kept_->gradient) / longest_);  // the first step is as long as it may be
        return true;
    }
    const RoutingMatrix step = at - kept_->at;
    if (!point.gradient.empty()) {
        learn(step, point.gradient - kept_->gradient);
    }
    if (objective > kept_->objective) {
        shorten(step, objective);
        return false;
    }
    reach_ = std::min(longest_, 2.0 * reach_);
    kept_ = std::move(point);
    return true;
}

void QuasiNewton::set_curvature(double diagonal) {
    const std::size_t n = kept_->at.values().size();
    curvature_.assign(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        curvature_[i * n + i] = diagonal;
    }
}

std::vector<double> QuasiNewton::times_curvature(const std::vector<double>& vector) const {
    const std::size_t n = vector.size();
    std::vector<double> out(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            out[i] += curvature_[i * n + j] * vector[j];
        }
    }
    return out;
}

void QuasiNewton::learn(const RoutingMatrix& step, const RoutingMatrix& change) {
    const double along = dot(step, change);
    if (!scaled_ && along > 0.0) {
        set_curvature(dot(change, change) / along);
        scaled_ = true;
    }
    const std::vector<double> curved = times_curvature(step.values());
    const double bend = std::inner_product(curved.begin(), curved.end(), step.values().begin(), 0.0);
    if (!(bend > 0.0)) {
        return;  // no step, or no curvature yet
    }
    const double own = along >= 0.2 * bend ? 1.0 : 0.8 * bend / (bend - along);
    const double damped = own * along + (1.0 - own) * bend;
    const std::size_t n = curved.size();
    std::vector<double> y(n);
    for (std::size_t i = 0; i < n; ++i) {
        y[i] = own * change.values()[i] + (1.0 - own) * curved[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            curvature_[i * n + j] += y[i] * y[j] / damped - curved[i] * curved[j] / bend;
        }
    }
}

void QuasiNewton::shorten(const RoutingMatrix& step, double objective) {
    const double slope = dot(kept_->gradient, step);
    const double lowest = slope < 0.0 ? -slope / (2.0 * (objective - kept_->objective - slope)) : 0.5;
    reach_ = largest(step) * std::clamp(lowest, 0.1, 0.5);
}

std::optional<RoutingMatrix> QuasiNewton::newton_direction() const {
    RoutingMatrix direction = kept_->gradient;
    direction *= -1.0;
    return solve_positive(curvature_, direction.values()) ? std::optional(centre_groups(space_, direction)) : std::nullopt;
}

RoutingMatrix QuasiNewton::next() const {
    assert(kept_ && !kept_->gradient.empty());
    const double steepest = largest(kept_->gradient);
    if (!(steepest > 0.0)) {
        return kept_->at;
    }
    if (std::optional<RoutingMatrix> direction = newton_direction()) {
        *direction *= std::min(1.0, reach_ / largest(*direction));
        const RoutingMatrix end = onto_(kept_->at + *direction);
        if (dot(kept_->gradient, end - kept_->at) < 0.0) {
            return end;
        }
    }
    RoutingMatrix down = kept_->gradient;  // a projection may turn the other into a climb, this one not
    down *= -reach_ / steepest;
    return onto_(kept_->at + down);
}

}  // namespace r2t2
