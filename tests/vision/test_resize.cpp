// Resizing as Pillow does it, byte for byte.
#include <QtTest>

#include "core/vision/load_image.h"
#include "core/vision/resize_bilinear_pillow.h"

using namespace r2t2;

class TestResize : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ramp7x5() {
        Image ramp{7, 5, {}};
        for (int y = 0; y < 5; ++y) {
            for (int x = 0; x < 7; ++x) {
                ramp.rgb.insert(ramp.rgb.end(), 3, static_cast<std::uint8_t>(7 * (7 * y + x)));
            }
        }
        const Image small = resize_bilinear_pillow(ramp, 4, 3);
        const std::vector<int> expected = {25, 36, 48, 59, 102, 113, 125, 136, 179, 190, 202, 213};
        QCOMPARE(small.rgb.size(), expected.size() * 3);
        for (std::size_t i = 0; i < small.rgb.size(); ++i) {
            QCOMPARE(int(small.rgb[i]), expected[i / 3]);
        }
    }

    // Pictures made by Pillow itself: shrinking, growing, one axis only, down to a pixel.
    void pillowsOwn_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::newRow("shrink") << 20 << 11;
        QTest::newRow("grow") << 70 << 80;
        QTest::newRow("rows only") << 53 << 90;
        QTest::newRow("columns only") << 17 << 37;
        QTest::newRow("one pixel") << 1 << 1;
    }
    void pillowsOwn() {
        QFETCH(int, width);
        QFETCH(int, height);
        const std::string folder = R2T2_SOURCE_DIR "/tests/vision/data/resize_";
        const auto source = load_image(folder + "53x37.png");
        const auto expected = load_image(folder + std::to_string(width) + "x" + std::to_string(height) + ".png");
        QVERIFY(source.ok() && expected.ok());
        QVERIFY(resize_bilinear_pillow(*source, width, height) == *expected);
    }

    void properties() {
        const Image flat{3, 2, std::vector<std::uint8_t>(18, 77)};
        for (const auto& [w, h] : {std::pair{1, 1}, {490, 490}, {2, 7}, {64, 1}}) {
            const Image out = resize_bilinear_pillow(flat, w, h);
            QCOMPARE(out.width, w);
            QCOMPARE(out.height, h);
            QVERIFY(std::all_of(out.rgb.begin(), out.rgb.end(), [](int v) { return v == 77; }));  // weights sum to one
        }
        const Image some{2, 1, {1, 2, 3, 250, 5, 90}};
        QVERIFY(resize_bilinear_pillow(some, 2, 1) == some);  // same size: untouched
        // Channels do not mix, and values stay between neighbours.
        const Image wide = resize_bilinear_pillow(some, 9, 1);
        for (int x = 1; x < 9; ++x) {
            QVERIFY(wide.rgb[std::size_t(x) * 3] >= wide.rgb[std::size_t(x - 1) * 3]);
            QVERIFY(wide.rgb[std::size_t(x) * 3 + 1] <= 5);
        }
        QCOMPARE(int(wide.rgb.front()), 1);
        QCOMPARE(int(wide.rgb[24]), 250);
    }
};

QTEST_GUILESS_MAIN(TestResize)
#include "test_resize.moc"
