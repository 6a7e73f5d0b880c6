// The benchmark page driven as a user drives it: choose, start, watch, pause, cancel, resume, look at who was harmed.
#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QtTest>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <memory>

#include "core/analysis/paired_power.h"
#include "core/base/half_up.h"
#include "core/session/session.h"
#include "tests/support/patience.h"
#include "tests/ui/figure_sessions.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/panels/benchmark_form.h"
#include "ui/panels/benchmark_page.h"
#include "ui/models/benchmark_size.h"
#include "ui/models/result_models.h"
#include "ui/panels/benchmark_live.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/figure_page.h"
#include "ui/panels/main_window.h"
#include "ui/panels/theme.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

/// So many that enough is left to be paused or stopped, however many are in hand at once and however late the button is pressed.
constexpr int kLong = 120;

}  // namespace

class TestBenchmarkPage final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void counts_per_step_keep_the_last_answer();
    void every_way_of_opening_shows_results_data();
    void every_way_of_opening_shows_results();
    void a_session_without_results_says_why_data();
    void a_session_without_results_says_why();
    void a_cancelled_run_is_not_a_finished_one();
    void what_can_be_detected_is_said();
    void starts_watches_and_shows_the_table();
    void cancelled_and_resumed_comes_to_the_same();
    void the_chosen_evaluation_is_resumed();
    void pauses_and_goes_on();
    void pauses_while_a_control_is_fitted();
    void a_harmed_sample_opens_in_inspect();
    void several_values_are_a_sweep();
    void what_cannot_be_meant_is_told_and_not_started();
    void a_cell_of_the_heat_map_is_its_run();
    void neighbours_of_harmed_and_mended_samples();
    void every_figure_is_shown_and_saved();
    void notes_are_kept();
    void two_runs_are_set_against_each_other();
    void an_unwritable_session_is_told();
    void pages_keep_the_docks();
    void the_form_shows_what_made_the_session();
    void words_are_listed_and_several_can_be_ticked();
    void the_word_that_is_typed_is_completed();
    void quits_during_a_run_that_can_be_resumed();

private:
    void click(const char* name) {
        auto* button = find<QAbstractButton>(name);
        QVERIFY2(button != nullptr && button->isEnabled(), name);
        QTest::mouseClick(button, Qt::LeftButton);
    }
    /// Only these sets and methods, into this session.
    void choose(const QStringList& sets, int samples, const QString& session, const QStringList& methods = {QStringLiteral("ngd")}) {
        auto* list = find<QListWidget>("benchmarkSets");
        for (int i = 0; i < list->count(); ++i) {
            list->item(i)->setCheckState(sets.contains(list->item(i)->text()) ? Qt::Checked : Qt::Unchecked);
        }
        for (const char* method : {"ngd", "kernel-regression", "mode-finding", "oracle"}) {
            find<QCheckBox>(qPrintable(QStringLiteral("method-") + QLatin1String(method)))->setChecked(methods.contains(QLatin1String(method)));
        }
        find<QSpinBox>("benchmarkSamples")->setValue(samples);
        find<QLineEdit>("benchmarkSession")->setText(session);
    }
    /// Those in hand are finished first; with few left it ends instead, which is told at once.
    void wait_until_it_stands() {
        QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().standing() || !window_->benchmark().active(), kPatience);
        QVERIFY2(window_->benchmark().standing(), "it ended before it could be paused");
    }
    void wait_for_end() {
        QTRY_VERIFY_WITH_TIMEOUT(!window_->benchmark().active() && !window_->workspace().jobs().busy(), kPatience);
        QCoreApplication::processEvents();
    }
    [[nodiscard]] QString session(const QString& name) const { return folder_->filePath(name); }
    /// Set, key and right after every step, of the runs of a method.
    static std::map<std::pair<std::string, std::string>, std::vector<std::optional<bool>>> outcomes(const QString& path, const std::string& method) {
        std::map<std::pair<std::string, std::string>, std::vector<std::optional<bool>>> out;
        auto reader = SessionReader::open(path.toStdString());
        if (reader) {
            for (const StoredRun& run : *reader->runs()) {
                if (run.info.method == method) {
                    const auto correctness = reader->correctness(run.id);
                    for (std::size_t i = 0; i < correctness->keys.size(); ++i) {
                        out[{correctness->keys[i].set, correctness->keys[i].key}] = correctness->steps[i];
                    }
                }
            }
        }
        return out;
    }

    std::unique_ptr<QTemporaryDir> folder_;
};

void TestBenchmarkPage::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("benchmark page"), folder_->path());
    qputenv("XDG_DATA_HOME", folder_->path().toUtf8());
    apply_theme(*qApp, Theme::Light);
}

void TestBenchmarkPage::init() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    if (QLatin1String(QTest::currentTestFunction()) == QLatin1String("every_way_of_opening_shows_results")) {
        return;  // begins in its own way
    }
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get(), kPatience));
    window_->begin({});
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(window_->workspace().inspector());
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
    QCOMPARE(window_->page(), MainWindow::Page::Benchmark);
    QVERIFY(find<QPushButton>("benchmarkStart")->isVisible());
}

/// Against transitions() of the whole list, whatever the order of lengths.
void TestBenchmarkPage::counts_per_step_keep_the_last_answer() {
    std::vector<StepCorrectness> samples = {{true}, {false, true, true}, {true, false}, {std::nullopt, true}, {false, false, std::nullopt, true}, {}};
    for (int order = 0; order < 6; ++order) {
        std::rotate(samples.begin(), samples.begin() + 1, samples.end());
        std::vector<StepTransitions> live;
        for (const StepCorrectness& sample : samples) {
            count_steps(sample, live);
        }
        const std::vector<StepTransitions> whole = transitions(samples);
        QCOMPARE(live.size(), whole.size());
        for (std::size_t t = 0; t < live.size(); ++t) {
            QCOMPARE(live[t].step, t);
            QCOMPARE(live[t].scored, whole[t].scored);
            QCOMPARE(live[t].right, whole[t].right);
            QCOMPARE(live[t].from_start.right_right, whole[t].from_start.right_right);
            QCOMPARE(live[t].from_start.right_wrong, whole[t].from_start.right_wrong);
            QCOMPARE(live[t].from_start.wrong_right, whole[t].from_start.wrong_right);
            QCOMPARE(live[t].from_start.wrong_wrong, whole[t].from_start.wrong_wrong);
        }
    }
}

void TestBenchmarkPage::every_way_of_opening_shows_results_data() {
    QTest::addColumn<bool>("page_first");  // the page is there before the session is opened
    QTest::addColumn<QString>("way");
    for (const char* way : {"argument", "dialog", "recent", "drop", "link", "figure", "figure dropped"}) {
        QTest::addRow("%s", way) << false << QString::fromLatin1(way);
        QTest::addRow("%s, page first", way) << true << QString::fromLatin1(way);
    }
}

/// Nothing is started: the numbers of the session are on the pages as soon as they are looked at.
void TestBenchmarkPage::every_way_of_opening_shows_results() {
    QFETCH(bool, page_first);
    QFETCH(QString, way);
    const QString path = session(QStringLiteral("opened.sqlite"));
    const QString picture = session(QStringLiteral("opened figure.svg"));
    if (!QFile::exists(path)) {
        QVERIFY(write_uneven(path.toStdString()));
        const auto made = figure({.name = QStringLiteral("accuracy-transitions"), .run = 2}, path.toStdString());
        QVERIFY(made && save_plot(*made, picture).ok());
    }
    const bool linked = way != QLatin1String("argument") && way != QLatin1String("dialog") && way != QLatin1String("recent") && way != QLatin1String("drop");
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);
    window_->show();
    Opening opening;
    if (way == QLatin1String("argument")) {
        opening.path = path;
    }
    QSettings().setValue(QStringLiteral("recent"), QStringList{path});
    window_->begin(opening);
    if (page_first) {
        QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
        QTest::keyClick(window_.get(), Qt::Key_3, Qt::AltModifier);
    }
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    if (way == QLatin1String("dialog")) {
        window_->open_path(path);
    } else if (way == QLatin1String("recent")) {
        for (QMenu* menu : window_->findChildren<QMenu*>()) {
            Q_EMIT menu->aboutToShow();
            for (QAction* action : menu->actions()) {
                if (action->text() == QLatin1String("opened.sqlite")) {
                    action->trigger();
                    break;
                }
            }
        }
    } else if (way == QLatin1String("link")) {
        window_->open_path(QStringLiteral("r2t2://run/2?session=opened.sqlite&model=aa"));
    } else if (way == QLatin1String("figure")) {
        window_->open_path(picture);
    } else if (way.contains(QLatin1String("drop"))) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(way == QLatin1String("drop") ? path : picture)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &event);
        QVERIFY(event.isAccepted());
    }
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
    QCOMPARE(window_->page(), MainWindow::Page::Benchmark);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    const auto* model = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 3, kPatience);  // the evaluation: of a link its own, else of the last finished NGD run
    QCOMPARE(model->run_of(1), linked ? 2 : 7);
    QVERIFY2(find<QLabel>("benchmarkWords")->text().startsWith(QStringLiteral("opened.sqlite: ")), qPrintable(find<QLabel>("benchmarkWords")->text()));
    QVERIFY(find<CurvePlot>("benchmarkAccuracy")->tsv().contains(QStringLiteral("NGD")));
    QVERIFY(find<WeightBands>("benchmarkTransitions")->tsv().count(QLatin1Char('\n')) > 2);
    QVERIFY(find<QComboBox>("benchmarkFollowed")->count() > 0);
    QVERIFY2(find<QLabel>("resultNote")->text().contains(QStringLiteral("incomplete")), qPrintable(find<QLabel>("resultNote")->text()));
    QCOMPARE(find<QTableView>("runTable")->model()->rowCount(), static_cast<int>(uneven_runs().size()));
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("pairNote")->text().startsWith(QStringLiteral("Of ")), kPatience);
    QTest::keyClick(window_.get(), Qt::Key_3, Qt::AltModifier);
    QTRY_VERIFY_WITH_TIMEOUT(find<QListWidget>("figureKinds")->count() >= 7, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(find<QLabel>("figureError")->text().isEmpty());
    QCOMPARE(find<QComboBox>("figureRun")->currentData().toLongLong(), window_->results().run());
}

void TestBenchmarkPage::a_session_without_results_says_why_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("said");
    QTest::newRow("no run") << 0 << "has no runs";
    QTest::newRow("a run without samples") << 1 << "without a sample (still running or killed)";
    QTest::newRow("every sample failed") << 2 << "no answered sample: all 2 of run 1 failed";
}

void TestBenchmarkPage::a_session_without_results_says_why() {
    QFETCH(int, kind);
    QFETCH(QString, said);
    const QString path = session(QStringLiteral("empty %1.sqlite").arg(kind));
    {
        auto writer = SessionWriter::create(path.toStdString());
        QVERIFY(writer.ok());
        if (kind > 0) {
            const auto run = writer->begin_run(session_samples::run_info());
            for (int i = 0; kind == 2 && i < 2; ++i) {
                QVERIFY(writer->record_error(*run, session_samples::sample_info(i), invalid_input("0.png", "image", "0 bytes", "a picture")).ok());
            }
        }
    }
    window_->open_path(path);
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("resultNote")->text().contains(said), kPatience);
    QVERIFY2(find<QLabel>("benchmarkWords")->text().contains(said), qPrintable(find<QLabel>("benchmarkWords")->text()));
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(find<QLabel>("resultNote")->text().contains(said));
}

void TestBenchmarkPage::a_cancelled_run_is_not_a_finished_one() {
    const QString path = session(QStringLiteral("uneven.sqlite"));
    QVERIFY(write_uneven(path.toStdString()));
    window_->open_path(QStringLiteral("r2t2://run/3?session=") + QString::fromUtf8(QUrl::toPercentEncoding(path)));
    const auto* model = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 3, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    int n = 0;
    while (n < model->columnCount() && model->headerData(n, Qt::Horizontal, Qt::DisplayRole).toString() != QLatin1String("n")) {
        ++n;
    }
    for (int row = 0; row < 3; ++row) {
        QVERIFY(model->index(row, 0).data().toString().endsWith(QStringLiteral("(incomplete)")));
        QCOMPARE(model->index(row, n).data().toString(), QStringLiteral("79 of 600"));
    }
    QVERIFY(find<QLabel>("resultNote")->text().contains(QStringLiteral("80 of 600 samples, incomplete (interrupted); 1 failed")));
    QVERIFY(find<QLabel>("benchmarkWords")->text().contains(QStringLiteral("80 of 600 samples, incomplete (interrupted)")));
    auto* runs = find<QTableView>("runTable")->model();
    QCOMPARE(runs->index(runs->rowCount() - 1, RunTableModel::Samples).data().toString(), QStringLiteral("80 of 600, 1 bad"));
    QCOMPARE(runs->index(runs->rowCount() - 5, RunTableModel::State).data().toString(), QStringLiteral("still running or killed"));
    // The oracle's steps between its first and its last are gaps.
    auto* followed = find<QComboBox>("benchmarkFollowed");
    followed->setCurrentIndex(followed->findText(QStringLiteral("oracle"), Qt::MatchStartsWith));
    QCOMPARE(find<WeightBands>("benchmarkTransitions")->tsv().count(QLatin1Char('\n')), 3);
    QVERIFY(find<WeightBands>("benchmarkTransitions")->tsv().contains(QStringLiteral("\n10\t")));
    QVERIFY(find<WeightBands>("benchmarkTransitions")->tsv().startsWith(QStringLiteral("step\tright since step 0\twrong to right since step 0\t")));
    QVERIFY2(find<QLabel>("benchmarkCounts")->text().contains(QStringLiteral("9 of 11 steps were not scored")), qPrintable(find<QLabel>("benchmarkCounts")->text()));
    // The plot: the base is level, the oracle stands where it was scored.
    const QStringList steps = find<CurvePlot>("benchmarkAccuracy")->tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    const qsizetype oracle_column = steps[0].split(QLatin1Char('\t')).indexOf(QStringLiteral("oracle (sees truth) (%)")), base_column = steps[0].split(QLatin1Char('\t')).indexOf(QStringLiteral("base (%)"));
    QVERIFY2(oracle_column > 0 && base_column > 0, qPrintable(steps[0]));
    for (qsizetype t = 1; t < steps.size(); ++t) {
        const QStringList cells = steps[t].split(QLatin1Char('\t'));
        QVERIFY2(cells[oracle_column].isEmpty() == (t != 1 && t != 11), qPrintable(steps[t]));
        QCOMPARE(cells[base_column], steps[1].split(QLatin1Char('\t'))[base_column]);
    }
    QVERIFY(steps[1].split(QLatin1Char('\t'))[oracle_column] != steps[11].split(QLatin1Char('\t'))[oracle_column]);
    // Two runs, one of them incomplete.
    find<QComboBox>("pairA")->setCurrentIndex(1);
    Q_EMIT find<QComboBox>("pairA")->activated(1);
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("pairNote")->text().contains(QStringLiteral("80 of 600 samples, incomplete")), kPatience);
    QVERIFY(find<QLabel>("pairNote")->text().contains(QStringLiteral("scored in both")));
}

/// Before a run, in the real window: what this selection can detect, changed by the boxes; the same as r2t2 power's library says.
void TestBenchmarkPage::what_can_be_detected_is_said() {
    const auto smallest = [](std::int64_t samples, std::int64_t comparisons) {
        PowerDesign design;
        design.clusters = even_clusters(samples, samples);
        design.comparisons = comparisons;
        return QString::number(half_up(100.0 * *smallest_difference(design).difference, 1), 'f', 1);
    };
    const auto* line = find<QLabel>("benchmarkDetectable");
    choose({QStringLiteral("G-dim"), QStringLiteral("K-noise")}, 100, session(QStringLiteral("detect.sqlite")), {QStringLiteral("ngd"), QStringLiteral("oracle")});
    QVERIFY(line->isVisible());
    QCOMPARE(line->text(), QStringLiteral("Detects %1 points or more, in one set %2").arg(smallest(200, 1), smallest(100, 1)));
    for (const QString& words : {QStringLiteral("0.25 harmed for every mended"), QStringLiteral("Every sample stands alone"), QStringLiteral("over 2 methods, of all samples: %1 points").arg(smallest(200, 2)),
                                 QStringLiteral("over 4 methods x sets, of one set: %1 points").arg(smallest(100, 4)), QStringLiteral("r2t2 power")}) {
        QVERIFY2(line->toolTip().contains(words), qPrintable(line->toolTip()));
    }
    QTest::mouseClick(find<QCheckBox>("method-oracle"), Qt::LeftButton, {}, QPoint(8, find<QCheckBox>("method-oracle")->height() / 2));
    QVERIFY(!line->toolTip().contains(QStringLiteral("methods, of all samples")));  // one method: nothing to correct
    auto* samples = find<QSpinBox>("benchmarkSamples");
    samples->setFocus();
    samples->selectAll();
    QTest::keyClicks(samples, QStringLiteral("800"));
    QTest::keyClick(samples, Qt::Key_Return);
    QCOMPARE(line->text(), QStringLiteral("Detects %1 points or more, in one set %2").arg(smallest(1600, 1), smallest(800, 1)));
    choose({QStringLiteral("G-dim")}, 4, session(QStringLiteral("detect.sqlite")), {QStringLiteral("ngd")});
    QCOMPARE(line->text(), QStringLiteral("Too few samples to detect any difference"));
    // A data set file is not read for this; a benchmark that the Data page has read says its samples and clusters.
    const DetectableWords file = detectable_words(std::nullopt, 1, 2), rotations = detectable_words(SelectionSize{400, 100}, 1, 2);
    QVERIFY(file.line.contains(QStringLiteral("known once the samples are read")));
    QCOMPARE(rotations.line, QStringLiteral("Detects %1 to %2 points or more").arg(smallest(400, 1), smallest(100, 1)));
    QVERIFY2(rotations.tip.contains(QStringLiteral("400 samples in 100 clusters")), qPrintable(rotations.tip));
    // At the least size of the window the line is whole, and nothing asks for more.
    const QSize before = window_->size();
    window_->resize(1000, 590);
    QTRY_COMPARE_WITH_TIMEOUT(window_->size(), QSize(1000, 590), kPatience);
    QVERIFY(window_->minimumSizeHint().width() <= 1000 && window_->minimumSizeHint().height() <= 590);
    choose({QStringLiteral("G-dim"), QStringLiteral("K-noise")}, 100, session(QStringLiteral("detect.sqlite")), {QStringLiteral("ngd")});
    QVERIFY(line->height() >= line->heightForWidth(line->width()));
    window_->resize(before);
    QVERIFY(file.tip.contains(QStringLiteral("r2t2 power")));
}

void TestBenchmarkPage::starts_watches_and_shows_the_table() {
    const QString path = session(QStringLiteral("start.sqlite"));
    choose({QStringLiteral("G-dim"), QStringLiteral("K-noise")}, 16, path, {QStringLiteral("ngd"), QStringLiteral("oracle")});
    QVERIFY(find<QLabel>("benchmarkSummary")->text().contains(QStringLiteral("3 runs")));
    click("benchmarkStart");
    QVERIFY(!find<QListWidget>("benchmarkSets")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done > 0 && window_->benchmark().active(), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("benchmarkWords")->text().contains(QStringLiteral("of 32 samples")), kPatience);
    QVERIFY(find<CurvePlot>("benchmarkAccuracy")->tsv().contains(QStringLiteral("NGD")));
    QVERIFY(find<WeightBands>("benchmarkTransitions")->tsv().count(QLatin1Char('\n')) > 5);
    wait_for_end();
    QCOMPARE(window_->benchmark().counts().done, std::int64_t{32});
    const auto* model = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 3, kPatience);
    auto reader = SessionReader::open(path.toStdString());
    QVERIFY(reader.ok());
    for (int row = 0; row < 3; ++row) {
        std::int64_t right = 0;
        for (const r2t2::SampleRow& sample : *reader->samples(model->run_of(row))) {
            right += sample.final_correct.value_or(false) ? 1 : 0;
        }
        QCOMPARE(model->index(row, 3).data().toString(), QString::number(100.0 * static_cast<double>(right) / 32.0, 'f', 1));
    }
    // The live counts were those of the session, and the curve is the stored one.
    const auto stored = outcomes(path, "ngd");
    std::int64_t right_at_start = 0;
    for (const auto& [key, steps] : stored) {
        right_at_start += steps.front().value_or(false) ? 1 : 0;
    }
    QCOMPARE(window_->benchmark().counts().steps[1].front().right, right_at_start);
    QVERIFY(find<QListWidget>("benchmarkSets")->isEnabled());
    QVERIFY(find<QLabel>("resultNote")->text().contains(QStringLiteral("miniature")));
    click("copyResults");
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("method\tG-dim\tK-noise\tall")));
}

void TestBenchmarkPage::cancelled_and_resumed_comes_to_the_same() {
    const QString whole = session(QStringLiteral("whole.sqlite")), cut = session(QStringLiteral("cut.sqlite"));
    choose({QStringLiteral("G-dim")}, kLong, whole);
    click("benchmarkStart");
    wait_for_end();
    const BenchmarkRun::Counts uncut = window_->benchmark().counts();
    find<QLineEdit>("benchmarkSession")->setText(cut);
    click("benchmarkStart");
    QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done >= 4, kPatience);
    // The plots are of what runs; the tables are still of the evaluation before, and say so.
    QVERIFY2(find<ElidedLabel>("tablesOf")->whole_text().contains(QStringLiteral("whole.sqlite, evaluation of runs 1\u20132, not of the evaluation that is under way")),
             qPrintable(find<ElidedLabel>("tablesOf")->whole_text()));
    const QPoint tabs = find<QTabWidget>("resultTabs")->mapTo(window_.get(), QPoint()), plot = find<CurvePlot>("benchmarkAccuracy")->mapTo(window_.get(), QPoint());
    click("benchmarkCancel");
    wait_for_end();
    QCOMPARE(find<ElidedLabel>("tablesOf")->whole_text(), QStringLiteral("Tables: cut.sqlite, evaluation of runs 1\u20132"));
    QCOMPARE(find<QTabWidget>("resultTabs")->mapTo(window_.get(), QPoint()), tabs);  // nothing under the mouse has moved
    QCOMPARE(find<CurvePlot>("benchmarkAccuracy")->mapTo(window_.get(), QPoint()), plot);
    QVERIFY(QSettings().value(QStringLiteral("recent")).toStringList().contains(cut));
    const auto part = outcomes(cut, "ngd");
    QVERIFY2(part.size() >= 4 && part.size() < std::size_t{kLong}, qPrintable(QString::number(part.size())));
    QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("benchmarkResume")->isEnabled(), kPatience);
    // A sample of the part is looked into; the session's list is of this moment.
    const auto reached = part.begin()->first;
    Q_EMIT find<BenchmarkPage>("benchmarkPage")->sampleWanted(window_->results().run(), QString::fromStdString(reached.first), QString::fromStdString(reached.second));
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspection() && !window_->workspace().jobs().busy(), kPatience);
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
    click("benchmarkResume");
    const auto read_at = [this](std::int64_t samples) { return QStringLiteral("cut.sqlite, evaluation of runs 1\u20132, read at %1 of %2 samples; they follow when it ends").arg(samples).arg(kLong); };
    QVERIFY2(find<ElidedLabel>("tablesOf")->whole_text().endsWith(read_at(static_cast<std::int64_t>(part.size()))), qPrintable(find<ElidedLabel>("tablesOf")->whole_text()));
    // Who chooses a row meanwhile has the file read as it is now: words and tables are of that moment, both.
    QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done > static_cast<std::int64_t>(part.size()), kPatience);
    click("benchmarkPause");
    wait_until_it_stands();
    if (QTest::currentTestFailed()) {
        return;
    }
    window_->results().choose_run(1);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(QStringLiteral("session results")), kPatience);
    const auto* grown = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    const std::int64_t read = window_->results().runs()[0].samples;
    QVERIFY2(read > static_cast<std::int64_t>(part.size()) && read < kLong, qPrintable(QString::number(read)));
    QCOMPARE(grown->index(0, 4).data().toString(), QStringLiteral("%1 of %2").arg(read).arg(kLong));
    QVERIFY2(find<ElidedLabel>("tablesOf")->whole_text().endsWith(read_at(read)), qPrintable(find<ElidedLabel>("tablesOf")->whole_text()));
    window_->results().choose_run(2);
    click("benchmarkPause");
    wait_for_end();
    QCOMPARE(window_->benchmark().counts().done, std::int64_t{kLong});
    // One that was reached since opens all the same, and no red line stays.
    for (const auto& [id, steps] : outcomes(cut, "ngd")) {
        if (part.count(id) == 0) {
            Q_EMIT find<BenchmarkPage>("benchmarkPage")->sampleWanted(window_->results().run(), QString::fromStdString(id.first), QString::fromStdString(id.second));
            QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy() && window_->workspace().inspection() && window_->workspace().inspection()->sample().id == id.second, kPatience);
            QVERIFY2(!find<QLabel>("sampleError")->isVisible(), qPrintable(find<QLabel>("sampleError")->text()));
            break;
        }
    }
    QTest::keyClick(window_.get(), Qt::Key_2, Qt::AltModifier);
    QCOMPARE(window_->benchmark().counts().earlier, static_cast<std::int64_t>(part.size()));
    QCOMPARE(window_->benchmark().counts().forward_passes, uncut.forward_passes);  // of all samples, as their number is
    QCOMPARE(window_->benchmark().counts().backward_passes, uncut.backward_passes);
    QVERIFY(outcomes(cut, "ngd") == outcomes(whole, "ngd"));
    QCOMPARE(outcomes(cut, "ngd").size(), std::size_t{kLong});
    QTRY_VERIFY_WITH_TIMEOUT(!find<QPushButton>("benchmarkResume")->isEnabled(), kPatience);
}

/// Two evaluations of one session were cut: the one whose run is chosen is gone on with.
void TestBenchmarkPage::the_chosen_evaluation_is_resumed() {
    const QString path = session(QStringLiteral("two cut.sqlite"));
    for (const QString& set : {QStringLiteral("G-dim"), QStringLiteral("K-noise")}) {
        choose({set}, kLong, path);
        click("benchmarkStart");
        QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done >= 4, kPatience);
        click("benchmarkCancel");
        wait_for_end();
    }
    QTRY_COMPARE_WITH_TIMEOUT(window_->results().runs().size(), std::size_t{4}, kPatience);
    QCOMPARE(window_->results().unfinished(), std::optional<std::int64_t>(3));
    window_->results().choose_run(2);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QCOMPARE(window_->results().unfinished(), std::optional<std::int64_t>(1));
    QVERIFY(find<QPushButton>("benchmarkResume")->toolTip().contains(QStringLiteral("evaluation of runs 1\u20132 ")));
    click("benchmarkResume");
    wait_for_end();
    QTRY_VERIFY_WITH_TIMEOUT(!window_->results().runs().empty() && window_->results().runs()[1].state == RunState::Finished, kPatience);
    QCOMPARE(window_->results().runs()[1].samples, std::int64_t{kLong});
    QVERIFY(window_->results().runs()[3].state == RunState::Cancelled);
    QCOMPARE(window_->results().run(), std::int64_t{2});  // what was gone on with is what is shown
    QCOMPARE(window_->results().unfinished(), std::optional<std::int64_t>(3));
}

void TestBenchmarkPage::pauses_and_goes_on() {
    choose({QStringLiteral("G-dim")}, 60, session(QStringLiteral("pause.sqlite")));
    click("benchmarkStart");
    QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done > 0, kPatience);
    click("benchmarkPause");
    QCOMPARE(find<QPushButton>("benchmarkPause")->text(), QStringLiteral("Continue"));
    std::int64_t held = -1;
    for (QDeadlineTimer patience(kPatience); held != window_->benchmark().counts().done && !patience.hasExpired();) {
        held = window_->benchmark().counts().done;  // those in hand are finished, however slow the machine
        QTest::qWait(3000);
    }
    QCOMPARE(window_->benchmark().counts().done, held);
    QVERIFY2(held < 60, "it went on to the end");
    QVERIFY(find<QLabel>("benchmarkWords")->text().contains(QStringLiteral("paused")));
    click("benchmarkPause");
    wait_for_end();
    QCOMPARE(window_->benchmark().counts().done, std::int64_t{60});
}

/// Before the first sample, too: nothing is computed while the button says Continue.
void TestBenchmarkPage::pauses_while_a_control_is_fitted() {
    choose({QStringLiteral("G-dim")}, 4, session(QStringLiteral("controls.sqlite")));
    auto* controls = find<QCheckBox>("benchmarkControls");
    QVERIFY(controls != nullptr);
    controls->setChecked(true);
    click("benchmarkStart");
    QTRY_COMPARE_WITH_TIMEOUT(window_->benchmark().stage(), QStringLiteral("fit constant"), kPatience);
    click("benchmarkPause");
    auto* words = find<QLabel>("benchmarkWords");
    QVERIFY2(words->text().contains(QStringLiteral("pause")), qPrintable(words->text()));
    wait_until_it_stands();
    QVERIFY2(words->text().contains(QRegularExpression(QStringLiteral("fit constant, [0-9]+ of [0-9]+ \\("))), qPrintable(words->text()));
    const auto* bar = find<QProgressBar>("benchmarkProgress");  // how far the stage is
    QVERIFY2(bar->maximum() > 0 && bar->value() > 0, qPrintable(QStringLiteral("%1 of %2").arg(bar->value()).arg(bar->maximum())));
    if (QTest::currentTestFailed()) {
        return;
    }
    QTRY_VERIFY_WITH_TIMEOUT(words->text().endsWith(QStringLiteral("; paused")), kPatience);
    QVERIFY(window_->benchmark().started().methods.empty());
    click("benchmarkCancel");
    wait_for_end();
}

void TestBenchmarkPage::a_harmed_sample_opens_in_inspect() {
    const QString path = session(QStringLiteral("start.sqlite"));  // of the first walk
    window_->results().open(path);
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().changed() && !window_->workspace().jobs().busy(), kPatience);
    auto* table = find<QTableView>("changedTable");
    const auto* model = qobject_cast<SampleLineModel*>(table->model());
    QVERIFY(model->rowCount() > 0);
    bool mended_seen = false;
    for (int row = 0; row < model->rowCount(); ++row) {  // harmed ones stand first
        mended_seen = mended_seen || model->line(row)->change == QStringLiteral("mended");
        QVERIFY(!mended_seen || model->line(row)->change == QStringLiteral("mended"));
    }
    find<QTabWidget>("resultTabs")->setCurrentIndex(1);
    table->selectRow(0);
    const SampleLine wanted = *model->line(0);
    QTest::keyClick(table, Qt::Key_Return);
    QCOMPARE(window_->page(), MainWindow::Page::Inspect);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(window_->workspace().inspection()->stored());
    QCOMPARE(window_->workspace().inspection()->sample().set, wanted.id.set);
    QCOMPARE(window_->workspace().inspection()->sample().id, wanted.id.key);
    const Trajectory& shown = *window_->workspace().trajectory();
    QCOMPARE(QString::fromStdString(shown.result().answer->text), wanted.after);
    QVERIFY(shown.base().correct != shown.result().correct);
}

void TestBenchmarkPage::several_values_are_a_sweep() {
    const QString path = session(QStringLiteral("sweep.sqlite"));
    choose({QStringLiteral("G-dim")}, 4, path);
    auto* k = find<QLineEdit>("sweep-num-neighbors");
    // The heading's own example is a sweep in every field, of whole numbers and of others, and spelled as the reasons spell it.
    const QString heading = [this] {
        for (const QLabel* label : find<BenchmarkForm>("benchmarkForm")->findChildren<QLabel*>()) {
            if (label->text().startsWith(QStringLiteral("Parameters ("))) {
                return label->text();
            }
        }
        return QString();
    }();
    QVERIFY2(heading.contains(QStringLiteral(" 1; 3; 5,")), qPrintable(heading));
    for (const char* name : {"sweep-num-neighbors", "sweep-initial-lr"}) {
        auto* edit = find<QLineEdit>(name);
        const QString before = edit->text();
        edit->setText(QStringLiteral("0,3"));
        QVERIFY(QLatin1String(name) != QLatin1String("sweep-initial-lr") || find<QLabel>("sweep-initial-lr-error")->text().contains(QStringLiteral("\"0; 3\" are two")));
        edit->setText(QStringLiteral("1; 3; 5"));
        QVERIFY2(find<QLabel>("benchmarkSummary")->text().contains(QStringLiteral("4 runs")), qPrintable(find<QLabel>("benchmarkSummary")->text()));
        edit->setText(before);
    }
    k->clear();
    QTest::keyClicks(k, QStringLiteral("1, 3,5"));
    auto* steps = find<QLineEdit>("sweep-num-steps");
    steps->clear();
    QTest::keyClicks(steps, QStringLiteral("2,4"));
    QVERIFY2(find<QLabel>("benchmarkSummary")->text().contains(QStringLiteral("7 runs")), qPrintable(find<QLabel>("benchmarkSummary")->text()));
    click("benchmarkCopy");
    const QString command = QGuiApplication::clipboard()->text();
    QVERIFY2(command.contains(QStringLiteral("--sweep num-neighbors=1,3,5 --sweep num-steps=2,4")), qPrintable(command));
    click("benchmarkStart");
    wait_for_end();
    const auto* model = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 7, kPatience);
    QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("NGD, k 1, steps 2"));
    QCOMPARE(model->index(6, 0).data().toString(), QStringLiteral("NGD, k 5, steps 4"));
}

void TestBenchmarkPage::a_cell_of_the_heat_map_is_its_run() {
    window_->results().open(session(QStringLiteral("sweep.sqlite")));  // of the walk before
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().evaluation() && !window_->workspace().jobs().busy(), kPatience);
    find<QTabWidget>("resultTabs")->setCurrentIndex(4);
    auto* table = find<QTableView>("sweepTable");
    const QAbstractItemModel& cells = *table->model();
    QCOMPARE(cells.rowCount(), 2);
    QCOMPARE(cells.columnCount(), 3);
    QCOMPARE(cells.headerData(1, Qt::Horizontal).toString(), QStringLiteral("3"));
    QCOMPARE(cells.headerData(1, Qt::Vertical).toString(), QStringLiteral("4"));
    const auto* lines = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    for (int row = 0; row < 2; ++row) {
        for (int column = 0; column < 3; ++column) {
            table->setCurrentIndex(cells.index(row, column));
            const int line = lines->row_of(window_->results().run());
            QCOMPARE(lines->index(line, 0).data().toString(), QStringLiteral("NGD, k %1, steps %2").arg(QStringList{"1", "3", "5"}[column]).arg(row == 0 ? 2 : 4));
            QCOMPARE(cells.index(row, column).data().toString(), lines->index(line, 2).data().toString());
            QCOMPARE(find<QTableView>("resultTable")->currentIndex().row(), line);
        }
    }
    find<QComboBox>("sweepAcross")->setCurrentIndex(1);
    Q_EMIT find<QComboBox>("sweepAcross")->activated(1);
    QCOMPARE(cells.rowCount(), 3);
    QCOMPARE(cells.columnCount(), 2);
    window_->results().open(session(QStringLiteral("start.sqlite")));
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().path().endsWith(QStringLiteral("start.sqlite")) && window_->results().evaluation() &&
                                 !window_->workspace().jobs().busy(), kPatience);
    QCOMPARE(cells.rowCount(), 0);
    QVERIFY(find<QLabel>("sweepNote")->text().contains(QStringLiteral("no sweep")));
}

void TestBenchmarkPage::neighbours_of_harmed_and_mended_samples() {
    window_->results().open(session(QStringLiteral("start.sqlite")));  // of the first walk
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().changed() && !window_->workspace().jobs().busy(), kPatience);
    auto* tabs = find<QTabWidget>("resultTabs");
    QAbstractItemModel& lines = *find<QTableView>("neighbourReport")->model();
    const QAbstractItemModelTester tester(&lines, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QCOMPARE(lines.rowCount(), 0);  // nobody has looked yet
    QVERIFY(!window_->results().neighbours());
    tabs->setCurrentIndex(5);
    QTRY_COMPARE_WITH_TIMEOUT(lines.rowCount(), 5, kPatience);
    std::int64_t harmed = 0, mended = 0;
    for (const r2t2::SampleRow& row : *window_->results().changed()) {
        (row.outcome == "RW" ? harmed : mended) += 1;
    }
    QCOMPARE(lines.index(1, 1).data().toLongLong(), harmed);
    QCOMPARE(lines.index(2, 1).data().toLongLong(), mended);
    QCOMPARE(lines.index(0, 1).data().toLongLong(), lines.index(1, 1).data().toLongLong() + lines.index(2, 1).data().toLongLong() +
                                                        lines.index(3, 1).data().toLongLong() + lines.index(4, 1).data().toLongLong());
    QVERIFY2(lines.index(0, 4).data().toString().contains(QLatin1Char('[')), qPrintable(lines.index(0, 4).data().toString()));
    const std::vector<StoredRun>& runs = window_->results().runs();  // another run while the tab is in sight
    const auto base = std::find_if(runs.begin(), runs.end(), [](const StoredRun& run) { return run.info.method == "base"; });
    QVERIFY(base != runs.end());
    window_->results().choose_run(base->id);
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().neighbours() && !window_->workspace().jobs().busy(), kPatience);
    QCOMPARE(lines.rowCount(), 0);
    QVERIFY(find<QLabel>("neighbourNote")->text().contains(QStringLiteral("without neighbours")));
}

void TestBenchmarkPage::every_figure_is_shown_and_saved() {
    QTest::keyClick(window_.get(), Qt::Key_3, Qt::AltModifier);
    QCOMPARE(window_->page(), MainWindow::Page::Figures);
    auto* kinds = find<QListWidget>("figureKinds");
    QCOMPARE(kinds->count(), 0);
    window_->results().open(session(QStringLiteral("sweep.sqlite")));
    QTRY_VERIFY_WITH_TIMEOUT(kinds->count() >= 7 && !window_->workspace().jobs().busy(), kPatience);
    FigureSheet& sheet = *find<FigureSheet>("figureSheet");
    QStringList names;
    for (int i = 0; i < kinds->count(); ++i) {
        kinds->setCurrentRow(i);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
        names << kinds->item(i)->data(Qt::UserRole).toString();
        QVERIFY2(sheet.figure() != nullptr, qPrintable(names.last() + find<QLabel>("figureError")->text()));
        QVERIFY2(!sheet.tsv().isEmpty(), qPrintable(names.last()));
        QVERIFY(std::abs(sheet.plot_size().width() - 82.0 * kMillimetre) < 1.0);
    }
    for (const char* name : {"accuracy-transitions", "expert-shift-flow", "expert-shift-matrix", "ablation-curves", "ablation-map", "neighbourhood-map", "case-card"}) {
        QVERIFY2(names.contains(QLatin1String(name)), qPrintable(QLatin1String(name) + QStringLiteral(" is not among ") + names.join(QLatin1Char(' '))));
    }
    find<QComboBox>("figureWidth")->setCurrentIndex(1);
    QVERIFY(std::abs(sheet.plot_size().width() - 170.0 * kMillimetre) < 1.0);
    QVERIFY(find<QLabel>("figureNote")->text().startsWith(QStringLiteral("170 x ")));
    QTemporaryDir folder;
    find<FigurePage>("figurePage")->save_all(folder.path());
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY2(find<QLabel>("figureError")->text().isEmpty(), qPrintable(find<QLabel>("figureError")->text()));
    for (const QString& name : names) {
        for (const char* format : {"svg", "pdf", "png", "csv"}) {
            QFile file(folder.filePath(name + QLatin1Char('.') + QLatin1String(format)));
            QVERIFY2(file.open(QIODevice::ReadOnly) && file.size() > 20, qPrintable(file.fileName()));
            QVERIFY(QLatin1String(format) != QLatin1String("svg") || file.readAll().contains("<text"));
        }
    }
    QVERIFY(!find<FigurePage>("figurePage")->save(folder.filePath(QStringLiteral("no/such/folder.svg"))));
    QVERIFY(find<QLabel>("figureError")->text().contains(QStringLiteral("no/such")));
    find<QLineEdit>("figureSample")->setText(QStringLiteral("G-dim/99999"));
    kinds->setCurrentRow(static_cast<int>(names.indexOf(QStringLiteral("case-card"))));
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    Q_EMIT find<QLineEdit>("figureSample")->editingFinished();
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("figureError")->text().contains(QStringLiteral("99999")), kPatience);
    QVERIFY(sheet.figure() == nullptr);
}

void TestBenchmarkPage::what_cannot_be_meant_is_told_and_not_started() {
    choose({QStringLiteral("G-dim")}, 4, session(QStringLiteral("never.sqlite")));
    const std::pair<const char*, const char*> wrong[] = {{"sweep-num-neighbors", "0"}, {"sweep-num-neighbors", "five"}, {"sweep-num-steps", "5,,10"},
                                                         {"sweep-initial-lr", "-1"},   {"sweep-kernel", "round"},       {"sweep-mode", ""}};
    for (const auto& [name, text] : wrong) {
        auto* field = find<QLineEdit>(name);
        const QString kept = field->text();
        field->setText(QLatin1String(text));
        const QList<QLabel*> labels = find<QWidget>("benchmarkForm")->findChildren<QLabel*>();
        const bool told = std::any_of(labels.begin(), labels.end(), [](const QLabel* label) { return label->isVisible() && label->text().contains(QStringLiteral("allowed")); });
        QVERIFY2(told, text);
        QVERIFY(!find<QPushButton>("benchmarkStart")->isEnabled());
        field->setText(kept);
        QVERIFY(find<QPushButton>("benchmarkStart")->isEnabled());
    }
    click("noSets");
    QVERIFY(!find<QPushButton>("benchmarkStart")->isEnabled());
    click("allSets");
    QVERIFY(find<QPushButton>("benchmarkStart")->isEnabled());
    QVERIFY(!QFile::exists(session(QStringLiteral("never.sqlite"))));
}

void TestBenchmarkPage::notes_are_kept() {
    const QString path = session(QStringLiteral("start.sqlite"));
    window_->results().open(path);
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().evaluation() && !window_->workspace().jobs().busy(), kPatience);
    find<QTabWidget>("resultTabs")->setCurrentIndex(2);
    auto* table = find<QTableView>("runTable");
    const QModelIndex cell = table->model()->index(0, RunTableModel::Notes);
    table->setCurrentIndex(cell);
    QTest::keyClick(table, Qt::Key_F2);
    auto* editor = qobject_cast<QLineEdit*>(table->indexWidget(cell));
    editor = editor != nullptr ? editor : table->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    editor->clear();
    QTest::keyClicks(editor, QStringLiteral("the one for table 2"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    auto reader = SessionReader::open(path.toStdString());
    QVERIFY(reader.ok());
    const std::int64_t run = qobject_cast<RunTableModel*>(table->model())->run_of(0);
    QCOMPARE(reader->run(run)->info.notes, std::string("the one for table 2"));
    QVERIFY(reader->verify()->empty());
    find<QLineEdit>("runFilter")->setText(QStringLiteral("TABLE oracle"));
    QCOMPARE(table->model()->rowCount(), 1);
    find<QLineEdit>("runFilter")->setText(QStringLiteral("nothing like it"));
    QCOMPARE(table->model()->rowCount(), 0);
}

void TestBenchmarkPage::two_runs_are_set_against_each_other() {
    const QString path = session(QStringLiteral("start.sqlite"));
    window_->results().open(path);
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().comparison() && !window_->workspace().jobs().busy(), kPatience);
    const SessionComparison& both = *window_->results().comparison();
    QCOMPARE(both.a.run.info.method, std::string("base"));
    QCOMPARE(both.b.run.info.method, std::string("ngd"));
    auto* table = find<QTableView>("pairTable");
    find<QTabWidget>("resultTabs")->setCurrentIndex(3);
    const std::int64_t expected[] = {both.overall.only_a, both.overall.only_b, both.overall.both, both.overall.neither};
    std::int64_t sum = 0;
    for (int cell = 0; cell < 4; ++cell) {
        find<QComboBox>("pairCell")->setCurrentIndex(cell);
        QCOMPARE(static_cast<std::int64_t>(table->model()->rowCount()), expected[cell]);
        sum += expected[cell];
    }
    QCOMPARE(sum, std::int64_t{32});
    find<QComboBox>("pairCell")->setCurrentIndex(1);
    if (table->model()->rowCount() > 0) {
        table->selectRow(0);
        QTest::keyClick(table, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
        QCOMPARE(window_->workspace().method(), Method::Ngd);
        QCOMPARE(window_->workspace().trajectory()->result().correct, std::optional<bool>(true));
    }
}

void TestBenchmarkPage::an_unwritable_session_is_told() {
    choose({QStringLiteral("G-dim")}, 4, QStringLiteral("/nowhere/at/all/s.sqlite"));
    click("benchmarkStart");
    wait_for_end();
    QVERIFY2(find<QLabel>("benchmarkError")->text().contains(QStringLiteral("/nowhere/at/all/s.sqlite")), qPrintable(find<QLabel>("benchmarkError")->text()));
    QVERIFY(find<QPushButton>("benchmarkStart")->isEnabled());
}

void TestBenchmarkPage::pages_keep_the_docks() {
    window_->show_page(MainWindow::Page::Inspect);
    QStringList before;
    for (const QDockWidget* dock : window_->findChildren<QDockWidget*>()) {
        before << dock->objectName() + (dock->isVisible() ? QStringLiteral("+") : QStringLiteral("-"));
    }
    const auto tab_bars = [this] {
        const QList<QTabBar*> all = window_->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly);
        return std::count_if(all.begin(), all.end(), [this](const QTabBar* bar) {
            return bar->isVisible() && window_->rect().intersects(bar->geometry());
        });
    };
    QTest::qWait(50);
    const auto tabs_before = tab_bars();
    QVERIFY(tabs_before > 0);
    for (int i = 0; i < 3; ++i) {
        QTest::mouseClick(find<QToolButton>("page-benchmark"), Qt::LeftButton);
        QTest::qWait(50);
        QCOMPARE(tab_bars(), 0);
        for (const QDockWidget* dock : window_->findChildren<QDockWidget*>()) {
            QVERIFY2(!dock->isVisible(), qPrintable(dock->objectName()));
        }
        QTest::mouseClick(find<QToolButton>("page-inspect"), Qt::LeftButton);
    }
    QStringList after;
    for (const QDockWidget* dock : window_->findChildren<QDockWidget*>()) {
        after << dock->objectName() + (dock->isVisible() ? QStringLiteral("+") : QStringLiteral("-"));
    }
    QCOMPARE(after, before);
    QTest::qWait(50);
    QCOMPARE(tab_bars(), tabs_before);
}

void TestBenchmarkPage::quits_during_a_run_that_can_be_resumed() {
    const QString path = session(QStringLiteral("quit.sqlite"));
    choose({QStringLiteral("G-dim")}, 200, path);
    click("benchmarkStart");
    QTRY_VERIFY_WITH_TIMEOUT(window_->benchmark().counts().done > 0, kPatience);
    click("benchmarkPause");
    QTimer::singleShot(0, window_.get(), [this] {
        auto* box = find<QMessageBox>("quitQuestion");
        QVERIFY(box != nullptr);
        // One count, wherever it is told, also while the question stands.
        const auto told = [this, box] {
            const QString count = window_->benchmark().count_text();
            return count.endsWith(QStringLiteral(" of 200 samples")) && box->text().contains(count) && find<QLabel>("benchmarkWords")->text().startsWith(count) && find<QLabel>("job")->text().contains(count);
        };
        const QString at_first = box->text();
        QVERIFY2(told(), qPrintable(at_first + find<QLabel>("job")->text()));
        window_->benchmark().go_on();
        QTRY_VERIFY_WITH_TIMEOUT(box->text() != at_first && window_->benchmark().state() == BenchmarkRun::State::Running, kPatience);
        QVERIFY2(told(), qPrintable(box->text()));
        window_->benchmark().pause();
        wait_until_it_stands();
        if (QTest::currentTestFailed()) {
            return;
        }
        QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("job")->text().endsWith(QStringLiteral("samples, paused")) && box->text().endsWith(QStringLiteral("samples, paused.")), kPatience);
        QVERIFY(told());
        for (QAbstractButton* button : box->buttons()) {
            if (button->text() == QStringLiteral("Stop and quit")) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
    });
    window_->close();
    window_.reset();
    auto reader = SessionReader::open(path.toStdString());
    QVERIFY(reader.ok());
    QVERIFY(reader->verify()->empty());
    QVERIFY(reader->runs()->back().state != RunState::Finished);
    QVERIFY(reader->runs()->back().samples > 0);
}

/// Sets, methods, numbers and parameters of the session that is opened, in the form; what is typed afterwards stays where another run is chosen.
void TestBenchmarkPage::the_form_shows_what_made_the_session() {
    const QString path = session(QStringLiteral("asked.sqlite"));
    choose({QStringLiteral("K-noise")}, 7, path, {QStringLiteral("ngd"), QStringLiteral("oracle")});
    find<QSpinBox>("benchmarkSeed")->setValue(3);
    find<QLineEdit>("sweep-num-neighbors")->setText(QStringLiteral("2; 4"));
    find<QLineEdit>("sweep-kernel")->setText(QStringLiteral("linear"));
    click("benchmarkStart");
    wait_for_end();
    cleanup();
    init();
    QCOMPARE(find<QLineEdit>("sweep-kernel")->text(), QStringLiteral("gaussian"));
    window_->open_path(path);
    QTRY_VERIFY_WITH_TIMEOUT(window_->results().run() != 0 && !window_->workspace().jobs().busy(), kPatience);
    const auto ticked = [this] {
        QStringList sets;
        auto* list = find<QListWidget>("benchmarkSets");
        for (int i = 0; i < list->count(); ++i) {
            sets << (list->item(i)->checkState() == Qt::Checked ? QStringList{list->item(i)->text()} : QStringList());
        }
        return sets;
    };
    QCOMPARE(ticked(), QStringList{QStringLiteral("K-noise")});
    QCOMPARE(find<QSpinBox>("benchmarkSamples")->value(), 7);
    QCOMPARE(find<QSpinBox>("benchmarkSeed")->value(), 3);
    QCOMPARE(find<QLineEdit>("sweep-num-neighbors")->text(), QStringLiteral("2; 4"));
    QCOMPARE(find<QLineEdit>("sweep-kernel")->text(), QStringLiteral("linear"));
    QVERIFY(find<QCheckBox>("method-ngd")->isChecked() && find<QCheckBox>("method-oracle")->isChecked());
    QVERIFY(!find<QCheckBox>("method-kernel-regression")->isChecked() && !find<QCheckBox>("method-mode-finding")->isChecked());
    QVERIFY(find<QLineEdit>("benchmarkSession")->text().isEmpty());
    // As the command line stores "--eval all", and sets that are not there any more: nothing is unticked for nothing.
    auto& form = *find<BenchmarkForm>("benchmarkForm");
    AskedEvaluation all;
    all.sets = {"all"};
    all.set_names = {"G-dim", "O-noise"};
    form.show_asked(all);
    QCOMPARE(ticked(), (QStringList{QStringLiteral("G-dim"), QStringLiteral("O-noise")}));
    all.sets = all.set_names = {"gone"};
    form.show_asked(all);
    QCOMPARE(ticked(), (QStringList{QStringLiteral("G-dim"), QStringLiteral("O-noise")}));
    QCOMPARE(find<QLineEdit>("sweep-num-neighbors")->text(), QStringLiteral("2; 4"));  // what is not said stays
    find<QLineEdit>("sweep-kernel")->setText(QStringLiteral("gaussian"));
    window_->results().choose_run(1);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QCOMPARE(find<QLineEdit>("sweep-kernel")->text(), QStringLiteral("gaussian"));
}

void TestBenchmarkPage::words_are_listed_and_several_can_be_ticked() {
    auto* edit = find<QLineEdit>("sweep-kernel");
    auto* menu = find<QMenu>("sweep-kernel-words");
    QVERIFY(menu != nullptr && menu->actions().size() > 2);
    find<BenchmarkForm>("benchmarkForm")->findChild<QScrollArea*>()->ensureWidgetVisible(edit);
    edit->setFocus();
    QTest::keyClick(edit, Qt::Key_Down, Qt::AltModifier);
    QTRY_VERIFY_WITH_TIMEOUT(menu->isVisible(), kPatience);
    const auto entry = [menu](const char* word) {
        for (QAction* action : menu->actions()) {
            if (action->text() == QLatin1String(word)) {
                return action;
            }
        }
        return static_cast<QAction*>(nullptr);
    };
    QVERIFY(entry("gaussian")->isChecked() && !entry("linear")->isChecked());
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(entry("linear")).center());
    QCOMPARE(edit->text(), QStringLiteral("gaussian; linear"));
    QVERIFY2(find<QLabel>("benchmarkSummary")->text().startsWith(QStringLiteral("A sweep: ")), qPrintable(find<QLabel>("benchmarkSummary")->text()));
    entry("gaussian")->trigger();
    QCOMPARE(edit->text(), QStringLiteral("linear"));
}

/// There was a list and nothing while typing; a line's own completion would have taken the whole text for one word.
void TestBenchmarkPage::the_word_that_is_typed_is_completed() {
    auto* edit = find<QLineEdit>("sweep-kernel");
    auto* completer = edit->findChild<QCompleter*>();
    QVERIFY(completer != nullptr);
    QAbstractItemView* popup = completer->popup();
    const auto offered = [popup] {
        QStringList words;
        for (int row = 0; popup->isVisible() && row < popup->model()->rowCount(); ++row) {
            words << popup->model()->index(row, 0).data().toString();
        }
        return words;
    };
    find<BenchmarkForm>("benchmarkForm")->findChild<QScrollArea*>()->ensureWidgetVisible(edit);
    edit->setFocus();
    QTest::keyClick(edit, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(edit, QStringLiteral("li"));
    QCOMPARE(offered(), QStringList{QStringLiteral("linear")});
    QTest::keyClick(popup, Qt::Key_Return);
    QCOMPARE(edit->text(), QStringLiteral("linear"));
    QVERIFY(offered().isEmpty() && edit->hasFocus());
    QTest::keyClicks(edit, QStringLiteral(", MA"));  // the last word of a list, in any case
    QCOMPARE(offered(), QStringList{QStringLiteral("matern-3/2")});
    QTest::keyClick(popup, Qt::Key_Tab);
    QCOMPARE(edit->text(), QStringLiteral("linear, matern-3/2"));
    QTest::keyClicks(edit, QStringLiteral("; l"));  // what is there already is not offered again
    QVERIFY(offered().isEmpty());
    QTest::keyClick(edit, Qt::Key_Backspace);
    QVERIFY(offered().isEmpty());  // nothing is typed
    QTest::keyClicks(edit, QStringLiteral("g"));
    QCOMPARE(offered(), QStringList{QStringLiteral("gaussian")});
    QTest::keyClick(popup, Qt::Key_Escape);
    QVERIFY(offered().isEmpty());
    QCOMPARE(edit->text(), QStringLiteral("linear, matern-3/2; g"));
    QTest::keyClick(edit, Qt::Key_Backspace);
    QTest::keyClick(edit, Qt::Key_Home);  // a word in the middle: the others stay
    QTest::keyClick(edit, Qt::Key_Delete);
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(edit, Qt::Key_Delete);
    }
    QTest::keyClicks(edit, QStringLiteral("po"));
    QCOMPARE(offered(), QStringList{QStringLiteral("polynomial")});
    QTest::mouseClick(popup->viewport(), Qt::LeftButton, {}, popup->visualRect(popup->model()->index(0, 0)).center());
    QCOMPARE(edit->text(), QStringLiteral("polynomial, matern-3/2; "));
    QTest::keyClick(edit, Qt::Key_End);
    QTest::keyClicks(edit, QStringLiteral("polynomials"));  // no word: nothing is offered, and the form says so
    QVERIFY(offered().isEmpty());
    QVERIFY2(!find<QLabel>("sweep-kernel-error")->text().isEmpty(), qPrintable(edit->text()));
}

QTEST_MAIN(TestBenchmarkPage)
#include "test_benchmark_page.moc"
