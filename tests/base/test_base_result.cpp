// Result and Error, checked arithmetic, cancel token.
#include <QtTest>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>

#include "core/base/cancel.h"
#include "core/base/checked.h"
#include "core/base/result.h"

using namespace r2t2;

namespace {

Status first_bad(bool ok) {
    return ok ? Status{} : Status(invalid_input("a", "b", "c", "d"));
}

Result<int> twice(bool ok) {
    R2T2_TRY(first_bad(ok));
    return 2;
}

}  // namespace

class TestBaseResult : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void messageNamesAllFour() {
        const Error error = invalid_input("set.json", "record 3", "-1", "0 or more");
        QCOMPARE(error.kind, ErrorKind::InvalidInput);
        QCOMPARE(error.message(), std::string("set.json: record 3: found -1; allowed: 0 or more"));
    }
    /// What a temporary Result holds is moved out, so that a loop over it does not dangle.
    void aLoopOverATemporaryIsSafe() {
        struct Held {
            std::shared_ptr<int> life = std::make_shared<int>(7);
            const int* begin() const { return life.get(); }
            const int* end() const { return life.get() + 1; }
        };
        std::weak_ptr<int> watched;
        const auto make = [&watched] {
            Held held;
            watched = held.life;
            return Result<Held>(held);
        };
        int seen = 0;
        for (const int value : *make()) {
            QVERIFY(!watched.expired());
            seen = value;
        }
        QCOMPARE(seen, 7);
        QVERIFY(watched.expired());
    }
    void messageLeavesOutWhatIsEmpty() {
        QCOMPARE(io_error("f", "disk full").message(), std::string("f: disk full"));
        QCOMPARE(invalid_input("", "k", "9", "5").message(), std::string("k: found 9; allowed: 5"));
        QCOMPARE(cancelled().message(), std::string("cancelled"));
        QCOMPARE(cancelled().kind, ErrorKind::Cancelled);
    }
    void insidePutsTheOuterPlaceFirst() {
        QCOMPARE(io_error("record 3", "x").inside("set.json").where, std::string("set.json: record 3"));
        QCOMPARE(cancelled().inside("run").where, std::string("run"));
    }
    void tryReturnsTheError() {
        QCOMPARE(*twice(true), 2);
        const Result<int> bad = twice(false);
        QVERIFY(!bad.ok());
        QCOMPARE(bad.error().field, std::string("b"));
    }
    void resultHoldsMoveOnlyValues() {
        Result<std::unique_ptr<int>> result = std::make_unique<int>(4);
        const std::unique_ptr<int> taken = std::move(result).value();
        QCOMPARE(*taken, 4);
    }
    void checkedArithmeticSeesOverflow() {
        constexpr std::int64_t big = std::numeric_limits<std::int64_t>::max();
        constexpr std::uint64_t ubig = std::numeric_limits<std::uint64_t>::max();
        QCOMPARE(checked_add<std::int64_t>(big, 0).value(), big);
        QVERIFY(!checked_add<std::int64_t>(big, 1));
        QVERIFY(!checked_add<std::int64_t>(std::numeric_limits<std::int64_t>::min(), -1));
        QVERIFY(!checked_add<std::uint64_t>(ubig, 1));
        QCOMPARE(checked_multiply<std::uint64_t>(1ULL << 31, 1ULL << 32).value(), 1ULL << 63);
        QVERIFY(!checked_multiply<std::uint64_t>(1ULL << 32, 1ULL << 32));
        QVERIFY(!checked_multiply<std::int64_t>(std::numeric_limits<std::int64_t>::min(), -1));
        QCOMPARE(checked_multiply<std::int64_t>(big, 0).value(), std::int64_t{0});
    }
    void cancelIsSharedByCopies() {
        const CancelToken never;
        never.cancel();
        QVERIFY(!never.cancelled());
        const CancelToken token = CancelToken::create();
        const CancelToken copy = token;
        QVERIFY(!copy.cancelled());
        std::thread([&token] { token.cancel(); }).join();
        QVERIFY(copy.cancelled());
        QVERIFY(!CancelToken::create().cancelled());
    }
};

QTEST_APPLESS_MAIN(TestBaseResult)
#include "test_base_result.moc"
