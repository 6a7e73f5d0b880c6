// Facts from JSON: every spelling that is allowed, and clear words about every one that is not.
#include <QtTest>
#include <fstream>

#include "core/vision/facts_json.h"
#include "core/vision/verbalise.h"

using namespace r2t2;

namespace {

const std::filesystem::path kData = R2T2_SOURCE_DIR "/tests/vision/data";

FactsReadOptions here() {
    FactsReadOptions options;
    options.directory = kData;
    return options;
}

}  // namespace

class TestFactsJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everything() {
        const auto facts = facts_from_json(R"({
            "segments": [{"id": 1, "label_id": 119}, {"id": 2, "label": "tree-merged", "box": [0, 0.5, 1, 1]}],
            "seg_map": {"width": 4, "height": 2, "runs": [0, 1, 1, 2, 0, 2, 1, 1, 2, 1, 200, 1]},
            "detections": [{"label": "dog", "score": 0.75, "box_xyxy_490": [49, 98, 245, 490]}, {"label": "cat", "box": [0, 0, 1, 1]}],
            "relations": [{"subject": "a", "predicate": "on", "object": "b", "score": 0.9}],
            "ocr": [{"text": "STOP", "conf": 0.99}], "_note": 1})",
                                           "x.json");
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().message().c_str());
        QCOMPARE(facts->segments[0].label, std::string("sky-other-merged"));
        QVERIFY((facts->segments[0].box == Box{0.25, 0, 0.75, 1}));  // tight, from the map
        QVERIFY((facts->segments[1].box == Box{0, 0.5, 1, 1}));      // stated
        QCOMPARE(int(facts->map.ids[7]), 0);                         // 200 counts as none
        QVERIFY((facts->detections[0].box == Box{0.1, 0.2, 0.5, 1}));
        QCOMPARE(facts->detections[1].score, 1.0);
        QCOMPARE(facts->texts[0].text, std::string("STOP"));

        const auto back = facts_from_json(facts_to_json(*facts), "again");
        QVERIFY(back.ok());
        QVERIFY(*back == *facts);
    }

    /// OWLv2's boxes may leave the picture by half its side.
    void boxes_that_a_detector_gives() {
        const auto facts = facts_from_json(R"({"detections": [{"label": "a", "box_xyxy_490": [-3.2, 100.4, 490.6, 333.3]}, {"label": "b", "box": [-0.5, -0.5, 1.5, 1.5]},
                                               {"label": "c", "box": [0.5, 0.5, 0.5, 0.5]}, {"label": "d", "box_xyxy_490": [-245, 0, 735, 490], "_note": 1, "_note": 2}]})",
                                           "x.json");
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().message().c_str());
        QCOMPARE(facts->detections.size(), std::size_t{4});
    }

    void nothing() {
        for (const char* text : {"{}", R"({"segments": null, "seg_map": null, "ocr": null, "sgg": null})"}) {
            const auto facts = facts_from_json(text, "x");
            QVERIFY(facts.ok());
            QVERIFY(*facts == AuxiliaryFacts{});
        }
    }

    void maps() {
        const auto by_path =
            facts_from_json(R"({"seg_map": {"path": "map.png"}, "segments": [{"id": 1, "label": "a"}]})", "x", here());
        QVERIFY2(by_path.ok(), by_path.ok() ? "" : by_path.error().message().c_str());
        QVERIFY((by_path->segments[0].box == Box{1 / 6.0, 0.25, 4 / 6.0, 0.75}));
        QCOMPARE(int(by_path->map.ids[0]), 0);  // 255
        const auto bytes = read_limited_file(kData / "map.png", 1 << 20);
        const QByteArray base64 = QByteArray::fromStdString(*bytes).toBase64();
        const auto inside = facts_from_json("{\"seg_map\": {\"png_base64\": \"" + base64.toStdString() + "\"}}", "x");
        QVERIFY(inside.ok());
        QVERIFY(inside->map == by_path->map);
    }

    void sceneGraph() {
        std::string row = "[0.9";
        for (int i = 0; i < 56; ++i) {
            row += i == 46 ? ",0.85" : ",0.01";  // riding
        }
        row += "]";
        const std::string graph = R"({"sgg": {"labels": ["person", "horse"], "pairs": [[0,1],[1,0]], "rel_scores": [)" +
                                  row + "," + row + "]}}";
        const auto facts = facts_from_json(graph, "x");
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().message().c_str());
        QCOMPARE(facts->relations.size(), std::size_t(2));
        QCOMPARE(verbalise_relations(*facts), std::string("The image includes relationships between objects: person is "
                                                          "riding horse, and horse is riding person."));
    }

    void broken_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* text, const char* field) { QTest::newRow(text) << text << field; };
        row("", "broken JSON");
        row("{", "broken JSON");
        row("[]", "found []");
        row("7", "found 7");
        row(R"({"detection": []})", "detection");
        row(R"({"detections": {}})", "detections");
        row(R"({"detections": [5]})", "detections[0]");
        row(R"({"detections": [{"label": "a", "box": [0,0,1,1]}, {"label": "a"}]})", "detections[1]");
        row(R"({"detections": [{"label": 5, "box": [0,0,1,1]}]})", "detections[0].label");
        row(R"({"detections": [{"label": "a", "box": [0,0,1]}]})", "detections[0].box");
        row(R"({"detections": [{"label": "a", "box": [0,0,1,"x"]}]})", "detections[0].box");
        row(R"({"detections": [{"label": "a", "box": [0,0,1,1], "score": 2}]})", "detections[0].score");
        row(R"({"segments": [{"label": "a", "box": [0,0,1,1]}]})", "segments[0].id");
        row(R"({"segments": [{"id": 0, "label": "a", "box": [0,0,1,1]}]})", "segments[0].id");
        row(R"({"segments": [{"id": 134, "label": "a", "box": [0,0,1,1]}]})", "segments[0].id");
        row(R"({"segments": [{"id": 1.5, "label": "a", "box": [0,0,1,1]}]})", "segments[0].id");
        row(R"({"segments": [{"id": 1, "label_id": 133, "box": [0,0,1,1]}]})", "segments[0].label_id");
        row(R"({"segments": [{"id": 1, "box": [0,0,1,1]}]})", "segments[0].label");
        row(R"({"segments": [{"id": 1, "label": "a"}]})", "segments[0].box");
        row(R"({"detections": [{"label": "a", "box": [0.9, 0.9, 0.1, 0.1]}]})", "detections[0].box: found [0.9,0.9,0.1,0.1]; allowed: [x1, y1, x2, y2] with x1 <= x2");
        row(R"({"detections": [{"label": "a", "box": [0, 0.6, 1, 0.5]}]})", "detections[0].box");
        row(R"({"detections": [{"label": "a", "box": [-5, 0, 3, 1]}]})", "detections[0].box: found [-5,0,3,1]; allowed: -0.5 .. 1.5");
        row(R"({"detections": [{"label": "a", "box": [0, 0, 490, 490]}]})", "pixels");
        row(R"({"detections": [{"label": "a", "box_xyxy_490": [0, 0, 490, 736]}]})", "detections[0].box_xyxy_490");
        row(R"({"segments": [{"id": 1, "label": "a", "box": [1, 0, 0, 1]}]})", "segments[0].box");
        row(R"({"detections": [{"label": "a", "label": "b", "box": [0,0,1,1]}]})", "detections[0].label: found the field a second time");
        row(R"({"detections": [{"label": "a", "box": [0,0,1,1], "score": 0.1, "score": 0.9}]})", "detections[0].score: found the field a second time");
        row(R"({"detections": [{"label": "a", "box": [0,0,1,1], "box": [0,0,1,1]}]})", "detections[0].box: found the field a second time");
        row(R"({"ocr": [], "ocr": []})", "ocr: found the field a second time");
        row(R"({"seg_map": {"width": 2, "width": 2, "height": 2, "runs": [0, 4]}})", "seg_map.width: found the field a second time");
        row(R"({"seg_map": {}})", "seg_map");
        row(R"({"seg_map": {"path": "no-such.png"}})", "no-such.png");
        row(R"({"seg_map": {"path": "rgb.png"}})", "8-bit grey PNG");
        row(R"({"seg_map": {"png_base64": "@@"}})", "seg_map.png_base64");
        row(R"({"seg_map": {"png_base64": ""}})", "seg_map.png_base64");
        row(R"({"seg_map": {"width": 2, "height": 2, "runs": [0, 3]}})", "seg_map.runs");
        row(R"({"seg_map": {"width": 2, "height": 2, "runs": [0, 5]}})", "seg_map.runs[0]");
        row(R"({"seg_map": {"width": 2, "height": 2, "runs": [0, 4, 1]}})", "seg_map.runs");
        row(R"({"seg_map": {"width": 2, "height": 2, "runs": [300, 4]}})", "seg_map.runs[0]");
        row(R"({"seg_map": {"width": -2, "height": 2, "runs": []}})", "seg_map.width");
        row(R"({"seg_map": {"width": 30000, "height": 30000, "runs": [0, 900000000]}})", "pixels");
        row(R"({"seg_map": {"height": 2, "runs": []}})", "seg_map.width: found missing");
        row(R"({"seg_map": {"width": 2, "runs": []}})", "seg_map.height: found missing");
        row(R"({"seg_map": {"width": null, "height": 2, "runs": []}})", "seg_map.width: found null");
        row(R"({"relations": [{"subject": "a", "object": "b"}]})", "relations[0].predicate");
        row(R"({"relations": [], "sgg": {}})", "sgg");
        row(R"({"sgg": {"labels": ["a"], "pairs": [[0, 1]], "rel_scores": []}})", "sgg.pairs");
        row(R"({"sgg": {"labels": ["a"], "pairs": [], "rel_scores": [[1]]}})", "sgg.rel_scores");
        row(R"({"sgg": {"labels": ["a"], "pairs": [[0, 0]], "rel_scores": []}})", "sgg.rel_scores");
        row(R"({"ocr": [{"conf": 1}]})", "ocr[0].text");
        row(R"({"ocr": ["STOP"]})", "ocr[0]");
    }
    void broken() {
        QFETCH(QString, text);
        QFETCH(QString, field);
        const auto facts = facts_from_json(text.toStdString(), "set.json: record 4", here());
        QVERIFY(!facts.ok());
        const QString message = QString::fromStdString(facts.error().message());
        QVERIFY2(message.contains(field), qPrintable(message));
        QVERIFY2(message.contains("record 4") || message.contains(".png"), qPrintable(message));
    }

    void deepNestingDoesNotOverflow() {
        const std::string deep = "{\"ocr\": " + std::string(2'000'000, '[');
        const auto facts = facts_from_json(deep, "deep");
        QVERIFY(!facts.ok());
        QVERIFY(QString::fromStdString(facts.error().message()).contains("nested"));
    }

    // Found by fuzzing: facts were written that could not be read.
    void scoresOfASceneGraphAreProbabilities() {
        const auto facts = read_facts(kData / "relation_score_above_one.facts.json");
        QVERIFY(!facts.ok());
        const QString message = QString::fromStdString(facts.error().message());
        QVERIFY2(message.contains("sgg.rel_scores: found 6.01; allowed: 0 .. 1"), qPrintable(message));
    }

    void fileBesideItsMap() {
        QTemporaryDir folder;
        const std::filesystem::path directory = folder.path().toStdString();
        std::filesystem::copy_file(kData / "map.png", directory / "m.png");
        std::ofstream(directory / "f.json") << R"({"seg_map": {"path": "m.png"}})";
        const auto facts = read_facts(directory / "f.json");
        QVERIFY(facts.ok());
        QCOMPARE(facts->map.width, 6);
        QCOMPARE(read_facts(directory / "none.json").error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestFactsJson)
#include "test_facts_json.moc"
