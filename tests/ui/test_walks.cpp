// The window driven as a user drives it: mouse, keyboard, drops, on the bundled model, offscreen.
#include <QtTest>
#include <QAction>
#include <QComboBox>
#include <QAbstractSpinBox>
#include <QDialog>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QProcess>
#include <QSettings>
#include <QSpinBox>
#include <QTableView>
#include <QToolButton>
#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/ui/own_settings.h"
#include "tests/ui/settle.h"
#include "tests/ui/control_checks.h"
#include "ui/models/neighbour_model.h"
#include "ui/models/sample_table_model.h"
#include "ui/panels/command_palette.h"
#include "ui/panels/main_window.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/sample_panel.h"
#include "ui/panels/trajectory_frames.h"
#include "ui/plots/plot_export.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

QPoint pixel(const SimplexView& view, const Triple& weights) { return view.geometry().to_pixel(weights).toPoint(); }

}  // namespace

class TestWalks final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void opens_the_demo_and_answers();
    void steps_to_the_end_and_back();
    void playing_runs_to_the_end();
    void drags_the_point_and_takes_it_back();
    void keyboard_moves_the_point();
    void leaves_a_neighbour_out_and_puts_it_back();
    void switches_the_method();
    void changes_a_parameter_and_undoes_it();
    void dropping_an_unreadable_file_is_told();
    void dropping_a_picture_asks_for_a_question();
    void finds_facts_about_a_picture();
    void filters_the_table();
    void edits_the_question();
    void exports_a_figure();
    void writes_frames();
    void palette_finds_a_command();
    void layouts_keep_every_panel();
    void every_control_can_be_reached_and_explains_itself();
    void quits_during_a_job();
    void panels_open_and_close_while_jobs_run();
    void opens_a_session();
    void opens_a_link_and_a_dropped_figure();
    void opens_straight_into_picture_and_question();

private:
    void drop(const QMimeData& data) {
        QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent dropped(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window_.get(), &dropped);
        QVERIFY(dropped.isAccepted());
    }
    template <typename T>
    T* find(const char* name) {
        T* found = window_->findChild<T*>(QLatin1String(name));
        return found;
    }
    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<MainWindow> window_;
};

void TestWalks::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("walks"), folder_->path());
    apply_theme(*qApp, Theme::Light);
}

void TestWalks::init() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get(), kPatience));
    if (QString::fromLatin1(QTest::currentTestFunction()) != QLatin1String("opens_straight_into_picture_and_question")) {
        window_->begin({});
        settle(*window_);
        QVERIFY(window_->workspace().inspection());
    }
}

void TestWalks::cleanup() { window_.reset(); }

void TestWalks::opens_the_demo_and_answers() {
    Workspace& workspace = window_->workspace();
    QVERIFY(workspace.inspector()->references().size() > 100);
    QCOMPARE(workspace.inspection()->trajectories().size(), 6u);  // base, MF, KR, NGD, response surface, oracle
    QCOMPARE(workspace.method(), Method::Ngd);
    const QString shown = find<QLabel>("stepAnswer")->text();
    QVERIFY2(shown.contains(QString::fromStdString(workspace.trajectory()->result().answer->text)), qPrintable(shown));
    QCOMPARE(find<QLabel>("modelMark")->text(), QStringLiteral("miniature model \u00b7 CPU \u00b7 fp32"));
}

void TestWalks::steps_to_the_end_and_back() {
    StepCursor& cursor = window_->workspace().cursor();
    window_->setFocus();
    QTest::keyClick(window_.get(), Qt::Key_Home);
    QCOMPARE(cursor.step(), 0);
    QTest::keyClick(window_.get(), Qt::Key_Right);
    QTest::keyClick(window_.get(), Qt::Key_Right);
    QCOMPARE(cursor.step(), 2);
    QTest::keyClick(window_.get(), Qt::Key_End);
    QCOMPARE(cursor.step(), cursor.count() - 1);
    QTest::keyClick(window_.get(), Qt::Key_Left);
    QCOMPARE(cursor.step(), cursor.count() - 2);
    QTest::mouseClick(find<QToolButton>("first"), Qt::LeftButton);
    QCOMPARE(cursor.step(), 0);
    QVERIFY(find<QLabel>("stepAnswer")->text().contains(QStringLiteral("step 0")));
    QCOMPARE(find<QTableView>("stepTable")->currentIndex().row(), 0);
}

void TestWalks::playing_runs_to_the_end() {
    StepCursor& cursor = window_->workspace().cursor();
    cursor.set_speed(30);
    cursor.first();
    window_->setFocus();
    QTest::keyClick(window_.get(), Qt::Key_Space);
    QVERIFY(cursor.playing());
    QTRY_VERIFY_WITH_TIMEOUT(!cursor.playing(), kPatience);
    QCOMPARE(cursor.step(), cursor.count() - 1);
    auto* table = find<QTableView>("sampleTable");
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Space);
    QVERIFY(cursor.playing());
    QTest::keyClick(table, Qt::Key_Space);
    QVERIFY(!cursor.playing());
}

void TestWalks::drags_the_point_and_takes_it_back() {
    Workspace& workspace = window_->workspace();
    SimplexView* view = window_->routing().triangle(1);
    QVERIFY(view);
    QTest::qWait(50);
    const RoutingMatrix before = *workspace.shown_routing();
    const Triple from = *view->current();
    const Triple to{0.1, 0.8, 0.1};
    QTest::mousePress(view, Qt::LeftButton, {}, pixel(*view, from));
    for (int i = 1; i <= 8; ++i) {
        Triple at;
        for (std::size_t e = 0; e < 3; ++e) {
            at[e] = from[e] + (to[e] - from[e]) * i / 8.0;
        }
        QTest::mouseMove(view, pixel(*view, at));
    }
    QTest::mouseRelease(view, Qt::LeftButton, {}, pixel(*view, to));
    settle(*window_);
    QVERIFY(workspace.what_if());
    const RoutingMatrix moved = *workspace.shown_routing();
    QVERIFY(std::abs(moved(0, 4) - 0.8) < 0.03);
    QVERIFY(std::abs(moved(0, 0) - before(0, 0)) < 1e-12);  // the other group stays
    QCOMPARE(workspace.what_if()->weights, moved);
    QVERIFY(find<QLabel>("whatIfAnswer")->isVisible());
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QCOMPARE(*workspace.shown_routing(), before);
    QVERIFY(!find<QLabel>("whatIfAnswer")->isVisible());
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    settle(*window_);
    QCOMPARE(*workspace.shown_routing(), moved);
    QVERIFY(workspace.what_if());
}

void TestWalks::keyboard_moves_the_point() {
    SimplexView* view = window_->routing().triangle(0);
    const Triple before = *view->current();
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Up, Qt::ShiftModifier);
    settle(*window_);
    QVERIFY((*view->current())[2] > before[2]);
    QVERIFY(window_->workspace().what_if());
    QTest::keyClick(view, Qt::Key_Escape);
    settle(*window_);
    QVERIFY(std::abs((*view->current())[2] - before[2]) < 1e-12);
}

void TestWalks::leaves_a_neighbour_out_and_puts_it_back() {
    Workspace& workspace = window_->workspace();
    window_->show_panel(QStringLiteral("neighbours"));
    auto* table = find<QTableView>("neighbourTable");
    QTRY_VERIFY_WITH_TIMEOUT(table->isVisible(), kPatience);
    auto* model = qobject_cast<NeighbourModel*>(table->model());
    const std::optional<std::size_t> place = model->reference(0);
    QVERIFY(place.has_value());
    const std::size_t first = *place;
    const QModelIndex box = model->index(0, static_cast<int>(NeighbourColumn::Used));
    table->setCurrentIndex(box);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Space);
    QVERIFY(workspace.left_out().contains(first));
    settle(*window_);
    for (const Neighbour& neighbour : workspace.trajectory()->neighbourhood.neighbours) {
        QVERIFY(neighbour.index != first);
    }
    QVERIFY(model->row_of(first) >= 0);  // it stays in the list, so that it can be put back
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QVERIFY(workspace.left_out().empty());
    QCOMPARE(workspace.trajectory()->neighbourhood.neighbours.front().index, first);
}

void TestWalks::switches_the_method() {
    auto* method = find<QComboBox>("method");
    method->setFocus();
    const int before = method->currentIndex();
    QTest::keyClick(method, Qt::Key_Up);
    QVERIFY(method->currentIndex() != before);
    settle(*window_);
    QCOMPARE(window_->workspace().trajectory()->method, Method::KernelRegression);
    QCOMPARE(window_->workspace().cursor().count(), static_cast<int>(window_->workspace().trajectory()->steps.size()));
}

void TestWalks::changes_a_parameter_and_undoes_it() {
    auto* steps = find<QSpinBox>("steps");
    QCOMPARE(steps->value(), 10);
    steps->setValue(4);
    QTRY_COMPARE_WITH_TIMEOUT(window_->workspace().params().steps, 4, kPatience);
    settle(*window_);
    QCOMPARE(window_->workspace().cursor().count(), 5);
    QVERIFY(window_->workspace().command_line().contains(QStringLiteral("--num-steps 4")));
    QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
    settle(*window_);
    QCOMPARE(steps->value(), 10);
    QCOMPARE(window_->workspace().cursor().count(), 11);
}

void TestWalks::dropping_an_unreadable_file_is_told() {
    const QString path = folder_->filePath(QStringLiteral("broken.png"));
    std::ofstream(path.toStdString()) << "not a picture at all";
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    this->drop(data);
    settle(*window_);
    bool told = false;
    for (const QLabel* label : window_->samples().findChildren<QLabel*>()) {
        told = told || (label->isVisible() && label->text().contains(QStringLiteral("broken.png")));
    }
    QVERIFY(told);
    QVERIFY(window_->workspace().inspection());  // nothing is lost
    QVERIFY(window_->log().rowCount() >= 0);
    window_->log().flush();
    QVERIFY(window_->log().text().contains(QStringLiteral("broken.png")));
}

void TestWalks::dropping_a_picture_asks_for_a_question() {
    const QString path = folder_->filePath(QStringLiteral("grey.png"));
    QImage grey(200, 120, QImage::Format_RGB32);
    grey.fill(QColor(90, 120, 150));
    QVERIFY(grey.save(path));
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    this->drop(data);
    settle(*window_);
    auto* question = find<QLineEdit>("question");
    QVERIFY(question->isEnabled());
    question->setFocus();
    QTest::keyClicks(question, QStringLiteral("what is this?"));
    QTest::keyClick(question, Qt::Key_Return);
    settle(*window_);
    QCOMPARE(window_->workspace().inspection()->sample().question, std::string("what is this?"));
    QCOMPARE(window_->workspace().inspection()->picture().image.width, 200);
}

/// A red disc on white: nobody has stated anything about it, so the button is there; afterwards the model is told of it.
void TestWalks::finds_facts_about_a_picture() {
    QImage image(320, 240, QImage::Format_RGB32);
    image.fill(Qt::white);
    {
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(200, 30, 30));
        painter.drawEllipse(QPoint(160, 120), 70, 70);
    }
    const QString path = folder_->filePath(QStringLiteral("disc.png"));
    QVERIFY(image.save(path));
    window_->open_path(path);
    settle(*window_);
    auto* line = find<QLineEdit>("question");
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, QStringLiteral("what colour is the circle?"));
    QTest::keyClick(line, Qt::Key_Return);
    settle(*window_);
    auto* button = find<QToolButton>("findFacts");
    QTRY_VERIFY_WITH_TIMEOUT(button->isVisible(), kPatience);
    QVERIFY(window_->workspace().inspection()->facts_text().empty());
    QTest::mouseClick(button, Qt::LeftButton);
    settle(*window_);
    QVERIFY(!button->isVisible());
    const InspectionPtr& told = window_->workspace().inspection();
    QVERIFY(told->picture().facts);
    QVERIFY2(told->picture().facts->source.starts_with("built-in"), told->picture().facts->source.c_str());
    QVERIFY2(told->facts_text().find("circle") != std::string::npos, told->facts_text().c_str());
    QCOMPARE(told->sample().question, std::string("what colour is the circle?"));
}

void TestWalks::filters_the_table() {
    auto* filter = find<QLineEdit>("sampleFilter");
    SampleTableModel& model = window_->samples().model();
    const int all = model.total();
    QTRY_COMPARE_WITH_TIMEOUT(model.read(), all, kPatience);
    QTest::keyClick(window_.get(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(filter->hasFocus());
    QTest::keyClicks(filter, QStringLiteral("set:G-dim"));
    QTRY_VERIFY_WITH_TIMEOUT(model.shown() > 0 && model.shown() < all, kPatience);
    settle(*window_);
    for (int row = 0; row < model.shown(); ++row) {
        QCOMPARE(model.entry(row).summary->set, std::string("G-dim"));
    }
    auto* table = find<QTableView>("sampleTable");
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(model.index(1, 2)).center());
    settle(*window_);
    QCOMPARE(window_->workspace().inspection()->sample().set, std::string("G-dim"));
    QCOMPARE(window_->workspace().inspection()->sample().id, model.entry(1).summary->id);
}

void TestWalks::edits_the_question() {
    QTest::keyClick(window_.get(), Qt::Key_L, Qt::ControlModifier);
    auto* question = find<QLineEdit>("question");
    QVERIFY(question->hasFocus());
    QTest::keyClicks(question, QStringLiteral("is there a blue star?"));
    QCOMPARE(question->text(), QStringLiteral("is there a blue star?"));  // all was selected
    QTest::keyClick(question, Qt::Key_Return);
    settle(*window_);
    QCOMPARE(window_->workspace().inspection()->sample().question, std::string("is there a blue star?"));
    QVERIFY(window_->workspace().inspection()->sample().truth.empty());
    QCOMPARE(window_->workspace().inspection()->trajectories().size(), 5u);  // no oracle without a truth
    question->clear();
    QTest::keyClick(question, Qt::Key_Return);  // nothing is asked
    QVERIFY(!window_->workspace().jobs().busy());
}

void TestWalks::exports_a_figure() {
    const QString path = folder_->filePath(QStringLiteral("triangle.svg"));
    QVERIFY(save_plot(*window_->routing().plots()[1], path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray svg = file.readAll();
    QVERIFY(svg.contains("<text"));
    QVERIFY(svg.contains("L_IMG"));
    QVERIFY(svg.contains("r2t2 inspect"));  // where it comes from
    QVERIFY(svg.contains("miniature"));
}

void TestWalks::writes_frames() {
    QTemporaryDir out;
    FrameWriter writer(window_->workspace(), window_->routing(), nullptr);
    QString said;
    connect(&writer, &FrameWriter::finished, this, [&](const QString& what) { said = what; });
    writer.write(out.path());
    QTRY_VERIFY_WITH_TIMEOUT(!said.isEmpty(), kPatience);
    const QStringList files = QDir(out.path()).entryList({QStringLiteral("frame-*.png")});
    QCOMPARE(files.size(), window_->workspace().cursor().count());
    QVERIFY(QImage(out.filePath(files.front())) != QImage(out.filePath(files.back())));  // the point has moved
}

void TestWalks::palette_finds_a_command() {
    QVERIFY(match_command(QStringLiteral("Run: Follow oracle (sees truth)"), QStringLiteral("orac")) > 0);
    QCOMPARE(match_command(QStringLiteral("Run: Follow oracle"), QStringLiteral("zebra")), 0);
    QTest::keyClick(window_.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    auto* palette = find<QDialog>("commandPalette");
    QVERIFY(palette);
    auto* words = palette->findChild<QLineEdit*>(QStringLiteral("paletteWords"));
    QTest::keyClicks(words, QStringLiteral("follow oracle"));
    QTest::keyClick(words, Qt::Key_Return);
    QCOMPARE(window_->workspace().trajectory()->method, Method::Oracle);
}

void TestWalks::layouts_keep_every_panel() {
    for (const char* name : {"wide", "compare", "inspect"}) {
        window_->use_layout(QLatin1String(name));
        QCoreApplication::processEvents();
        for (QDockWidget* dock : window_->findChildren<QDockWidget*>()) {
            QVERIFY2(!dock->isHidden(), qPrintable(dock->objectName()));
        }
    }
}

void TestWalks::every_control_can_be_reached_and_explains_itself() {
    window_->show_page(MainWindow::Page::Benchmark);
    window_->show_page(MainWindow::Page::Figures);
    const QStringList poor = poor_controls(*window_);
    QVERIFY2(poor.isEmpty(), qPrintable(poor.join(QStringLiteral(", "))));
}

void TestWalks::quits_during_a_job() {
    window_->workspace().request_landscape(0, false);
    window_->workspace().run();
    window_->workspace().request_map({ProjectionSpace::Task, ProjectionMethod::NeighbourEmbedding, 1});
    QVERIFY(window_->workspace().jobs().busy());
    // One that ends when it is told to and never by itself: a window that waited for it would not close.
    std::atomic<bool> begun{false}, told{false};
    const auto endless = [&begun, &told](const JobRunner::Context& context) -> Result<int> {
        begun = true;
        while (!context.cancel.cancelled()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        told = true;
        return cancelled();
    };
    window_->workspace().jobs().start<int>(QStringLiteral("endless"), QStringLiteral("Endless"), this, endless, [](Result<int>) {});
    QTRY_VERIFY_WITH_TIMEOUT(begun.load(), kPatience);
    window_->close();
    window_.reset();
    QVERIFY(told);
}

void TestWalks::panels_open_and_close_while_jobs_run() {
    const QList<QDockWidget*> docks = window_->findChildren<QDockWidget*>();
    Workspace& workspace = window_->workspace();
    for (int i = 0; i < 500; ++i) {
        QDockWidget* dock = docks[i % docks.size()];
        dock->setVisible(!dock->isVisible());
        if (i % 3 == 0) {
            dock->setFloating(!dock->isFloating());
        }
        if (i % 10 == 0) {
            workspace.run();
            workspace.request_landscape(static_cast<std::size_t>(i / 10 % 2), false);
            workspace.request_gates();
        }
        if (i % 50 == 25) {
            workspace.show_sample(workspace.lists()[static_cast<std::size_t>(i / 50) % workspace.lists().size()], 1);
        }
        QCoreApplication::processEvents();
    }
    settle(*window_);
    QVERIFY(workspace.inspection());
    QCOMPARE(workspace.cursor().count(), static_cast<int>(workspace.trajectory()->steps.size()));
}

void TestWalks::opens_a_session() {
    const QString path = folder_->filePath(QStringLiteral("run.sqlite"));
    QProcess evaluate;
    evaluate.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), {"evaluate", "--eval", "G-dim", "--samples", "3", "--methods", "base,ngd", "--no-controls",
                                                            "--session", path, "--quiet"});
    QVERIFY(evaluate.waitForFinished(kPatience));
    QVERIFY2(evaluate.exitCode() == 0, evaluate.readAllStandardError().constData());
    window_->open_path(path);
    settle(*window_);
    const InspectionPtr stored = window_->workspace().inspection();
    QVERIFY(stored && stored->stored());
    QCOMPARE(window_->workspace().lists().front()->size(), 3u);
    QCOMPARE(stored->trajectories().size(), 2u);
    QVERIFY(find<QLabel>("stepAnswer")->text().contains(QString::fromStdString(window_->workspace().trajectory()->result().answer->text)));
    window_->workspace().move_routing(stored->base_routing(), true);  // cannot be asked: told, not crashed
    QVERIFY(!window_->workspace().what_if());
    QTest::keyClick(window_.get(), Qt::Key_F5);
    settle(*window_);
    QVERIFY(!window_->workspace().inspection()->stored());
    QCOMPARE(window_->workspace().inspection()->trajectories().size(), 6u);
}

/// A figure carries where it comes from; dropped on the window, it opens that state.
void TestWalks::opens_a_link_and_a_dropped_figure() {
    const QString session = folder_->filePath(QStringLiteral("linked run.sqlite"));
    QProcess evaluate;
    evaluate.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"),
                   {"evaluate", "--eval", "G-dim,K-noise", "--samples", "3", "--methods", "base,ngd", "--no-controls", "--session", session, "--quiet"});
    QVERIFY(evaluate.waitForFinished(kPatience) && evaluate.exitCode() == 0);
    SessionLink link;
    link.run = 2;
    link.set = QStringLiteral("K-noise");
    link.key = QStringLiteral("1");
    link.step = 4;
    link.session = session;
    const Result<SessionLink> again = parse_link(to_text(link));
    QVERIFY2(again && *again == link, qPrintable(to_text(link)));
    Workspace& workspace = window_->workspace();
    window_->open_path(to_text(link));
    settle(*window_);
    QVERIFY(workspace.inspection()->stored());
    QCOMPARE(workspace.inspection()->sample().set, std::string("K-noise"));
    QCOMPARE(workspace.inspection()->sample().id, std::string("1"));
    QCOMPARE(workspace.method(), Method::Ngd);
    QCOMPARE(workspace.cursor().step(), 4);
    for (const QString& suffix : {QStringLiteral("svg"), QStringLiteral("pdf"), QStringLiteral("png")}) {
        const QString file = folder_->filePath(QStringLiteral("figure.") + suffix);
        QProcess figure;
        figure.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), {"figure", "accuracy-transitions", "--session", session, "--run", "1", "--out", file});
        QVERIFY(figure.waitForFinished(kPatience) && figure.exitCode() == 0);
        window_->open_path({});  // the bundled samples in between
        settle(*window_);
        QVERIFY(!workspace.inspection()->stored());
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        drop(data);
        settle(*window_);
        QVERIFY2(workspace.inspection()->stored(), qPrintable(suffix));
        QCOMPARE(workspace.method(), Method::Base);
    }
    const QString before = QString::fromStdString(workspace.inspection()->sample().id);
    for (const char* bad : {"r2t2://run/x", "r2t2://run/1", "r2t2://run/1?session=nowhere.sqlite", "r2t2://run/1/sample/a?session=x", "r2t2://run/9?session=linked%20run.sqlite"}) {
        window_->open_path(QLatin1String(bad));
        settle(*window_);
        const QList<QLabel*> labels = window_->samples().findChildren<QLabel*>();
        const bool told = std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->isVisible() && (label->text().contains(QLatin1String("allowed")) || label->text().contains(QLatin1String("run")));
        });
        QVERIFY2(told, bad);
        QCOMPARE(QString::fromStdString(workspace.inspection()->sample().id), before);
    }
}

void TestWalks::opens_straight_into_picture_and_question() {
    const QString path = folder_->filePath(QStringLiteral("red.png"));
    QImage red(64, 64, QImage::Format_RGB32);
    red.fill(Qt::red);
    QVERIFY(red.save(path));
    Opening opening;
    opening.path = path;
    opening.question = QStringLiteral("what colour is the circle?");
    opening.step = 3;
    window_->begin(opening);
    settle(*window_);
    QVERIFY(window_->workspace().inspection());
    QCOMPARE(window_->workspace().inspection()->sample().question, std::string("what colour is the circle?"));
    QCOMPARE(window_->workspace().cursor().step(), 3);
}

QTEST_MAIN(TestWalks)
#include "test_walks.moc"
