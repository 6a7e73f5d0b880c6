#include "core/vision/verbalise.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "core/base/number_text.h"

namespace r2t2 {

namespace {

std::string number(double value) {
    // Upstream holds boxes in float32; "%.2f" of the widened float, whatever the program's locale: the model reads it.
    return fixed_text(static_cast<double>(static_cast<float>(value)), 2);
}

std::string box_text(const Box& box) {
    return "[" + number(box.x1) + ", " + number(box.y1) + ", " + number(box.x2) + ", " + number(box.y2) + "]";
}

std::string join(std::string_view prefix, const std::vector<std::string>& items) {
    if (items.empty()) {
        return {};
    }
    std::string text(prefix);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) {
            text += kFactSeparator;
        }
        text += items[i];
    }
    return text + ".";
}

struct Extent {
    int x1 = 0, y1 = 0, x2 = -1, y2 = -1;
    void add(int x, int y) {
        if (x2 < 0) {
            x1 = x2 = x;
            y1 = y2 = y;
            return;
        }
        x1 = std::min(x1, x);
        x2 = std::max(x2, x);
        y1 = std::min(y1, y);
        y2 = std::max(y2, y);
    }
    [[nodiscard]] Box box(const SegmentMap& map) const {
        return {double(x1) / map.width, double(y1) / map.height, double(x2 + 1) / map.width,
                double(y2 + 1) / map.height};
    }
};

/// Boxes of the ids 1, 2, ... that own a pixel, in order of id.
std::vector<Box> map_boxes(const SegmentMap& map) {
    std::array<Extent, 256> extents{};
    std::size_t i = 0;
    for (int y = 0; y < map.height; ++y) {
        for (int x = 0; x < map.width; ++x, ++i) {
            extents[map.ids[i]].add(x, y);
        }
    }
    std::vector<Box> boxes;
    for (std::size_t id = 1; id < extents.size(); ++id) {
        if (extents[id].x2 >= 0) {
            boxes.push_back(extents[id].box(map));
        }
    }
    return boxes;
}

void erase_all(std::string& text, std::string_view part) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
        text.erase(at, part.size());
    }
}

}  // namespace

std::string clean_class_name(std::string name) {
    for (const std::string_view part : {"-merged", "-other", "-stuff"}) {
        erase_all(name, part);
    }
    return name;
}

bool tight_box(const SegmentMap& map, int id, Box& box) {
    Extent extent;
    std::size_t i = 0;
    for (int y = 0; y < map.height; ++y) {
        for (int x = 0; x < map.width; ++x, ++i) {
            if (map.ids[i] == id) {
                extent.add(x, y);
            }
        }
    }
    if (extent.x2 < 0) {
        return false;
    }
    box = extent.box(map);
    return true;
}

std::string verbalise_segments(const AuxiliaryFacts& facts, const VerbaliseOptions& options) {
    if (!options.say_segments) {
        return {};
    }
    std::optional<std::vector<Box>> boxes;
    if (options.segment_boxes_by_position && !facts.map.ids.empty()) {
        boxes = map_boxes(facts.map);
        if (boxes->size() < facts.segments.size()) {
            return {};
        }
    }
    std::vector<std::string> items;
    for (std::size_t i = 0; i < facts.segments.size(); ++i) {
        const SegmentFact& segment = facts.segments[i];
        const std::string label = options.clean_class_names ? clean_class_name(segment.label) : segment.label;
        items.push_back(box_text(boxes ? (*boxes)[i] : segment.box) + " " + label);
    }
    return join(kBoxesPrefix, items);
}

std::string verbalise_detections(const AuxiliaryFacts& facts, const VerbaliseOptions& options) {
    std::vector<std::string> items;
    for (const DetectionFact& detection : facts.detections) {
        if (detection.score >= options.detection_threshold) {
            items.push_back(box_text(detection.box) + " " + detection.label);
        }
    }
    return join(kBoxesPrefix, items);
}

std::string verbalise_relations(const AuxiliaryFacts& facts, const VerbaliseOptions& options) {
    std::vector<std::string> items;
    const auto name = [&](const std::string& label) {
        return options.clean_class_names ? clean_class_name(label) : label;
    };
    for (const RelationFact& relation : facts.relations) {
        if (relation.score >= options.relation_threshold) {
            items.push_back(name(relation.subject) + " is " + relation.predicate + " " + name(relation.object));
        }
    }
    return join(kRelationsPrefix, items);
}

std::string verbalise_texts(const AuxiliaryFacts& facts, const VerbaliseOptions& options) {
    std::vector<std::string> items;
    for (const TextFact& text : facts.texts) {
        if (text.confidence >= options.text_threshold) {
            items.push_back(text.text);
        }
    }
    return join(kTextsPrefix, items);
}

std::string verbalise(const AuxiliaryFacts& facts, const VerbaliseOptions& options) {
    return verbalise_segments(facts, options) + " " + verbalise_detections(facts, options) + " " +
           verbalise_relations(facts, options) + " " + verbalise_texts(facts, options);
}

std::vector<RelationFact> select_relations(const SceneGraph& graph, bool upstream_drops_short_lists) {
    std::size_t n = std::min<std::size_t>(10, graph.labels.size());
    if (graph.pairs.size() < n) {
        if (upstream_drops_short_lists) {
            return {};
        }
        n = graph.pairs.size();
    }
    std::map<std::string, int> total;
    for (const std::string& label : graph.labels) {
        ++total[clean_class_name(label)];
    }
    std::map<std::string, int> seen;
    std::vector<std::string> names;
    for (const std::string& label : graph.labels) {
        std::string name = clean_class_name(label);
        if (total[name] > 1) {
            name += " (#" + std::to_string(++seen[name]) + ")";
        }
        names.push_back(std::move(name));
    }
    std::vector<RelationFact> all;
    for (std::size_t i = 0; i < graph.pairs.size(); ++i) {
        const auto& row = graph.rel_scores[i];
        const auto best = std::max_element(row.begin() + 1, row.end());
        const auto predicate = static_cast<std::size_t>(best - row.begin() - 1);
        all.push_back({names[static_cast<std::size_t>(graph.pairs[i].first)],
                       std::string(scene_graph_predicates()[predicate]),
                       names[static_cast<std::size_t>(graph.pairs[i].second)], *best});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const RelationFact& a, const RelationFact& b) { return a.score > b.score; });
    all.resize(n);
    return all;
}

const std::array<std::string_view, 56>& scene_graph_predicates() {
    static constexpr std::array<std::string_view, 56> names = {
        "over",         "in front of", "beside",     "on",          "in",           "attached to",  "hanging from",
        "on back of",   "falling off", "going down", "painted on",  "walking on",   "running on",   "crossing",
        "standing on",  "lying on",    "sitting on", "flying over", "jumping over", "jumping from", "wearing",
        "holding",      "carrying",    "looking at", "guiding",     "kissing",      "eating",       "drinking",
        "feeding",      "biting",      "catching",   "picking",     "playing with", "chasing",      "climbing",
        "cleaning",     "playing",     "touching",   "pushing",     "pulling",      "opening",      "cooking",
        "talking to",   "throwing",    "slicing",    "driving",     "riding",       "parked on",    "driving on",
        "about to hit", "kicking",     "swinging",   "entering",    "exiting",      "enclosing",    "leaning on"};
    static_assert(names.back() == "leaning on");
    return names;
}

const std::array<std::string_view, 133>& coco_panoptic_classes() {
    static constexpr std::array<std::string_view, 133> names = {"person",
                                                                "bicycle",
                                                                "car",
                                                                "motorcycle",
                                                                "airplane",
                                                                "bus",
                                                                "train",
                                                                "truck",
                                                                "boat",
                                                                "traffic light",
                                                                "fire hydrant",
                                                                "stop sign",
                                                                "parking meter",
                                                                "bench",
                                                                "bird",
                                                                "cat",
                                                                "dog",
                                                                "horse",
                                                                "sheep",
                                                                "cow",
                                                                "elephant",
                                                                "bear",
                                                                "zebra",
                                                                "giraffe",
                                                                "backpack",
                                                                "umbrella",
                                                                "handbag",
                                                                "tie",
                                                                "suitcase",
                                                                "frisbee",
                                                                "skis",
                                                                "snowboard",
                                                                "sports ball",
                                                                "kite",
                                                                "baseball bat",
                                                                "baseball glove",
                                                                "skateboard",
                                                                "surfboard",
                                                                "tennis racket",
                                                                "bottle",
                                                                "wine glass",
                                                                "cup",
                                                                "fork",
                                                                "knife",
                                                                "spoon",
                                                                "bowl",
                                                                "banana",
                                                                "apple",
                                                                "sandwich",
                                                                "orange",
                                                                "broccoli",
                                                                "carrot",
                                                                "hot dog",
                                                                "pizza",
                                                                "donut",
                                                                "cake",
                                                                "chair",
                                                                "couch",
                                                                "potted plant",
                                                                "bed",
                                                                "dining table",
                                                                "toilet",
                                                                "tv",
                                                                "laptop",
                                                                "mouse",
                                                                "remote",
                                                                "keyboard",
                                                                "cell phone",
                                                                "microwave",
                                                                "oven",
                                                                "toaster",
                                                                "sink",
                                                                "refrigerator",
                                                                "book",
                                                                "clock",
                                                                "vase",
                                                                "scissors",
                                                                "teddy bear",
                                                                "hair drier",
                                                                "toothbrush",
                                                                "banner",
                                                                "blanket",
                                                                "bridge",
                                                                "cardboard",
                                                                "counter",
                                                                "curtain",
                                                                "door-stuff",
                                                                "floor-wood",
                                                                "flower",
                                                                "fruit",
                                                                "gravel",
                                                                "house",
                                                                "light",
                                                                "mirror-stuff",
                                                                "net",
                                                                "pillow",
                                                                "platform",
                                                                "playingfield",
                                                                "railroad",
                                                                "river",
                                                                "road",
                                                                "roof",
                                                                "sand",
                                                                "sea",
                                                                "shelf",
                                                                "snow",
                                                                "stairs",
                                                                "tent",
                                                                "towel",
                                                                "wall-brick",
                                                                "wall-stone",
                                                                "wall-tile",
                                                                "wall-wood",
                                                                "water-other",
                                                                "window-blind",
                                                                "window-other",
                                                                "tree-merged",
                                                                "fence-merged",
                                                                "ceiling-merged",
                                                                "sky-other-merged",
                                                                "cabinet-merged",
                                                                "table-merged",
                                                                "floor-other-merged",
                                                                "pavement-merged",
                                                                "mountain-merged",
                                                                "grass-merged",
                                                                "dirt-merged",
                                                                "paper-merged",
                                                                "food-other-merged",
                                                                "building-other-merged",
                                                                "rock-merged",
                                                                "wall-other-merged",
                                                                "rug-merged"};
    static_assert(names.back() == "rug-merged");
    return names;
}

}  // namespace r2t2
