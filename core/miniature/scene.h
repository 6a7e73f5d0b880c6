// A scene of the bundled world: objects on a 4 x 4 grid of cells, at most one a cell. Thread rule: values.
#pragma once

#include <vector>

#include "core/base/random.h"
#include "core/miniature/world.h"

namespace r2t2 {

inline constexpr int kNoWord = -1;

struct SceneObject {
    int shape = 0;       ///< index into kShapes
    int colour = 0;      ///< index into kColours
    int word = kNoWord;  ///< index into kWords, or kNoWord
    int cell = 0;        ///< row * 4 + column
    double x = 0;        ///< centre of the shape in pixels, jittered inside its cell
    double y = 0;
    double size = 0;  ///< width and height of the shape in pixels
    bool operator==(const SceneObject&) const = default;
};

struct Scene {
    std::vector<SceneObject> objects;
    bool operator==(const Scene&) const = default;

    [[nodiscard]] int count_shape(int shape) const;
    [[nodiscard]] int count_colour(int colour) const;
    /// The only object of that shape, or nullptr when there is none or more than one.
    [[nodiscard]] const SceneObject* only_shape(int shape) const;
    [[nodiscard]] const SceneObject* only_colour(int colour) const;
};

/// Number of objects, cells, shapes, colours and words uniform; words differ within a scene; at least one object
/// carries a word. Objects and their labels stay within one pixel of their cell and inside the picture.
[[nodiscard]] Scene random_scene(const WorldConfig& config, RandomStream& random);

}  // namespace r2t2
