// A descent that ends higher than it began, and everything that is none.
#include <QtTest>

#include "core/routing/objective_rise.h"

using namespace r2t2;

namespace {

Trajectory path(Method method, std::optional<double> from, std::optional<double> to) {
    Trajectory out;
    out.method = method;
    for (const auto& objective : {from, std::optional(9.0), to}) {  // what is between says nothing
        out.steps.emplace_back();
        out.steps.back().objective = objective;
    }
    return out;
}

}  // namespace

class TestObjectiveRise final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ends_higher() {
        QCOMPARE(objective_rise(path(Method::Ngd, 1.0, 1.5)), std::optional(0.5));
        QCOMPARE(objective_rise(path(Method::Oracle, -0.25, 0.25)), std::optional(0.5));
    }
    void is_none() {
        QVERIFY(!objective_rise(path(Method::Ngd, 1.5, 1.0)));
        QVERIFY(!objective_rise(path(Method::Ngd, 1.0, 1.0)));
        QVERIFY(!objective_rise(path(Method::Ngd, std::nullopt, 1.0)));
        QVERIFY(!objective_rise(path(Method::Ngd, 1.0, std::nullopt)));
        QVERIFY(!objective_rise(path(Method::KernelRegression, 0.1, 0.9)));  // climbs by design
        QVERIFY(!objective_rise(path(Method::ModeFinding, 0.1, 0.9)));
        QVERIFY(!objective_rise(path(Method::Base, 0.1, 0.9)));
        QVERIFY(!objective_rise(Trajectory()));
    }
};

QTEST_APPLESS_MAIN(TestObjectiveRise)
#include "test_routing_objective_rise.moc"
