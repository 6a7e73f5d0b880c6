#include "core/miniature/scene.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/miniature/label_font.h"

namespace r2t2 {

namespace {

/// Uniform centre such that [centre - before, centre + after] stays within one pixel of the cell, inside the picture,
/// and the centre within `jitter` of the middle of that range.
double jittered(int cell, double before, double after, double jitter, RandomStream& random) {
    const double low = std::max(0.0, cell * double(kWorldCellSide) - 1.0) + before;
    const double high = std::min(double(kWorldSide), (cell + 1) * double(kWorldCellSide) + 1.0) - after;
    const double middle = (low + high) / 2;
    const double reach = std::min(std::abs(high - low) / 2, jitter);
    return random.uniform(middle - reach, middle + reach);
}

const SceneObject* only(const Scene& scene, int SceneObject::*field, int value) {
    const SceneObject* found = nullptr;
    for (const SceneObject& object : scene.objects) {
        if (object.*field == value) {
            if (found != nullptr) {
                return nullptr;
            }
            found = &object;
        }
    }
    return found;
}

int count(const Scene& scene, int SceneObject::*field, int value) {
    return static_cast<int>(std::count_if(scene.objects.begin(), scene.objects.end(),
                                          [&](const SceneObject& object) { return object.*field == value; }));
}

std::vector<int> shuffled(int size, RandomStream& random) {
    std::vector<int> items(static_cast<std::size_t>(size));
    std::iota(items.begin(), items.end(), 0);
    random.shuffle(items);
    return items;
}

}  // namespace

int Scene::count_shape(int shape) const {
    return count(*this, &SceneObject::shape, shape);
}
int Scene::count_colour(int colour) const {
    return count(*this, &SceneObject::colour, colour);
}
const SceneObject* Scene::only_shape(int shape) const {
    return only(*this, &SceneObject::shape, shape);
}
const SceneObject* Scene::only_colour(int colour) const {
    return only(*this, &SceneObject::colour, colour);
}

Scene random_scene(const WorldConfig& config, RandomStream& random) {
    const auto objects =
        static_cast<std::size_t>(config.min_objects + random.below(config.max_objects - config.min_objects + 1));
    const std::vector<int> cells = shuffled(kWorldCells * kWorldCells, random);
    const std::vector<int> words = shuffled(static_cast<int>(kWords.size()), random);
    const auto always_labelled = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(objects)));
    Scene scene;
    for (std::size_t i = 0; i < objects; ++i) {
        SceneObject object;
        object.shape = static_cast<int>(random.below(kShapes.size()));
        object.colour = static_cast<int>(random.below(kColours.size()));
        const bool labelled = random.chance(config.label_probability) || i == always_labelled;
        if (labelled && i < words.size()) {
            object.word = words[i];
        }
        object.cell = cells[i];
        object.size = random.uniform(config.object_size.low, config.object_size.high);
        const double half = object.size / 2;
        const double width = object.word == kNoWord ? half : std::max(half, kPlateWidth / 2.0);
        const double below = half + (object.word == kNoWord ? 0.0 : kPlateHeight - kPlateOverlap);
        object.x = jittered(object.cell % kWorldCells, width, width, config.placement_jitter, random);
        object.y = jittered(object.cell / kWorldCells, half, below, config.placement_jitter, random);
        scene.objects.push_back(object);
    }
    return scene;
}

}  // namespace r2t2
