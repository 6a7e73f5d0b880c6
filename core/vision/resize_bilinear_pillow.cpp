#include "core/vision/resize_bilinear_pillow.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace r2t2 {

namespace {

constexpr int kPrecision = 22;

struct Taps {
    int first = 0;             ///< first input position
    std::vector<int> weights;  ///< fixed point, sum about 2^22
};

std::vector<Taps> make_taps(int in, int out) {
    const double scale = static_cast<double>(in) / out;
    const double support = std::max(scale, 1.0);  // the triangle's half width
    std::vector<Taps> taps(static_cast<std::size_t>(out));
    for (int x = 0; x < out; ++x) {
        const double centre = (x + 0.5) * scale;
        const int low = std::max(0, static_cast<int>(centre - support + 0.5));
        const int high = std::min(in, static_cast<int>(centre + support + 0.5));
        std::vector<double> weights;
        double sum = 0;
        for (int t = 0; t < high - low; ++t) {
            weights.push_back(std::max(0.0, 1.0 - std::abs((t + low - centre + 0.5) / support)));
            sum += weights.back();
        }
        Taps& row = taps[static_cast<std::size_t>(x)];
        row.first = low;
        for (const double weight : weights) {
            row.weights.push_back(static_cast<int>(0.5 + weight / sum * (1 << kPrecision)));
        }
    }
    return taps;
}

/// Resizes `count` lines along one axis; strides in bytes between neighbours on the axis and between lines.
void resize_axis(const std::uint8_t* in, std::uint8_t* out, const std::vector<Taps>& taps, std::size_t lines,
                 std::size_t in_step, std::size_t in_line, std::size_t out_step, std::size_t out_line) {
    for (std::size_t line = 0; line < lines; ++line) {
        for (std::size_t x = 0; x < taps.size(); ++x) {
            const Taps& row = taps[x];
            for (std::size_t channel = 0; channel < 3; ++channel) {
                std::int64_t sum = std::int64_t{1} << (kPrecision - 1);
                const std::uint8_t* from =
                    in + line * in_line + static_cast<std::size_t>(row.first) * in_step + channel;
                for (const int weight : row.weights) {
                    sum += std::int64_t{*from} * weight;
                    from += in_step;
                }
                out[line * out_line + x * out_step + channel] =
                    static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kPrecision, 0, 255));
            }
        }
    }
}

std::size_t bytes(int width, int height) {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
}

}  // namespace

Image resize_bilinear_pillow(const Image& image, int width, int height) {
    assert(width > 0 && height > 0 && !image.empty());
    Image current = image;
    if (width != image.width) {
        Image out{width, image.height, std::vector<std::uint8_t>(bytes(width, image.height))};
        resize_axis(current.rgb.data(), out.rgb.data(), make_taps(image.width, width),
                    static_cast<std::size_t>(image.height), 3, bytes(image.width, 1), 3, bytes(width, 1));
        current = std::move(out);
    }
    if (height != image.height) {
        Image out{width, height, std::vector<std::uint8_t>(bytes(width, height))};
        resize_axis(current.rgb.data(), out.rgb.data(), make_taps(image.height, height),
                    static_cast<std::size_t>(width), bytes(width, 1), 3, bytes(width, 1), 3);
        current = std::move(out);
    }
    return current;
}

}  // namespace r2t2
