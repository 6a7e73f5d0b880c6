// Looking at routing in two dimensions: exact triangles for groups of three, PCA for everything else.
//
// PCA is the covariance eigen-decomposition in double precision (cyclic Jacobi, Golub and Van Loan 8.5): the
// variances of routing weights lie close together, and single precision would turn the axes.
// Cost of fit_pca: samples x D^2 + about 10 x D^3; meant for D up to a few hundred.
// Thread rule: pure functions on values.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct Pca {
    std::size_t dimension = 0;
    std::size_t components = 0;
    std::vector<double> mean;                ///< [D]
    std::vector<double> axes;                ///< [components, D], unit length; the largest entry of each is positive
    std::vector<double> explained_variance;  ///< [D] all eigenvalues of the covariance (n - 1), largest first
};

/// `rows`: [count, dimension], row-major. Columns are centred, not scaled.
/// Errors: fewer than two rows, sizes that do not fit, more components than dimensions, a value that is not finite.
[[nodiscard]] Result<Pca> fit_pca(std::span<const double> rows, std::size_t count, std::size_t dimension,
                                  std::size_t components = 2);
/// [count, components] coordinates of `rows` [count, D].
[[nodiscard]] std::vector<double> project(const Pca& pca, std::span<const double> rows);

/// Eigenvalues (descending) and unit eigenvectors (rows of `vectors`) of a symmetric [n, n] matrix.
struct SymmetricEigen {
    std::vector<double> values;   ///< [n]
    std::vector<double> vectors;  ///< [n, n], row i belongs to values[i]
};
[[nodiscard]] SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t n);

struct PlanePoint {
    double x = 0.0;
    double y = 0.0;
};
/// A probability triple in the triangle with corners (0, 0), (1, 0), (1/2, sqrt(3)/2) for (1,0,0), (0,1,0), (0,0,1).
[[nodiscard]] PlanePoint ternary_point(double a, double b, double c);
/// The triple at a point; outside the triangle entries are negative. Inverse of ternary_point.
[[nodiscard]] std::array<double, 3> ternary_weights(PlanePoint point);

}  // namespace r2t2
