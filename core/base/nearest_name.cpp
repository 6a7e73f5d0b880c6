#include "core/base/nearest_name.h"

#include <algorithm>
#include <vector>

namespace r2t2 {

namespace {

/// Optimal string alignment: Levenshtein's distance with exchanges of neighbours.
std::size_t slips(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest_name(std::string_view typed, std::span<const std::string> known) {
    constexpr std::size_t kLongest = 64;  // what is longer is no slip of a name of ours
    std::string nearest;
    std::size_t fewest = 3;
    for (const std::string& name : known) {
        const std::size_t most = std::min<std::size_t>(2, std::max<std::size_t>(1, name.size() / 4));
        if (typed.size() > kLongest) {
            break;
        }
        if (const std::size_t found = slips(typed, name); found <= most && found < fewest) {
            fewest = found;
            nearest = name;
        }
    }
    return nearest;
}

}  // namespace r2t2
