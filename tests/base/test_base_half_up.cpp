// Shown numbers: a half goes up, however it was computed.
#include <QtTest>
#include <cmath>
#include <cstdio>
#include <string>

#include "core/base/half_up.h"

using namespace r2t2;

namespace {

std::string shown(double value, int digits) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, half_up(value, digits));
    return text;
}

/// 100 * right / n with one digit, in whole numbers.
std::string by_hand(long right, long n) {
    const long tenths = (2000 * right + n) / (2 * n);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

class TestHalfUp final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void two_ways_to_a_percentage();
    void other_digits();
    void nought_has_no_sign();
};

/// 147 of 240 was 61.3 in one table and 61.2 in another.
void TestHalfUp::two_ways_to_a_percentage() {
    for (long n = 1; n <= 600; ++n) {
        for (long right = 0; right <= n; ++right) {
            const double share = static_cast<double>(right) / static_cast<double>(n), direct = 100.0 * static_cast<double>(right) / static_cast<double>(n);
            const std::string a = shown(100.0 * share, 1), b = shown(direct, 1);
            if (a != b || a != by_hand(right, n)) {
                QFAIL(qPrintable(QStringLiteral("%1 of %2: %3, %4, by hand %5").arg(right).arg(n).arg(a.c_str(), b.c_str(), by_hand(right, n).c_str())));
            }
        }
    }
    QCOMPARE(shown(100.0 * (147.0 / 240.0), 1), std::string("61.3"));
    QCOMPARE(shown(100.0 * 147.0 / 240.0, 1), std::string("61.3"));
}

/// "-0.0" says that something fell.
void TestHalfUp::nought_has_no_sign() {
    QCOMPARE(shown(-0.0, 1), std::string("0.0"));
    QCOMPARE(shown(-0.04, 1), std::string("0.0"));
    QCOMPARE(shown(100.0 * -0.0004, 1), std::string("0.0"));
    QCOMPARE(shown(-0.4, 0), std::string("0"));
    QCOMPARE(shown(-0.05, 1), std::string("-0.1"));
    QCOMPARE(shown(0.049, 1), std::string("0.0"));
    QCOMPARE(shown(-0.00004, 4), std::string("0.0000"));
}

void TestHalfUp::other_digits() {
    QCOMPARE(shown(0.125, 2), std::string("0.13"));
    QCOMPARE(shown(-0.125, 2), std::string("-0.13"));
    QCOMPARE(shown(2.5, 0), std::string("3"));
    QCOMPARE(shown(0.0625, 3), std::string("0.063"));
    QCOMPARE(shown(61.2499, 1), std::string("61.2"));
    QCOMPARE(shown(61.25001, 1), std::string("61.3"));
    QVERIFY(std::isnan(half_up(std::nan(""), 1)));
    QVERIFY(std::isinf(half_up(INFINITY, 1)));
}

QTEST_APPLESS_MAIN(TestHalfUp)
#include "test_base_half_up.moc"
