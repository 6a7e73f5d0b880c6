// Plots as small as the docks of a window of 1000 by 600: names are read whole, axes say what they are, marks are not cut.
#include <QtTest>
#include <QPainter>

#include "tests/ui/plot_samples.h"
#include "tests/ui/text_recorder.h"
#include "ui/plots/axis_range.h"
#include "ui/plots/curve_plot.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestSmallPlots final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void axes_of_values_that_are_alike_data();
    void axes_of_values_that_are_alike();
    void a_percent_that_stays_is_drawn_among_percents();
    void bands();
    void changes();
    void curves();
    void triangles();
    void gates();

private:
    static std::unique_ptr<TextRecorder> drawn(const Plot& plot, const QSize& size);
    static QStringList words(const TextRecorder& page) {
        QStringList out;
        for (const WrittenText& each : page.written()) {
            out << each.text;
        }
        return out;
    }
};

std::unique_ptr<TextRecorder> TestSmallPlots::drawn(const Plot& plot, const QSize& size) {
    auto page = std::make_unique<TextRecorder>(size);
    QPainter painter(page.get());
    painter.setFont(pixel_font(QGuiApplication::font()));
    plot.render_to(painter, size);
    painter.end();
    return page;
}

/// Dots without names, the top one on the title, no "step".
void TestSmallPlots::bands() {
    const QStringList experts = {QStringLiteral("L_AUX"), QStringLiteral("L_IMG"), QStringLiteral("L_SELF")};
    WeightBands view;
    view.set_group(QStringLiteral("language tokens"), experts, 1);
    for (const std::vector<double>& last : {std::vector{0.0, 0.0, 1.0}, std::vector{1.0, 0.0, 0.0}, std::vector{0.3, 0.3, 0.4}}) {
        view.set_steps({{0.3, 0.3, 0.4}, last});
        const auto recorded = drawn(view, {152, 165});
        const TextRecorder& page = *recorded;
        const QStringList written = words(page);
        QVERIFY2(written.contains(QStringLiteral("step")), qPrintable(written.join(QLatin1Char('|'))));
        double title = 0.0;
        for (const WrittenText& each : page.written()) {
            title = each.text == QLatin1String("language tokens") ? each.box.bottom() : title;
        }
        for (const QString& name : experts) {
            QVERIFY2(written.contains(name), qPrintable(name + QStringLiteral(" not in ") + written.join(QLatin1Char('|'))));
            const auto at = std::find_if(page.written().begin(), page.written().end(), [&](const WrittenText& each) { return each.text == name; });
            QVERIFY2(at->box.top() > title + 1.0, qPrintable(name));
        }
        QVERIFY2(page.complaints().isEmpty(), qPrintable(page.complaints().join(QLatin1Char('\n'))));
    }
}

void TestSmallPlots::changes() {
    ChangeBars view;
    view.set_groups({{QStringLiteral("image"), {QStringLiteral("I_AUX"), QStringLiteral("I_LANG"), QStringLiteral("I_SELF")}, {{0.3, 0.3, 0.4}, {1.0, 0.0, 0.0}}},
                     {QStringLiteral("language"), {QStringLiteral("L_AUX"), QStringLiteral("L_IMG"), QStringLiteral("L_SELF")}, {{0.3, 0.3, 0.4}, {0.0, 1.0, 0.0}}}});
    view.set_step(1);
    for (const QSize size : {QSize(136, 165), QSize(190, 165), QSize(300, 220)}) {
        const auto recorded = drawn(view, size);
        const TextRecorder& page = *recorded;
        const QStringList written = words(page);
        for (const char* wanted : {"I_AUX", "I_LANG", "L_SELF", "0"}) {
            QVERIFY2(written.contains(QLatin1String(wanted)), qPrintable(QLatin1String(wanted) + QStringLiteral(" not in ") + written.join(QLatin1Char('|'))));
        }
        QVERIFY2(written.join(QLatin1Char('|')).contains(QStringLiteral("since step 0")), qPrintable(written.join(QLatin1Char('|'))));
        QVERIFY2(written.filter(QRegularExpression(QStringLiteral("^[+\u2212]0\\.[0-9]+$"))).size() > 0, qPrintable(written.join(QLatin1Char('|'))));
        QVERIFY2(page.complaints().isEmpty(), qPrintable(page.complaints().join(QLatin1Char('\n'))));
    }
}

/// No "step", and the mark of a changed answer was cut at the top.
void TestSmallPlots::curves() {
    CurvePlot view;
    view.set_name(QStringLiteral("Descent"));
    for (const std::vector<double>& values : {std::vector{2.0, 1.0, 0.5, 0.4}, std::vector{0.9, 0.9, 0.9, 0.9}}) {
        view.set_curves({{QStringLiteral("loss"), QStringLiteral("nats"), values}}, {FlipMark{1}});
        for (const QSize size : {QSize(140, 165), QSize(220, 165)}) {
            const auto recorded = drawn(view, size);
            const TextRecorder& page = *recorded;
            QVERIFY2(words(page).contains(QStringLiteral("step")), qPrintable(words(page).join(QLatin1Char('|'))));
            QVERIFY2(std::any_of(page.drawn().begin(), page.drawn().end(), [](const QRectF& box) { return box.height() > 8.0 && box.height() < 10.0 && box.width() > 8.0 && box.width() < 10.0; }),
                     "the mark is not there, or not whole");
        }
    }
}

/// A number an edge where there is no room for all.
void TestSmallPlots::triangles() {
    SimplexView view;
    view.set_group(QStringLiteral("image tokens"), {QStringLiteral("I_AUX"), QStringLiteral("I_LANG"), QStringLiteral("I_SELF")});
    const auto recorded = drawn(view, {216, 155});
    const TextRecorder& page = *recorded;
    QVERIFY2(words(page).filter(QRegularExpression(QStringLiteral("^0\\.[0-9]$"))).size() == 3, qPrintable(words(page).join(QLatin1Char('|'))));
    QVERIFY2(page.complaints().isEmpty(), qPrintable(page.complaints().join(QLatin1Char('\n'))));
    // A ground has its scale, beside the triangle or under it.
    view.set_field({2, {0.125, 1.0, 2.0, 0.5, 1.5, 4.25}, QStringLiteral("loss of the neighbours")});
    for (const QSize size : {QSize(216, 155), QSize(180, 130), QSize(300, 260), QSize(700, 420)}) {
        const auto with_field = drawn(view, size);
        for (const double end : {0.125, 4.25}) {
            QVERIFY2(words(*with_field).contains(short_number(end)), qPrintable(QStringLiteral("%1: %2").arg(size.width()).arg(words(*with_field).join(QLatin1Char('|')))));
        }
        QVERIFY2(with_field->complaints().isEmpty(), qPrintable(with_field->complaints().join(QLatin1Char('\n'))));
    }
}

void TestSmallPlots::gates() {
    GateStrips view;
    GateGroup group;
    group.name = QStringLiteral("image");
    group.experts = {QStringLiteral("I_AUX"), QStringLiteral("I_LANG"), QStringLiteral("I_SELF")};
    for (int t = 0; t < 64; ++t) {
        group.tokens << QString::number(t);
    }
    group.weights.assign(64 * 3, 1.0F / 3.0F);
    view.set_gates(1, {group});
    const QString written = words(*drawn(view, {430, 170})).join(QLatin1Char('|'));
    QVERIFY2(written.contains(QStringLiteral("tokens 1 to 64 \u2192")), qPrintable(written));
}

void TestSmallPlots::axes_of_values_that_are_alike_data() {
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<int>("kind");  // 0: any, 1: percent, 2: fraction
    QTest::addColumn<double>("from");
    QTest::addColumn<double>("to");
    QTest::newRow("nothing right") << 0.0 << 0.0 << 1 << 0.0 << 10.0;
    QTest::newRow("all right") << 100.0 << 100.0 << 1 << 90.0 << 100.0;
    QTest::newRow("a percent in the middle") << 50.0 << 50.0 << 1 << 45.0 << 55.0;
    QTest::newRow("percents that hardly differ") << 2.0 << 3.0 << 1 << 0.0 << 10.0;
    QTest::newRow("percents that differ") << 10.0 << 30.0 << 1 << 10.0 << 30.0;
    QTest::newRow("sure") << 1.0 << 1.0 << 2 << 0.9 << 1.0;
    QTest::newRow("a loss") << 2.0 << 2.0 << 0 << 1.8 << 2.2;
    QTest::newRow("a loss but for rounding") << 2.0 << 2.0 + 1e-13 << 0 << 1.8 << 2.2;
    QTest::newRow("a negative objective") << -4.0 << -4.0 << 0 << -4.4 << -3.6;
    QTest::newRow("no loss") << 0.0 << 0.0 << 0 << 0.0 << 1.0;
    QTest::newRow("a small rate") << 1e-7 << 1e-7 << 0 << 0.9e-7 << 1.1e-7;
    QTest::newRow("small losses that differ") << 1e-7 << 3e-7 << 0 << 1e-7 << 3e-7;
    QTest::newRow("no values") << double{INFINITY} << -double{INFINITY} << 0 << 0.0 << 1.0;
    QTest::newRow("no percents") << double{INFINITY} << -double{INFINITY} << 1 << 0.0 << 100.0;
}

void TestSmallPlots::axes_of_values_that_are_alike() {
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(int, kind);
    QFETCH(double, from);
    QFETCH(double, to);
    const AxisRange range = axis_range(low, high, kind == 1 ? kPercentLimits : kind == 2 ? kFractionLimits : AxisLimits());
    const double scale = std::max(std::abs(from), std::abs(to));
    QVERIFY2(std::abs(range.low - from) <= 1e-9 * scale && std::abs(range.high - to) <= 1e-9 * scale, qPrintable(QStringLiteral("%1 to %2").arg(range.low).arg(range.high)));
}

/// With 0 right at every step the axis went from -1e-09 to 1e-09 %.
void TestSmallPlots::a_percent_that_stays_is_drawn_among_percents() {
    CurvePlot plot;
    plot.resize(400, 300);
    plot.set_curves({Curve{QStringLiteral("base"), QStringLiteral("%"), {0.0, 0.0, 0.0}}, Curve{QStringLiteral("NGD"), QStringLiteral("%"), {0.0, NAN, 0.0}}});
    const auto [low, high] = plot.span(Curve::Axis::Left);
    QVERIFY2(low > -1.0 && low <= 0.0 && high >= 10.0 && high < 11.0, qPrintable(QStringLiteral("%1 to %2").arg(low).arg(high)));
    plot.set_curves({Curve{QStringLiteral("base"), QStringLiteral("%"), {100.0, 100.0}}});
    QVERIFY2(plot.span(Curve::Axis::Left).first < 90.0 && plot.span(Curve::Axis::Left).second < 101.0, qPrintable(QString::number(plot.span(Curve::Axis::Left).first)));
    plot.set_curves({Curve{QStringLiteral("loss"), QStringLiteral("nats"), {0.0, 0.0}}});
    QVERIFY(plot.span(Curve::Axis::Left).second >= 1.0);
}

QTEST_MAIN(TestSmallPlots)
#include "test_small_plots.moc"
