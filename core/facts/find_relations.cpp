// Relations of place between detections: only those that anybody would say.
#include <algorithm>
#include <map>

#include "core/facts/facts_parts.h"
#include "core/vision/verbalise.h"

namespace r2t2::facts {

namespace {

constexpr double kClear = 0.5;         // least share of the smaller extent that two things must have in common
constexpr std::size_t kThings = 8;     // relations are looked for among the best detections
constexpr double kCertain = 0.5;       // score of a detection that is worth relating: MoAI is told no others

/// Common part of two intervals over the length of the shorter one.
double common(double a1, double a2, double b1, double b2) {
    const double shorter = std::min(a2 - a1, b2 - b1);
    return shorter > 0 ? std::max(0.0, std::min(a2, b2) - std::max(a1, b1)) / shorter : 0.0;
}

double area(const Box& box) {
    return (box.x2 - box.x1) * (box.y2 - box.y1);
}

bool inside(const Box& a, const Box& b) {
    return a.x1 >= b.x1 && a.y1 >= b.y1 && a.x2 <= b.x2 && a.y2 <= b.y2 && area(a) < 0.8 * area(b);
}

/// Names as a scene graph has them: equal ones are numbered.
std::vector<std::string> names_of(const std::vector<DetectionFact>& things) {
    std::map<std::string, int> total;
    for (const DetectionFact& thing : things) {
        ++total[thing.label];
    }
    std::map<std::string, int> seen;
    std::vector<std::string> names;
    for (const DetectionFact& thing : things) {
        const bool alone = total[thing.label] == 1;
        names.push_back(alone ? thing.label : thing.label + " (#" + std::to_string(++seen[thing.label]) + ")");
    }
    return names;
}

struct PlacedRelation {
    RelationFact fact;
    double gap = 0;  ///< between the two, in sides of the picture
};

void relate(const Box& a, const Box& b, const std::string& first, const std::string& second,
            std::vector<PlacedRelation>& out) {
    if (inside(a, b)) {
        out.push_back({{first, "inside", second, 1.0}, 0.0});
        return;
    }
    const double rows = common(a.y1, a.y2, b.y1, b.y2);
    const double columns = common(a.x1, a.x2, b.x1, b.x2);
    if (a.x2 <= b.x1 && rows >= kClear) {
        out.push_back({{first, "left of", second, rows}, b.x1 - a.x2});
    } else if (a.y2 <= b.y1 && columns >= kClear) {
        out.push_back({{first, "above", second, columns}, b.y1 - a.y2});
    }
}

}  // namespace

std::vector<RelationFact> find_relations(const std::vector<DetectionFact>& detections, int max_relations) {
    std::vector<DetectionFact> things;
    std::copy_if(detections.begin(), detections.end(), std::back_inserter(things),
                 [](const DetectionFact& thing) { return thing.score >= kCertain; });
    const std::vector<std::string> names = names_of(things);
    const std::size_t count = std::min(things.size(), kThings);
    std::vector<PlacedRelation> found;
    for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b < count; ++b) {
            if (a != b) {
                relate(things[a].box, things[b].box, names[a], names[b], found);
            }
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const PlacedRelation& a, const PlacedRelation& b) {
        return a.fact.score != b.fact.score ? a.fact.score > b.fact.score : a.gap < b.gap;
    });
    found.resize(std::min(found.size(), static_cast<std::size_t>(max_relations)));
    std::vector<RelationFact> out;
    for (PlacedRelation& relation : found) {
        out.push_back(std::move(relation.fact));
    }
    return out;
}

}  // namespace r2t2::facts
