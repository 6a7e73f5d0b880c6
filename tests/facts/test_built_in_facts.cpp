// Built-in facts: what is on a drawn table, printed lines letter by letter, and nothing that cannot be said.
#include <QtTest>

#include "core/base/random.h"
#include "core/facts/built_in_facts.h"
#include "core/vision/facts_json.h"
#include "core/vision/load_image.h"
#include "core/vision/verbalise.h"

using namespace r2t2;

namespace {

Image picture(const char* name) {
    return load_image(std::filesystem::path(R2T2_SOURCE_DIR) / "tests/facts/data" / name).value();
}

bool reads_text() {
    return QString::fromStdString(built_in_facts_source()).contains("Tesseract");
}

const DetectionFact* find(const AuxiliaryFacts& facts, const std::string& label) {
    const auto at = std::find_if(facts.detections.begin(), facts.detections.end(),
                                 [&](const DetectionFact& each) { return each.label == label; });
    return at == facts.detections.end() ? nullptr : &*at;
}

bool has(const AuxiliaryFacts& facts, const RelationFact& wanted) {
    return std::any_of(facts.relations.begin(), facts.relations.end(), [&](const RelationFact& each) {
        return each.subject == wanted.subject && each.predicate == wanted.predicate && each.object == wanted.object;
    });
}

bool near(const Box& a, const Box& b) {
    constexpr double kPixels = 4.0 / 490;
    return std::abs(a.x1 - b.x1) < kPixels && std::abs(a.y1 - b.y1) < kPixels && std::abs(a.x2 - b.x2) < kPixels &&
           std::abs(a.y2 - b.y2) < kPixels;
}

}  // namespace

class TestBuiltInFacts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void thingsOnATable() {
        const auto facts = built_in_facts(picture("scene.png"));
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().message().c_str());
        const struct {
            const char* label;
            Box box;
        } things[] = {{"red circle", {100 / 800.0, 250 / 600.0, 260 / 800.0, 410 / 600.0}},
                      {"blue square", {340 / 800.0, 180 / 600.0, 560 / 800.0, 400 / 600.0}},
                      {"yellow square", {410 / 800.0, 250 / 600.0, 490 / 800.0, 330 / 600.0}},
                      {"green triangle", {640 / 800.0, 230 / 600.0, 760 / 800.0, 400 / 600.0}}};
        for (const auto& thing : things) {
            const DetectionFact* found = find(*facts, thing.label);
            QVERIFY2(found != nullptr, thing.label);
            QVERIFY2(near(found->box, thing.box), thing.label);
            QVERIFY2(found->score > 0.88, thing.label);
        }
        // No rims and no table; the printed words, all above a fifth of the height, are things only where nobody reads them.
        const auto words = std::count_if(facts->detections.begin(), facts->detections.end(), [](const DetectionFact& each) { return each.box.y2 < 0.2; });
        QCOMPARE(facts->detections.size() - static_cast<std::size_t>(words), std::size(things));
        QCOMPARE(words > 0, !reads_text());
        QVERIFY(has(*facts, {"yellow square", "inside", "blue square", 0}));
        QVERIFY(has(*facts, {"red circle", "left of", "blue square", 0}));
        QVERIFY(has(*facts, {"blue square", "left of", "green triangle", 0}));
        QVERIFY(!has(*facts, {"blue square", "left of", "red circle", 0}));
        QVERIFY(!has(*facts, {"blue square", "inside", "yellow square", 0}));
    }

    // Ids 1 .. n, each with pixels and the box of its pixels, so that matching by position and by id agree.
    void segmentsAndMapAgree() {
        const auto facts = built_in_facts(picture("scene.png"));
        QVERIFY(facts.ok());
        QCOMPARE(facts->map.width, 490);
        QCOMPARE(facts->map.height, 368);
        QVERIFY(facts->segments.size() >= 6);
        for (std::size_t i = 0; i < facts->segments.size(); ++i) {
            const SegmentFact& segment = facts->segments[i];
            QCOMPARE(segment.id, int(i) + 1);
            Box box;
            QVERIFY(tight_box(facts->map, segment.id, box));
            QVERIFY(near(box, segment.box));
        }
        VerbaliseOptions by_id;
        by_id.segment_boxes_by_position = false;
        QCOMPARE(verbalise_segments(*facts), verbalise_segments(*facts, by_id));
        QCOMPARE(facts->segments[0].label, std::string("white background"));
        const auto back = facts_from_json(facts_to_json(*facts), "again");
        QVERIFY(back.ok());
        QVERIFY(*back == *facts);
    }

    void sourceIsStated() {
        BuiltInFactsOptions silent;
        silent.read_text = false;
        const auto facts = built_in_facts(picture("line.png"), silent);
        QVERIFY(facts.ok());
        QVERIFY(facts->source.starts_with("built-in: OpenCV "));
        QVERIFY(facts->source.ends_with("no text reading"));
        QVERIFY(facts->texts.empty());
        QCOMPARE(facts->source, built_in_facts_source(silent));
    }

    void printedLines_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("line");
        QTest::newRow("in a scene") << "scene.png" << "EXIT THROUGH GATE 12";
        QTest::newRow("dark on light") << "line.png" << "Total for 3 tickets: 48.50 EUR";
        QTest::newRow("light on dark") << "line_inverted.png" << "Total for 3 tickets: 48.50 EUR";
    }
    void printedLines() {
        if (!reads_text()) {
            QSKIP("built without Tesseract");
        }
        QFETCH(QString, name);
        QFETCH(QString, line);
        const auto facts = built_in_facts(picture(name.toLatin1().constData()));
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().message().c_str());
        QCOMPARE(QString::fromStdString(verbalise_texts(*facts)), "The image includes text descriptions: " + line + ".");
    }

    void sameFactsAgainAndOnAnotherThread() {
        const Image image = picture("scene.png");
        const auto first = built_in_facts(image);
        Result<AuxiliaryFacts> second = Error{};
        std::unique_ptr<QThread> thread(QThread::create([&] { second = built_in_facts(image); }));
        thread->start();
        QVERIFY(thread->wait());
        QVERIFY(first.ok() && second.ok());
        QVERIFY(*first == *second);
    }

    // Nothing is seen where nothing is; noise is no thing and no text.
    void emptyAndNoisy() {
        const auto flat = built_in_facts(Image{64, 48, std::vector<std::uint8_t>(64 * 48 * 3, 128)});
        QVERIFY2(flat.ok(), flat.ok() ? "" : flat.error().message().c_str());
        QCOMPARE(flat->segments.size(), std::size_t(1));
        QCOMPARE(flat->segments[0].label, std::string("grey background"));
        QVERIFY(flat->detections.empty() && flat->relations.empty() && flat->texts.empty());
        RandomStream random = RandomStream::fork(7, "noise");
        Image noise{200, 150, {}};
        for (int i = 0; i < 200 * 150 * 3; ++i) {
            noise.rgb.push_back(static_cast<std::uint8_t>(random.uniform() * 256));
        }
        const auto seen = built_in_facts(noise);
        QVERIFY(seen.ok());
        QCOMPARE(verbalise_texts(*seen), std::string());
    }

    void anySizeIsAnswered_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        for (const auto& [width, height] : {std::pair{1, 1}, {1, 300}, {300, 1}, {2, 3}, {3000, 7}, {5, 5}}) {
            QTest::addRow("%d x %d", width, height) << width << height;
        }
    }
    void anySizeIsAnswered() {
        QFETCH(int, width);
        QFETCH(int, height);
        Image image{width, height, {}};
        for (int i = 0; i < width * height * 3; ++i) {
            image.rgb.push_back(static_cast<std::uint8_t>(i * 37));
        }
        const auto facts = built_in_facts(image);
        QVERIFY2(facts.ok(), facts.ok() ? "" : facts.error().message().c_str());
        QCOMPARE(facts->map.ids.size(), std::size_t(facts->map.width) * std::size_t(facts->map.height));
        QVERIFY(draw_facts(image, *facts, 64).ok());
    }

    void refused() {
        QVERIFY(!built_in_facts(Image{}).ok());
        BuiltInFactsOptions options;
        options.max_segments = 134;
        const auto facts = built_in_facts(picture("line.png"), options);
        QVERIFY(!facts.ok());
        QCOMPARE(facts.error().kind, ErrorKind::InvalidInput);
        QVERIFY(!draw_facts(Image{}, {}).ok());
        QVERIFY(!draw_facts(picture("line.png"), {}, 1).ok());
    }

    void drawing() {
        const Image image = picture("scene.png");
        const auto facts = built_in_facts(image);
        QVERIFY(facts.ok());
        const auto drawn = draw_facts(image, *facts, 400);
        QVERIFY(drawn.ok());
        QCOMPARE(drawn->width, 800);
        QVERIFY(drawn->height > 300);
        const auto bare = draw_facts(image, AuxiliaryFacts{}, 400);
        QVERIFY(bare.ok());
        QVERIFY(drawn->rgb != bare->rgb);
    }
};

QTEST_GUILESS_MAIN(TestBuiltInFacts)
#include "test_built_in_facts.moc"
