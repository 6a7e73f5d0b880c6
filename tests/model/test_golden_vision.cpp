// Pixels, vision tower, projector, auxiliary rows and compressor against the golden cases 1 and 2.
#include "tests/model/golden_case.h"

using namespace r2t2;
using namespace r2t2::golden;

class TestGoldenVision : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { configure_torch(); }

    void stages_data() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("merged");
        for (const char* variant : {"A", "B"}) {
            for (const char* name : {"case1_single_clean", "case2_batch_clean"}) {
                for (const bool merged : {false, true}) {
                    QTest::newRow(qPrintable(QString("%1 %2%3").arg(variant, name, merged ? " merged" : "")))
                        << variant << name << merged;
                }
            }
        }
    }
    void stages() {
        QFETCH(QString, variant);
        QFETCH(QString, name);
        QFETCH(bool, merged);
        const at::NoGradGuard no_grad;
        GoldenModel m = GoldenModel::load(variant.toStdString(), at::kFloat);
        if (merged) {
            m.weights.prepare_for_inference(true);
        }
        CaseCheck check(variant.toStdString(), name.toStdString());
        check.leave_to_others([](const std::string& tensor) { return !is_vision_tensor(tensor); });
        check.used({"image_u8", "map_rgb_u8"});

        const at::Tensor pixels = normalise_pixels(check.expected("image_u8"));
        if (check.has("pixel_values")) {
            check.compare("pixel_values", pixels, 0);
        }
        const TensorTrace trace = [&](const std::string& stage, const at::Tensor& value) {
            if (check.has(stage)) {
                check.compare(stage, value);
            }
        };
        const at::Tensor tower = vision_tower(m.config, m.weights, pixels, trace);
        check.compare("vision_tower_out", tower);
        check.compare("image_features", project(m.weights, tower));

        // Auxiliary rows: words, then the map.
        const at::Tensor verbs = check.expected("verb_ids");
        const at::Tensor words = m.weights.embedding.index_select(0, verbs.flatten()).view({verbs.size(0), verbs.size(1), -1});
        check.note("verb_ids", worst(words, check.expected("aux_embeds").slice(1, 0, verbs.size(1))), 0);
        if (check.has("map_rgb_u8")) {
            const at::Tensor map = normalise_pixels(check.expected("map_rgb_u8").to(at::kFloat) / 255);
            check.compare("map_pixel_values", map, 0);
            check.compare("map_embeds", project(m.weights, vision_tower(m.config, m.weights, map)));
            check.note("aux_embeds", worst(check.expected("aux_embeds"), at::cat({words, check.expected("map_embeds")}, 1)), 0);
        }
        check.used({"aux_embeds"});
        check.compare("comp_aux_embeds", compress(m.config, m.weights, check.expected("aux_embeds")));
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }

    /// The compressor has no positions, and masked rows do not exist for it.
    void compressorIgnoresOrderAndMaskedRows() {
        const at::NoGradGuard no_grad;
        const GoldenModel m = GoldenModel::load("A", at::kDouble);
        const at::Tensor rows = to_tensor(File::load("A/case2_batch_clean")["aux_embeds"]).to(at::kDouble);
        const at::Tensor expected = compress(m.config, m.weights, rows);
        QVERIFY(worst(compress(m.config, m.weights, rows.flip({1})), expected) < 1e-12);
        const at::Tensor noise = at::full({rows.size(0), 4, rows.size(2)}, 3.0, rows.options());
        const at::Tensor padded = at::cat({noise, rows}, 1);
        QVERIFY(worst(compress(m.config, m.weights, padded), expected) > 1e-3);
        at::Tensor mask = at::ones({rows.size(0), padded.size(1)}, at::kBool);
        mask.slice(1, 0, 4).fill_(false);
        QVERIFY(worst(compress(m.config, m.weights, padded, mask), expected) < 1e-12);
    }

    /// Upstream makes the constants while float16 is the default type; the numbers are spec 4.1's.
    void normalisationConstants() {
        const at::Tensor at_zero = normalise_pixels(at::zeros({1, 3, 1, 1}, at::kByte), true).flatten();
        const at::Tensor at_full = normalise_pixels(at::full({1, 3, 1, 1}, 255, at::kByte), true).flatten();
        const double mean[3] = {122.75, 116.75, 104.0625};
        const double deviation[3] = {68.5, 66.625, 70.375};
        for (int c = 0; c < 3; ++c) {
            QCOMPARE(at_zero[c].item<float>(), static_cast<float>((0 - mean[c]) / deviation[c]));
            QCOMPARE(at_full[c].item<float>(), static_cast<float>((255 - mean[c]) / deviation[c]));
        }
    }

    /// The exact ones of spec 4.1, and where an all black segment map lands: colours in 0..1, statistics of 0..255.
    void exactConstants() {
        const at::Tensor at_zero = normalise_pixels(at::zeros({1, 3, 1, 1}, at::kByte)).flatten();
        const at::Tensor at_one = normalise_pixels(at::ones({1, 3, 1, 1}, at::kFloat)).flatten();
        const double mean[3] = {122.770943, 116.746017, 104.093735};
        const double deviation[3] = {68.500534, 66.632164, 70.323158};
        for (int c = 0; c < 3; ++c) {
            QVERIFY(std::abs(at_zero[c].item<double>() + mean[c] / deviation[c]) < 1e-6);
            QVERIFY(std::abs(at_one[c].item<double>() - (1 - mean[c]) / deviation[c]) < 1e-6);
        }
        QVERIFY(at_zero.min().item<double>() > -1.80 && at_one.max().item<double>() < -1.46);
    }

    /// PASCAL VOC colours by segment id (spec 8.2); ids that upstream's table lacks are black.
    void segmentColours() {
        const struct { int id; int colour[3]; } table[] = {
            {0, {0, 0, 0}},     {1, {128, 0, 0}},     {2, {0, 128, 0}}, {3, {128, 128, 0}}, {4, {0, 0, 128}}, {5, {128, 0, 128}},
            {6, {0, 128, 128}}, {7, {128, 128, 128}}, {8, {64, 0, 0}},  {9, {192, 0, 0}},   {10, {64, 128, 0}}, {11, {192, 128, 0}},
            {134, {0, 0, 0}},   {255, {0, 0, 0}}};
        for (const auto& row : table) {
            const at::Tensor colour = segment_colours(at::full({1, 1}, row.id, at::kByte)).flatten();
            for (int c = 0; c < 3; ++c) {
                QCOMPARE(colour[c].item<float>(), static_cast<float>(row.colour[c] / 255.0));
            }
        }
    }

    /// The golden maps are made of those colours: every pixel is found in the table.
    void goldenMapsUseTheTable() {
        at::Tensor ids = at::arange(256, at::kByte).view({16, 16});
        const at::Tensor palette = (segment_colours(ids).flatten(1).t() * 255).round().slice(0, 0, 134).contiguous();
        for (const char* variant : {"A", "B"}) {
            const at::Tensor map = to_tensor(File::load(std::string(variant) + "/case1_single_clean")["map_rgb_u8"])[0];
            const at::Tensor pixels = map.to(at::kFloat).flatten(1).t();
            const at::Tensor distance = (pixels.unsqueeze(1) - palette.unsqueeze(0)).abs().sum(2);
            QCOMPARE(std::get<0>(distance.min(1)).max().item<float>(), 0.0F);
            const at::Tensor found = distance.argmin(1).to(at::kByte).view({map.size(1), map.size(2)});
            QCOMPARE(worst((segment_colours(found) * 255).round(), map), 0.0);
        }
    }
};

QTEST_GUILESS_MAIN(TestGoldenVision)
#include "test_golden_vision.moc"
