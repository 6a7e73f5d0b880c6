// Internal to core/routing: functions on a simplex that are 1 at one point of a lattice and 0 at its others, and their gradients.
// Thread rule: immutable; pure functions.
#pragma once

#include <cstddef>
#include <vector>

namespace r2t2 {

/// What the functions are between the lattice's points.
enum class LatticeBetween {
    Linear,     ///< on small simplices; two divisions, at most three corners
    Polynomial  ///< of the divisions' degree
};

/// One value a point, and of each the derivatives by the corners' weights.
struct LatticeValues {
    std::vector<double> values;                  ///< they sum to 1
    std::vector<std::vector<double>> gradients;  ///< [points][corners]
};

class LatticeBasis {
public:
    /// 1 or more corners, 2 or 3 divisions.
    LatticeBasis(std::size_t corners, int divisions, LatticeBetween between);

    /// Whole numbers of `divisions` parts, [corners] a point: the corners first.
    [[nodiscard]] const std::vector<std::vector<int>>& points() const { return points_; }
    [[nodiscard]] int divisions() const { return divisions_; }
    /// `at`: [corners], not negative, sum 1.
    [[nodiscard]] LatticeValues evaluate(const std::vector<double>& at) const;

private:
    [[nodiscard]] LatticeValues polynomial(const std::vector<double>& at) const;
    [[nodiscard]] LatticeValues linear(const std::vector<double>& at) const;

    std::size_t corners_;
    int divisions_;
    LatticeBetween between_;
    std::vector<std::vector<int>> points_;
};

}  // namespace r2t2
