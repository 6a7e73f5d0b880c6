// A rate is of what was done since the first look, and none is better than one by chance.
#include <QtTest>

#include "core/base/progress_rate.h"

using namespace r2t2;
using namespace std::chrono_literals;

class TestBaseProgressRate : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void what_can_be_said() {
        const ProgressRate::Time begin{};
        const ProgressRate fresh(1, begin);
        QVERIFY(!fresh.per_second(1, begin));           // the first look
        QVERIFY(!fresh.per_second(4, begin));           // no time has passed
        QVERIFY(!fresh.per_second(4, begin + 2us));     // millions a second
        QVERIFY(!fresh.per_second(1, begin + 60s));     // nothing was done
        QCOMPARE(*fresh.per_second(21, begin + 10s), 2.0);
        QCOMPARE(*fresh.per_second(2, begin + 100ms), 10.0);
        const ProgressRate resumed(1000, begin);        // what was there before took none of this time
        QCOMPARE(*resumed.per_second(1010, begin + 5s), 2.0);
        QVERIFY(!resumed.per_second(999, begin + 5s));
        QVERIFY(!resumed.per_second(1010, begin - 5s));
    }
};

QTEST_APPLESS_MAIN(TestBaseProgressRate)
#include "test_base_progress_rate.moc"
