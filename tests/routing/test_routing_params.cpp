// Options: every bad value is refused by name; names go both ways.
#include <QtTest>
#include <functional>

#include "core/routing/method_params.h"

using namespace r2t2;

Q_DECLARE_METATYPE(std::function<void(MethodParams&)>)

class TestRoutingParams : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void defaultsAreValidAndThePapers() {
        const MethodParams params;
        QVERIFY(validate(params).ok());
        QCOMPARE(params.k, std::size_t{5});
        QCOMPARE(params.steps, 10);
        QCOMPARE(params.initial_lr, 1e-2);
        QCOMPARE(params.final_lr, 1e-5);
        QVERIFY(params.kernel.kind == KernelKind::Gaussian);
    }
    void refuses_data() {
        QTest::addColumn<std::function<void(MethodParams&)>>("spoil");
        QTest::addColumn<QString>("option");
        using Spoil = std::function<void(MethodParams&)>;
        const auto row = [](const char* option, const Spoil& spoil, const char* tag) {
            QTest::newRow(tag) << spoil << QString(option);
        };
        row(
            "num-neighbors", [](MethodParams& p) { p.k = 0; }, "k 0");
        row(
            "epsilon", [](MethodParams& p) { p.epsilon = 0.0; }, "epsilon 0");
        row(
            "epsilon", [](MethodParams& p) { p.epsilon = -0.1; }, "epsilon negative");
        row(
            "epsilon", [](MethodParams& p) { p.epsilon = 2.1; }, "epsilon above 2");
        row(
            "num-steps", [](MethodParams& p) { p.steps = 0; }, "no steps");
        row(
            "num-steps", [](MethodParams& p) { p.steps = -3; }, "negative steps");
        row(
            "initial-lr", [](MethodParams& p) { p.initial_lr = -1.0; }, "negative rate");
        row(
            "initial-lr", [](MethodParams& p) { p.initial_lr = std::nan(""); }, "rate nan");
        row(
            "final-lr", [](MethodParams& p) { p.final_lr = -1e-9; }, "negative final rate");
        row(
            "final-lr", [](MethodParams& p) { p.final_lr = 1.0; }, "final above initial");
        row(
            "final-lr",
            [](MethodParams& p) {
                p.schedule = LearningRateSchedule::Step;
                p.final_lr = 0.0;
            },
            "step to zero");
        row(
            "bandwidth", [](MethodParams& p) { p.kernel.bandwidth = 0.0; }, "bandwidth 0");
        row(
            "kernel-degree", [](MethodParams& p) { p.kernel.degree = 0; }, "degree 0");
        row(
            "kernel-constant", [](MethodParams& p) { p.kernel.constant = -1.0; }, "constant negative");
        row(
            "alpha-grid", [](MethodParams& p) { p.alpha_grid = 1; }, "alpha grid");
        row(
            "alpha-refinements", [](MethodParams& p) { p.alpha_refinements = -1; }, "alpha refinements");
        row(
            "eta", [](MethodParams& p) { p.eta = 0.0; }, "eta 0");
        row(
            "eta", [](MethodParams& p) { p.eta = 1.1; }, "eta above 1");
        row(
            "tolerance", [](MethodParams& p) { p.tolerance = 0.0; }, "tolerance 0");
        row(
            "max-shifts", [](MethodParams& p) { p.max_shifts = 0; }, "max shifts");
        row(
            "routing-bandwidth", [](MethodParams& p) { p.routing_bandwidth = -1.0; }, "routing bandwidth");
        row(
            "parametrisation",
            [](MethodParams& p) {
                p.frame = OffsetFrame::SharedDelta;
                p.parametrisation = Parametrisation::Projected;
            },
            "projected delta");
    }
    void refuses() {
        QFETCH(std::function<void(MethodParams&)>, spoil);
        QFETCH(QString, option);
        MethodParams params;
        spoil(params);
        const Status status = validate(params, "command line");
        QVERIFY(!status.ok());
        QCOMPARE(status.error().where, std::string("command line"));
        QCOMPARE(QString::fromStdString(status.error().field), option);
        QVERIFY(!status.error().allowed.empty());
    }
    void boundariesAreAllowed() {
        MethodParams params;
        params.eta = 1.0;
        params.epsilon = 2.0;
        params.final_lr = params.initial_lr;
        params.alpha_refinements = 0;
        params.alpha_grid = 2;
        params.mode = RoutingMode::Fixed;  // the frame is ignored there
        params.frame = OffsetFrame::SharedDelta;
        params.parametrisation = Parametrisation::Projected;
        QVERIFY(validate(params).ok());
    }
    void namesGoBothWays() {
        for (const Method method : all_methods()) {
            QVERIFY(!to_string(method).empty());
            QVERIFY(*parse_method(to_string(method)) == method);
        }
        QVERIFY(*parse_method("mf") == Method::ModeFinding);
        QVERIFY(*parse_routing_mode(to_string(RoutingMode::Offset)) == RoutingMode::Offset);
        QVERIFY(*parse_granularity("per-mixer") == Granularity::PerMixer);
        QVERIFY(*parse_offset_frame("shared-delta") == OffsetFrame::SharedDelta);
        QVERIFY(*parse_learning_rate_schedule("step") == LearningRateSchedule::Step);
        QVERIFY(*parse_parametrisation("projected") == Parametrisation::Projected);
        for (const char* kernel : {"gaussian", "linear", "polynomial", "matern-3/2"}) {
            QCOMPARE(to_string(*parse_kernel_kind(kernel)), std::string(kernel));
        }
        QVERIFY(*parse_kernel_kind("matern32") == KernelKind::Matern32);
    }
    void unknownNamesListWhatIsAllowed() {
        const Result<Method> method = parse_method("newton");
        QVERIFY(!method.ok());
        QCOMPARE(method.error().field, std::string("method"));
        QCOMPARE(method.error().found, std::string("'newton'"));
        for (const Method known : all_methods()) {
            QVERIFY(method.error().allowed.find(to_string(known)) != std::string::npos);
        }
        QVERIFY(parse_kernel_kind("").error().allowed.find("gaussian") != std::string::npos);
        QVERIFY(!parse_routing_mode("Fixed").ok());
    }
    void labelsAndControls() {
        for (const Method method : all_methods()) {
            QCOMPARE(uses_label(method), method == Method::Oracle);
        }
        QVERIFY(is_control(Method::RandomNeighbours) && is_control(Method::BestFixed));
        QVERIFY(!is_control(Method::Oracle) && !is_control(Method::Base));
    }
};

QTEST_APPLESS_MAIN(TestRoutingParams)
#include "test_routing_params.moc"
