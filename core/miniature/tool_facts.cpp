#include "core/miniature/tool_facts.h"

#include <algorithm>
#include <cmath>

#include "core/miniature/render.h"

namespace r2t2 {

namespace {

constexpr double kGrid = 8.0;

int other_value(int value, std::size_t count, RandomStream& random) {
    const auto step = 1 + random.below(static_cast<std::int64_t>(count) - 1);
    return static_cast<int>((value + step) % static_cast<std::int64_t>(count));
}

/// Another word that nobody in the scene carries, nor has been perceived so far.
int other_word(const Scene& truth, const Scene& perceived, RandomStream& random) {
    std::vector<int> free;
    for (int word = 0; word < static_cast<int>(kWords.size()); ++word) {
        const auto carries = [&](const SceneObject& object) { return object.word == word; };
        if (std::none_of(truth.objects.begin(), truth.objects.end(), carries) &&
            std::none_of(perceived.objects.begin(), perceived.objects.end(), carries)) {
            free.push_back(word);
        }
    }
    return free.empty() ? kNoWord : random.pick(free);
}

/// Grows to the grid of 8 pixels, in fractions of the side.
Box grid_box(const SceneObject& object) {
    const double half = object.size / 2;
    const auto down = [](double v) {
        return std::clamp(std::floor(v / kGrid) * kGrid, 0.0, double(kWorldSide)) / kWorldSide;
    };
    const auto up = [](double v) {
        return std::clamp(std::ceil(v / kGrid) * kGrid, 0.0, double(kWorldSide)) / kWorldSide;
    };
    return {down(object.x - half), down(object.y - half), up(object.x + half), up(object.y + half)};
}

/// low .. 0.99 in hundredths, so that JSON stays short.
double score(double low, RandomStream& random) {
    return std::floor(random.uniform(low, 0.99) * 100.0) / 100.0;
}

void add_relations(const Scene& scene, const WorldConfig& config, RandomStream& random, AuxiliaryFacts& facts) {
    const auto say = [&](const SceneObject& subject, const char* predicate, std::string_view object) {
        facts.relations.push_back({std::string(kShapes[static_cast<std::size_t>(subject.shape)]), predicate,
                                   std::string(object), score(0.85, random)});
    };
    for (const SceneObject& a : scene.objects) {
        if (scene.only_shape(a.shape) == nullptr) {
            continue;
        }
        for (const SceneObject& b : scene.objects) {
            if (&a == &b || scene.only_shape(b.shape) == nullptr) {
                continue;
            }
            const std::string_view name_of_b = kShapes[static_cast<std::size_t>(b.shape)];
            if (b.x - a.x >= config.relation_margin) {
                say(a, "left of", name_of_b);
            }
            if (b.y - a.y >= config.relation_margin) {
                say(a, "above", name_of_b);
            }
        }
        if (a.word != kNoWord) {
            say(a, "carrying", kWords[static_cast<std::size_t>(a.word)]);
        }
    }
}

}  // namespace

Scene perceive(const Scene& scene, const ToolErrors& errors, RandomStream& random) {
    Scene seen = scene;
    for (std::size_t i = 0; i < seen.objects.size(); ++i) {
        SceneObject& object = seen.objects[i];
        if (random.chance(errors.colour)) {
            object.colour = other_value(object.colour, kColours.size(), random);
        }
        if (random.chance(errors.shape)) {
            object.shape = other_value(object.shape, kShapes.size(), random);
        }
        if (object.word != kNoWord && random.chance(errors.label)) {
            object.word = other_word(scene, seen, random);
        }
        if (random.chance(errors.position)) {
            object.x = kWorldSide - object.x;
            object.y = kWorldSide - object.y;
            object.cell = kWorldCells * kWorldCells - 1 - object.cell;
        }
    }
    return seen;
}

AuxiliaryFacts facts_of(const Scene& perceived, const WorldConfig& config, RandomStream& random) {
    AuxiliaryFacts facts;
    int id = 0;
    for (const SceneObject& object : perceived.objects) {
        const std::string label = std::string(kColours[static_cast<std::size_t>(object.colour)]) + " " +
                                  std::string(kShapes[static_cast<std::size_t>(object.shape)]);
        const Box box = grid_box(object);
        facts.segments.push_back({++id, label, box});
        facts.detections.push_back({label, score(0.6, random), box});
        if (object.word != kNoWord) {
            facts.texts.push_back({std::string(kWords[static_cast<std::size_t>(object.word)]), score(0.88, random)});
        }
    }
    add_relations(perceived, config, random, facts);
    facts.map = render_segments(perceived);
    return facts;
}

}  // namespace r2t2
