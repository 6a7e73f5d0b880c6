#include "core/analysis/projection.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <string>

namespace r2t2 {

namespace {

constexpr double kTriangleHeight = 0.86602540378443864676;  // sqrt(3) / 2

/// One Jacobi rotation that zeroes a(p, q); v collects the rotations, eigenvectors in its rows.
void rotate(std::vector<double>& a, std::vector<double>& v, std::size_t n, std::size_t p, std::size_t q) {
    const double apq = a[p * n + q];
    const double theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
    const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
    const double c = 1.0 / std::hypot(t, 1.0);
    const double s = t * c;
    for (std::size_t k = 0; k < n; ++k) {
        const double akp = a[k * n + p];
        const double akq = a[k * n + q];
        a[k * n + p] = c * akp - s * akq;
        a[k * n + q] = s * akp + c * akq;
    }
    for (std::size_t k = 0; k < n; ++k) {
        const double apk = a[p * n + k];
        const double aqk = a[q * n + k];
        a[p * n + k] = c * apk - s * aqk;
        a[q * n + k] = s * apk + c * aqk;
        const double vpk = v[p * n + k];
        const double vqk = v[q * n + k];
        v[p * n + k] = c * vpk - s * vqk;
        v[q * n + k] = s * vpk + c * vqk;
    }
    a[p * n + q] = a[q * n + p] = 0.0;
}

double off_diagonal(const std::vector<double>& a, std::size_t n) {
    double sum = 0.0;
    for (std::size_t p = 0; p < n; ++p) {
        for (std::size_t q = p + 1; q < n; ++q) {
            sum += a[p * n + q] * a[p * n + q];
        }
    }
    return sum;
}

/// Signs of eigenvectors are arbitrary: fix them so that the same data always give the same picture.
void orient(std::span<double> axis) {
    const auto largest =
        std::max_element(axis.begin(), axis.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (*largest < 0.0) {
        for (double& value : axis) {
            value = -value;
        }
    }
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t n) {
    assert(matrix.size() == n * n);
    std::vector<double> vectors(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        vectors[i * n + i] = 1.0;
    }
    double scale = 0.0;
    for (const double value : matrix) {
        scale += value * value;
    }
    for (int sweep = 0; sweep < 60 && off_diagonal(matrix, n) > 1e-32 * scale; ++sweep) {
        for (std::size_t p = 0; p + 1 < n; ++p) {
            for (std::size_t q = p + 1; q < n; ++q) {
                if (std::abs(matrix[p * n + q]) > 1e-300) {
                    rotate(matrix, vectors, n, p, q);
                }
            }
        }
    }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return matrix[a * n + a] > matrix[b * n + b]; });
    SymmetricEigen result;
    for (const std::size_t i : order) {
        result.values.push_back(matrix[i * n + i]);
        result.vectors.insert(result.vectors.end(), vectors.begin() + static_cast<std::ptrdiff_t>(i * n),
                              vectors.begin() + static_cast<std::ptrdiff_t>((i + 1) * n));
    }
    return result;
}

Result<Pca> fit_pca(std::span<const double> rows, std::size_t count, std::size_t dimension, std::size_t components) {
    if (count < 2 || dimension == 0 || rows.size() / dimension != count || rows.size() % dimension != 0) {
        return invalid_input("PCA", "rows", std::to_string(rows.size()) + " values",
                             "at least 2 rows of the same length");
    }
    if (components == 0 || components > dimension) {
        return invalid_input("PCA", "components", std::to_string(components), "1 to " + std::to_string(dimension));
    }
    if (!std::all_of(rows.begin(), rows.end(), [](double value) { return std::isfinite(value); })) {
        return invalid_input("PCA", "rows", "a value that is not finite", "finite values");
    }
    Pca pca{dimension, components, std::vector<double>(dimension, 0.0), {}, {}};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t d = 0; d < dimension; ++d) {
            pca.mean[d] += rows[i * dimension + d] / static_cast<double>(count);
        }
    }
    std::vector<double> covariance(dimension * dimension, 0.0);
    std::vector<double> centred(dimension);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t d = 0; d < dimension; ++d) {
            centred[d] = rows[i * dimension + d] - pca.mean[d];
        }
        for (std::size_t p = 0; p < dimension; ++p) {
            for (std::size_t q = p; q < dimension; ++q) {
                covariance[p * dimension + q] += centred[p] * centred[q];
            }
        }
    }
    for (std::size_t p = 0; p < dimension; ++p) {
        for (std::size_t q = p; q < dimension; ++q) {
            covariance[p * dimension + q] /= static_cast<double>(count - 1);
            covariance[q * dimension + p] = covariance[p * dimension + q];
        }
    }
    SymmetricEigen eigen = symmetric_eigen(std::move(covariance), dimension);
    pca.explained_variance = std::move(eigen.values);
    pca.axes.assign(eigen.vectors.begin(), eigen.vectors.begin() + static_cast<std::ptrdiff_t>(components * dimension));
    for (std::size_t c = 0; c < components; ++c) {
        orient(std::span<double>(pca.axes).subspan(c * dimension, dimension));
    }
    return pca;
}

std::vector<double> project(const Pca& pca, std::span<const double> rows) {
    assert(rows.size() % pca.dimension == 0);
    const std::size_t count = rows.size() / pca.dimension;
    std::vector<double> points(count * pca.components, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t c = 0; c < pca.components; ++c) {
            for (std::size_t d = 0; d < pca.dimension; ++d) {
                points[i * pca.components + c] +=
                    (rows[i * pca.dimension + d] - pca.mean[d]) * pca.axes[c * pca.dimension + d];
            }
        }
    }
    return points;
}

PlanePoint ternary_point(double a, double b, double c) {
    const double sum = a + b + c;
    return {(b + 0.5 * c) / sum, kTriangleHeight * c / sum};
}

std::array<double, 3> ternary_weights(PlanePoint point) {
    const double c = point.y / kTriangleHeight;
    const double b = point.x - 0.5 * c;
    return {1.0 - b - c, b, c};
}

}  // namespace r2t2
