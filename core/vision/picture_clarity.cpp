#include "core/vision/picture_clarity.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <vector>

namespace r2t2 {

namespace {

double at_share(std::vector<double>& values, double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

}  // namespace

bool is_clear(const Image& image) {
    if (image.width < 2 || image.height < 1) {
        return false;
    }
    constexpr int kLines = 256;
    const int down = std::max(1, image.height / kLines), across = std::max(1, image.width / kLines);
    const auto grey = [&image](int x, int y) {
        const std::size_t at = 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x));
        return (image.rgb[at] + image.rgb[at + 1] + image.rgb[at + 2]) / 3.0;
    };
    std::vector<double> greys, steps;
    for (int y = 0; y < image.height; y += down) {
        for (int x = 0; x + 1 < image.width; x += across) {
            greys.push_back(grey(x, y));
            steps.push_back(std::abs(grey(x + 1, y) - greys.back()));
        }
    }
    return at_share(greys, 0.98) - at_share(greys, 0.02) >= kClearRange && at_share(steps, 0.5) <= kClearGrain;
}

}  // namespace r2t2
