#include <QtTest>
#include <algorithm>
#include <string>
#include <vector>

#include "core/base/natural_order.h"

using namespace r2t2;

class TestBaseNaturalOrder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Written down in order: every pair has to agree, both ways.
    void every_pair() {
        const std::vector<std::string> ordered = {"",      "0",    "00",   "01",    "1",      "2",     "10",  "99999999999999999999999",
                                                  "a",     "a0",   "a00",  "a1",    "a1b",    "a1b2",  "a1b10", "a2",
                                                  "a10",   "a10a", "a11",  "b",     "s2/9",   "s2/10", "s10/1", "\xc3\xa9"};
        for (std::size_t i = 0; i < ordered.size(); ++i) {
            for (std::size_t j = 0; j < ordered.size(); ++j) {
                QVERIFY2((natural_order(ordered[i], ordered[j]) <=> 0) == (i <=> j), (ordered[i] + " and " + ordered[j]).c_str());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestBaseNaturalOrder)
#include "test_base_natural_order.moc"
