// What stands on the Inspect page belongs together: picture, question, trajectory, answers, parameters. The real window, driven by
// mouse and keyboard, on the bundled model.
#include <QtTest>
#include <QAction>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <fstream>
#include <memory>

#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/session_link.h"
#include "ui/models/method_names.h"
#include "ui/panels/compare_panel.h"
#include "ui/panels/main_window.h"
#include "ui/panels/method_panel.h"
#include "ui/panels/picture_panel.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/sample_panel.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

}  // namespace

class TestShownIsRun final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void a_photograph_alone_data();
    void a_photograph_alone();
    void what_cannot_be_opened_data();
    void what_cannot_be_opened();
    void a_folder_of_pictures_keeps_the_keyboard_where_it_is();
    void running_without_a_question_is_told();
    void a_stored_sample_shows_its_parameters();
    void a_stored_sample_is_run_again_as_it_was();
    void edited_parameters_are_marked_until_they_are_run();
    void a_sweeps_run_is_followed_with_its_parameters();
    void the_form_says_the_method_that_is_shown();
    void space_plays_after_the_guide();
    void the_question_line_gives_the_keyboard_back();
    void what_is_typed_is_marked_until_it_is_asked();
    void another_truth_is_ones_own();
    void a_changed_run_keeps_its_name_in_the_command();
    void beside_the_followed_method_every_other_shows_its_result();

private:
    void start(const Opening& opening) {
        window_->begin(opening);
        settle(*window_);
        QVERIFY(window_->workspace().inspector());
    }
    void drop(const QString& path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &enter);
        QDropEvent dropped(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &dropped);
    }
    /// `how`: drop, path (as the dialog and the list of recent files end), recent (the menu itself).
    void open(const QString& how, const QString& path) {
        if (how == QLatin1String("drop")) {
            drop(path);
        } else if (how == QLatin1String("recent")) {
            QSettings().setValue(QStringLiteral("recent"), QStringList{path});
            for (QMenu* menu : window_->findChildren<QMenu*>()) {
                if (menu->title() == QLatin1String("Open &recent")) {
                    Q_EMIT menu->aboutToShow();
                    menu->actions().front()->trigger();
                }
            }
        } else {
            window_->open_path(path);
        }
        settle(*window_);
    }
    QString told() {
        QStringList out;
        for (const QLabel* label : window_->findChildren<QLabel*>()) {
            if (label->accessibleName() == QLatin1String("Error") && label->isVisible() && !label->text().isEmpty()) {
                out << QString(label->text()).remove(QChar(0x200b));
            }
        }
        return out.join(QLatin1Char('\n'));
    }
    QString evaluate(const QString& name, const QStringList& more) {
        const QString path = folder_->filePath(name);
        if (!QFile::exists(path)) {
            QProcess process;
            process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), QStringList{"evaluate", "--no-controls", "--quiet", "--session", path} + more);
            if (!process.waitForFinished(5 * kPatience) || process.exitCode() != 0) {
                qWarning("%s", process.readAllStandardError().constData());
            }
        }
        return path;
    }
    void type(QAbstractSpinBox* box, const QString& text) {
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, text);
    }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestShownIsRun::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("shown_is_run"), folder_->path());
    apply_theme(*qApp, Theme::Light);
    QImage photograph(200, 120, QImage::Format_RGB32);
    photograph.fill(QColor(90, 120, 150));
    QVERIFY(photograph.save(folder_->filePath(QStringLiteral("photograph.png"))));
    std::ofstream(folder_->filePath(QStringLiteral("broken.png")).toStdString()) << "not a picture at all";
    std::ofstream(folder_->filePath(QStringLiteral("words.txt")).toStdString()) << "words, and no picture";
    QVERIFY(QDir().mkpath(folder_->filePath(QStringLiteral("empty"))));
    QVERIFY(QDir().mkpath(folder_->filePath(QStringLiteral("album"))));
    for (int i = 0; i < 3; ++i) {
        photograph.fill(QColor(50 * i, 90, 20));
        QVERIFY(photograph.save(folder_->filePath(QStringLiteral("album/%1.png").arg(i))));
    }
}

void TestShownIsRun::init() {
    window_ = shown_window();
    QVERIFY(window_);
}

void TestShownIsRun::a_photograph_alone_data() {
    QTest::addColumn<QString>("how");
    for (const char* how : {"drop", "path", "recent", "argument"}) {
        QTest::newRow(how) << QString::fromLatin1(how);
    }
}

/// The former picture, trajectory, truth and answers stayed beside the new name, with an error about an empty question.
void TestShownIsRun::a_photograph_alone() {
    QFETCH(QString, how);
    const QString path = folder_->filePath(QStringLiteral("photograph.png"));
    Opening opening;
    opening.path = how == QLatin1String("argument") ? path : QString();
    start(opening);
    if (how != QLatin1String("argument")) {
        QVERIFY(window_->workspace().inspection());
        open(how, path);
    }
    Workspace& workspace = window_->workspace();
    QVERIFY(!workspace.inspection());
    QVERIFY(workspace.trajectory() == nullptr);
    QVERIFY(workspace.picture() != nullptr);
    QCOMPARE(workspace.picture()->image.width, 200);
    QVERIFY(find<QLabel>("sampleName")->text().contains(QStringLiteral("photograph.png")));
    QVERIFY2(told().isEmpty(), qPrintable(told()));
    QCOMPARE(find<QLabel>("truth")->text(), QStringLiteral("Nothing to answer yet."));
    for (const char* gone : {"nativeAnswer", "stepAnswer", "whatIfAnswer", "score"}) {
        QVERIFY2(!find<QLabel>(gone)->isVisible(), gone);
    }
    QVERIFY(find<QLineEdit>("truthEdit")->text().isEmpty());
    QVERIFY(find<QLineEdit>("question")->text().isEmpty());
    QVERIFY(find<QLineEdit>("question")->hasFocus());
    window_->show_panel(QStringLiteral("steps"));
    QCOMPARE(find<QTableView>("stepTable")->model()->rowCount(), 0);
    QCOMPARE(find<QTableView>("neighbourTable")->model()->rowCount(), 0);
    QCOMPARE(workspace.cursor().count(), 0);
    QVERIFY(!window_->routing().triangle(0)->current());
    const QImage shown = window_->picture().view().grab().toImage();
    QCOMPARE(shown.pixelColor(shown.width() / 2, shown.height() / 2), QColor(90, 120, 150));
    QTest::keyClicks(find<QLineEdit>("question"), QStringLiteral("is it grey?"));  // Space is a letter while one types
    QCOMPARE(find<QLineEdit>("question")->text(), QStringLiteral("is it grey?"));
    QTest::keyClick(find<QLineEdit>("question"), Qt::Key_Return);
    settle(*window_);
    QVERIFY(workspace.inspection());
    QCOMPARE(workspace.inspection()->sample().question, std::string("is it grey?"));
    QCOMPARE(workspace.inspection()->picture().image.width, 200);
    QVERIFY(find<QLabel>("stepAnswer")->isVisible());
}

void TestShownIsRun::what_cannot_be_opened_data() {
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("says");
    for (const char* how : {"drop", "path", "recent"}) {
        for (const char* file : {"broken.png", "words.txt", "empty", "nowhere.png"}) {
            QTest::newRow((std::string(how) + " " + file).c_str()) << QString::fromLatin1(how) << QString::fromLatin1(file) << QString::fromLatin1(file);
        }
    }
}

/// It is told by name, and what is shown stays whole: the sample before, with its own name, answers and file.
void TestShownIsRun::what_cannot_be_opened() {
    QFETCH(QString, how);
    QFETCH(QString, file);
    QFETCH(QString, says);
    start({});
    const InspectionPtr before = window_->workspace().inspection();
    const QString name = find<QLabel>("sampleName")->text();
    open(how, folder_->filePath(file));
    QVERIFY2(told().contains(says), qPrintable(told()));
    QVERIFY(window_->workspace().inspection() == before);
    QCOMPARE(find<QLabel>("sampleName")->text(), name);
    QVERIFY(window_->workspace().opened().isEmpty());
    if (how != QLatin1String("recent")) {  // nor is it offered again
        QVERIFY(QSettings().value(QStringLiteral("recent")).toStringList().filter(file).isEmpty());
    }
}

void TestShownIsRun::a_folder_of_pictures_keeps_the_keyboard_where_it_is() {
    start({});
    open(QStringLiteral("drop"), folder_->filePath(QStringLiteral("album")));
    Workspace& workspace = window_->workspace();
    QVERIFY(!workspace.inspection() && workspace.picture() != nullptr);
    QVERIFY(find<QLineEdit>("question")->hasFocus());
    auto* table = find<QTableView>("sampleTable");
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Down);
    settle(*window_);
    QCOMPARE(workspace.request().index, 1u);
    QVERIFY(table->hasFocus());  // so that one can go on through them
    const QImage shown = window_->picture().view().grab().toImage();
    QCOMPARE(shown.pixelColor(shown.width() / 2, shown.height() / 2), QColor(50, 90, 20));
}

void TestShownIsRun::running_without_a_question_is_told() {
    start({});
    open(QStringLiteral("path"), folder_->filePath(QStringLiteral("photograph.png")));
    window_->routing().setFocus();
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QVERIFY2(told().contains(QStringLiteral("question")), qPrintable(told()));
    QVERIFY(find<QLineEdit>("question")->hasFocus());
    auto* steps = find<QSpinBox>("steps");
    type(steps, QStringLiteral("6"));
    QTRY_COMPARE_WITH_TIMEOUT(window_->workspace().params().steps, 6, kPatience);
    QVERIFY(steps->hasFocus());  // a parameter may be chosen before the question
    QVERIFY(!window_->workspace().inspection());
}

/// A stored sample was shown under a form that said another rate than its run's.
void TestShownIsRun::a_stored_sample_shows_its_parameters() {
    const QString session = evaluate(QStringLiteral("rate.r2t2"), {"--eval", "G-dim", "--samples", "3", "--methods", "base,kr,ngd", "--initial-lr", "0.7", "--num-steps", "4", "-k", "3"});
    start({});
    Workspace& workspace = window_->workspace();
    auto* rate = find<QDoubleSpinBox>("initialRate");
    const double own = rate->value();
    QVERIFY(own != 0.7);
    type(find<QSpinBox>("steps"), QStringLiteral("7"));
    QTRY_COMPARE_WITH_TIMEOUT(workspace.params().steps, 7, kPatience);
    settle(*window_);
    window_->open_path(session);
    settle(*window_);
    QVERIFY(workspace.inspection()->stored());
    QCOMPARE(rate->value(), 0.7);
    QCOMPARE(rate->text(), QStringLiteral("0.7"));
    QCOMPARE(find<QSpinBox>("steps")->value(), 4);
    QCOMPARE(find<QSpinBox>("k")->value(), 3);
    QCOMPARE(workspace.cursor().count(), 5);
    QVERIFY(find<QLabel>("paramsOrigin")->isVisible());
    QVERIFY2(find<QLabel>("paramsOrigin")->text().contains(QStringLiteral("run 3")), qPrintable(find<QLabel>("paramsOrigin")->text()));
    QVERIFY(!find<QLabel>("notRun")->isVisible());
    QVERIFY2(workspace.command_line().contains(QStringLiteral("--session")) && workspace.command_line().endsWith(QStringLiteral("--run 3")), qPrintable(workspace.command_line()));
    workspace.set_method(Method::KernelRegression);
    QVERIFY2(find<QLabel>("paramsOrigin")->text().contains(QStringLiteral("run 2")), qPrintable(find<QLabel>("paramsOrigin")->text()));
    QTest::mouseClick(find<QPushButton>("ownParams"), Qt::LeftButton);
    settle(*window_);
    QVERIFY(!workspace.inspection()->stored());
    QCOMPARE(rate->value(), own);
    QCOMPARE(workspace.made_by()->steps, 7);
    QCOMPARE(find<QLabel>("paramsOrigin")->text(), QStringLiteral("Your own parameters, not those of run 2."));
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QCOMPARE(rate->value(), 0.7);
    window_->open_path({});  // back to one's own
    settle(*window_);
    QCOMPARE(rate->value(), own);
    QCOMPARE(find<QSpinBox>("steps")->value(), 7);
    QCOMPARE(workspace.made_by()->steps, 7);
    QVERIFY(!find<QLabel>("paramsOrigin")->isVisible());
}

void TestShownIsRun::a_stored_sample_is_run_again_as_it_was() {
    const QString session = evaluate(QStringLiteral("rate.r2t2"), {"--eval", "G-dim", "--samples", "3", "--methods", "base,kr,ngd", "--initial-lr", "0.7", "--num-steps", "4", "-k", "3"});
    start({});
    Workspace& workspace = window_->workspace();
    window_->open_path(session);
    settle(*window_);
    QVERIFY(!find<QLabel>("storedRemarks")->isVisible());
    for (std::size_t i = 0; i < 3; ++i) {
        workspace.show_sample(workspace.lists().front(), i);
        settle(*window_);
        const InspectionPtr stored = workspace.inspection();
        QVERIFY(stored->stored());
        QTest::keyClick(window_.get(), Qt::Key_F5);
        settle(*window_);
        const InspectionPtr live = workspace.inspection();
        QVERIFY(!live->stored());
        QCOMPARE(live->again().size(), 3u);
        for (const AgainComparison& each : live->again()) {
            QVERIFY2(each.same(), each.text.c_str());
        }
        QCOMPARE(live->trajectories().size(), 6u);  // and the methods that were not run then
        QCOMPARE(live->sample().instruction, stored->sample().instruction);
        QVERIFY(!live->sample().instruction.empty());
        QCOMPARE(live->trajectories()[live->index_of(Method::Ngd)].result().answer->text, stored->trajectories().back().result().answer->text);
        QVERIFY(find<QLabel>("storedRemarks")->isVisible());
        QVERIFY2(find<QLabel>("storedRemarks")->text().contains(QStringLiteral("3 of 3 methods as stored")), qPrintable(find<QLabel>("storedRemarks")->text()));
        QVERIFY(find<QLabel>("paramsOrigin")->isVisible());
    }
    // Another question is another thing: nothing is said of the stored one.
    workspace.ask(QStringLiteral("is there a circle?"));
    settle(*window_);
    QVERIFY(workspace.inspection()->again().empty());
    QVERIFY(!find<QLabel>("storedRemarks")->isVisible());
}

void TestShownIsRun::edited_parameters_are_marked_until_they_are_run() {
    start({});
    auto* mark = find<QLabel>("notRun");
    auto* on_change = window_->findChild<MethodPanel*>()->findChild<QCheckBox*>();
    QVERIFY(!mark->isVisible());
    QTest::mouseClick(on_change, Qt::LeftButton, {}, QPoint(8, on_change->height() / 2));
    QVERIFY(!on_change->isChecked());
    type(find<QSpinBox>("steps"), QStringLiteral("3"));
    QVERIFY(mark->isVisible());
    QCOMPARE(window_->workspace().cursor().count(), 11);
    QTest::keyClick(window_.get(), Qt::Key_F5);  // what the form says, not what it said
    settle(*window_);
    QCOMPARE(window_->workspace().cursor().count(), 4);
    QVERIFY(!mark->isVisible());
    type(find<QSpinBox>("steps"), QStringLiteral("5"));
    QVERIFY(mark->isVisible());
    type(find<QSpinBox>("steps"), QStringLiteral("3"));
    QVERIFY(!mark->isVisible());
    QTest::mouseClick(on_change, Qt::LeftButton, {}, QPoint(8, on_change->height() / 2));
    auto* rate = find<QDoubleSpinBox>("initialRate");
    type(rate, QStringLiteral("0.30"));  // slowly: it is run in between, and the text is left as it is
    QTRY_COMPARE_WITH_TIMEOUT(window_->workspace().params().initial_lr, 0.3, kPatience);
    settle(*window_);
    QCOMPARE(rate->text(), QStringLiteral("0.30"));
    QTest::keyClicks(rate, QStringLiteral("5"));
    QTRY_COMPARE_WITH_TIMEOUT(window_->workspace().params().initial_lr, 0.305, kPatience);
    settle(*window_);
    type(find<QDoubleSpinBox>("initialRate"), QStringLiteral("1,234"));  // could be two numbers
    QTest::mouseClick(find<QPushButton>("run"), Qt::LeftButton);
    QVERIFY2(told().contains(QStringLiteral("1.234 or 1234")), qPrintable(told()));
}

/// After a sweep another run's trajectory stood beside "k 5, rate 2".
void TestShownIsRun::a_sweeps_run_is_followed_with_its_parameters() {
    const QString session = evaluate(QStringLiteral("sweep.r2t2"), {"--eval", "K-noise", "--samples", "2", "--methods", "base,ngd", "--num-steps", "3", "--sweep", "num-neighbors=2,5", "--sweep",
                                                                    "initial-lr=0.5,2"});
    start({});
    Workspace& workspace = window_->workspace();
    SessionLink link;
    link.set = QStringLiteral("K-noise");
    link.key = QStringLiteral("1");
    link.session = session;
    for (const int run : {2, 3, 4, 5}) {
        link.run = run;
        window_->open_path(to_text(link));
        settle(*window_);
        const InspectionPtr& shown = workspace.inspection();
        QCOMPARE(shown->runs()[workspace.method_index()], std::int64_t{run});
        QCOMPARE(find<QSpinBox>("k")->value(), static_cast<int>(workspace.trajectory()->neighbourhood.neighbours.size()));
        QCOMPARE(find<QDoubleSpinBox>("initialRate")->value(), *workspace.trajectory()->steps[0].learning_rate);
        QVERIFY(find<QLabel>("paramsOrigin")->text().contains(QStringLiteral("run %1").arg(run)));
        workspace.show_sample(workspace.lists().front(), 0);  // the next sample, the same run
        settle(*window_);
        QCOMPARE(workspace.inspection()->runs()[workspace.method_index()], std::int64_t{run});
        QTest::keyClick(window_.get(), Qt::Key_F5);
        settle(*window_);
        QCOMPARE(workspace.inspection()->again().size(), 5u);
        QCOMPARE(workspace.inspection()->runs()[workspace.method_index()], std::int64_t{run});
        QCOMPARE(find<QDoubleSpinBox>("initialRate")->value(), *workspace.trajectory()->steps[0].learning_rate);
        QVERIFY(!find<QLabel>("notRun")->isVisible());
    }
    workspace.follow_trajectory(2);
    QCOMPARE(find<QSpinBox>("k")->value(), static_cast<int>(workspace.made_by()->k));
    QCOMPARE(find<QSpinBox>("k")->value(), static_cast<int>(workspace.trajectory()->neighbourhood.neighbours.size()));
}

/// A question of one's own has no truth: the oracle's place is taken by another method, and the form says which.
void TestShownIsRun::the_form_says_the_method_that_is_shown() {
    start({});
    Workspace& workspace = window_->workspace();
    auto* method = find<QComboBox>("method");
    workspace.set_method(Method::Oracle);
    QCOMPARE(method->currentData().toInt(), static_cast<int>(Method::Oracle));
    workspace.ask(QStringLiteral("is there a circle?"));
    settle(*window_);
    QVERIFY(workspace.trajectory()->method != Method::Oracle);
    QCOMPARE(method->currentData().toInt(), static_cast<int>(workspace.trajectory()->method));
    method->setFocus();
    method->setCurrentIndex(method->findData(static_cast<int>(Method::Oracle)));  // cannot be had: said, and not shown as chosen
    QVERIFY2(told().contains(QStringLiteral("oracle")), qPrintable(told()));
    QCOMPARE(method->currentData().toInt(), static_cast<int>(workspace.trajectory()->method));
    workspace.ask({});
    settle(*window_);
    QCOMPARE(workspace.trajectory()->method, Method::Oracle);  // the choice was kept
    QCOMPARE(method->currentData().toInt(), static_cast<int>(Method::Oracle));
}

/// Qt put the keyboard into the question, all of it selected, when the guide went away: Space erased it.
void TestShownIsRun::space_plays_after_the_guide() {
    Opening opening;
    opening.guide = true;
    start(opening);
    Workspace& workspace = window_->workspace();
    QWidget* guide = find<QWidget>("guide");
    QVERIFY(guide->isVisible());
    const QString question = find<QLineEdit>("question")->text();
    QVERIFY(!question.isEmpty());
    const QList<QPushButton*> buttons = guide->findChildren<QPushButton*>();
    for (int page = 0; page < 6; ++page) {  // by its buttons, to the end
        QTest::mouseClick(buttons.front(), Qt::LeftButton);
    }
    QVERIFY(!guide->isVisible());
    workspace.cursor().set_speed(1);
    workspace.cursor().first();
    QTest::keyClick(window_->focusWidget(), Qt::Key_Space);
    QVERIFY(workspace.cursor().playing());
    QCOMPARE(find<QLineEdit>("question")->text(), question);
    workspace.cursor().pause();
    for (QAction* action : window_->commands()) {
        if (action->text() == QLatin1String("&Guided demo")) {
            action->trigger();
        }
    }
    settle(*window_);
    buttons.back()->setFocus(Qt::TabFocusReason);
    QTest::keyClick(buttons.back(), Qt::Key_Space);  // closed by keyboard
    QVERIFY(!guide->isVisible());
    QTest::keyClick(window_->focusWidget(), Qt::Key_Space);
    QVERIFY(workspace.cursor().playing());
    QVERIFY(!find<QLineEdit>("question")->text().isEmpty());
}

void TestShownIsRun::the_question_line_gives_the_keyboard_back() {
    start({});
    Workspace& workspace = window_->workspace();
    auto* question = find<QLineEdit>("question");
    const QString text = question->text();
    QTest::keyClick(window_.get(), Qt::Key_L, Qt::ControlModifier);
    QVERIFY(question->hasFocus() && question->selectedText() == text);
    workspace.cursor().set_speed(1);
    workspace.cursor().first();
    QTest::keyClick(question, Qt::Key_Space);  // nothing was typed: the player's
    QVERIFY(workspace.cursor().playing());
    QCOMPARE(question->text(), text);
    workspace.cursor().pause();
    // A move is taken back although the keyboard is in the line.
    const RoutingMatrix before = *workspace.shown_routing();
    RoutingMatrix moved = before;
    std::swap(moved(0, 0), moved(0, 1));
    workspace.move_routing(moved, true);
    settle(*window_);
    QCOMPARE(*workspace.shown_routing(), moved);
    QTest::keyClick(question, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(*workspace.shown_routing(), before);
    QTest::keyClick(question, Qt::Key_Escape);
    QVERIFY(!question->hasFocus());
    QVERIFY(window_->routing().hasFocus());
    QTest::keyClick(window_->focusWidget(), Qt::Key_Right);
    QCOMPARE(workspace.cursor().step(), 1);
    // Who clicks into the text edits it: Space is a letter, undo is the line's.
    QTest::mouseClick(question, Qt::LeftButton, {}, QPoint(4, question->height() / 2));
    QTest::keyClick(question, Qt::Key_Home);
    QTest::keyClick(question, Qt::Key_Space);
    QCOMPARE(question->text(), QStringLiteral(" ") + text);
    QTest::keyClick(question, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(question->text(), text);
    QTest::keyClick(question, Qt::Key_Return);
    settle(*window_);
    QTest::keyClick(question, Qt::Key_Space);  // asked: the line is not edited any more
    QCOMPARE(question->text(), text);
    auto* truth = find<QLineEdit>("truthEdit");
    truth->setFocus();
    const QString known = truth->text();
    QTest::keyClick(truth, Qt::Key_Space);
    QCOMPARE(truth->text(), known);
    QTest::keyClick(truth, Qt::Key_Escape);
    QVERIFY(window_->routing().hasFocus());
}

void TestShownIsRun::what_is_typed_is_marked_until_it_is_asked() {
    start({});
    auto* question = find<QLineEdit>("question");
    auto* name = find<QLabel>("sampleName");
    QVERIFY(!name->text().contains(QStringLiteral("not asked yet")));
    question->setFocus();
    question->selectAll();
    QTest::keyClicks(question, QStringLiteral("is it dark?"));
    QVERIFY(name->text().contains(QStringLiteral("not asked yet")));
    QTest::keyClick(question, Qt::Key_Escape);
    QVERIFY(name->text().contains(QStringLiteral("not asked yet")));  // the text is kept
    QCOMPARE(question->text(), QStringLiteral("is it dark?"));
    question->setFocus();
    QTest::keyClick(question, Qt::Key_Return);
    settle(*window_);
    QVERIFY(!name->text().contains(QStringLiteral("not asked yet")));
    QVERIFY(name->text().contains(QStringLiteral("your question")));
}

/// A truth of one's own stood under the run's name, as though the run had been judged by it.
void TestShownIsRun::another_truth_is_ones_own() {
    const QString session = evaluate(QStringLiteral("truth.r2t2"), {"--eval", "G-dim", "--samples", "2", "--methods", "base,ngd", "--num-steps", "2", "-k", "3"});
    start({});
    window_->open_path(session);
    settle(*window_);
    auto* truth = find<QLineEdit>("truthEdit");
    auto* name = find<QLabel>("sampleName");
    const QString own = truth->text();
    QVERIFY(!own.isEmpty() && !name->text().contains(QStringLiteral("your truth")));
    truth->setFocus();
    truth->selectAll();
    QTest::keyClicks(truth, QStringLiteral("nothing at all"));
    QTest::keyClick(truth, Qt::Key_Return);
    settle(*window_);
    QVERIFY2(name->text().contains(QStringLiteral("your truth, its own is \u201c%1\u201d").arg(own)), qPrintable(name->text()));
    truth->setFocus();
    truth->selectAll();
    QTest::keyClicks(truth, own);
    QTest::keyClick(truth, Qt::Key_Return);
    settle(*window_);
    QVERIFY2(!name->text().contains(QStringLiteral("your truth")), qPrintable(name->text()));
}

/// Of two runs that a change is as far from, the command named the first, whatever stood in the form.
void TestShownIsRun::a_changed_run_keeps_its_name_in_the_command() {
    const QString session = evaluate(QStringLiteral("origin.r2t2"), {"--eval", "G-dim", "--samples", "2", "--methods", "base,ngd", "--num-steps", "2", "--sweep", "k=3,5"});
    start({});
    window_->open_path(session);
    settle(*window_);
    for (const std::int64_t run : {std::int64_t{3}, std::int64_t{2}}) {
        window_->workspace().follow_run(run);
        settle(*window_);
        type(find<QSpinBox>("k"), QStringLiteral("1"));
        QTRY_COMPARE_WITH_TIMEOUT(window_->workspace().params().k, std::size_t{1}, kPatience);
        settle(*window_);
        const QString command = window_->workspace().command_line();
        QVERIFY2(find<QLabel>("paramsOrigin")->text().contains(QStringLiteral("run %1, changed").arg(run)), qPrintable(find<QLabel>("paramsOrigin")->text()));
        QVERIFY2(command.contains(QStringLiteral("--run %1 ").arg(run)) && command.contains(QStringLiteral("-k 1")), qPrintable(command));
        window_->workspace().use_run_params();
        settle(*window_);
    }
}

/// A search of fifteen probes stood at its tenth beside the tenth step of a descent.
void TestShownIsRun::beside_the_followed_method_every_other_shows_its_result() {
    start({});
    window_->show_panel(QStringLiteral("compare"));
    settle(*window_);
    Workspace& workspace = window_->workspace();
    const auto shown = [&](Method method) {
        const std::vector<Trajectory>& all = workspace.inspection()->trajectories();
        const auto columns = window_->findChildren<MethodColumn*>();
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (const MethodColumn* column : columns) {
                if (all[i].method == method && column->accessibleName() == method_title(method)) {
                    const QString text = column->findChild<QLabel*>()->text();
                    return text.mid(text.indexOf(QStringLiteral("step "))).section(QLatin1Char(':'), 0, 0).mid(5).toInt();
                }
            }
        }
        return -1;
    };
    const auto last = [&](Method method) { return workspace.inspection()->trajectories()[workspace.inspection()->index_of(method)].steps.back().index; };
    workspace.set_method(Method::Ngd);
    settle(*window_);
    QVERIFY(last(Method::KernelRegression) > last(Method::Ngd));
    workspace.cursor().last();
    for (const Method method : {Method::Ngd, Method::KernelRegression, Method::ModeFinding, Method::Oracle}) {
        QCOMPARE(shown(method), last(method));
    }
    workspace.cursor().set_step(3);
    QCOMPARE(shown(Method::Ngd), 3);
    QCOMPARE(shown(Method::Oracle), 3);  // a descent too
    QCOMPARE(shown(Method::KernelRegression), last(Method::KernelRegression));
    workspace.set_method(Method::KernelRegression);
    settle(*window_);
    workspace.cursor().set_step(2);
    QCOMPARE(shown(Method::KernelRegression), 2);
    QCOMPARE(shown(Method::Ngd), last(Method::Ngd));
}

QTEST_MAIN(TestShownIsRun)
#include "test_shown_is_run.moc"
