// The data page driven like a user: choose a set and a folder, read, look at samples, problems and counts; cancel; errors.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

#include "tests/benchmark_readers/benchmark_trees.h"
#include "tests/support/patience.h"
#include "tests/ui/control_checks.h"
#include "tests/support/files.h"
#include "tests/ui/fake_inspector.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/panels/data_page.h"
#include "ui/panels/main_window.h"
#include "ui/panels/picture_view.h"

using namespace r2t2;
using namespace r2t2::ui;
namespace fs = std::filesystem;


class TestDataPage final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void sets_are_listed_with_where_their_files_lie();
    void reads_and_shows_samples_problems_and_counts();
    void samples_without_a_category_are_counted();
    void pictures_that_cannot_be_read_are_named();
    void another_folder_forgets_what_was_read();
    void a_wrong_folder_is_told_where_it_belongs();
    void reading_can_be_cancelled();
    void an_empty_set_is_no_error();
    void folders_are_kept_for_each_set();
    void command_line_says_the_same();
    void a_reference_set_is_built_and_opened();
    void building_can_be_cancelled_and_refused();
    void references_are_refined_and_what_was_stopped_is_told();
    void every_control_explains_itself_and_takes_the_keyboard();
    void every_published_set_is_read_by_the_real_module();
    void a_set_that_was_read_is_evaluated_with_its_own_score();
    void a_real_reference_set_is_the_command_lines();

private:
    void choose(const QString& set, const QString& folder) {
        auto* list = find<QListWidget>("dataSets");
        const QList<QListWidgetItem*> found = list->findItems(set, Qt::MatchExactly);
        QCOMPARE(found.size(), 1);
        list->setCurrentItem(found.front());
        auto* edit = find<QLineEdit>("dataFolder");
        edit->setFocus();
        edit->selectAll();
        QTest::keyClicks(edit, folder);
    }
    void read() {
        QTest::mouseClick(find<QPushButton>("dataRead"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->data().reading() && !window_->workspace().jobs().busy(), kPatience);
    }
    QAbstractItemModel& rows(const char* table) { return *find<QTableView>(table)->model(); }

    FakeModule module_;
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestDataPage::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("data page"), folder_->path());
}

void TestDataPage::init() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    window_ = std::make_unique<MainWindow>();
    window_->workspace().set_module(&module_);
    window_->resize(1280, 800);
    window_->furnish();
    window_->show();
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window_.get(), kPatience));
    QTest::keyClick(window_.get(), Qt::Key_4, Qt::AltModifier);
    QCOMPARE(window_->page(), MainWindow::Page::Data);
    QTRY_COMPARE_WITH_TIMEOUT(find<QListWidget>("dataSets")->count(), 4, kPatience);  // two headings, two sets
}

void TestDataPage::sets_are_listed_with_where_their_files_lie() {
    auto* list = find<QListWidget>("dataSets");
    QCOMPARE(list->currentItem()->text(), QStringLiteral("Visual7W"));
    QVERIFY(!list->item(0)->flags().testFlag(Qt::ItemIsSelectable));  // a heading
    QVERIFY(find<QLabel>("dataAbout")->text().contains(QStringLiteral("dataset_v7w_telling.json")));
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Down);
    QCOMPARE(list->currentItem()->text(), QStringLiteral("MMBench"));  // over the heading
    QVERIFY(find<QLabel>("dataAbout")->text().contains(QStringLiteral("Use the TSV.")));
    auto* split = find<QComboBox>("dataSplit");
    QCOMPARE(split->itemText(1), QStringLiteral("test (without answers)"));
    QVERIFY(!find<QPushButton>("dataRead")->isEnabled());  // no folder yet
}

void TestDataPage::reads_and_shows_samples_problems_and_counts() {
    const QAbstractItemModelTester samples(&rows("dataSamples"), QAbstractItemModelTester::FailureReportingMode::Fatal);
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    read();
    QCOMPARE(rows("dataSamples").rowCount(), 30);
    QCOMPARE(rows("dataProblems").rowCount(), 2);
    QCOMPARE(rows("dataCounts").rowCount(), 3);
    QCOMPARE(rows("dataProblems").index(0, 1).data().toString(), QStringLiteral("left out"));
    QCOMPARE(rows("dataProblems").index(1, 1).data().toString(), QStringLiteral("kept"));
    QCOMPARE(rows("dataProblems").index(0, 3).data().toString(), QStringLiteral("v7w_3.jpg (no such file)"));
    QCOMPARE(rows("dataCounts").index(0, 1).data().toString(), QStringLiteral("10"));
    QVERIFY(rows("dataCounts").index(2, 0).data().toString().contains(QStringLiteral("no picture")));
    const QString summary = find<QLabel>("dataSummary")->text();
    QVERIFY2(summary.contains(QStringLiteral("30 samples")) && summary.contains(QStringLiteral("29 of them")) && summary.contains(QStringLiteral("problems: 2, samples left out because of them: 1")), qPrintable(summary));
    QCOMPARE(find<QTabWidget>("dataTabs")->tabText(1), QStringLiteral("Problems (2)"));
    auto* table = find<QTableView>("dataSamples");
    table->setFocus();
    for (int i = 0; i < 7; ++i) {
        QTest::keyClick(table, Qt::Key_Down);
    }
    const QString shown = find<QPlainTextEdit>("dataPrompt")->toPlainText();
    QVERIFY2(shown.startsWith(QStringLiteral("What is in picture 7?\nA. a dog\nB. a cat\n")), qPrintable(shown));
    QVERIFY(shown.contains(QStringLiteral("Truth: not known")) && shown.contains(QStringLiteral("pictures/7.png")));
    QTRY_VERIFY_WITH_TIMEOUT(!find<PictureView>("dataPicture")->empty(), kPatience);
}

/// As `r2t2 data check` says it: a set without categories has its samples all the same.
void TestDataPage::samples_without_a_category_are_counted() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/plain"));
    read();
    QCOMPARE(rows("dataCounts").index(0, 0).data().toString(), QStringLiteral("(none)"));
    QCOMPARE(rows("dataCounts").index(0, 1).data().toString(), QStringLiteral("30"));
}

void TestDataPage::pictures_that_cannot_be_read_are_named() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/pictures"));
    read();
    QCOMPARE(rows("dataProblems").rowCount(), 3);
    QCOMPARE(rows("dataProblems").index(2, 1).data().toString(), QStringLiteral("cannot be run"));
    QCOMPARE(rows("dataProblems").index(2, 3).data().toString(), QStringLiteral("a GIF"));
    const QString summary = find<QLabel>("dataSummary")->text();
    QVERIFY2(summary.contains(QStringLiteral("30 pictures (1 cannot be read)")) && summary.contains(QStringLiteral("problems: 3")), qPrintable(summary));
}

void TestDataPage::another_folder_forgets_what_was_read() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    read();
    QTRY_VERIFY_WITH_TIMEOUT(!find<PictureView>("dataPicture")->empty(), kPatience);
    find<QSpinBox>("dataLimit")->setValue(12);
    QCOMPARE(rows("dataSamples").rowCount(), 0);
    QVERIFY(find<PictureView>("dataPicture")->empty());
    QVERIFY(find<QPlainTextEdit>("dataPrompt")->toPlainText().isEmpty());
    QCOMPARE(find<QTabWidget>("dataTabs")->tabText(1), QStringLiteral("Problems"));
    read();
    QCOMPARE(rows("dataSamples").rowCount(), 12);
}

void TestDataPage::a_wrong_folder_is_told_where_it_belongs() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/broken"));
    read();
    auto* error = find<QLabel>("dataError");
    QVERIFY(error->isVisible());
    QVERIFY2(error->text().contains(QStringLiteral("dataset_v7w_telling.json")) && error->text().contains(QStringLiteral("readme.txt")), qPrintable(error->text()));
    QCOMPARE(rows("dataSamples").rowCount(), 0);
    auto* summary = find<QLabel>("dataSummary");  // where the eye is
    QVERIFY2(summary->text().startsWith(QStringLiteral("It could not be read: ")) && summary->text().contains(QStringLiteral("dataset_v7w_telling.json")), qPrintable(summary->text()));
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    QVERIFY(!error->isVisible());
    QCOMPARE(summary->text(), QStringLiteral("Not read yet."));
    QTest::keyClick(find<QLineEdit>("dataFolder"), Qt::Key_Return);  // as the button
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().reading() && !window_->workspace().jobs().busy(), kPatience);
    QCOMPARE(rows("dataSamples").rowCount(), 30);
}

void TestDataPage::reading_can_be_cancelled() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/slow"));
    auto* cancel = find<QPushButton>("dataCancel");
    QVERIFY(!cancel->isEnabled());
    QTest::mouseClick(find<QPushButton>("dataRead"), Qt::LeftButton);
    QVERIFY(cancel->isEnabled() && !find<QPushButton>("dataRead")->isEnabled());
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(!cancel->isEnabled() && find<QPushButton>("dataRead")->isEnabled());
    QCOMPARE(rows("dataSamples").rowCount(), 0);
    QVERIFY(!find<QLabel>("dataError")->isVisible());
}

void TestDataPage::an_empty_set_is_no_error() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/empty"));
    read();
    QVERIFY(window_->data().report());
    QVERIFY2(find<QLabel>("dataSummary")->text().contains(QStringLiteral("0 samples")), qPrintable(find<QLabel>("dataSummary")->text()));
}

void TestDataPage::folders_are_kept_for_each_set() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/one"));
    choose(QStringLiteral("MMBench"), QStringLiteral("/data/two"));
    choose(QStringLiteral("Visual7W"), QString());
    auto* list = find<QListWidget>("dataSets");
    list->setCurrentItem(list->findItems(QStringLiteral("MMBench"), Qt::MatchExactly).front());
    QCOMPARE(find<QLineEdit>("dataFolder")->text(), QStringLiteral("/data/two"));
    list->setCurrentItem(list->findItems(QStringLiteral("Visual7W"), Qt::MatchExactly).front());
    QCOMPARE(find<QLineEdit>("dataFolder")->text(), QStringLiteral("/data/one"));
}

void TestDataPage::command_line_says_the_same() {
    choose(QStringLiteral("MMBench"), QStringLiteral("/data/it's here"));
    find<QComboBox>("dataSplit")->setCurrentIndex(1);
    find<QSpinBox>("dataLimit")->setValue(500);
    QTest::mouseClick(find<QToolButton>("dataCopy"), Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("r2t2 data check MMBench '/data/it'\\''s here' --split test --limit 500 --seed 1"));
}

void TestDataPage::every_control_explains_itself_and_takes_the_keyboard() {
    const QStringList poor = poor_controls(*window_->findChild<QWidget*>(QStringLiteral("dataPage")));
    QVERIFY2(poor.isEmpty(), qPrintable(poor.join(QLatin1Char('\n'))));
}

void TestDataPage::every_published_set_is_read_by_the_real_module() {
    window_ = std::make_unique<MainWindow>();
    window_->furnish();
    window_->show();
    window_->show_page(MainWindow::Page::Data);
    QTRY_COMPARE_WITH_TIMEOUT(window_->data().sets().size(), std::size_t{18}, kPatience);
    for (const BenchmarkTree& tree : benchmark_trees()) {
        choose(QString::fromLatin1(tree.name), QString::fromStdString(benchmark_data(tree.folder).string()));
        auto* split = find<QComboBox>("dataSplit");
        QVERIFY2(split->findData(QString::fromLatin1(tree.split)) >= 0, tree.name);
        split->setCurrentIndex(split->findData(QString::fromLatin1(tree.split)));
        read();
        QVERIFY2(!find<QLabel>("dataError")->isVisible(), qPrintable(find<QLabel>("dataError")->text()));
        QCOMPARE(rows("dataSamples").rowCount(), static_cast<int>(tree.samples));
        QVERIFY2(find<QPlainTextEdit>("dataPrompt")->toPlainText().contains(QStringLiteral("\nAnswer ")) || QLatin1String(tree.name) == QLatin1String("MathVista"),
                 tree.name);  // the wish for a short answer or a letter stands with the question
        QVERIFY2(!rows("dataSamples").index(0, 3).data().toString().isEmpty(), tree.name);
        QVERIFY2(!find<PictureView>("dataPicture")->empty(), tree.name);
    }
}

/// Data, Evaluate, Start: the bundled miniature on the tiny MMBench tree, all the way into a session.
void TestDataPage::a_set_that_was_read_is_evaluated_with_its_own_score() {
    window_ = std::make_unique<MainWindow>();
    window_->begin(Opening());
    window_->show();
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspector() && !window_->workspace().jobs().busy(), kPatience);
    window_->show_page(MainWindow::Page::Data);
    QTRY_COMPARE_WITH_TIMEOUT(window_->data().sets().size(), std::size_t{18}, kPatience);
    choose(QStringLiteral("MMBench"), QString::fromStdString(benchmark_data("mmbench").string()));
    QVERIFY(!find<QPushButton>("dataEvaluate")->isEnabled());
    read();
    QTest::mouseClick(find<QPushButton>("dataEvaluate"), Qt::LeftButton);
    QCOMPARE(window_->page(), MainWindow::Page::Benchmark);
    const auto* sets = find<QListWidget>("benchmarkSets");
    QCOMPARE(sets->item(0)->text(), QStringLiteral("MMBench, dev"));
    QCOMPARE(sets->item(0)->checkState(), Qt::Checked);
    QCOMPARE(sets->item(1)->checkState(), Qt::Unchecked);
    sets->item(1)->setCheckState(Qt::Checked);  // not together with a bundled one
    QVERIFY(!find<QPushButton>("benchmarkStart")->isEnabled());
    sets->item(1)->setCheckState(Qt::Unchecked);
    const QString session = folder_->filePath(QStringLiteral("published.sqlite"));
    find<QLineEdit>("benchmarkSession")->setText(session);
    QTest::mouseClick(find<QToolButton>("benchmarkCopy"), Qt::LeftButton);
    QVERIFY2(QGuiApplication::clipboard()->text().contains(QStringLiteral("--eval MMBench --data ")), qPrintable(QGuiApplication::clipboard()->text()));
    QString report;
    connect(&window_->benchmark(), &BenchmarkRun::ended, this, [&report](const BenchmarkEnd& end) { report = QString::fromStdString(end.report); });
    QTest::mouseClick(find<QPushButton>("benchmarkStart"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!report.isEmpty() && !window_->benchmark().active() && !window_->workspace().jobs().busy(), kPatience);
    QVERIFY2(report.contains(QStringLiteral("CircularEval")), qPrintable(report));
    QCOMPARE(window_->results().evaluation()->table.sets, std::vector<std::string>{"MMBench"});
    QCOMPARE(window_->results().evaluation()->table.rows.front().overall.scored, std::int64_t{4});
    const auto* table = find<QTableView>("resultTable");
    QCOMPARE(table->model()->headerData(1, Qt::Horizontal).toString(), QStringLiteral("MMBench\nCircularEval"));
    const ResultCell& cell = window_->results().evaluation()->table.rows.front().sets.front();
    QCOMPARE(table->model()->index(0, 1).data().toString(), QString::asprintf("%.1f", cell.benchmark.front().value) + (cell.benchmark.front().incomplete > 0 ? QStringLiteral(" *") : QString()));
    QVERIFY(report.contains(QString::fromStdString(to_string(cell.benchmark.front()))));  // as the command line reports it
    QVERIFY(table->model()->index(0, 1).data(Qt::ToolTipRole).toString().contains(QStringLiteral("VanillaEval")));
}

void TestDataPage::a_reference_set_is_built_and_opened() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    QVERIFY(!find<QPushButton>("dataReference")->isEnabled());
    read();
    QVERIFY(!find<QPushButton>("dataReference")->isEnabled());  // no model yet
    window_->workspace().open({});
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspector() && !window_->workspace().jobs().busy(), kPatience);
    QVERIFY(find<QPushButton>("dataReference")->isEnabled() && !find<QPushButton>("dataUseReference")->isEnabled());
    QVERIFY(!find<QLabel>("dataBuilt")->isVisible());
    const QString output = folder_->filePath(QStringLiteral("references"));
    window_->findChild<DataPage*>()->build_reference(output);
    QVERIFY(find<QPushButton>("dataCancel")->isEnabled() && !find<QPushButton>("dataRead")->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(window_->data().built(), kPatience);
    const QString told = find<QLabel>("dataBuilt")->text();
    QVERIFY2(told.startsWith(QStringLiteral("Reference set: 21 of 30 samples, 8 answered wrongly, 1 could not be run (v7w_3.jpg: picture: found 0 bytes")), qPrintable(told));
    QVERIFY(told.contains(output));
    QSignalSpy opened(&window_->workspace(), &Workspace::inspectorChanged);
    QTest::mouseClick(find<QPushButton>("dataUseReference"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty() && !window_->workspace().jobs().busy(), kPatience);
    QCOMPARE(window_->workspace().options().reference, output.toStdString());
    find<QAction>("dataCopyReference")->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("r2t2 reference build"));
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/another"));  // what was built belongs to the other folder
    QVERIFY(!find<QLabel>("dataBuilt")->isVisible() && !find<QPushButton>("dataUseReference")->isEnabled());
}

void TestDataPage::building_can_be_cancelled_and_refused() {
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    read();
    window_->workspace().open({});
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspector() && !window_->workspace().jobs().busy(), kPatience);
    window_->findChild<DataPage*>()->build_reference(QStringLiteral("/data/slow"));
    QVERIFY(window_->data().building());
    QTest::mouseClick(find<QPushButton>("dataCancel"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(!window_->data().building() && !window_->data().built() && window_->data().report());
    QVERIFY(find<QPushButton>("dataReference")->isEnabled());
    window_->findChild<DataPage*>()->build_reference(QStringLiteral("/data/taken"));
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building(), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("dataError")->isVisible(), kPatience);
    QVERIFY2(find<QLabel>("dataError")->text().contains(QStringLiteral("a folder with other files")), qPrintable(find<QLabel>("dataError")->text()));
}

void TestDataPage::references_are_refined_and_what_was_stopped_is_told() {
    auto* refine = window_->findChild<QAction*>(QStringLiteral("refineReference"));
    QVERIFY(refine != nullptr && !refine->isEnabled());  // no model yet
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    read();
    window_->workspace().open({});
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspector() && !window_->workspace().jobs().busy(), kPatience);
    QVERIFY(refine->isEnabled());
    QTest::mouseClick(find<QCheckBox>("dataRefine"), Qt::LeftButton, {}, {8, find<QCheckBox>("dataRefine")->height() / 2});
    QVERIFY(find<QCheckBox>("dataRefine")->isChecked());
    const QString slow = folder_->filePath(QStringLiteral("slow"));
    window_->findChild<DataPage*>()->build_reference(slow);
    QVERIFY(window_->data().refining() && !refine->isEnabled());
    QTest::keyClick(window_.get(), Qt::Key_Period, Qt::ControlModifier);  // all jobs
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building(), kPatience);
    QVERIFY2(find<QLabel>("dataBuilt")->isVisible() && find<QLabel>("dataBuilt")->text().contains(slow), qPrintable(find<QLabel>("dataBuilt")->text()));
    QVERIFY(find<QPushButton>("dataReference")->isEnabled() && find<QPushButton>("dataRead")->isEnabled() && !find<QPushButton>("dataCancel")->isEnabled());
    QVERIFY(!find<QPushButton>("dataUseReference")->isEnabled());
    const QString output = folder_->filePath(QStringLiteral("refined"));
    window_->findChild<DataPage*>()->build_reference(output);
    QTRY_VERIFY_WITH_TIMEOUT(window_->data().built(), kPatience);
    const QString told = find<QLabel>("dataBuilt")->text();
    QVERIFY2(told.startsWith(QStringLiteral("Refined reference set: 21 of 30 samples. Right before 12, after 20 (mended 9, harmed 1); wrong under both 8, contradictory and "
                                            "left out 2, 1 could not be run (v7w_3.jpg")),
             qPrintable(told));
    window_->data().refine_reference(output);  // the open ones
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building() && window_->data().built(), kPatience);
    QVERIFY(window_->data().built()->refined);
    // They are not the set that is chosen here: that is not being built, and another choice stops nothing.
    window_->data().refine_reference(slow);
    QCOMPARE(find<QPushButton>("dataReference")->text(), QStringLiteral("Reference set\u2026"));
    QVERIFY2(find<QLabel>("dataBuilt")->isVisible() && find<QLabel>("dataBuilt")->text().contains(QStringLiteral("The references that are open")) &&
                 find<QLabel>("dataBuilt")->text().contains(slow),
             qPrintable(find<QLabel>("dataBuilt")->text()));
    choose(QStringLiteral("MMBench"), QStringLiteral("/data/mmbench"));
    QVERIFY(window_->data().building());
    QTest::mouseClick(find<QPushButton>("dataCancel"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building() && !window_->workspace().jobs().busy(), kPatience);
    // What is built of the set is: it is named.
    choose(QStringLiteral("Visual7W"), QStringLiteral("/data/v7w"));
    read();
    window_->findChild<DataPage*>()->build_reference(slow);
    QCOMPARE(find<QPushButton>("dataReference")->text(), QStringLiteral("Building\u2026"));
    QVERIFY2(find<QLabel>("dataBuilt")->text().contains(QStringLiteral("Visual7W")), qPrintable(find<QLabel>("dataBuilt")->text()));
    QTest::mouseClick(find<QPushButton>("dataCancel"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building() && !window_->workspace().jobs().busy(), kPatience);
}

/// The bundled miniature on a tiny tree, one of whose two samples it answers rightly: what the desktop writes is what
/// r2t2 reference build writes, and it opens.
void TestDataPage::a_real_reference_set_is_the_command_lines() {
    const fs::path tree = folder_->filePath(QStringLiteral("yes and no")).toStdString();
    fs::copy(benchmark_data("clevr"), tree, fs::copy_options::recursive);
    write_file(tree / "questions/CLEVR_val_questions.json",
               R"({"questions": [{"question_index": 0, "image_filename": "CLEVR_val_000000.png", "question": "Is there a circle?", "answer": "0"},
                                 {"question_index": 1, "image_filename": "CLEVR_val_000000.png", "question": "Is there a square?", "answer": "no"}]})");
    window_ = std::make_unique<MainWindow>();
    window_->begin(Opening());
    window_->show();
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspector() && !window_->workspace().jobs().busy(), kPatience);
    window_->show_page(MainWindow::Page::Data);
    QTRY_COMPARE_WITH_TIMEOUT(window_->data().sets().size(), std::size_t{18}, kPatience);
    choose(QStringLiteral("CLEVR"), QString::fromStdString(tree.string()));
    read();
    QVERIFY2(window_->data().report(), qPrintable(find<QLabel>("dataError")->text()));
    const QString output = folder_->filePath(QStringLiteral("built here"));
    window_->findChild<DataPage*>()->build_reference(output);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building(), kPatience);
    QVERIFY2(window_->data().built(), qPrintable(find<QLabel>("dataError")->text()));
    QCOMPARE(window_->data().built()->kept, std::int64_t{1});
    QCOMPARE(window_->data().built()->wrong, std::int64_t{1});
    find<QAction>("dataCopyReference")->trigger();
    QProcess shell;
    shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral(R2T2_BINARY_DIR "/") +
                                       QGuiApplication::clipboard()->text().replace(output, folder_->filePath(QStringLiteral("built there")))});
    QVERIFY(shell.waitForFinished(kPatience));
    const QString told = QString::fromUtf8(shell.readAllStandardOutput());
    QVERIFY2(shell.exitCode() == 0 && told.contains(QString::fromStdString(window_->data().built()->hash)), qPrintable(told));
    QTest::mouseClick(find<QPushButton>("dataUseReference"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(window_->workspace().inspector()->references().size() == 1, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
    QVERIFY(window_->workspace().inspector()->references().front().question.starts_with("Is there a "));

    // Refined, out of the data set and out of the references that are open now: the same bytes as the copied commands write.
    for (const bool open_ones : {false, true}) {
        const QString here = folder_->filePath(QStringLiteral("refined here %1").arg(open_ones)), there = folder_->filePath(QStringLiteral("refined there %1").arg(open_ones));
        find<QCheckBox>("dataRefine")->setChecked(true);
        if (open_ones) {
            window_->data().refine_reference(here);
        } else {
            window_->findChild<DataPage*>()->build_reference(here);
        }
        QTRY_VERIFY_WITH_TIMEOUT(!window_->data().building(), kPatience);
        QVERIFY2(window_->data().built(), qPrintable(find<QLabel>("dataError")->text()));
        QVERIFY(window_->data().built()->refined);
        QCOMPARE(window_->data().built()->refined->right_before, std::int64_t{1});
        QVERIFY(!QFileInfo::exists(here + QStringLiteral(".descents.sqlite")));
        const QString command = open_ones ? window_->workspace().command_line(ReferenceRequest{std::nullopt, here.toStdString(), 0, Refine::Yes})
                                          : window_->data().command_line(window_->data().report()->request, here, Refine::Yes);
        shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral(R2T2_BINARY_DIR "/") + QString(command).replace(here, there)});
        QVERIFY(shell.waitForFinished(kPatience));
        const QString words = QString::fromUtf8(shell.readAllStandardOutput());
        QVERIFY2(words.contains(QString::fromStdString(window_->data().built()->hash)), qPrintable(command + words + QString::fromUtf8(shell.readAllStandardError())));
    }
}

QTEST_MAIN(TestDataPage)
#include "test_data_page.moc"
