// Which pictures a newcomer may be shown first: pictures of known kinds, and those of the bundled world by its domains.
#include <QtTest>

#include "core/base/random.h"
#include "core/miniature/sample.h"
#include "core/vision/picture_clarity.h"

using namespace r2t2;

namespace {

/// A square of `light` on `dark`, `grain` of noise on both.
Image square(int side, double dark, double light, double grain) {
    RandomStream random(1);
    Image image{side, side, {}};
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            const bool inside = std::abs(x - side / 2) < side / 4 && std::abs(y - side / 2) < side / 4;
            const double value = (inside ? light : dark) + grain * random.normal();
            image.rgb.insert(image.rgb.end(), 3, static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
        }
    }
    return image;
}

}  // namespace

class TestPictureClarity : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kinds() {
        QVERIFY(is_clear(square(64, 40, 200, 0)));
        QVERIFY(is_clear(square(64, 200, 40, 3)));
        QVERIFY(is_clear(square(1500, 40, 200, 0)));
        QVERIFY(!is_clear(square(64, 10, 60, 0)));     // dim
        QVERIFY(!is_clear(square(64, 128, 128, 0)));   // nothing on it
        QVERIFY(!is_clear(square(64, 40, 200, 40)));   // noise
        QVERIFY(!is_clear({}) && !is_clear({1, 1, {0, 0, 0}}));
        Image wide = square(64, 40, 200, 0);
        wide.height = 1;
        wide.width = 64 * 64;
        QVERIFY(is_clear(wide));
    }

    void of_the_bundled_world() {
        std::map<Domain, std::pair<int, int>> clear;  // of how many
        for (std::size_t i = 0; i < 150; ++i) {
            const auto sample = make_sample(default_world(), "test", 1, i);
            QVERIFY(sample.ok());
            clear[sample->domain].first += is_clear(sample->image) ? 1 : 0;
            ++clear[sample->domain].second;
        }
        QCOMPARE(clear[Domain::Dim].first, 0);
        QCOMPARE(clear[Domain::Noise].first, 0);
        for (const Domain domain : {Domain::Clean, Domain::Clutter}) {
            QVERIFY(clear[domain].second >= 20 && clear[domain].first >= clear[domain].second * 9 / 10);
        }
    }
};

QTEST_GUILESS_MAIN(TestPictureClarity)
#include "test_picture_clarity.moc"
