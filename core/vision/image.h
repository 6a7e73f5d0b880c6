// An 8-bit RGB picture in memory. Thread rule: value type.
#pragma once

#include <cstdint>
#include <vector>

namespace r2t2 {

struct Image {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;  ///< height * width * 3, rows top to bottom, R G B

    [[nodiscard]] bool empty() const { return rgb.empty(); }
    bool operator==(const Image&) const = default;
};

}  // namespace r2t2
