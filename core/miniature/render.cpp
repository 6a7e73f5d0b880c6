#include "core/miniature/render.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/miniature/label_font.h"

namespace r2t2 {

namespace {

using Colour = std::array<double, 3>;

constexpr std::array<Colour, 6> kPaint = {
    {{225, 45, 40}, {45, 180, 70}, {60, 105, 245}, {245, 225, 55}, {170, 70, 205}, {250, 145, 35}}};

struct Point {
    double x = 0, y = 0;
};

/// Floating-point picture; values are rounded once at the end.
struct Canvas {
    std::vector<double> values = std::vector<double>(std::size_t{kWorldSide} * kWorldSide * 3);
    void blend(int x, int y, const Colour& colour, double coverage) {
        double* pixel = &values[(std::size_t(y) * kWorldSide + std::size_t(x)) * 3];
        for (std::size_t c = 0; c < 3; ++c) {
            pixel[c] += (colour[c] - pixel[c]) * coverage;
        }
    }
};

/// Calls use(x, y, coverage) for pixels of the box that `inside` covers, by 4 x 4 samples a pixel.
template <typename Inside, typename Use>
void rasterise(double x1, double y1, double x2, double y2, const Inside& inside, const Use& use) {
    constexpr int kSamples = 4;
    const int right = std::min(kWorldSide, static_cast<int>(std::ceil(x2)));
    const int bottom = std::min(kWorldSide, static_cast<int>(std::ceil(y2)));
    for (int y = std::max(0, static_cast<int>(std::floor(y1))); y < bottom; ++y) {
        for (int x = std::max(0, static_cast<int>(std::floor(x1))); x < right; ++x) {
            int hits = 0;
            for (int s = 0; s < kSamples * kSamples; ++s) {
                hits += inside(x + (s % kSamples + 0.5) / kSamples, y + (s / kSamples + 0.5) / kSamples) ? 1 : 0;
            }
            if (hits > 0) {
                use(x, y, double(hits) / (kSamples * kSamples));
            }
        }
    }
}

bool inside_polygon(const std::vector<Point>& corners, double x, double y) {
    bool inside = false;
    for (std::size_t i = 0, j = corners.size() - 1; i < corners.size(); j = i++) {
        const Point& a = corners[i];
        const Point& b = corners[j];
        if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x) {
            inside = !inside;
        }
    }
    return inside;
}

/// Outline in units of half the object's size, y down; empty for the circle.
std::vector<Point> outline(int shape) {
    switch (shape) {
        case 1:
            return {{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}};
        case 2:
            return {{0, -1}, {1, 0.9}, {-1, 0.9}};
        case 3: {
            std::vector<Point> star;
            for (int i = 0; i < 10; ++i) {
                const double angle = std::numbers::pi * (i / 5.0 - 0.5);
                const double radius = i % 2 == 0 ? 1.1 : 0.45;
                star.push_back({radius * std::cos(angle), radius * std::sin(angle)});
            }
            return star;
        }
        case 4: {
            constexpr double a = 0.36;
            return {{-a, -1}, {a, -1}, {a, -a}, {1, -a}, {1, a},   {a, a},
                    {a, 1},   {-a, 1}, {-a, a}, {-1, a}, {-1, -a}, {-a, -a}};
        }
        default:
            return {};
    }
}

template <typename Use>
void rasterise_shape(const SceneObject& object, const Use& use) {
    const double half = object.size / 2;
    const std::vector<Point> corners = outline(object.shape);
    const double reach = half * 1.1;
    rasterise(
        object.x - reach, object.y - reach, object.x + reach, object.y + reach,
        [&](double x, double y) {
            const double dx = (x - object.x) / half;
            const double dy = (y - object.y) / half;
            return corners.empty() ? dx * dx + dy * dy <= 1.0 : inside_polygon(corners, dx, dy);
        },
        use);
}

constexpr Colour grey(double level) {
    return {level, level, level};
}

void draw_label(Canvas& canvas, const SceneObject& object, const WorldConfig& config) {
    const PlateInk ink = plate_ink(kWords[static_cast<std::size_t>(object.word)]);
    const int left = static_cast<int>(std::lround(object.x - kPlateWidth / 2.0));
    const int top = static_cast<int>(std::lround(object.y + object.size / 2)) - kPlateOverlap;
    for (int row = 0; row < kPlateHeight; ++row) {
        for (int column = 0; column < kPlateWidth; ++column) {
            const int x = left + column;
            const int y = top + row;
            if (x >= 0 && y >= 0 && x < kWorldSide && y < kWorldSide) {
                const bool black = ink[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
                canvas.blend(x, y, grey(black ? config.ink_level : config.plate_level), 1.0);
            }
        }
    }
}

/// The same plate, `divisor` times smaller: each pixel averages divisor x divisor of the plate at a random offset.
void draw_small_label(Canvas& canvas, const SceneObject& object, const WorldConfig& config, RandomStream& random) {
    const PlateInk ink = plate_ink(kWords[static_cast<std::size_t>(object.word)]);
    const int divisor = config.small_print_divisor;
    const int width = (kPlateWidth + divisor - 1) / divisor + 1;
    const int height = (kPlateHeight + divisor - 1) / divisor;
    const int shift_x = static_cast<int>(random.below(divisor));
    const int shift_y = static_cast<int>(random.below(divisor));
    const int left = static_cast<int>(std::lround(object.x - width / 2.0));
    const int top = static_cast<int>(std::lround(object.y + object.size / 2)) - 1;
    for (int row = 0; row < height; ++row) {
        for (int column = 0; column < width; ++column) {
            int black = 0;
            for (int i = 0; i < divisor * divisor; ++i) {
                const int px = column * divisor + i % divisor - shift_x;
                const int py = row * divisor + i / divisor - shift_y;
                black += px >= 0 && py >= 0 && px < kPlateWidth && py < kPlateHeight &&
                         ink[static_cast<std::size_t>(py)][static_cast<std::size_t>(px)];
            }
            const double share = double(black) / (divisor * divisor);
            const double level = config.plate_level + share * (config.ink_level - config.plate_level) +
                                 config.small_print_noise * random.normal();
            const int x = left + column;
            const int y = top + row;
            if (x >= 0 && y >= 0 && x < kWorldSide && y < kWorldSide) {
                canvas.blend(x, y, grey(std::clamp(level, 0.0, 255.0)), 1.0);
            }
        }
    }
}

void draw_stroke(Canvas& canvas, const WorldConfig& config, RandomStream& random) {
    const Colour colour = random.chance(0.5) ? kPaint[static_cast<std::size_t>(random.below(kPaint.size()))]
                                             : grey(random.uniform(90, 230));
    const double half = random.uniform(config.clutter_thickness.low, config.clutter_thickness.high) / 2;
    const int bends = 2 + static_cast<int>(random.below(3));
    Point from{random.uniform(0, kWorldSide), random.uniform(0, kWorldSide)};
    for (int bend = 0; bend < bends; ++bend) {
        const Point to{std::clamp(from.x + random.uniform(-26, 26), 0.0, double(kWorldSide)),
                       std::clamp(from.y + random.uniform(-26, 26), 0.0, double(kWorldSide))};
        const double dx = to.x - from.x;
        const double dy = to.y - from.y;
        const double length2 = std::max(1e-9, dx * dx + dy * dy);
        rasterise(
            std::min(from.x, to.x) - half, std::min(from.y, to.y) - half, std::max(from.x, to.x) + half,
            std::max(from.y, to.y) + half,
            [&](double x, double y) {
                const double t = std::clamp(((x - from.x) * dx + (y - from.y) * dy) / length2, 0.0, 1.0);
                const double ex = x - from.x - t * dx;
                const double ey = y - from.y - t * dy;
                return ex * ex + ey * ey <= half * half;
            },
            [&](int x, int y, double coverage) { canvas.blend(x, y, colour, coverage); });
        from = to;
    }
}

void draw_object(Canvas& canvas, const SceneObject& object, Domain domain, const WorldConfig& config,
                 RandomStream& random) {
    Colour colour = kPaint[static_cast<std::size_t>(object.colour)];
    for (double& channel : colour) {
        channel = std::clamp(channel + random.uniform(-config.colour_jitter, config.colour_jitter), 0.0, 255.0);
    }
    rasterise_shape(object, [&](int x, int y, double coverage) { canvas.blend(x, y, colour, coverage); });
    if (object.word == kNoWord) {
        return;
    }
    if (domain == Domain::Small) {
        draw_small_label(canvas, object, config, random);
    } else {
        draw_label(canvas, object, config);
    }
}

Image rounded(const Canvas& canvas) {
    Image image{kWorldSide, kWorldSide, std::vector<std::uint8_t>(canvas.values.size())};
    std::transform(canvas.values.begin(), canvas.values.end(), image.rgb.begin(),
                   [](double value) { return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0))); });
    return image;
}

}  // namespace

Image render(const Scene& scene, Domain domain, const WorldConfig& config, RandomStream& random) {
    Canvas canvas;
    std::fill(canvas.values.begin(), canvas.values.end(),
              random.uniform(config.background.low, config.background.high));
    int strokes = 0;
    if (domain == Domain::Clutter) {
        strokes =
            static_cast<int>(std::lround(random.uniform(config.clutter_strokes.low, config.clutter_strokes.high)));
    }
    for (int i = 0; i < strokes / 2; ++i) {
        draw_stroke(canvas, config, random);
    }
    for (const SceneObject& object : scene.objects) {
        draw_object(canvas, object, domain, config, random);
    }
    for (int i = strokes / 2; i < strokes; ++i) {
        draw_stroke(canvas, config, random);
    }
    if (domain == Domain::Dim) {
        const double factor = random.uniform(config.dim_factor.low, config.dim_factor.high);
        for (double& value : canvas.values) {
            value *= factor;
        }
    }
    if (domain == Domain::Noise) {
        const double contrast = random.uniform(config.noise_contrast.low, config.noise_contrast.high);
        const double sigma = random.uniform(config.noise_sigma.low, config.noise_sigma.high);
        for (double& value : canvas.values) {
            value = config.noise_floor + contrast * value + sigma * random.normal();
        }
    }
    return rounded(canvas);
}

SegmentMap render_segments(const Scene& scene) {
    SegmentMap map{kWorldSide, kWorldSide, std::vector<std::uint8_t>(std::size_t{kWorldSide} * kWorldSide)};
    for (std::size_t i = 0; i < scene.objects.size(); ++i) {
        rasterise_shape(scene.objects[i], [&](int x, int y, double coverage) {
            if (coverage >= 0.5) {
                map.ids[std::size_t(y) * kWorldSide + std::size_t(x)] = static_cast<std::uint8_t>(i + 1);
            }
        });
    }
    return map;
}

}  // namespace r2t2
