// The tables and the plots of the benchmark page by themselves: what they say of a sweep whose runs are alike, of a set, of two runs, and
// of an evaluation that is still running. Sessions are made up; no model is opened.
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QTabBar>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "core/base/half_up.h"
#include "tests/session/benchmark_samples.h"
#include "tests/support/patience.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/text_recorder.h"
#include "ui/panels/benchmark_live.h"
#include "ui/panels/command_palette.h"
#include "ui/panels/result_tabs.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

constexpr int kSamples = 20, kRightBefore = 8;

struct MadeUp {
    const char* method;
    const char* variant;  ///< "": none
    int right;            ///< of each set, in the end
    int steps = 1;
    int k = 0;  ///< of its parameters; 0: it stores none
};

/// Sets A and B; every run's first kRightBefore samples are right before, its first `right` after every step, one fewer in A.
bool write_runs(const QString& path, const std::vector<MadeUp>& runs) {
    auto session = SessionWriter::create(path.toStdString());
    bool written = session.ok();
    for (const MadeUp& made : runs) {
        RunInfo info = session_samples::run_info();
        info.method = made.method;
        const std::string parameters = made.k == 0 ? std::string() : R"("parameters": {"num_neighbors": )" + std::to_string(made.k) + "}, ";
        info.config = R"({"evaluation": "evaluation 1", "planned": {"A": 20, "B": 20}, )" + parameters + R"("variant": ")" + std::string(made.variant) + R"("})";
        const auto run = session->begin_run(info);
        written = written && run.ok();
        for (int i = 0; written && i < 2 * kSamples; ++i) {
            SampleInfo sample = session_samples::sample_info(i % kSamples);
            sample.id.set = i < kSamples ? "A" : "B";
            if (sample.picture_hash) {
                *sample.picture_hash += sample.id.set;  // every sample stands alone
            }
            std::vector<bool> right = {i % kSamples < kRightBefore};
            for (int t = 0; t < made.steps; ++t) {
                right.push_back(i % kSamples < made.right - (i < kSamples && made.right > kRightBefore ? 1 : 0));  // one fewer of A than of B
            }
            Trajectory trajectory = session_samples::trajectory(i, right);
            trajectory.method = parse_method(made.method).value();
            written = session->write_sample(*run, sample, trajectory).ok();
        }
        written = written && session->finish_run(*run, RunState::Finished).ok();
    }
    return written;
}

}  // namespace

class TestResultTabs final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        use_own_settings(QStringLiteral("result tabs"), folder_.path());
        apply_theme(*qApp, Theme::Light);
    }
    void the_chosen_run_is_drawn_and_ties_are_named();
    void the_best_are_the_best();
    void numbers_of_one_set_beside_those_of_all();
    void a_click_on_a_header_sorts();
    void columns_share_a_wide_table();
    void two_runs_open_on_what_there_is();
    void two_runs_tell_the_benchmarks_own_numbers();
    void what_runs_is_waited_for();
    void end_is_the_last_row();
    void the_sweep_is_of_the_chosen_method();
    void every_curve_has_an_entry();
    void a_name_that_is_cut_says_so();

private:
    /// Opens it in `results`, and waits.
    void open(const QString& name, const std::vector<MadeUp>& runs) {
        const QString path = folder_.filePath(name);
        QVERIFY(write_runs(path, runs));
        results_.open(path);
        QTRY_VERIFY_WITH_TIMEOUT(results_.path() == path && results_.evaluation() && !jobs_.busy(), kPatience);
    }
    static QStringList curves(BenchmarkLive& live) { return live.accuracy().tsv().section(QLatin1Char('\n'), 0, 0).split(QLatin1Char('\t')).mid(1); }
    static int column_of(const QAbstractItemModel& model, const QString& title) {
        for (int column = 0; column < model.columnCount(); ++column) {
            if (model.headerData(column, Qt::Horizontal).toString() == title) {
                return column;
            }
        }
        return -1;
    }

    QTemporaryDir folder_;
    JobRunner jobs_;
    SessionResults results_{jobs_};
    BenchmarkRun run_{jobs_};
};

/// Six runs of a sweep that end alike: five are drawn, the chosen one always; what covers what is said, and that one more ends as high.
void TestResultTabs::the_chosen_run_is_drawn_and_ties_are_named() {
    BenchmarkLive live(run_, results_);
    open(QStringLiteral("ties.sqlite"), {{"base", "", kRightBefore},
                                         {"ngd", "k 1, steps 1", 15},
                                         {"ngd", "k 1, steps 3", 15, 3},
                                         {"ngd", "k 3, steps 1", 15},
                                         {"ngd", "k 3, steps 3", 15, 3},
                                         {"ngd", "k 25, steps 1", 15},
                                         {"ngd", "k 25, steps 3", 15, 3},
                                         {"oracle", "", 18}});
    for (const std::int64_t run : {7, 2, 6}) {
        results_.choose_run(run);
        QTRY_VERIFY_WITH_TIMEOUT(!jobs_.busy(), kPatience);
        const QStringList drawn = curves(live);
        QCOMPARE(drawn.filter(QStringLiteral("NGD")).size(), 5);
        const QString title = run_title(*results_.stored_run());
        QVERIFY2(drawn.filter(QStringLiteral("NGD")).back().startsWith(title), qPrintable(drawn.join(QLatin1Char('|'))));  // over the others
        QCOMPARE(drawn.filter(QStringLiteral(" (on k ")).size(), 4);                                                          // of five that lie on one another
        QVERIFY2(live.accuracy().accessibleName().contains(QStringLiteral("5 of 6 drawn; as high: 1 more")), qPrintable(live.accuracy().accessibleName()));
    }
}

/// Without ties the best are the best; a chosen one that is none of them is drawn beside them, and that is said. A chosen result that is a
/// level is there too.
void TestResultTabs::the_best_are_the_best() {
    BenchmarkLive live(run_, results_);
    std::vector<MadeUp> runs = {{"base", "", kRightBefore}, {"kernel-regression", "k 1", 9}, {"kernel-regression", "k 2", 11}};
    const char* const variants[] = {"k 1", "k 2", "k 3", "k 4", "k 5", "k 6", "k 7"};
    for (int k = 0; k < 7; ++k) {
        runs.push_back({"ngd", variants[k], 10 + k});
    }
    open(QStringLiteral("no ties.sqlite"), runs);
    results_.choose_run(10);
    QTRY_VERIFY_WITH_TIMEOUT(!jobs_.busy(), kPatience);
    QVERIFY2(live.accuracy().accessibleName().contains(QStringLiteral("best 5 of 7)")), qPrintable(live.accuracy().accessibleName()));
    QVERIFY(curves(live).filter(QStringLiteral("(on ")).isEmpty());
    results_.choose_run(4);  // the least of them
    QTRY_VERIFY_WITH_TIMEOUT(!jobs_.busy(), kPatience);
    QVERIFY2(live.accuracy().accessibleName().contains(QStringLiteral("best 4 of 7, and the chosen one")), qPrintable(live.accuracy().accessibleName()));
    QCOMPARE(curves(live).filter(QStringLiteral("NGD, k 1")).size(), 1);
    QCOMPARE(curves(live).filter(QStringLiteral("kernel regression")).size(), 1);
    results_.choose_run(2);
    QTRY_VERIFY_WITH_TIMEOUT(!jobs_.busy(), kPatience);
    QCOMPARE(curves(live).filter(QStringLiteral("kernel regression, k 1, result")).size(), 1);
}

/// Interval, n, harmed, mended, gap and p of all sets or of one, against the table's own values; base is compared with nothing, the oracle
/// with no gap.
void TestResultTabs::numbers_of_one_set_beside_those_of_all() {
    ResultTabs tabs(results_);
    open(QStringLiteral("sets.sqlite"), {{"base", "", kRightBefore}, {"ngd", "", 15}, {"oracle", "", 18}});
    const QAbstractItemModel& model = *tabs.findChild<QTableView*>(QStringLiteral("resultTable"))->model();
    const ResultRow& ngd = results_.evaluation()->table.rows[1];
    const auto check = [&](const QString& prefix, const ResultCell& cell) {
        const auto shown = [&](int row, const QString& title) { return model.index(row, column_of(model, prefix + title)).data().toString(); };
        QCOMPARE(shown(1, QStringLiteral("95 %\ninterval")),
                 QString::asprintf("[%.1f, %.1f]", percent_half_up(cell.told.interval.low), percent_half_up(cell.told.interval.high)));
        QCOMPARE(shown(1, QStringLiteral("n")), QString::number(cell.scored));
        QCOMPARE(shown(1, QStringLiteral("mended")), QString::number(cell.change.wrong_right));
        QCOMPARE(shown(1, QStringLiteral("gap closed\n% [95 %]")), QString::fromStdString(gap_text(cell.gap)));
        QCOMPARE(shown(1, QStringLiteral("p")), QString::fromStdString(p_text(cell.told.p)));
        QCOMPARE(shown(1, QStringLiteral("Holm\np")), QString::fromStdString(p_text(cell.told.holm_p)));
        QCOMPARE(shown(1, QStringLiteral("gain\n[95 %]")), QString::fromStdString(gain_text(cell.told)));
        for (const int row : {0, 2}) {
            QCOMPARE(shown(row, QStringLiteral("gap closed\n% [95 %]")), QStringLiteral("\u2013"));
        }
        for (const char* title : {"p", "Holm\np", "gain\n[95 %]"}) {
            QCOMPARE(shown(0, QLatin1String(title)), QStringLiteral("\u2013"));
        }
    };
    check({}, ngd.overall);
    auto* scope = tabs.findChild<QComboBox*>(QStringLiteral("resultScope"));
    QCOMPARE(scope->count(), 3);
    for (int set = 0; set < 2; ++set) {
        scope->setCurrentIndex(set + 1);
        Q_EMIT scope->activated(set + 1);
        check(scope->currentText() + QLatin1Char('\n'), ngd.sets[static_cast<std::size_t>(set)]);
    }
    QVERIFY(ngd.sets[0].change.wrong_right != ngd.sets[1].change.wrong_right);
    QVERIFY(std::isnan(results_.evaluation()->table.rows[0].overall.gap.share.value));
    const auto tip = [&](const QString& title) { return model.headerData(column_of(model, title), Qt::Horizontal, Qt::ToolTipRole).toString(); };
    QVERIFY(tip(QStringLiteral("B\np")).contains(QStringLiteral("exact McNemar, where samples belong together sign flips of clusters")) && tip(QStringLiteral("B\np")).endsWith(QStringLiteral("of B")));
    QVERIFY(tip(QStringLiteral("B\n95 %\ninterval")).contains(QStringLiteral("Wilson")));
    QVERIFY(tip(QStringLiteral("B\ngap closed\n% [95 %]")).contains(QStringLiteral("95 % bootstrap")));
    QVERIFY(model.index(1, 1).data(Qt::ToolTipRole).toString().contains(QStringLiteral("gap closed ") + QString::fromStdString(gap_text(ngd.sets[0].gap))));
}

/// By mouse, on every column of Results: the best first, the worst first, and back to the session's own order.
void TestResultTabs::a_click_on_a_header_sorts() {
    ResultTabs tabs(results_);
    tabs.resize(1200, 400);
    tabs.show();
    QVERIFY(QTest::qWaitForWindowExposed(&tabs, kPatience));
    open(QStringLiteral("sorted.sqlite"), {{"base", "", kRightBefore}, {"mode-finding", "", 12}, {"ngd", "", 15}, {"kernel-regression", "", 10}, {"oracle", "", 18}});
    auto* table = tabs.findChild<QTableView*>(QStringLiteral("resultTable"));
    const auto order = [table] {
        QStringList rows;
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            rows << table->model()->index(row, 0).data().toString();
        }
        return rows;
    };
    const auto press = [table](int column) {
        const QHeaderView& header = *table->horizontalHeader();
        QTest::mouseClick(header.viewport(), Qt::LeftButton, {}, QPoint(header.sectionViewportPosition(column) + header.sectionSize(column) / 2, header.height() / 2));
    };
    const QStringList own = order();
    QVERIFY(table->horizontalHeader()->sectionsClickable());
    press(column_of(*table->model(), QStringLiteral("all")));  // the best first: something is seen to happen where the rows stand the other way
    QCOMPARE(order(), (QStringList{own[4], own[2], own[1], own[3], own[0]}));
    press(column_of(*table->model(), QStringLiteral("all")));
    QCOMPARE(order(), (QStringList{own[0], own[3], own[1], own[2], own[4]}));
    press(column_of(*table->model(), QStringLiteral("all")));
    QCOMPARE(order(), own);
    press(column_of(*table->model(), QStringLiteral("95 %\ninterval")));
    QCOMPARE(order(), (QStringList{own[4], own[2], own[1], own[3], own[0]}));
    table->scrollTo(table->model()->index(0, column_of(*table->model(), QStringLiteral("p"))));
    press(column_of(*table->model(), QStringLiteral("p")));
    QCOMPARE(order().back(), own[0]);  // base has none
    QCOMPARE(order().front(), own[4]);
}

/// No empty quarter beside the last column, in any of the tables; a column that the user has set stays.
void TestResultTabs::columns_share_a_wide_table() {
    ResultTabs tabs(results_);
    tabs.resize(2200, 400);
    tabs.show();
    QVERIFY(QTest::qWaitForWindowExposed(&tabs, kPatience));
    open(QStringLiteral("wide.sqlite"), {{"base", "", kRightBefore}, {"ngd", "", 15}});
    for (const auto& [tab, name] : {std::pair{0, "resultTable"}, {1, "changedTable"}, {2, "runTable"}, {3, "pairTable"}, {5, "neighbourReport"}}) {
        tabs.setCurrentIndex(tab);
        auto* table = tabs.findChild<QTableView*>(QLatin1String(name));
        QTRY_VERIFY2_WITH_TIMEOUT(table->horizontalHeader()->length() == table->viewport()->width(), name, kPatience);
        tabs.resize(1900, 400);
        QTRY_VERIFY2_WITH_TIMEOUT(table->horizontalHeader()->length() == table->viewport()->width(), name, kPatience);
        tabs.resize(2200, 400);
    }
    tabs.setCurrentIndex(0);
    auto* table = tabs.findChild<QTableView*>(QStringLiteral("resultTable"));
    const QHeaderView& header = *table->horizontalHeader();
    const QPoint edge(header.sectionViewportPosition(1) - 1, header.height() / 2);
    QTest::mousePress(header.viewport(), Qt::LeftButton, {}, edge);
    QTest::mouseMove(header.viewport(), edge + QPoint(40, 0));
    QTest::mouseRelease(header.viewport(), Qt::LeftButton, {}, edge + QPoint(40, 0));
    const int set = header.sectionSize(0);
    tabs.resize(1900, 400);
    QCoreApplication::processEvents();
    QCOMPARE(header.sectionSize(0), set);
}

/// Base is never right alone where NGD only mends: the list opens on what there is, says how many of each, and an empty one says so.
void TestResultTabs::two_runs_open_on_what_there_is() {
    ResultTabs tabs(results_);
    open(QStringLiteral("pair.sqlite"), {{"base", "", kRightBefore}, {"ngd", "", 15}});
    auto* cell = tabs.findChild<QComboBox*>(QStringLiteral("pairCell"));
    auto* table = tabs.findChild<QTableView*>(QStringLiteral("pairTable"));
    QTRY_COMPARE_WITH_TIMEOUT(cell->currentText(), QStringLiteral("only B right (13)"), kPatience);
    QCOMPARE(cell->itemText(0), QStringLiteral("only A right (0)"));
    QCOMPARE(table->model()->rowCount(), 13);
    QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("only B right"));
    cell->setCurrentIndex(0);
    QCOMPARE(table->model()->rowCount(), 0);
    auto* note = tabs.findChild<QLabel*>(QStringLiteral("pairNote"));
    QVERIFY2(note->text().contains(QString::fromUtf8("No sample is in “only A right”: the list is empty.")), qPrintable(note->text()));
}

/// What the table of samples counts is not what MME reports, nor DocVQA: both stand in the note, with what is compared.
void TestResultTabs::two_runs_tell_the_benchmarks_own_numbers() {
    ResultTabs tabs(results_);
    const QString path = folder_.filePath(QStringLiteral("own.sqlite"));
    {
        auto session = SessionWriter::create(path.toStdString());
        QVERIFY(session.ok() && session_samples::fill_benchmarks(*session, "base", false).ok() && session_samples::fill_benchmarks(*session, "ngd", true).ok());
    }
    results_.open(path);
    const auto* note = tabs.findChild<QLabel*>(QStringLiteral("pairNote"));
    QTRY_VERIFY2_WITH_TIMEOUT(note->text().contains(QStringLiteral("MME-P A 125.00 of 200 points (4)")), qPrintable(note->text()), kPatience);
    for (const char* words : {"B 200.00 of 200 points (4)", "B - A +75.00", "the table takes every question singly", "DocVQA: ANLS A 0.8000 (1), B 1.0000 (1), B - A +0.2000.",
                              "Compared by what the answers are worth, 0 to 1: DocVQA, and overall"}) {
        QVERIFY2(note->text().contains(QLatin1String(words)), qPrintable(note->text()));
    }
}

/// While something runs and nothing is open, no tab asks for what is under way; a running sweep is not called none.
void TestResultTabs::what_runs_is_waited_for() {
    SessionResults none(jobs_);
    ResultTabs empty(none);
    const auto words = [](const ResultTabs& tabs, const char* name) { return tabs.findChild<QLabel*>(QLatin1String(name))->text(); };
    empty.set_running(ResultTabs::Running::Sweep);
    for (const char* name : {"resultNote", "changedNote", "pairNote", "neighbourNote"}) {
        QVERIFY2(words(empty, name).startsWith(QStringLiteral("An evaluation is under way")), name);
    }
    QVERIFY(words(empty, "sweepNote").startsWith(QStringLiteral("A sweep is under way")));
    empty.set_running(ResultTabs::Running::Nothing);
    QVERIFY(words(empty, "resultNote").startsWith(QStringLiteral("No results yet")));
    QVERIFY(words(empty, "neighbourNote").startsWith(QStringLiteral("No run is chosen")));
    ResultTabs tabs(results_);
    open(QStringLiteral("before.sqlite"), {{"base", "", kRightBefore}, {"ngd", "", 15}});
    QVERIFY(words(tabs, "sweepNote").startsWith(QStringLiteral("The chosen evaluation is no sweep")));
    tabs.set_running(ResultTabs::Running::Evaluation);
    QVERIFY(words(tabs, "sweepNote").startsWith(QStringLiteral("The chosen evaluation is no sweep")));
    tabs.set_running(ResultTabs::Running::Sweep);
    QVERIFY2(words(tabs, "sweepNote").startsWith(QStringLiteral("A sweep is under way")), qPrintable(words(tabs, "sweepNote")));
    tabs.set_running(ResultTabs::Running::Nothing);
    QVERIFY(words(tabs, "sweepNote").startsWith(QStringLiteral("The chosen evaluation is no sweep")));
}

/// Home and End are the first and the last row of a list, not the ends of a line: of the keys' dialog and of every table of rows.
void TestResultTabs::end_is_the_last_row() {
    QAction first(QStringLiteral("First")), second(QStringLiteral("Second"));
    first.setShortcut(QKeySequence(Qt::Key_F5));
    second.setShortcut(QKeySequence(Qt::Key_F6));
    auto* keys = new KeyList({&first, &second}, nullptr);
    keys->show();
    ResultTabs tabs(results_);
    open(QStringLiteral("ends.sqlite"), {{"base", "", kRightBefore}, {"mode-finding", "", 12}, {"ngd", "", 15}});
    for (QTableView* table : {keys->findChild<QTableView*>(QStringLiteral("keyTable")), tabs.findChild<QTableView*>(QStringLiteral("changedTable")),
                              tabs.findChild<QTableView*>(QStringLiteral("resultTable")), tabs.findChild<QTableView*>(QStringLiteral("runTable"))}) {
        const int last = table->model()->rowCount() - 1;
        QVERIFY2(last > 0, qPrintable(table->objectName()));
        table->setCurrentIndex(table->model()->index(0, 0));
        QTest::keyClick(table, Qt::Key_End);
        QCOMPARE(table->currentIndex().row(), last);
        QTest::keyClick(table, Qt::Key_Home);
        QCOMPARE(table->currentIndex().row(), 0);
        QTest::keyClick(table, Qt::Key_End, Qt::ShiftModifier);
        QCOMPARE(table->selectionModel()->selectedRows().size(), last + 1);
    }
    keys->close();
}

/// Case: k = 1; 5 with NGD and kernel regression. With kernel regression chosen everywhere else the tab showed NGD's numbers, unnamed.
void TestResultTabs::the_sweep_is_of_the_chosen_method() {
    ResultTabs tabs(results_);
    tabs.resize(900, 400);
    tabs.show();
    open(QStringLiteral("two sweeps.sqlite"), {{"base", "", kRightBefore, 1, 5}, {"kernel-regression", "", 9, 1, 1}, {"kernel-regression", "", 11, 1, 5}, {"ngd", "", 15, 1, 1}, {"ngd", "", 17, 1, 5}});
    tabs.setCurrentIndex(4);
    auto* table = tabs.findChild<QTableView*>(QStringLiteral("sweepTable"));
    auto* method = tabs.findChild<QComboBox*>(QStringLiteral("sweepMethod"));
    auto* note = tabs.findChild<QLabel*>(QStringLiteral("sweepNote"));
    const auto shown = [&](int column) { return table->model()->index(0, column).data().toString(); };
    const auto framed = [&] { return table->selectionModel()->selectedIndexes().isEmpty() ? -1 : table->selectionModel()->selectedIndexes().front().column(); };
    const auto choose = [&](std::int64_t run) {
        results_.choose_run(run);
        QTRY_VERIFY_WITH_TIMEOUT(!jobs_.busy(), kPatience);
    };
    QVERIFY(table->isVisible() && method->isEnabled());
    QCOMPARE(method->count(), 2);
    for (const auto& [run, name, column] : {std::tuple{2, "kernel regression", 0}, {4, "NGD", 0}, {3, "kernel regression", 1}, {5, "NGD", 1}}) {
        choose(run);
        QCOMPARE(method->currentText(), QString::fromLatin1(name));
        QVERIFY2(note->text().startsWith(QString::fromLatin1(name) + QStringLiteral(": percent right of 40 samples")), qPrintable(note->text()));
        QCOMPARE(framed(), column);
        const ResultRow& row = results_.evaluation()->table.rows[static_cast<std::size_t>(run - 1)];
        QCOMPARE(shown(column), QString::number(half_up(100.0 * row.overall.accuracy(), 1), 'f', 1));
    }
    // Base is no cell of any: what was shown stays, and nothing is framed. Another one can be looked at all the same, and stays while the file is read again.
    choose(1);
    QCOMPARE(method->currentText(), QStringLiteral("NGD"));
    QCOMPARE(framed(), -1);
    method->setCurrentIndex(method->findText(QStringLiteral("kernel regression")));
    Q_EMIT method->activated(method->currentIndex());
    QCOMPARE(shown(1), QString::number(half_up(100.0 * results_.evaluation()->table.rows[2].overall.accuracy(), 1), 'f', 1));
    QCOMPARE(framed(), -1);
    table->setCurrentIndex(table->model()->index(0, 0));  // a cell is its run
    QCOMPARE(results_.run(), std::int64_t{2});
    QTRY_VERIFY_WITH_TIMEOUT(!jobs_.busy(), kPatience);
    QCOMPARE(method->currentText(), QStringLiteral("kernel regression"));
    // Without a sweep a line says so, where one looks first, and nothing empty stands above it.
    open(QStringLiteral("no sweep.sqlite"), {{"base", "", kRightBefore}, {"ngd", "", 15}});
    QVERIFY(!table->isVisible() && !method->isVisible());
    QVERIFY(note->isVisible() && note->text().startsWith(QStringLiteral("The chosen evaluation is no sweep")));
    QVERIFY(note->y() < 20 && note->alignment().testFlag(Qt::AlignTop));
    open(QStringLiteral("one sweep.sqlite"), {{"base", "", kRightBefore, 1, 5}, {"ngd", "", 15, 1, 1}, {"ngd", "", 17, 1, 5}});
    QVERIFY(table->isVisible() && method->isVisible() && !method->isEnabled());
    QCOMPARE(method->currentText(), QStringLiteral("NGD"));
}

/// In a plot as narrow and low as in a window of 1000 by 600 no curve is left without a name in silence.
void TestResultTabs::every_curve_has_an_entry() {
    BenchmarkLive live(run_, results_);
    open(QStringLiteral("many.sqlite"), {{"base", "", kRightBefore, 1, 5}, {"mode-finding", "", kRightBefore, 1, 5}, {"kernel-regression", "", kRightBefore, 1, 1},
                                         {"kernel-regression", "", kRightBefore, 1, 5}, {"ngd", "", 15, 1, 1}, {"ngd", "", 17, 1, 5}, {"oracle", "", 19, 1, 5}});
    const QStringList drawn = curves(live);
    QCOMPARE(drawn.size(), 6);
    for (const QSize size : {QSize(240, 190), QSize(233, 150), QSize(180, 120), QSize(400, 190), QSize(900, 400)}) {
        live.accuracy().resize(size);
        const auto legend = live.accuracy().legend();
        QVERIFY2(!legend.empty(), qPrintable(QStringLiteral("%1 x %2").arg(size.width()).arg(size.height())));
        qsizetype named = 0, counted = 0;
        for (const auto& [name, room] : legend) {
            const bool count = name.startsWith(QLatin1Char('+'));
            (count ? counted : named) += count ? name.section(QLatin1Char(' '), 1, 1).toInt() : 1;
            QVERIFY2(!count || room.width() >= QFontMetricsF(live.accuracy().font()).horizontalAdvance(name) - 1.0, qPrintable(name));
        }
        QVERIFY2(named + counted == drawn.size(), qPrintable(QStringLiteral("%1 + %2 of %3 at %4").arg(named).arg(counted).arg(drawn.size()).arg(size.width())));
        QVERIFY2(size.width() < 400 || counted == 0, qPrintable(QStringLiteral("%1 are counted at %2").arg(counted).arg(size.width())));
        for (const auto& [name, room] : legend) {  // levels give way first
            named -= counted > 0 && (name.startsWith(QStringLiteral("NGD")) || name.startsWith(QStringLiteral("oracle"))) ? 1 : 0;
        }
        QVERIFY2(size.height() < 190 || counted == 0 || named == drawn.size() - counted - 3, qPrintable(QStringLiteral("the descents are not named at %1").arg(size.width())));
    }
}

/// In a small window the names of runs are longer than their lists are wide.
void TestResultTabs::a_name_that_is_cut_says_so() {
    QComboBox runs;
    runs.addItem(QStringLiteral("4: kernel regression, k 5, reference routing native \u00b7 evaluation of runs 1\u20137"));
    runs.addItem(QStringLiteral("1: base"));
    runs.resize(150, runs.sizeHint().height());
    for (const auto& [index, cut] : {std::pair{0, true}, {1, false}}) {
        runs.setCurrentIndex(index);
        TextRecorder page(runs.size());
        runs.render(&page);
        QCOMPARE(page.written().size(), std::size_t{1});
        QCOMPARE(page.written()[0].text.endsWith(QChar(0x2026)), cut);
        QVERIFY(page.written()[0].box.right() < runs.width() - 10);
    }
}

QTEST_MAIN(TestResultTabs)
#include "test_result_tabs.moc"
