// RandomStream: repeatable everywhere, and distributed as it says.
#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/base/random.h"

using r2t2::RandomStream;

namespace {

constexpr int draws = 200000;

struct Moments {
    double mean = 0.0;
    double variance = 0.0;
};

template <typename Draw>
Moments moments(Draw&& draw) {
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < draws; ++i) {
        const double x = draw();
        sum += x;
        squares += x * x;
    }
    const double mean = sum / draws;
    return {mean, squares / draws - mean * mean};
}

}  // namespace

class TestBaseRandom : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void firstNumbersAreSplitMix64() {
        // Reference values of SplitMix64 with seed 1234567 (Vigna's splitmix64.c).
        RandomStream stream(1234567);
        QCOMPARE(stream.next(), 6457827717110365317ULL);
        QCOMPARE(stream.next(), 3203168211198807973ULL);
        QCOMPARE(stream.next(), 9817491932198370423ULL);
    }
    void sameSeedSameNumbers() {
        RandomStream a = RandomStream::fork(7, "shuffle", 3);
        RandomStream b = RandomStream::fork(7, "shuffle", 3);
        for (int i = 0; i < 100; ++i) {
            QCOMPARE(a.next(), b.next());
        }
    }
    void forksDiffer() {
        std::set<std::uint64_t> first;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            for (const char* purpose : {"", "a", "b", "ab", "ba"}) {
                for (std::uint64_t index = 0; index < 20; ++index) {
                    first.insert(RandomStream::fork(seed, purpose, index).next());
                }
            }
        }
        QCOMPARE(first.size(), std::size_t{20 * 5 * 20});
    }
    void stateCanBeRestored() {
        RandomStream stream(5);
        stream.next();
        const std::uint64_t state = stream.state();
        const double expected = stream.uniform();
        stream.set_state(state);
        QCOMPARE(stream.uniform(), expected);
    }
    // Limits are about five standard errors of 200,000 draws.
    void uniformMoments() {
        RandomStream stream(1);
        double lowest = 1.0;
        double highest = 0.0;
        const Moments m = moments([&] {
            const double u = stream.uniform();
            lowest = std::min(lowest, u);
            highest = std::max(highest, u);
            return u;
        });
        QVERIFY(lowest >= 0.0 && highest < 1.0);
        QVERIFY(std::abs(m.mean - 0.5) < 0.0033);
        QVERIFY(std::abs(m.variance - 1.0 / 12.0) < 0.001);
    }
    void normalMoments() {
        RandomStream stream(2);
        const Moments m = moments([&] { return stream.normal(); });
        QVERIFY(std::abs(m.mean) < 0.0112);
        QVERIFY(std::abs(m.variance - 1.0) < 0.016);
    }
    void gammaMoments_data() {
        QTest::addColumn<double>("shape");
        QTest::newRow("below one") << 0.7;
        QTest::newRow("three") << 3.0;
    }
    void gammaMoments() {
        QFETCH(double, shape);
        RandomStream stream(3);
        const Moments m = moments([&] { return stream.gamma(shape); });
        QVERIFY(std::abs(m.mean - shape) < 5.0 * std::sqrt(shape / draws));
        const double variance_error = std::sqrt((2.0 * shape * shape + 6.0 * shape) / draws);
        QVERIFY(std::abs(m.variance - shape) < 5.0 * variance_error);
    }
    void belowIsUnbiased() {
        RandomStream stream(4);
        std::array<int, 7> counts{};
        for (int i = 0; i < draws; ++i) {
            const std::int64_t x = stream.below(7);
            QVERIFY(x >= 0 && x < 7);
            ++counts[static_cast<std::size_t>(x)];
        }
        for (const int count : counts) {
            QVERIFY(std::abs(count - draws / 7.0) < 5.0 * std::sqrt(draws / 7.0));
        }
    }
    void shuffleIsAPermutation() {
        RandomStream stream(6);
        std::vector<int> items(50);
        std::iota(items.begin(), items.end(), 0);
        const std::vector<int> original = items;
        stream.shuffle(items);
        QVERIFY(items != original);
        std::sort(items.begin(), items.end());
        QCOMPARE(items, original);
    }
};

QTEST_APPLESS_MAIN(TestBaseRandom)
#include "test_base_random.moc"
