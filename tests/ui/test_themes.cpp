// A theme that is switched while the window is open looks as one that it was started in: every page, dock and dialog, pixel by pixel.
// Colours that stood in texts, and labels with a palette of their own, stayed dark on dark.
#include <QtTest>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QSettings>
#include <map>
#include <memory>

#include "tests/ui/fake_inspector.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/settle.h"
#include "ui/panels/command_palette.h"
#include "ui/panels/main_window.h"
#include "ui/panels/model_dialog.h"
#include "ui/panels/routing_panel.h"
#include "ui/plots/colours.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

/// What was to be deleted later is gone, too.
void settle_all(MainWindow& window) {
    settle(window);
    for (int i = 0; i < 5; ++i) {
        QCoreApplication::processEvents();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
}

using Pictures = std::map<QString, QImage>;

/// Where two pictures differ, as a rectangle; null: nowhere.
QRect difference(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) {
        return {0, 0, std::max(a.width(), b.width()), std::max(a.height(), b.height())};
    }
    QRect out;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (a.pixel(x, y) != b.pixel(x, y)) {
                out |= QRect(x, y, 1, 1);
            }
        }
    }
    return out;
}

}  // namespace

class TestThemes final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void switched_looks_as_started_data();
    void switched_looks_as_started();
    void errors_follow_the_theme();

private:
    enum class Content { Session, MadeUp };
    std::unique_ptr<MainWindow> window(Content content);
    Pictures pictures(MainWindow& window);
    std::unique_ptr<QTemporaryDir> folder_;
    QString session_;
    FakeModule module_;
};

void TestThemes::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("themes"), folder_->path());
    session_ = folder_->filePath(QStringLiteral("run.r2t2"));
    QProcess evaluate;
    evaluate.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), {"evaluate", "--eval", "G-dim,K-noise", "--samples", "4", "--methods", "base,kr,ngd", "--no-controls", "--session", session_, "--quiet"});
    QVERIFY(evaluate.waitForFinished(kPatience));
    QVERIFY2(evaluate.exitCode() == 0, evaluate.readAllStandardError().constData());
}

std::unique_ptr<MainWindow> TestThemes::window(Content content) {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    auto window = std::make_unique<MainWindow>();
    if (content == Content::MadeUp) {
        window->workspace().set_module(&module_);
    }
    window->resize(1700, 950);  // every page has room: a window that grows with one lays its docks out anew
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
    Opening opening;
    opening.path = content == Content::Session ? session_ : QString();
    opening.guide = content == Content::MadeUp;  // the strip in front of the question too
    window->begin(opening);
    settle_all(*window);
    window->open_path(folder_->filePath(QStringLiteral("nowhere.png")));  // an error in its label
    settle_all(*window);
    if (content == Content::Session) {  // a trajectory that is shown with its times as they are stored
        window->results().open(session_);
        settle_all(*window);
    }
    window->workspace().cursor().set_step(3);
    return window;
}

Pictures TestThemes::pictures(MainWindow& window) {
    Pictures out;
    const auto take = [&](const QString& name) {
        settle_all(window);
        if (window.focusWidget() != nullptr) {
            window.focusWidget()->clearFocus();  // no cursor that blinks
        }
        QCoreApplication::processEvents();
        out[name] = window.grab().toImage();
    };
    for (const QDockWidget* dock : window.findChildren<QDockWidget*>()) {
        if (dock->objectName() != QLatin1String("log")) {  // holds the time of day
            window.show_panel(dock->objectName());
            take(QStringLiteral("dock ") + dock->objectName());
        }
    }
    for (const auto& [page, name] : {std::pair{MainWindow::Page::Benchmark, "benchmark"}, std::pair{MainWindow::Page::Figures, "figures"}, std::pair{MainWindow::Page::Data, "data"}}) {
        window.show_page(page);
        take(QStringLiteral("page ") + QLatin1String(name));
    }
    window.show_page(MainWindow::Page::Inspect);
    return out;
}

void TestThemes::switched_looks_as_started_data() {
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("session");
    QTest::newRow("to dark, a session") << true << true;
    QTest::newRow("to light, a session") << false << true;
    QTest::newRow("to dark, made up") << true << false;
    QTest::newRow("to light, made up") << false << false;
}

void TestThemes::switched_looks_as_started() {
    QFETCH(bool, dark);
    QFETCH(bool, session);
    const Theme to = dark ? Theme::Dark : Theme::Light, from = dark ? Theme::Light : Theme::Dark;
    const Content content = session ? Content::Session : Content::MadeUp;
    apply_theme(*qApp, to);
    Pictures started;
    {
        const auto shown = window(content);
        (void)pictures(*shown);  // every page is built, as in the other window
        started = pictures(*shown);
    }
    apply_theme(*qApp, from);
    const auto shown = window(content);
    const Pictures before = pictures(*shown);
    shown->set_theme(to);
    const Pictures switched = pictures(*shown);
    QCOMPARE(switched.size(), started.size());
    QStringList wrong;
    for (const auto& [name, picture] : started) {
        QVERIFY2(before.at(name) != picture, qPrintable(name));
        const QRect where = difference(picture, switched.at(name));
        if (!where.isNull()) {
            wrong << QStringLiteral("%1: %2,%3 %4 x %5").arg(name).arg(where.x()).arg(where.y()).arg(where.width()).arg(where.height());
            if (const QString folder = qEnvironmentVariable("R2T2_TEST_PICTURES"); !folder.isEmpty()) {
                picture.save(folder + QLatin1Char('/') + name + QStringLiteral(" started.png"));
                switched.at(name).save(folder + QLatin1Char('/') + name + QStringLiteral(" switched.png"));
            }
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

/// Of the window and of dialogs that are open; a label that has shown an error is an ordinary one afterwards.
void TestThemes::errors_follow_the_theme() {
    apply_theme(*qApp, Theme::Light);
    QWidget parent;
    QLabel* label = error_label(&parent);
    show_error(label, QStringLiteral("something"));
    parent.show();
    QCoreApplication::processEvents();
    const QColor light = label->palette().color(QPalette::WindowText);
    apply_theme(*qApp, Theme::Dark);
    QCoreApplication::processEvents();
    QVERIFY(label->palette().color(QPalette::WindowText) != light);
    QCOMPARE(label->palette().color(QPalette::Window), QApplication::palette().color(QPalette::Window));
    QVERIFY(label->palette().color(QPalette::WindowText).lightness() > 128);
    show_plain(label, QStringLiteral("nothing"));
    QCOMPARE(label->palette().color(QPalette::WindowText), QApplication::palette().color(QPalette::WindowText));
    apply_theme(*qApp, Theme::Light);
    QCoreApplication::processEvents();
    QCOMPARE(label->palette().color(QPalette::WindowText), QApplication::palette().color(QPalette::WindowText));
}

QTEST_MAIN(TestThemes)
#include "test_themes.moc"
