// MoAI's wording, character for character.
#include <QtTest>
#include <set>

#include "core/vision/facts_json.h"
#include "core/vision/verbalise.h"

using namespace r2t2;

namespace {

constexpr const char* kBoxes = "The image includes bounding box coordinates and their objects: ";

void paint(SegmentMap& map, int id, int y1, int y2, int x1, int x2) {  // inclusive
    for (int y = y1; y <= y2; ++y) {
        for (int x = x1; x <= x2; ++x) {
            map.ids[std::size_t(y) * std::size_t(map.width) + std::size_t(x)] = static_cast<std::uint8_t>(id);
        }
    }
}

AuxiliaryFacts street() {
    AuxiliaryFacts facts;
    facts.map = {490, 490, std::vector<std::uint8_t>(490 * 490)};
    paint(facts.map, 1, 0, 199, 0, 489);
    paint(facts.map, 2, 200, 489, 100, 299);
    paint(facts.map, 3, 300, 399, 350, 416);
    facts.segments = {{1, "sky-other-merged", {}}, {2, "person", {}}, {3, "tree-merged", {}}};
    return facts;
}

SceneGraph skateboard() {
    SceneGraph graph;
    graph.labels = {"person", "person", "skateboard", "grass-merged"};
    const auto row = [](std::string_view predicate, double score) {
        std::vector<double> scores(57, 0.01);
        scores[0] = 0.99;  // background never wins
        const auto& names = scene_graph_predicates();
        scores[std::size_t(std::find(names.begin(), names.end(), predicate) - names.begin()) + 1] = score;
        return scores;
    };
    graph.pairs = {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {0, 3}};
    graph.rel_scores = {row("beside", .95), row("riding", .85), row("standing on", .9), row("over", .4),
                        row("on", .82)};
    return graph;
}

}  // namespace

class TestVerbalise : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void segments() {
        AuxiliaryFacts facts = street();
        QCOMPARE(QString::fromStdString(verbalise_segments(facts)),
                 QString(kBoxes) +
                     "[0.00, 0.00, 1.00, 0.41] sky, and [0.20, 0.41, 0.61, 1.00] person, and "
                     "[0.71, 0.61, 0.85, 0.82] tree.");
        // Listed, but without a pixel: upstream loses the whole part.
        for (auto& id : facts.map.ids) {
            id = id == 2 ? 0 : id;
        }
        QCOMPARE(verbalise_segments(facts), std::string());
        VerbaliseOptions sensible;
        sensible.segment_boxes_by_position = false;
        QVERIFY(!verbalise_segments(facts, sensible).empty());
        // Nothing found at all.
        facts.segments.clear();
        std::fill(facts.map.ids.begin(), facts.map.ids.end(), std::uint8_t{0});
        QCOMPARE(verbalise_segments(facts), std::string());
    }

    void detections() {
        AuxiliaryFacts facts;
        const auto box = [](double a, double b, double c, double d) { return Box{a / 490, b / 490, c / 490, d / 490}; };
        facts.detections = {{"dog", 0.91, box(10, 20, 245, 490)},
                            {"no", 0.12, {}},
                            {"tabby cat", 0.5, box(-3.2, 100.4, 490.6, 333.3)},
                            {"no", 0.499, {}}};
        QCOMPARE(QString::fromStdString(verbalise_detections(facts)),
                 QString(kBoxes) + "[0.02, 0.04, 0.50, 1.00] dog, and [-0.01, 0.20, 1.00, 0.68] tabby cat.");
        facts.detections = {{"x", 0.9, box(-1, 0, 500, 0)}};
        QCOMPARE(QString::fromStdString(verbalise_detections(facts)), QString(kBoxes) + "[-0.00, 0.00, 1.02, 0.00] x.");
    }

    void relations() {
        AuxiliaryFacts facts;
        facts.relations = select_relations(skateboard());
        QCOMPARE(facts.relations.size(), std::size_t(4));  // n = min(10, objects), the .4 is cut
        QCOMPARE(QString::fromStdString(verbalise_relations(facts)),
                 QString("The image includes relationships between objects: person (#1) is beside person (#2), and "
                         "person (#2) is standing on grass, and person (#1) is riding skateboard, and person (#1) is "
                         "on grass."));
        SceneGraph few = skateboard();
        few.pairs.resize(2);
        few.rel_scores.resize(2);
        QVERIFY(select_relations(few).empty());
        QCOMPARE(select_relations(few, false).size(), std::size_t(2));
        facts.relations = {{"a", "on", "b", 0.79}};
        QCOMPARE(verbalise_relations(facts), std::string());
    }

    void texts() {
        AuxiliaryFacts facts;
        facts.texts = {{"STOP", .99}, {"blurry", .5}, {"Main St.", .85}};
        QCOMPARE(verbalise_texts(facts), std::string("The image includes text descriptions: STOP, and Main St.."));
    }

    void emptyPartsKeepTheirSpaces() {
        QCOMPARE(verbalise({}), std::string("   "));
        AuxiliaryFacts facts;
        facts.detections = {{"d", 1, {}}};
        facts.texts = {{"t", 1}};
        QCOMPARE(QString::fromStdString(verbalise(facts)),
                 QString(" ") + kBoxes + "[0.00, 0.00, 0.00, 0.00] d.  The image includes text descriptions: t.");
    }

    void allFourParts() {
        AuxiliaryFacts facts = street();
        facts.detections = {{"dog", 0.91, {10 / 490.0, 20 / 490.0, 245 / 490.0, 1}}};
        facts.relations = {{"dog", "beside", "person", 0.8}};
        facts.texts = {{"STOP", .99}};
        QCOMPARE(QString::fromStdString(verbalise(facts)),
                 QString(kBoxes) +
                     "[0.00, 0.00, 1.00, 0.41] sky, and [0.20, 0.41, 0.61, 1.00] person, and [0.71, 0.61, 0.85, 0.82] "
                     "tree. " +
                     kBoxes +
                     "[0.02, 0.04, 0.50, 1.00] dog. The image includes relationships between objects: dog is beside "
                     "person. The image includes text descriptions: STOP.");
    }

    // With boxes by id, a listed segment without pixels keeps what it states and the others keep their own.
    void boxesByPositionOrById() {
        AuxiliaryFacts facts = street();
        facts.segments = {{3, "tree-merged", {.7, .6, .9, .8}}, {1, "sky-other-merged", {0, 0, 1, .4}}};
        QCOMPARE(QString::fromStdString(verbalise_segments(facts)),
                 QString(kBoxes) + "[0.00, 0.00, 1.00, 0.41] tree, and [0.20, 0.41, 0.61, 1.00] sky.");
        VerbaliseOptions by_id;
        by_id.segment_boxes_by_position = false;
        QCOMPARE(QString::fromStdString(verbalise_segments(facts, by_id)),
                 QString(kBoxes) + "[0.70, 0.60, 0.90, 0.80] tree, and [0.00, 0.00, 1.00, 0.40] sky.");
    }

    void classNames() {
        QCOMPARE(clean_class_name("sky-other-merged"), std::string("sky"));
        QCOMPARE(clean_class_name("door-stuff"), std::string("door"));
        QCOMPARE(clean_class_name("floor-wood"), std::string("floor-wood"));
        QCOMPARE(coco_panoptic_classes()[119], std::string_view("sky-other-merged"));
        QCOMPARE(coco_panoptic_classes()[80], std::string_view("banner"));
        const std::set<std::string_view> distinct(coco_panoptic_classes().begin(), coco_panoptic_classes().end());
        QCOMPARE(distinct.size(), std::size_t(133));
        const std::set<std::string_view> predicates(scene_graph_predicates().begin(), scene_graph_predicates().end());
        QCOMPARE(predicates.size(), std::size_t(56));
    }

    void colourMap() {
        const std::vector<std::array<int, 3>> expected = {{0, 0, 0},   {128, 0, 0},   {0, 128, 0},   {128, 128, 0},
                                                          {0, 0, 128}, {128, 0, 128}, {0, 128, 128}, {128, 128, 128},
                                                          {64, 0, 0},  {192, 0, 0},   {64, 128, 0},  {192, 128, 0}};
        for (std::size_t id = 0; id < expected.size(); ++id) {
            const auto colour = voc_colour(int(id));
            QCOMPARE((std::array<int, 3>{colour[0], colour[1], colour[2]}), expected[id]);
        }
    }
};

QTEST_GUILESS_MAIN(TestVerbalise)
#include "test_verbalise.moc"
