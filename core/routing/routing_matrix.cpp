#include "core/routing/routing_matrix.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

namespace r2t2 {

namespace {

/// Apply `work(begin, size, row, group)` to every group of every row; `begin` is an index into `values()`.
template <typename Work>
void for_each_group(const RoutingSpace& space, const RoutingMatrix& matrix, Work&& work) {
    assert(matrix.empty() || matrix.experts() == space.expert_count());
    for (std::size_t row = 0; row < matrix.rows(); ++row) {
        std::size_t begin = row * matrix.experts();
        for (std::size_t group = 0; group < space.groups.size(); ++group) {
            const std::size_t size = space.groups[group].experts.size();
            work(begin, size, row, group);
            begin += size;
        }
    }
}

std::span<double> part(RoutingMatrix& matrix, std::size_t begin, std::size_t size) {
    return std::span<double>(matrix.values()).subspan(begin, size);
}

std::span<const double> part(const RoutingMatrix& matrix, std::size_t begin, std::size_t size) {
    return std::span<const double>(matrix.values()).subspan(begin, size);
}

double sum_of(std::span<const double> values) {
    double sum = 0.0;
    for (const double value : values) {
        sum += value;
    }
    return sum;
}

[[maybe_unused]] bool same_shape(const RoutingMatrix& a, const RoutingMatrix& b) {
    return a.rows() == b.rows() && a.experts() == b.experts();
}

/// Duchi et al. 2008, figure 1: subtract the one threshold that leaves the positive part summing to 1.
void project_group(std::span<double> point) {
    std::vector<double> sorted(point.begin(), point.end());
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    double cumulative = 0.0;
    double threshold = 0.0;
    for (std::size_t j = 0; j < sorted.size(); ++j) {
        cumulative += sorted[j];
        const double candidate = (cumulative - 1.0) / static_cast<double>(j + 1);
        if (sorted[j] > candidate) {
            threshold = candidate;
        }
    }
    for (double& value : point) {
        value = std::max(value - threshold, 0.0);
    }
}

}  // namespace

RoutingMatrix::RoutingMatrix(std::size_t rows, std::size_t experts, std::vector<double> values)
    : rows_(rows), experts_(experts), values_(std::move(values)) {
    assert(values_.size() == rows_ * experts_);
}

RoutingMatrix& RoutingMatrix::operator+=(const RoutingMatrix& other) {
    assert(same_shape(*this, other));
    for (std::size_t i = 0; i < values_.size(); ++i) {
        values_[i] += other.values_[i];
    }
    return *this;
}

RoutingMatrix& RoutingMatrix::operator*=(double factor) {
    for (double& value : values_) {
        value *= factor;
    }
    return *this;
}

RoutingMatrix operator+(RoutingMatrix a, const RoutingMatrix& b) {
    a += b;
    return a;
}

RoutingMatrix operator-(RoutingMatrix a, const RoutingMatrix& b) {
    assert(same_shape(a, b));
    for (std::size_t i = 0; i < a.values().size(); ++i) {
        a.values()[i] -= b.values()[i];
    }
    return a;
}

RoutingMatrix mean_over_mixers(const RoutingMatrix& per_mixer) {
    assert(per_mixer.rows() > 0);
    if (per_mixer.rows() == 1) {
        return per_mixer;
    }
    RoutingMatrix mean(1, per_mixer.experts());
    for (std::size_t row = 0; row < per_mixer.rows(); ++row) {
        for (std::size_t e = 0; e < per_mixer.experts(); ++e) {
            mean(0, e) += per_mixer(row, e);
        }
    }
    mean *= 1.0 / static_cast<double>(per_mixer.rows());
    return mean;
}

std::vector<double> mean_over_mixers(const RoutingMatrix& per_mixer, std::size_t begin, std::size_t size) {
    assert(begin + size <= per_mixer.experts());
    const RoutingMatrix mean = mean_over_mixers(per_mixer);
    const auto row = std::as_const(mean).row(0).subspan(begin, size);
    return {row.begin(), row.end()};
}

RoutingMatrix repeat_row(const RoutingMatrix& one, std::size_t rows) {
    assert(one.rows() == 1);
    RoutingMatrix out(rows, one.experts());
    for (std::size_t row = 0; row < rows; ++row) {
        std::copy(one.values().begin(), one.values().end(), out.row(row).begin());
    }
    return out;
}

RoutingMatrix softmax(const RoutingSpace& space, const RoutingMatrix& logits) {
    RoutingMatrix out = logits;
    for_each_group(space, logits, [&out](std::size_t begin, std::size_t size, std::size_t, std::size_t) {
        const std::span<double> group = part(out, begin, size);
        const double highest = *std::max_element(group.begin(), group.end());
        for (double& value : group) {
            value = std::exp(value - highest);
        }
        const double sum = sum_of(group);
        for (double& value : group) {
            value /= sum;
        }
    });
    return out;
}

RoutingMatrix log_weights(const RoutingMatrix& weights, double floor) {
    RoutingMatrix out = weights;
    for (double& value : out.values()) {
        value = std::log(std::max(value, floor));
    }
    return out;
}

RoutingMatrix softmax_backward(const RoutingSpace& space, const RoutingMatrix& weights,
                               const RoutingMatrix& weight_gradient) {
    assert(same_shape(weights, weight_gradient));
    RoutingMatrix out(weights.rows(), weights.experts());
    for_each_group(space, weights, [&](std::size_t begin, std::size_t size, std::size_t, std::size_t) {
        const std::span<const double> r = part(weights, begin, size);
        const std::span<const double> g = part(weight_gradient, begin, size);
        double mean = 0.0;  // <g_r, r>
        for (std::size_t i = 0; i < size; ++i) {
            mean += g[i] * r[i];
        }
        for (std::size_t i = 0; i < size; ++i) {
            out.values()[begin + i] = r[i] * (g[i] - mean);
        }
    });
    return out;
}

RoutingMatrix project_to_simplices(const RoutingSpace& space, const RoutingMatrix& point) {
    RoutingMatrix out = point;
    for_each_group(space, point, [&out](std::size_t begin, std::size_t size, std::size_t, std::size_t) {
        project_group(part(out, begin, size));
    });
    return out;
}

RoutingMatrix uniform_weights(const RoutingSpace& space, std::size_t rows) {
    RoutingMatrix out(rows, space.expert_count());
    for_each_group(space, out, [&out](std::size_t begin, std::size_t size, std::size_t, std::size_t) {
        std::ranges::fill(part(out, begin, size), 1.0 / static_cast<double>(size));
    });
    return out;
}

RoutingMatrix renormalise(const RoutingSpace& space, const RoutingMatrix& weights) {
    RoutingMatrix out = weights;
    for_each_group(space, weights, [&out](std::size_t begin, std::size_t size, std::size_t, std::size_t) {
        const std::span<double> group = part(out, begin, size);
        for (double& value : group) {
            value = std::max(value, 0.0);
        }
        const double sum = sum_of(group);
        assert(sum > 0.0);
        for (double& value : group) {
            value /= sum;
        }
    });
    return out;
}

RoutingMatrix centre_groups(const RoutingSpace& space, const RoutingMatrix& gradient) {
    RoutingMatrix out = gradient;
    for_each_group(space, gradient, [&out](std::size_t begin, std::size_t size, std::size_t, std::size_t) {
        const std::span<double> group = part(out, begin, size);
        const double mean = sum_of(group) / static_cast<double>(size);
        for (double& value : group) {
            value -= mean;
        }
    });
    return out;
}

double dot(const RoutingMatrix& a, const RoutingMatrix& b) {
    assert(same_shape(a, b));
    double sum = 0.0;
    for (std::size_t i = 0; i < a.values().size(); ++i) {
        sum += a.values()[i] * b.values()[i];
    }
    return sum;
}

double distance(const RoutingMatrix& a, const RoutingMatrix& b) {
    assert(same_shape(a, b));
    double sum = 0.0;
    for (std::size_t i = 0; i < a.values().size(); ++i) {
        const double difference = a.values()[i] - b.values()[i];
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

bool all_finite(const RoutingMatrix& matrix) {
    return std::ranges::all_of(matrix.values(), [](double value) { return std::isfinite(value); });
}

Status check_weights(const RoutingSpace& space, const RoutingMatrix& weights, const std::string& where,
                     double tolerance) {
    if (weights.experts() != space.expert_count() || (weights.rows() != 1 && weights.rows() != space.mixers)) {
        return invalid_input(
            where, "shape", std::to_string(weights.rows()) + " x " + std::to_string(weights.experts()),
            "1 or " + std::to_string(space.mixers) + " rows x " + std::to_string(space.expert_count()) + " experts");
    }
    Status status;
    for_each_group(space, weights, [&](std::size_t begin, std::size_t size, std::size_t row, std::size_t g) {
        const std::span<const double> group = part(weights, begin, size);
        const std::string field = "row " + std::to_string(row) + ", group " + space.groups[g].name;
        for (std::size_t i = 0; i < size && status.ok(); ++i) {
            if (!std::isfinite(group[i]) || group[i] < -tolerance) {
                status = invalid_input(where, field + ", " + space.groups[g].experts[i], std::to_string(group[i]),
                                       "finite and not negative");
            }
        }
        const double sum = sum_of(group);
        if (status.ok() && std::abs(sum - 1.0) > tolerance) {
            status = invalid_input(where, field, "sum " + std::to_string(sum), "sum 1");
        }
    });
    return status;
}

}  // namespace r2t2
