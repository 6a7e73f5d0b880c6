// What the window knows of the reference set that is in use, and of what cannot be run: which set it is, the way to another and back, what a set does
// not allow, samples that failed. The real window on the bundled model, driven by mouse and keyboard.
#include <QtTest>
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QFile>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <algorithm>
#include <memory>

#include "core/session/session_reader.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/error_words.h"
#include "ui/models/neighbour_model.h"
#include "ui/models/session_link.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/main_window.h"
#include "ui/panels/reference_card.h"
#include "ui/panels/theme.h"
#include "ui/plots/projection_view.h"
#include "ui/plots/simplex_view.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestReferencesInUse final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void fields_are_named_by_their_captions();
    void another_set_is_named_and_the_bundled_one_comes_back();
    void what_was_typed_stays();
    void a_limit_blocks_only_who_is_ticked();
    void a_refused_method_leaves_the_others();
    void nothing_of_the_sample_before_stays();
    void a_cancelled_sample_leaves_nothing_of_the_one_before();
    void what_could_not_be_started_stays_said();
    void samples_that_failed_say_why();
    void neighbours_that_the_open_set_lacks_are_named();
    void a_followed_run_that_is_refused_stays_shown();
    void a_run_that_goes_on_names_its_own_references();
    void a_session_of_another_set_is_known();

private:
    Workspace& workspace() { return window_->workspace(); }
    QString path(const char* name) const { return folder_->filePath(QLatin1String(name)); }
    QString text(const char* label) const { return QString(find<QLabel>(label)->text()).remove(QChar(0x200b)); }
    QString run_error() const { return find<QWidget>("questionLine")->findChildren<QLabel*>().last()->text().remove(QChar(0x200b)); }
    QString log() {
        window_->log().flush();
        return window_->log().text();
    }
    void run_program(const QStringList& arguments, int code = 0) {
        QProcess process;
        process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), arguments);
        QVERIFY(process.waitForFinished(kPatience));
        const QByteArray said = process.readAllStandardError();
        QVERIFY2(process.exitCode() == code, said.constData());
    }
    /// From File > References.
    void choose_references(const QString& name) {
        auto* menu = find<QMenu>("references");
        Q_EMIT menu->aboutToShow();
        for (QAction* action : menu->actions()) {
            if (action->objectName() == name || action->text() == name) {
                action->trigger();
                settle();
                return;
            }
        }
        QFAIL(qPrintable(name));
    }
    void benchmark(const QStringList& sets, const QString& session = {}) {
        window_->show_page(MainWindow::Page::Benchmark);
        auto* list = find<QListWidget>("benchmarkSets");
        for (int i = 0; i < list->count(); ++i) {
            list->item(i)->setCheckState(sets.contains(list->item(i)->text()) ? Qt::Checked : Qt::Unchecked);
        }
        find<QSpinBox>("benchmarkSamples")->setValue(3);
        find<QLineEdit>("benchmarkSession")->setText(session);
    }
    void start() {
        QVERIFY2(find<QPushButton>("benchmarkStart")->isEnabled(), qPrintable(text("startReason")));
        QTest::mouseClick(find<QPushButton>("benchmarkStart"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->benchmark().active() && !workspace().jobs().busy(), kPatience);
        QCoreApplication::processEvents();
    }
    void change(const char* parameter, const ParameterValue& value) {
        MethodParams params = workspace().params();
        find_parameter(parameter)->access.set(params, value);
        workspace().change_params(params);
        settle();
    }

    std::unique_ptr<QTemporaryDir> folder_;
    QString was_told_;  ///< the Benchmark page's line while it worked
};

void TestReferencesInUse::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("references_in_use"), folder_->path());
    qputenv("XDG_DATA_HOME", folder_->path().toUtf8());
    apply_theme(*qApp, Theme::Light);
    run_program({"reference", "refine", "bundled", "--samples", "24", "--out", path("few")});
    run_program({"reference", "build", "bundled", "--samples", "24", "--out", path("plain")});
    run_program({"evaluate", "--quiet", "--no-controls", "--session", path("refined.sqlite"), "--eval", "G-noise", "--samples", "2", "--methods", "base,kernel-regression", "--reference",
                 path("few"), "--reference-routing", "refined", "-k", "3"});
    run_program({"evaluate", "--quiet", "--no-controls", "--session", path("native.sqlite"), "--eval", "G-noise", "--samples", "2", "--methods", "base,kernel-regression"});
}

void TestReferencesInUse::init() {
    window_ = shown_window();
    QVERIFY(window_);
    QSettings().setValue(QStringLiteral("recent references"), QStringList{path("few"), path("plain")});
    window_->begin({});
    settle();
    QVERIFY(workspace().inspection());
}

/// "options: --routing-neighbors: found 5" of the field "Routing k".
void TestReferencesInUse::fields_are_named_by_their_captions() {
    QCOMPARE(window_words(invalid_input("options", "--routing-neighbors", "5", "0 (all) to 4")), QStringLiteral("Routing k: found 5; allowed: 0 (all) to 4"));
    QCOMPARE(window_words(invalid_input("mode-finding: options", "--keep", "refined-right", "base-right (r2t2 reference refine makes them)")),
             QStringLiteral("mode-finding: References: found refined-right; allowed: base-right (File > Refine reference set makes them)"));
    QCOMPARE(window_words(invalid_input({}, "initial-lr", "0", "more")), QStringLiteral("First rate: found 0; allowed: more"));
    QCOMPARE(window_words(invalid_input("options", "--session", "x", "a session")), QStringLiteral("Session: found x; allowed: a session"));
    QCOMPARE(window_words(invalid_input("s.sqlite: row 3", "session", "x", "y")), QStringLiteral("s.sqlite: row 3: session: found x; allowed: y"));
    for (const ParameterRow& row : parameter_table()) {
        const QString shown = window_words(invalid_input("options", std::string("--") + row.name, "x", "y"));
        QVERIFY2(shown.startsWith(QString::fromUtf8(row.caption) + QLatin1Char(':')) && !shown.contains(QStringLiteral("--")), qPrintable(shown));
    }
}

void TestReferencesInUse::another_set_is_named_and_the_bundled_one_comes_back() {
    window_->show_page(MainWindow::Page::Benchmark);
    const std::size_t bundled = workspace().inspector()->references().size();
    const QString count = QStringLiteral("%L1").arg(bundled);
    QCOMPARE(text("referenceMark"), QStringLiteral("bundled references, ") + count + QStringLiteral(", refined"));
    choose_references(QStringLiteral("few"));
    const auto few = workspace().inspector()->references().size();
    QVERIFY(few > 4 && few <= 24);
    const QString words = QStringLiteral("few, %1 references, refined").arg(few);
    QCOMPARE(text("referenceMark"), words);
    QVERIFY2(find<QLabel>("referenceMark")->toolTip().contains(path("few")), qPrintable(find<QLabel>("referenceMark")->toolTip()));
    QCOMPARE(text("benchmarkReferences"), QStringLiteral("References: ") + words);
    QVERIFY(find<QWidget>("referenceCard")->findChildren<QLabel*>().last()->text().contains(words));
    QVERIFY2(window_->statusBar()->currentMessage().contains(words), qPrintable(window_->statusBar()->currentMessage()));
    QVERIFY2(log().contains(QStringLiteral("References in use now: ") + words), qPrintable(log()));
    Q_EMIT find<QMenu>("references")->aboutToShow();
    QVERIFY(!window_->findChild<QAction*>(QStringLiteral("referenceBundled"))->isChecked());
    choose_references(QStringLiteral("referenceBundled"));
    QCOMPARE(workspace().inspector()->references().size(), bundled);
    QCOMPARE(text("referenceMark"), QStringLiteral("bundled references, ") + count + QStringLiteral(", refined"));
    QVERIFY2(window_->statusBar()->currentMessage().contains(QStringLiteral("bundled references")), qPrintable(window_->statusBar()->currentMessage()));
    QVERIFY(window_->findChild<QAction*>(QStringLiteral("referenceBundled"))->isChecked());
    // One that is not there: what is in use stays, and the ticks say so.
    QSettings().setValue(QStringLiteral("recent references"), QStringList{path("gone")});
    choose_references(QStringLiteral("gone"));
    QCOMPARE(text("referenceMark"), QStringLiteral("bundled references, ") + count + QStringLiteral(", refined"));
    QVERIFY2(window_->statusBar()->toolTip().contains(path("gone")), qPrintable(window_->statusBar()->toolTip()));
    Q_EMIT find<QMenu>("references")->aboutToShow();
    QVERIFY(window_->findChild<QAction*>(QStringLiteral("referenceBundled"))->isChecked());
}

/// k "1; 3", epsilon and h were reset without a word, and the sets that had been chosen.
void TestReferencesInUse::what_was_typed_stays() {
    benchmark({QStringLiteral("K-noise")});
    find<QLineEdit>("sweep-num-neighbors")->setText(QStringLiteral("1; 3"));
    find<QLineEdit>("sweep-bandwidth")->setText(QStringLiteral("0.7"));
    choose_references(QStringLiteral("few"));
    QCOMPARE(find<QLineEdit>("sweep-num-neighbors")->text(), QStringLiteral("1; 3"));
    QCOMPARE(find<QLineEdit>("sweep-bandwidth")->text(), QStringLiteral("0.7"));
    auto* list = find<QListWidget>("benchmarkSets");
    for (int i = 0; i < list->count(); ++i) {
        QCOMPARE(list->item(i)->checkState() == Qt::Checked, list->item(i)->text() == QLatin1String("K-noise"));
    }
}

/// What the set does not allow is told before Start, by the field's caption; a method that is not ticked has no say.
void TestReferencesInUse::a_limit_blocks_only_who_is_ticked() {
    choose_references(QStringLiteral("few"));
    benchmark({QStringLiteral("K-noise")});
    find<QLineEdit>("sweep-routing-neighbors")->setText(QStringLiteral("3; 400"));  // as a sweep, and alone
    QVERIFY2(text("startReason").contains(QStringLiteral("Routing k: found 400")), qPrintable(text("startReason")));
    find<QLineEdit>("sweep-routing-neighbors")->setText(QStringLiteral("400"));
    QVERIFY(!find<QPushButton>("benchmarkStart")->isEnabled());
    QVERIFY2(text("startReason").contains(QStringLiteral("Routing k: found 400; allowed: 0 (all) to ")) && !text("startReason").contains(QStringLiteral("--")), qPrintable(text("startReason")));
    QVERIFY(text("sweep-routing-neighbors-error").contains(QStringLiteral("found 400")));
    find<QCheckBox>("method-mode-finding")->setChecked(false);
    QVERIFY(text("sweep-routing-neighbors-error").isEmpty());
    QVERIFY2(find<QPushButton>("benchmarkStart")->isEnabled(), qPrintable(text("startReason")));
    find<QLineEdit>("sweep-num-neighbors")->setText(QStringLiteral("400"));
    QVERIFY2(text("startReason").contains(QStringLiteral("k: found 400; allowed: 1 to ")), qPrintable(text("startReason")));
    for (const char* method : {"method-ngd", "method-kernel-regression"}) {
        find<QCheckBox>(method)->setChecked(false);
    }
    QVERIFY2(find<QPushButton>("benchmarkStart")->isEnabled(), qPrintable(text("startReason")));  // the oracle has no neighbours
    choose_references(QStringLiteral("referenceBundled"));
    find<QCheckBox>("method-mode-finding")->setChecked(true);
    find<QCheckBox>("method-ngd")->setChecked(true);
    QVERIFY2(find<QPushButton>("benchmarkStart")->isEnabled(), qPrintable(text("startReason")));
}

void TestReferencesInUse::a_refused_method_leaves_the_others() {
    choose_references(QStringLiteral("few"));
    change("num-neighbors", std::int64_t{3});
    QCOMPARE(workspace().inspection()->trajectories().size(), std::size_t{5});
    change("routing-neighbors", std::int64_t{400});
    QCOMPARE(workspace().inspection()->trajectories().size(), std::size_t{4});
    QCOMPARE(workspace().trajectory()->method, Method::Ngd);
    QVERIFY2(run_error().contains(QStringLiteral("Mode finding was not run. Routing k: found 400; allowed: 0 (all) to ")), qPrintable(run_error()));
    // The one that is refused is followed: why not is said, its field can be mended, and what is there stays beside it.
    workspace().set_method(Method::ModeFinding);
    settle();
    QCOMPARE(workspace().method(), Method::ModeFinding);
    QVERIFY2(run_error().startsWith(QStringLiteral("Routing k: found 400")), qPrintable(run_error()));
    QVERIFY(find<QSpinBox>("routingK")->isEnabled());
    QCOMPARE(workspace().trajectory()->method, Method::Ngd);
    change("routing-neighbors", std::int64_t{0});
    QCOMPARE(workspace().trajectory()->method, Method::ModeFinding);
    QVERIFY2(run_error().isEmpty(), qPrintable(run_error()));
}

/// Another sample's name and question beside the picture, the triangles and the steps of the one before.
void TestReferencesInUse::nothing_of_the_sample_before_stays() {
    choose_references(QStringLiteral("few"));
    change("num-neighbors", std::int64_t{400});  // the followed one's
    QVERIFY(workspace().inspection());           // of this sample, with the parameters before
    QVERIFY2(find<QLabel>("notRun")->isVisible(), "what is shown is not of these parameters");
    workspace().show_sample(workspace().lists().front(), 1);
    settle();
    QVERIFY(!workspace().inspection() && workspace().trajectory() == nullptr);
    const SampleSummary sample = workspace().lists().front()->summary(1);
    QCOMPARE(find<QLineEdit>("question")->text(), QString::fromStdString(sample.question));
    QCOMPARE(find<QLineEdit>("truthEdit")->text(), QString::fromStdString(sample.truth));
    QVERIFY(workspace().picture() != nullptr && workspace().picture()->image == workspace().lists().front()->picture(1)->image);
    QCOMPARE(find<QTableView>("stepTable")->model()->rowCount(), 0);
    QCOMPARE(find<QTableView>("neighbourTable")->model()->rowCount(), 0);
    QVERIFY(find<QLabel>("stepAnswer")->text().isEmpty() || !find<QLabel>("stepAnswer")->isVisible());
    QVERIFY2(run_error().startsWith(QStringLiteral("k: found 400; allowed: 1 to ")), qPrintable(run_error()));
    QVERIFY(find<QSpinBox>("k")->isEnabled());
    workspace().set_method(Method::Oracle);  // it needs no neighbour
    settle();
    QVERIFY(workspace().trajectory() != nullptr);
    QCOMPARE(workspace().trajectory()->method, Method::Oracle);
    workspace().set_method(Method::Ngd);
    settle();
    change("num-neighbors", std::int64_t{3});
    QCOMPARE(workspace().trajectory()->method, Method::Ngd);
    QVERIFY2(run_error().isEmpty(), qPrintable(run_error()));
    // Another question of the same sample is not the former one's either.
    change("num-neighbors", std::int64_t{400});
    QVERIFY(workspace().inspection());
    workspace().ask(QStringLiteral("what colour is it?"));
    settle();
    QVERIFY(!workspace().inspection() && workspace().picture() != nullptr);
}

void TestReferencesInUse::a_cancelled_sample_leaves_nothing_of_the_one_before() {
    MethodParams params = workspace().params();
    params.steps = 100'000;  // takes long
    workspace().change_params(params);
    workspace().jobs().cancelAll();
    settle();
    QVERIFY(workspace().inspection());  // of this sample
    workspace().show_sample(workspace().lists().front(), 1);
    QVERIFY(workspace().jobs().busy(QStringLiteral("inspect")));
    QTest::keyClick(window_.get(), Qt::Key_Period, Qt::ControlModifier);
    settle();
    QVERIFY(!workspace().inspection() && workspace().picture() != nullptr);
    QVERIFY2(run_error().contains(QStringLiteral("cancelled")), qPrintable(run_error()));
}

/// The message went as soon as the session was read again.
void TestReferencesInUse::what_could_not_be_started_stays_said() {
    window_->open_path(path("native.sqlite"));
    settle();
    const QString gone = path("gone.json");
    {
        QFile file(gone);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("[]") == 2);
    }
    window_->show_page(MainWindow::Page::Benchmark);
    settle();
    auto* list = find<QListWidget>("benchmarkSets");
    auto* item = new QListWidgetItem(gone, list);
    item->setCheckState(Qt::Checked);
    benchmark({gone}, path("native.sqlite"));
    QVERIFY(QFile::remove(gone));
    const std::int64_t run = window_->results().run();
    start();
    QVERIFY2(text("benchmarkError").contains(gone), qPrintable(text("benchmarkError")));
    window_->results().reload();
    settle();
    QVERIFY2(text("benchmarkError").contains(gone) && find<QLabel>("benchmarkError")->isVisible(), qPrintable(text("benchmarkError")));
    QCOMPARE(window_->results().run(), run);
    QVERIFY2(log().contains(gone), qPrintable(log()));
    QVERIFY(window_->statusBar()->toolTip().contains(gone));
    benchmark({QStringLiteral("G-noise")}, path("new.sqlite"));
    find<QCheckBox>("method-ngd")->setChecked(false);
    start();
    QVERIFY2(text("benchmarkError").isEmpty(), qPrintable(text("benchmarkError")));
}

/// Two samples of a data set whose pictures are broken: the window left the page, showed empty questions, and nobody said why.
void TestReferencesInUse::samples_that_failed_say_why() {
    const QString set = path("broken.json");
    {
        QFile file(set), first(path("one.png")), second(path("two.png"));
        QVERIFY(first.open(QIODevice::WriteOnly) && first.write("no picture") > 0 && second.open(QIODevice::WriteOnly) && second.write("no picture") > 0);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"([{"id": "a", "question": "what is one?", "image_path": "one.png", "ground_truth": "x", "set": "broken"},
                       {"id": "b", "question": "what is two?", "image_path": "two.png", "ground_truth": "y", "set": "broken"}])");
    }
    window_->open_path(path("native.sqlite"));  // Inspect goes along with the evaluation
    settle();
    window_->show_page(MainWindow::Page::Benchmark);
    settle();
    (new QListWidgetItem(set, find<QListWidget>("benchmarkSets")))->setCheckState(Qt::Checked);
    benchmark({set}, path("failed.sqlite"));
    find<QCheckBox>("method-ngd")->setChecked(true);
    start();
    QCOMPARE(window_->page(), MainWindow::Page::Benchmark);
    QCOMPARE(window_->results().path(), path("failed.sqlite"));
    const QString foot = find<ElidedLabel>("benchmarkFailures")->whole_text();
    QVERIFY(find<ElidedLabel>("benchmarkFailures")->isVisible());
    QVERIFY2(foot.startsWith(QStringLiteral("2 of 2 samples failed: ")) && foot.contains(QStringLiteral(".png")), qPrintable(foot));
    auto* runs = find<QTableView>("runTable");
    QVERIFY(runs != nullptr);
    const QString tip = runs->model()->index(0, 1).data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains(QStringLiteral("Failed: ")) && tip.contains(QStringLiteral("one.png")), qPrintable(tip));
    QVERIFY2(log().contains(QStringLiteral("2 of 2 samples failed")) && log().contains(QStringLiteral("one.png")), qPrintable(log()));
    window_->show_page(MainWindow::Page::Inspect);
    settle();
    QCOMPARE(find<QLineEdit>("question")->text(), QStringLiteral("what is one?"));
    QVERIFY2(run_error().startsWith(QStringLiteral("This sample failed when it was run: ")) && run_error().contains(QStringLiteral("one.png")), qPrintable(run_error()));
    // With records that could not be read: one count at every place, and both parts of it.
    const QString partly = path("partly.json");
    {
        QFile file(partly);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"([{"id": "a", "question": "what is one?", "image_path": "one.png", "ground_truth": "x", "set": "partly"},
                       {"id": "b", "question": "what is gone?", "image_path": "gone.png", "ground_truth": "y", "set": "partly"},
                       {"id": "c", "image_path": "two.png", "ground_truth": "y", "set": "partly"},
                       {"id": "d", "question": "what is two?", "image_path": "two.png", "ground_truth": "y", "set": "partly"}])");
    }
    window_->show_page(MainWindow::Page::Benchmark);
    (new QListWidgetItem(partly, find<QListWidget>("benchmarkSets")))->setCheckState(Qt::Checked);
    benchmark({partly}, path("partly.sqlite"));
    start();
    settle();
    const QString counted = QStringLiteral("4 of 4 samples failed: 2 could not be read, 2 could not be run; ");
    QVERIFY2(find<ElidedLabel>("benchmarkFailures")->whole_text().startsWith(counted), qPrintable(find<ElidedLabel>("benchmarkFailures")->whole_text()));
    QVERIFY2(log().contains(counted), qPrintable(log()));
    QCOMPARE(window_->benchmark().count_text(), QStringLiteral("4 of 4 samples"));
    QCOMPARE(window_->results().stored_run()->samples, std::int64_t{4});
    // Another session has none.
    window_->open_path(path("native.sqlite"));
    settle();
    QVERIFY(!find<ElidedLabel>("benchmarkFailures")->isVisibleTo(window_->findChild<QWidget*>(QStringLiteral("benchmarkPage"))));
}

/// F5 said that the open set has no refined routings, and not that the run had another set; the copied command was of the open one.
void TestReferencesInUse::a_session_of_another_set_is_known() {
    choose_references(QStringLiteral("plain"));
    window_->open_path(path("refined.sqlite"));
    settle();
    QVERIFY(workspace().inspection() && workspace().inspection()->stored());
    QVERIFY2(text("storedRemarks").contains(path("few")) && text("storedRemarks").contains(QStringLiteral("File > References")), qPrintable(text("storedRemarks")));
    QVERIFY2(workspace().command_line().contains(QStringLiteral("--reference ") + path("few")), qPrintable(workspace().command_line()));
    workspace().set_method(Method::KernelRegression);
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle();
    QVERIFY2(run_error().contains(QStringLiteral("Their routing: found refined")) && run_error().contains(path("few")) && run_error().contains(QStringLiteral("File > References")),
             qPrintable(run_error()));
    choose_references(QStringLiteral("Of this session: few"));
    QVERIFY(!text("storedRemarks").contains(QStringLiteral("another reference set")));
    QVERIFY(!workspace().other_references());
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle();
    QVERIFY2(run_error().isEmpty(), qPrintable(run_error()));
    QVERIFY(!workspace().inspection()->again().empty());
    // One number in the window and in the command that it copies.
    const auto number = [this] {
        QProcess shell;
        shell.start(QStringLiteral("sh"), {QStringLiteral("-c"), QStringLiteral(R2T2_BINARY_DIR "/") + workspace().command_line()});
        const bool ended = shell.waitForFinished(kPatience);
        const QString said = QString::fromUtf8(shell.readAllStandardOutput());
        const std::string& id = workspace().inspector()->references()[workspace().trajectory()->neighbourhood.neighbours.front().index].id;
        const QString index = QString::number(workspace().trajectory()->neighbourhood.neighbours.front().index);
        return ended && QRegularExpression(QStringLiteral("^ +%1  +%2 ").arg(index, QRegularExpression::escape(QString::fromStdString(id))), QRegularExpression::MultilineOption).match(said).hasMatch()
                   ? QString()
                   : workspace().command_line() + QLatin1Char('\n') + index + QLatin1Char('\n') + said + QString::fromUtf8(shell.readAllStandardError());
    };
    QVERIFY2(number().isEmpty(), qPrintable(number()));
    choose_references(QStringLiteral("referenceBundled"));
    change("reference-routing", std::string("native"));  // computed here, on the open ones
    QVERIFY2(workspace().inspection() && !workspace().inspection()->stored(), qPrintable(run_error() + log()));
    QVERIFY2(number().isEmpty(), qPrintable(number()));
}

/// Once: number 1 for each, the picture of nobody, "reference 18446744073709551615" and a crash, on a session that was made with another set.
void TestReferencesInUse::neighbours_that_the_open_set_lacks_are_named() {
    choose_references(QStringLiteral("few"));
    window_->open_path(path("native.sqlite"));
    settle();
    QVERIFY(workspace().inspection() && workspace().inspection()->stored());
    workspace().set_method(Method::KernelRegression);
    settle();
    const std::vector<ReferenceSummary>& references = workspace().inspector()->references();
    const std::vector<InspectedNeighbour> named = workspace().neighbours();
    QVERIFY(!named.empty());
    // Who they are, from the session itself.
    SessionReader reader = SessionReader::open(path("native.sqlite").toStdString()).value();
    const SampleSummary& sample = workspace().inspection()->sample();
    const StoredSample stored = reader.sample(workspace().followed_run(), {sample.set, sample.id}).value();
    QCOMPARE(named.size(), stored.neighbours.size());
    auto* model = dynamic_cast<NeighbourModel*>(find<QTableView>("neighbourTable")->model());
    QVERIFY(model != nullptr);
    QCOMPARE(model->rowCount(), static_cast<int>(named.size()));
    std::size_t lacking = 0;
    const QString words = QStringLiteral("not in the references that are open");
    for (std::size_t i = 0; i < named.size(); ++i) {
        const ReferenceName& name = stored.neighbours[i];
        const bool here = std::any_of(references.begin(), references.end(), [&](const ReferenceSummary& each) { return each.id == name.id && each.set == name.set; });
        QCOMPARE(named[i].place.has_value(), here);
        QCOMPARE(workspace().neighbour_numbers().at(i), static_cast<int>(i) + 1);
        const auto row = static_cast<int>(i);
        QCOMPARE(model->index(row, 0).data().toString(), QString::number(row + 1));
        QCOMPARE(model->reference(row).has_value(), here);
        const QString question = model->index(row, static_cast<int>(NeighbourColumn::Question)).data().toString(), tip = model->index(row, 0).data(Qt::ToolTipRole).toString();
        if (here) {
            QCOMPARE(references[*named[i].place].id, name.id);
            QVERIFY2(!question.contains(words), qPrintable(question));
        } else {
            ++lacking;
            const QString called = QString::fromStdString(name.set + "/" + name.id);
            QVERIFY2(question.startsWith(words) && question.contains(called), qPrintable(question));
            QVERIFY2(tip.startsWith(called) && tip.contains(words) && !tip.contains(QStringLiteral("1844674")), qPrintable(tip));
            QVERIFY(!model->index(row, 0).data(Qt::DecorationRole).isValid());
        }
    }
    QVERIFY2(lacking > 0, "few has none of the neighbours of the bundled set but by chance");
    QVERIFY2(text("storedRemarks").contains(words) && !text("storedRemarks").contains(QStringLiteral("Numbers of references here")), qPrintable(text("storedRemarks")));
    for (const char* triangle : {"triangle0", "triangle1"}) {
        auto* view = find<SimplexView>(triangle);
        QCOMPARE(view->tsv().count(words), static_cast<qsizetype>(lacking));
        QVERIFY2(view->toolTip().contains(words), qPrintable(view->toolTip()));
        QVERIFY(!view->grab().isNull());
    }
    QCOMPARE(find<ProjectionView>("map")->tsv().count(QStringLiteral("\nneighbour\t")), static_cast<qsizetype>(named.size() - lacking));
    // Pointing at each and choosing it is no crash.
    auto* table = find<QTableView>("neighbourTable");
    for (int row = 0; row < model->rowCount(); ++row) {
        table->setCurrentIndex(model->index(row, 0));
        QCOMPARE(workspace().selected_references().size(), model->reference(row) ? std::size_t{1} : std::size_t{0});
    }
    QVERIFY(!table->grab().isNull());
    settle();
    QVERIFY(!workspace().inspector()->reference_picture(references.size()));
    // With their own set each is found.
    choose_references(QStringLiteral("referenceBundled"));
    for (const InspectedNeighbour& each : workspace().neighbours()) {
        QVERIFY(each.place);
    }
    QVERIFY2(!text("storedRemarks").contains(words), qPrintable(text("storedRemarks")));
}

/// F5 showed another run of its method, "Parameters of run 2", under a title of run 3, and named a method that nobody had run.
void TestReferencesInUse::a_followed_run_that_is_refused_stays_shown() {
    const QString session = path("sweep.sqlite");
    if (!QFile::exists(session)) {
        run_program({"evaluate", "--quiet", "--no-controls", "--session", session, "--eval", "G-noise", "--samples", "2", "--methods", "base,kernel-regression", "--sweep", "k=3,40"});
    }
    choose_references(QStringLiteral("few"));
    QVERIFY(workspace().inspector()->references().size() < 40);
    window_->open_path(session);
    settle();
    window_->show_page(MainWindow::Page::Inspect);
    const auto params = workspace().lists().front()->run_params();
    const auto runs = workspace().lists().front()->runs();
    const auto run_of = [&](std::size_t k) {
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (runs[i].second == Method::KernelRegression && params[i].k == k) {
                return runs[i].first;
            }
        }
        return std::int64_t{0};
    };
    const std::int64_t small = run_of(3), large = run_of(40);
    QVERIFY(small != 0 && large != 0);
    const auto names = [this](std::int64_t run) {
        const QString word = QStringLiteral("run %1").arg(run), line = find<ElidedLabel>("sampleName")->whole_text();
        QCOMPARE(workspace().followed_run(), run);
        QCOMPARE(workspace().params_origin(), word);
        QVERIFY2(window_->windowTitle().endsWith(word), qPrintable(window_->windowTitle()));
        QVERIFY2(line.contains(word + QLatin1Char(',')), qPrintable(line));
    };
    window_->results().choose_run(large);
    settle();
    names(large);
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle();
    QVERIFY2(workspace().inspection() && workspace().inspection()->stored(), qPrintable(run_error()));
    names(large);
    QVERIFY2(run_error().startsWith(QStringLiteral("k: found 40")) && run_error().contains(QStringLiteral("File > References")), qPrintable(run_error()));
    QVERIFY2(!run_error().contains(QStringLiteral("was not run")), qPrintable(run_error()));
    // The other one can be run, and then only what the evaluation has is named.
    window_->results().choose_run(small);
    settle();
    names(small);
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle();
    QVERIFY2(workspace().inspection() && !workspace().inspection()->stored(), qPrintable(run_error()));
    names(small);
    QVERIFY2(run_error().startsWith(QStringLiteral("Kernel regression was not run. k: found 40")), qPrintable(run_error()));
    QCOMPARE(run_error().count(QStringLiteral("was not run")), 1);
    // It is chosen in the tables beside a sample that was run without it: another one is shown, everywhere, and that is said.
    window_->results().choose_run(large);
    settle();
    names(small);
    QVERIFY2(run_error().startsWith(QStringLiteral("Run %1 was not run here").arg(large)) && run_error().contains(QStringLiteral("k: found 40")), qPrintable(run_error()));
}

/// The status bar and the form name what is open; a run that goes on has its own.
void TestReferencesInUse::a_run_that_goes_on_names_its_own_references() {
    choose_references(QStringLiteral("few"));
    const std::size_t count = workspace().inspector()->references().size();
    benchmark({QStringLiteral("G-noise")}, path("cut.sqlite"));
    find<QSpinBox>("benchmarkSamples")->setValue(200);
    find<QCheckBox>("method-ngd")->setChecked(true);
    QVERIFY2(find<QPushButton>("benchmarkStart")->isEnabled(), qPrintable(text("startReason")));
    QTest::mouseClick(find<QPushButton>("benchmarkStart"), Qt::LeftButton);
    const auto cut = [this] {
        QTRY_VERIFY_WITH_TIMEOUT(!window_->benchmark().started().methods.empty() && window_->benchmark().counts().done > 0, kPatience);
        const QString words = text("benchmarkWords");
        QTest::mouseClick(find<QPushButton>("benchmarkCancel"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!window_->benchmark().active() && !workspace().jobs().busy(), kPatience);
        settle();
        was_told_ = words;
    };
    cut();
    QVERIFY2(window_->benchmark().ground_text().isEmpty() && !was_told_.contains(QStringLiteral("own references")), qPrintable(was_told_));
    QVERIFY(window_->results().unfinished());
    choose_references(QStringLiteral("referenceBundled"));
    window_->show_page(MainWindow::Page::Benchmark);
    settle();
    QVERIFY(find<QPushButton>("benchmarkResume")->isEnabled());
    QTest::mouseClick(find<QPushButton>("benchmarkResume"), Qt::LeftButton);
    cut();
    const QString own = QStringLiteral("with the run's own references, few (%1 references)").arg(count);
    QVERIFY2(was_told_.contains(own), qPrintable(was_told_));
    QCOMPARE(window_->benchmark().ground_text(), own);
    QTRY_VERIFY_WITH_TIMEOUT(text("benchmarkWords").contains(QStringLiteral("gone on ") + own), kPatience);  // once the session is read
    QVERIFY2(log().contains(QStringLiteral("cut.sqlite goes on ") + own), qPrintable(log()));
    QVERIFY2(log().contains(QStringLiteral("cut.sqlite was cut again; it went on ") + own), qPrintable(log()));
    // A new one has what is open, and says nothing.
    benchmark({QStringLiteral("G-noise")}, path("open.sqlite"));
    find<QCheckBox>("method-ngd")->setChecked(false);
    start();
    QVERIFY2(window_->benchmark().ground_text().isEmpty() && !text("benchmarkWords").contains(QStringLiteral("own references")), qPrintable(text("benchmarkWords")));
}

QTEST_MAIN(TestReferencesInUse)
#include "test_references_in_use.moc"
