// The Inspect page as somebody meets it who knows none of it: the wheel over forms, a stored sample's point, neighbours that are left out,
// what flips did, what a descent ended with. Mouse, wheel and keyboard on the bundled model, offscreen.
#include <QtTest>
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QHeaderView>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QToolButton>
#include <QWheelEvent>
#include <memory>

#include "tests/ui/figure_sessions.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/neighbour_model.h"
#include "ui/models/session_link.h"
#include "ui/panels/main_window.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/sample_panel.h"
#include "ui/plots/colours.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

/// As a mouse's: spontaneous, from the window's own coordinates.
void turn_wheel(QWidget* over, int by) {
    const QPoint at = over->rect().center();
    QWheelEvent wheel(at, over->mapToGlobal(at), {}, {0, by}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QSpontaneKeyEvent::setSpontaneous(&wheel);
    qApp->notify(over, &wheel);
}

/// What a field holds, whatever kind it is.
QVariant value_of(const QWidget* field) {
    if (const auto* combo = qobject_cast<const QComboBox*>(field)) {
        return combo->currentIndex();
    }
    return field->property("value");
}

}  // namespace

class TestInspectPage final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void the_wheel_changes_no_field_data();
    void the_wheel_changes_no_field();
    void a_stored_samples_point_stays();
    void a_moved_point_stays_with_another_method();
    void who_is_left_out_keeps_number_and_distance();
    void flips_have_the_colour_of_what_they_did();
    void a_descent_that_climbed_says_so();
    void the_table_of_steps_goes_along();
    void what_is_switched_on_can_be_seen();
    void nothing_moves_below_the_answers();
    void an_own_question_stands_in_the_list();
    void transparency_is_said_and_not_mixed();
    void the_guide_goes_back_and_goes_along();
    void an_incomplete_evaluation_says_so();
    void the_command_works_from_elsewhere();
    void every_header_says_what_it_is_data();
    void every_header_says_what_it_is();
    void knockouts_are_the_command_lines();

private:
    Workspace& workspace() { return window_->workspace(); }
    void open_link(std::int64_t run, const QString& set, const QString& key) {
        SessionLink link;
        link.run = run;
        link.set = set;
        link.key = key;
        link.session = session_;
        window_->open_path(to_text(link));
        settle(*window_);
    }
    std::unique_ptr<QTemporaryDir> folder_;
    QString session_;
};

void TestInspectPage::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("inspect_page"), folder_->path());
    apply_theme(*qApp, Theme::Light);
    session_ = folder_->filePath(QStringLiteral("noise.sqlite"));
    QProcess process;
    process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"),
                  {"evaluate", "--no-controls", "--quiet", "--session", session_, "--eval", "G-noise", "--samples", "40", "--methods", "base,ngd"});
    QVERIFY(process.waitForFinished(5 * kPatience));
    QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
}

void TestInspectPage::init() {
    window_ = shown_window();
    QVERIFY(window_);
    window_->begin({});
    settle(*window_);
    QVERIFY(workspace().inspection());
}

void TestInspectPage::the_wheel_changes_no_field_data() {
    QTest::addColumn<int>("page");
    for (const auto& [name, page] : {std::pair{"Inspect", MainWindow::Page::Inspect}, {"Benchmark", MainWindow::Page::Benchmark},
                                     {"Figures", MainWindow::Page::Figures}, {"Data", MainWindow::Page::Data}}) {
        QTest::newRow(name) << static_cast<int>(page);
    }
}

/// "Seed" went from 1 to 0 and "k nearest" to a ball, which ran at once, while a form was being scrolled.
void TestInspectPage::the_wheel_changes_no_field() {
    QFETCH(int, page);
    window_->show_page(static_cast<MainWindow::Page>(page));
    settle(*window_);
    int fields = 0, scrolled = 0;
    for (QWidget* field : window_->findChildren<QWidget*>()) {
        const bool is_field = qobject_cast<QComboBox*>(field) != nullptr || qobject_cast<QAbstractSpinBox*>(field) != nullptr;
        if (!is_field || !field->isVisible() || !field->isEnabled()) {
            continue;
        }
        ++fields;
        window_->setFocus();
        const QVariant before = value_of(field);
        QScrollArea* area = nullptr;
        for (QWidget* around = field->parentWidget(); around != nullptr && area == nullptr; around = around->parentWidget()) {
            area = qobject_cast<QScrollArea*>(around);
        }
        QWidget* over = field;
        if (auto* line = field->findChild<QLineEdit*>()) {
            over = line;  // what is under the pointer
        }
        for (const int by : {-120, -120, 120}) {
            const int place = area != nullptr ? area->verticalScrollBar()->value() : 0;
            turn_wheel(over, by);
            QVERIFY2(value_of(field) == before, qPrintable(field->objectName()));
            QVERIFY2(!field->hasFocus(), qPrintable(field->objectName()));
            scrolled += area != nullptr && area->verticalScrollBar()->value() != place ? 1 : 0;
        }
    }
    QVERIFY(fields > (page == static_cast<int>(MainWindow::Page::Inspect) ? 9 : 1));
    QVERIFY(!workspace().jobs().busy(QStringLiteral("inspect")));
    if (page == static_cast<int>(MainWindow::Page::Inspect)) {
        QVERIFY(scrolled > 0);
        auto* steps = find<QSpinBox>("steps");  // who is in the field turns it
        steps->setFocus();
        const int before = steps->value();
        turn_wheel(steps, 120);
        QCOMPARE(steps->value(), before + 1);
    }
}

/// Of a stored sample it stayed where it had been put, and nothing took it back.
void TestInspectPage::a_stored_samples_point_stays() {
    window_->open_path(session_);
    settle(*window_);
    QVERIFY(workspace().inspection()->stored());
    SimplexView* view = window_->routing().triangle(0);
    const Triple before = *view->current();
    const auto told = [this] {
        QString all;
        for (const QLabel* label : find<QWidget>("answerCard")->findChildren<QLabel*>()) {
            all += label->isVisible() ? QString(label->text()).remove(QChar(0x200b)) + QLatin1Char('\n') : QString();
        }
        return all;
    };
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(*view->current(), before);
    QVERIFY2(told().contains(QStringLiteral("Press Run (F5), then move the point.")), qPrintable(told()));
    QVERIFY(!told().contains(QStringLiteral("allowed:")));
    const QPoint from = view->geometry().to_pixel(before).toPoint();
    QTest::mousePress(view, Qt::LeftButton, {}, from);
    QTest::mouseMove(view, from + QPoint(20, -20));
    QCOMPARE(*view->current(), before);
    QTest::mouseMove(view, from + QPoint(40, -20));
    QTest::mouseRelease(view, Qt::LeftButton, {}, from + QPoint(40, -20));
    QCOMPARE(*view->current(), before);
    QVERIFY(!workspace().moved() && !workspace().undo().canUndo());
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QVERIFY(!workspace().inspection()->stored());
    QVERIFY(!told().contains(QStringLiteral("then move the point")));
    QTest::keyClick(view, Qt::Key_Left, Qt::ShiftModifier);
    settle(*window_);
    QVERIFY(workspace().what_if());
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QVERIFY(!workspace().moved());
}

/// It was dropped without a word.
void TestInspectPage::a_moved_point_stays_with_another_method() {
    SimplexView* view = window_->routing().triangle(1);
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Left, Qt::ShiftModifier);
    settle(*window_);
    const RoutingMatrix moved = *workspace().shown_routing();
    auto* method = find<QComboBox>("method");
    method->setFocus();
    for (const int key : {Qt::Key_Up, Qt::Key_Up, Qt::Key_Down}) {  // paths of other lengths
        QTest::keyClick(method, static_cast<Qt::Key>(key));
        settle(*window_);
        QVERIFY(workspace().moved());
        QCOMPARE(*workspace().shown_routing(), moved);
        QVERIFY(workspace().what_if());
        QVERIFY(find<QLabel>("whatIfAnswer")->isVisible());
        QVERIFY(find<QToolButton>("resetPoint")->isEnabled());
    }
    for (int i = 0; i < 3; ++i) {
        QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
        settle(*window_);
    }
    QVERIFY(workspace().moved());  // the methods were undone, the move not yet
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QVERIFY(!workspace().moved());
}

void TestInspectPage::who_is_left_out_keeps_number_and_distance() {
    window_->show_panel(QStringLiteral("neighbours"));
    auto* table = find<QTableView>("neighbourTable");
    QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), kPatience);
    auto* model = qobject_cast<NeighbourModel*>(table->model());
    const auto numbers = [model] {
        std::map<std::size_t, std::pair<QString, QString>> out;
        for (int row = 0; row < model->rowCount(); ++row) {
            out[model->reference(row).value()] = {model->index(row, static_cast<int>(NeighbourColumn::Number)).data().toString(),
                                          model->index(row, static_cast<int>(NeighbourColumn::Distance)).data().toString()};
        }
        return out;
    };
    const auto untick = [this, table, model](int row) {
        table->setCurrentIndex(model->index(row, static_cast<int>(NeighbourColumn::Used)));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Space);
        settle(*window_);
    };
    const auto notes = [this] {
        QString all;
        for (const QLabel* label : find<QWidget>("neighbourPanel")->findChildren<QLabel*>()) {
            all += label->text();
        }
        return all;
    };
    const auto before = numbers();
    QCOMPARE(before.size(), 5U);
    QVERIFY(!notes().contains(QStringLiteral("left out")));
    for (const int row : {0, 2}) {  // the nearest, then one in the middle
        untick(row);
        const auto after = numbers();
        for (const auto& [reference, shown] : before) {
            QVERIFY(after.contains(reference));
            QCOMPARE(after.at(reference), shown);
        }
    }
    QCOMPARE(model->rowCount(), 7);
    for (int row = 0; row < 7; ++row) {
        QCOMPARE(model->index(row, static_cast<int>(NeighbourColumn::Number)).data().toString(), QString::number(row + 1));
        QCOMPARE(model->left_out(row), row == 0 || row == 2);
    }
    QVERIFY2(notes().contains(QStringLiteral("2 left out, the next nearest taken instead")), qPrintable(notes()));
    const QString tsv = window_->routing().triangle(0)->tsv();
    QVERIFY2(tsv.contains(QStringLiteral("neighbour\t7\t")) && !tsv.contains(QStringLiteral("neighbour\t1\t")), qPrintable(tsv));
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QCOMPARE(numbers(), before);
    QVERIFY(!notes().contains(QStringLiteral("left out")));
}

/// A harmed step was as green as a mended one.
void TestInspectPage::flips_have_the_colour_of_what_they_did() {
    window_->open_path(session_);
    settle(*window_);
    const SampleListPtr list = workspace().lists().front();
    std::set<int> seen;
    for (std::size_t i = 0; i < list->size() && seen.size() < 3; ++i) {
        workspace().show_sample(list, i);
        settle(*window_);
        const Trajectory& path = *workspace().trajectory();
        const TrajectoryStep* last = nullptr;
        std::optional<OutcomeColour> did;
        std::size_t flips = 0, at = 0;
        for (std::size_t t = 0; t < path.steps.size(); ++t) {
            const TrajectoryStep& step = path.steps[t];
            if (last != nullptr && step.answer && step.answer->text != last->answer->text) {
                ++flips;
                at = t;
                did = *step.correct == *last->correct ? OutcomeColour::Unknown : *step.correct ? OutcomeColour::Mended : OutcomeColour::Harmed;
            }
            last = step.answer ? &step : last;
        }
        if (flips != 1 || at + 1 == path.steps.size() || seen.contains(static_cast<int>(*did))) {
            continue;
        }
        seen.insert(static_cast<int>(*did));
        QWidget* track = nullptr;
        for (QWidget* each : window_->findChildren<QWidget*>()) {
            track = each->isVisible() && each->accessibleName() == QLatin1String("Steps") && each->height() < 60 ? each : track;
        }
        QVERIFY(track != nullptr);
        const double x = 12.0 + (track->width() - 24.0) * static_cast<double>(at) / static_cast<double>(path.steps.size() - 1);
        QCOMPARE(track->grab().toImage().pixelColor(static_cast<int>(x), 12), outcome_colour(*did));
    }
    QVERIFY(seen.contains(static_cast<int>(OutcomeColour::Harmed)));
    QVERIFY(seen.contains(static_cast<int>(OutcomeColour::Mended)) || seen.contains(static_cast<int>(OutcomeColour::Unknown)));
}

void TestInspectPage::a_descent_that_climbed_says_so() {
    window_->open_path(session_);
    settle(*window_);
    window_->show_panel(QStringLiteral("curves"));
    const SampleListPtr list = workspace().lists().front();
    int climbed = 0, fell = 0;
    for (std::size_t i = 0; i < list->size() && (climbed == 0 || fell == 0); ++i) {
        workspace().show_sample(list, i);
        settle(*window_);
        const Trajectory& path = *workspace().trajectory();
        QCOMPARE(path.method, Method::Ngd);
        const bool up = *path.result().objective > *path.base().objective;
        ++(up ? climbed : fell);
        auto* note = find<QLabel>("objectiveRise");
        QVERIFY(note != nullptr);
        QCOMPARE(note->isVisible(), up);
        QCOMPARE(note->text().contains(QStringLiteral("higher than it began")), up);
    }
    QVERIFY(climbed > 0 && fell > 0);
}

void TestInspectPage::the_table_of_steps_goes_along() {
    window_->show_panel(QStringLiteral("steps"));
    auto* table = find<QTableView>("stepTable");
    QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), kPatience);
    window_->setFocus();
    for (const auto key : {Qt::Key_Home, Qt::Key_End, Qt::Key_Home}) {
        QTest::keyClick(window_.get(), key);
        const int row = workspace().cursor().step();
        const QRect place = table->visualRect(table->model()->index(row, 0));
        QVERIFY2(table->viewport()->rect().contains(place.center().x() < 0 ? QPoint(0, place.center().y()) : place.center()), qPrintable(QString::number(row)));
    }
}

/// In the dark "Pulls" looked the same on and off.
void TestInspectPage::what_is_switched_on_can_be_seen() {
    for (const Theme theme : {Theme::Dark, Theme::Light}) {
        window_->set_theme(theme);
        for (const char* name : {"arrows", "zoom", "page-inspect"}) {
            auto* button = find<QToolButton>(name);
            const bool before = button->isChecked();
            std::array<QColor, 2> seen;
            for (const bool on : {false, true}) {
                button->setChecked(on);
                seen[on ? 1 : 0] = button->grab().toImage().pixelColor(4, button->height() / 2);
            }
            button->setChecked(before);
            settle(*window_);
            const int apart = std::abs(seen[0].red() - seen[1].red()) + std::abs(seen[0].green() - seen[1].green()) + std::abs(seen[0].blue() - seen[1].blue());
            QVERIFY2(apart > 40, name);
        }
    }
    window_->set_theme(Theme::Light);
}

/// A line more about the answer moved everything below it.
void TestInspectPage::nothing_moves_below_the_answers() {
    QWidget* below = find<QWidget>("methodPanel");
    window_->setFocus();
    QCoreApplication::processEvents();
    const QPoint place = below->mapTo(window_.get(), QPoint(0, 0));
    SimplexView* view = window_->routing().triangle(0);
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Left, Qt::ShiftModifier);
    settle(*window_);
    QVERIFY(find<QLabel>("whatIfAnswer")->isVisible());
    QTest::qWait(50);
    QCOMPARE(below->mapTo(window_.get(), QPoint(0, 0)), place);
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QTest::qWait(50);
    QCOMPARE(below->mapTo(window_.get(), QPoint(0, 0)), place);
}

void TestInspectPage::an_own_question_stands_in_the_list() {
    const QString path = folder_->filePath(QStringLiteral("own.png"));
    QImage picture(64, 64, QImage::Format_RGB32);
    picture.fill(Qt::red);
    QVERIFY(picture.save(path));
    window_->open_path(path);
    settle(*window_);
    auto* question = find<QLineEdit>("question");
    QVERIFY(question->hasFocus());
    QTest::keyClicks(question, QStringLiteral("what colour is it?"));
    QTest::keyClick(question, Qt::Key_Return);
    settle(*window_);
    QCOMPARE(question->cursorPosition(), static_cast<int>(question->text().size()));
    auto* table = find<QTableView>("sampleTable");
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->index(0, 2).data().toString(), QStringLiteral("what colour is it?"), kPatience);
    QVERIFY(!find<QLabel>("transparency")->isVisible());
}

void TestInspectPage::transparency_is_said_and_not_mixed() {
    const QString path = folder_->filePath(QStringLiteral("alpha.png"));
    QImage picture(64, 64, QImage::Format_ARGB32);
    picture.fill(Qt::transparent);
    for (int y = 20; y < 44; ++y) {
        for (int x = 20; x < 44; ++x) {
            picture.setPixelColor(x, y, Qt::green);
        }
    }
    QVERIFY(picture.save(path));
    window_->open_path(path);
    settle(*window_);
    auto* note = find<QLabel>("transparency");
    QVERIFY(note != nullptr && note->isVisible());
    auto* table = find<QTableView>("sampleTable");
    table->selectRow(0);
    const auto seen = [table] {
        const QRect cell = table->visualRect(table->model()->index(0, 0));
        return table->viewport()->grab().toImage().pixelColor(cell.left() + 3 + 18, cell.center().y());
    };
    QTRY_COMPARE_WITH_TIMEOUT(seen(), QColor(Qt::green), kPatience);  // in the row that is chosen
    window_->open_path({});
    settle(*window_);
    QVERIFY(!note->isVisible());
    const QString few = folder_->filePath(QStringLiteral("few.png"));  // colours in a table, one of them transparent
    QVERIFY(picture.convertToFormat(QImage::Format_Indexed8).save(few));
    window_->open_path(few);
    settle(*window_);
    QVERIFY(note->isVisible());
}

void TestInspectPage::the_guide_goes_back_and_goes_along() {
    QAction* start = nullptr;
    for (QAction* action : window_->commands()) {
        start = action->text() == QLatin1String("&Guided demo") ? action : start;
    }
    window_->show_panel(QStringLiteral("log"));
    start->trigger();
    settle(*window_);
    auto* guide = find<QWidget>("guide");
    auto* words = find<QLabel>("guideWords");
    auto* back = find<QPushButton>("guideBack");
    QVERIFY(back != nullptr && guide->isVisible() && !back->isEnabled());
    QPushButton* next = guide->findChildren<QPushButton*>().front();
    QTest::mouseClick(next, Qt::LeftButton);
    QVERIFY(words->text().startsWith(QStringLiteral("2 / 6")));
    QVERIFY(!words->text().contains(QStringLiteral("lowers")));
    QTest::mouseClick(back, Qt::LeftButton);
    QVERIFY(words->text().startsWith(QStringLiteral("1 / 6")));
    for (int page = 0; page < 4; ++page) {
        QTest::mouseClick(next, Qt::LeftButton);
    }
    QVERIFY(words->text().startsWith(QStringLiteral("5 / 6")));
    QTRY_VERIFY_WITH_TIMEOUT(find<QTableView>("neighbourTable")->isVisible(), kPatience);
    auto* table = find<QTableView>("sampleTable");  // who opens another sample goes on by himself
    const int other = table->currentIndex().row() == 0 ? 1 : 0;
    table->scrollTo(table->model()->index(other, 0));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(other, 1)).center());
    settle(*window_);
    QVERIFY(!guide->isVisible());
    start->trigger();  // and it can be had again
    settle(*window_);
    QVERIFY(guide->isVisible() && words->text().startsWith(QStringLiteral("1 / 6")));
}

/// It said "evaluation of run 1, 80 samples".
void TestInspectPage::an_incomplete_evaluation_says_so() {
    const QString path = folder_->filePath(QStringLiteral("uneven.sqlite"));
    QVERIFY(write_uneven(path.toStdString()));
    window_->open_path(path);
    settle(*window_);
    QStringList offered;
    for (const QComboBox* box : window_->samples().findChildren<QComboBox*>()) {
        for (int i = 0; i < box->count(); ++i) {
            offered << box->itemText(i);
        }
    }
    const bool found = std::any_of(offered.begin(), offered.end(), [](const QString& each) {
        return each.startsWith(QStringLiteral("evaluation of run")) && each.endsWith(QStringLiteral(", 80 of 600 samples, incomplete (interrupted); 1 failed"));
    });
    QVERIFY2(found, qPrintable(offered.join(QLatin1Char('|'))));
    QStringList said;
    for (const QLabel* label : window_->samples().findChildren<QLabel*>()) {
        said << label->text();
    }
    QVERIFY2(said.join(QLatin1Char('|')).contains(QStringLiteral("samples, incomplete (")), qPrintable(said.join(QLatin1Char('|'))));
}

void TestInspectPage::the_command_works_from_elsewhere() {
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(folder_->path()));
    window_->open_path(QStringLiteral("noise.sqlite"));
    settle(*window_);
    const QString command = workspace().command_line();
    QVERIFY(QDir::setCurrent(before));
    QVERIFY2(command.contains(QStringLiteral("--session ") + folder_->path()), qPrintable(command));
}

void TestInspectPage::every_header_says_what_it_is_data() {
    QTest::addColumn<QString>("panel");
    QTest::addColumn<QString>("table");
    QTest::newRow("steps") << "steps" << "stepTable";
    QTest::newRow("neighbours") << "neighbours" << "neighbourTable";
}

void TestInspectPage::every_header_says_what_it_is() {
    QFETCH(QString, panel);
    QFETCH(QString, table);
    window_->show_panel(panel);
    settle(*window_);
    const QAbstractItemModel* model = window_->findChild<QTableView*>(table)->model();
    for (int column = 0; column < model->columnCount(); ++column) {
        const QString tip = model->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString(), title = model->headerData(column, Qt::Horizontal).toString();
        QVERIFY2(!tip.isEmpty() && tip != title, qPrintable(title));
        const bool loss = title == QLatin1String("Objective") || title == QLatin1String("Loss");
        QCOMPARE(tip.contains(QStringLiteral("nats")), loss);
    }
}

/// The tab tells what `r2t2 knockout --sample` tells, sorts by a column, and says why it has nothing of a stored sample.
void TestInspectPage::knockouts_are_the_command_lines() {
    window_->show_panel(QStringLiteral("knockouts"));
    settle(*window_);
    auto* table = find<QTableView>("knockoutTable");
    QVERIFY(table != nullptr && table->isVisible());
    const InspectRequest& request = workspace().request();
    const QString name = QString::fromStdString(request.list->name()) + QLatin1Char('/') + QString::number(request.index);
    QProcess process;
    process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), {"knockout", "--sample", name, "--json"});
    QVERIFY(process.waitForFinished(kPatience));
    const QJsonObject told = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
    const QJsonArray rows = told["knocked"].toArray();
    const QJsonObject native = told["native"].toObject();
    QCOMPARE(table->model()->rowCount(), static_cast<int>(rows.size()));
    QVERIFY(rows.size() == 3 * 6 * 3);
    for (int row = 0; row < rows.size(); ++row) {
        const QJsonObject one = rows[row].toObject();
        const auto cell = [&](int column) { return table->model()->index(row, column).data().toString(); };
        QCOMPARE(cell(0), one["kind"].toString());
        QCOMPARE(cell(4), one["answer"].toString());
        const double change = one["loss"].toDouble() - native["loss"].toDouble();
        QVERIFY(std::abs(cell(3).toDouble() - change) < 0.00051);
        QCOMPARE(cell(5), one["right"].toBool() ? QString("right") : QString("wrong"));
    }
    QVERIFY(find<QLabel>("knockoutNote")->text().startsWith(QString("As it is: %1").arg(native["answer"].toString())));
    QTest::mouseClick(table->horizontalHeader()->viewport(), Qt::LeftButton, {}, {table->horizontalHeader()->sectionViewportPosition(3) + 8, table->horizontalHeader()->height() / 2});
    settle(*window_);
    for (int row = 1; row < table->model()->rowCount(); ++row) {
        QVERIFY(table->model()->index(row - 1, 3).data().toString().toDouble() <= table->model()->index(row, 3).data().toString().toDouble());
    }
    open_link(1, QStringLiteral("G-noise"), QStringLiteral("0"));
    QCOMPARE(table->model()->rowCount(), 0);
    QVERIFY(find<QLabel>("knockoutNote")->text().contains("press Run"));
}

QTEST_MAIN(TestInspectPage)
#include "test_inspect_page.moc"
