// The window stays at its size whatever it shows, and can be made small on every page: no state asks for more than 1000 by 560, which fits a screen of
// 1000 by 600 with a frame around it.
#include <QtTest>
#include <QDockWidget>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QMenuBar>
#include <QSettings>
#include <QTabBar>
#include <QToolButton>
#include <memory>

#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/panels/main_window.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestWindowSizes final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void keeps_its_size();
    void every_page_can_be_small();
    void a_small_window_comes_back_whole();
    void long_names_do_not_widen_it();
    void panels_have_their_names_and_sizes();
    void panels_are_offered_where_they_are();

private:
    void page(Qt::Key key) {
        QTest::keyClick(window_.get(), key, Qt::AltModifier);
        QTest::qWait(20);
    }
    /// What asks for most, for whoever has to mend it.
    QString widest() const {
        QStringList out;
        for (const QWidget* widget : window_->findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->minimumSizeHint().width() > 300) {
                out << QStringLiteral("%1 %2 %3x%4").arg(QLatin1String(widget->metaObject()->className()), widget->objectName()).arg(widget->minimumSizeHint().width()).arg(widget->minimumSizeHint().height());
            }
        }
        return out.join(QStringLiteral("; "));
    }
    void is_small(const char* when) {
        QCoreApplication::processEvents();
        const QSize least = window_->minimumSizeHint().expandedTo(window_->minimumSize());
        QVERIFY2(least.width() <= 1000 && least.height() <= 560, qPrintable(QStringLiteral("%1: %2x%3; %4").arg(QLatin1String(when)).arg(least.width()).arg(least.height()).arg(widest())));
    }
    void is_at(QSize size, const char* when) {
        QCoreApplication::processEvents();
        QVERIFY2(window_->size() == size, qPrintable(QStringLiteral("%1: %2x%3; %4").arg(QLatin1String(when)).arg(window_->width()).arg(window_->height()).arg(widest())));
        is_small(when);
    }
    QString photograph() {
        QImage image(200, 120, QImage::Format_RGB32);
        image.fill(Qt::gray);
        const QString path = folder_->filePath(QStringLiteral("photograph.png"));
        return image.save(path) ? path : QString();
    }
    std::unique_ptr<QTemporaryDir> folder_;
};

void TestWindowSizes::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("window_sizes"), folder_->path());
    apply_theme(*qApp, Theme::Light);
}

void TestWindowSizes::init() {
    QSettings().clear();
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);  // it would fit itself to the test's screen, which is smaller
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
    window_->begin({});
    settle(*window_);
}

void TestWindowSizes::keeps_its_size() {
    const QSize size(1280, 800);
    is_at(size, "at first, with the guide");
    for (const Qt::Key key : {Qt::Key_2, Qt::Key_1, Qt::Key_3, Qt::Key_4, Qt::Key_1}) {
        page(key);
        is_at(size, "another page");
    }
    window_->open_path(photograph());  // "Find facts" appears once something was asked
    settle(*window_);
    is_at(size, "a picture");
    QTest::keyClicks(find<QLineEdit>("question"), QStringLiteral("what is this?"));
    QTest::keyClick(find<QLineEdit>("question"), Qt::Key_Return);
    settle(*window_);
    QVERIFY(find<QToolButton>("findFacts")->isVisible());
    is_at(size, "a question about it");
    for (const char* name : {"neighbours", "compare", "curves", "steps", "gates", "knockouts", "log", "map"}) {
        window_->show_panel(QLatin1String(name));
        settle(*window_);
        is_at(size, name);
    }
    for (QPushButton* button : find<QWidget>("guide")->findChildren<QPushButton*>()) {
        QTest::mouseClick(button, Qt::LeftButton);
        is_at(size, "the guide goes on");
    }
}

void TestWindowSizes::every_page_can_be_small() {
    for (const Qt::Key key : {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_1}) {
        page(key);
        window_->resize(1000, 560);
        is_at({1000, 560}, "1000x560");
    }
    for (const char* layout : {"compare", "inspect"}) {
        window_->use_layout(QLatin1String(layout));
        QTest::qWait(20);
        is_at({1000, 560}, layout);
    }
}

/// Made small on another page, the window came back as large as ever with its panels in one corner and one over the other.
void TestWindowSizes::a_small_window_comes_back_whole() {
    page(Qt::Key_3);
    window_->resize(10, 10);
    QCoreApplication::processEvents();
    page(Qt::Key_2);
    page(Qt::Key_4);
    const QSize before = window_->size();
    page(Qt::Key_1);
    QCOMPARE(window_->size(), before);
    const QRect all = window_->rect();
    const QList<QDockWidget*> docks = window_->findChildren<QDockWidget*>();
    int right = 0;
    for (const QDockWidget* dock : docks) {
        if (dock->visibleRegion().isEmpty()) {  // behind another tab
            continue;
        }
        QVERIFY2(all.contains(dock->geometry()), qPrintable(dock->objectName()));
        right = std::max(right, dock->geometry().right());
        for (const QDockWidget* other : docks) {
            const bool apart = other == dock || other->visibleRegion().isEmpty() || !dock->geometry().intersects(other->geometry());
            QVERIFY2(apart, qPrintable(dock->objectName() + QLatin1Char(' ') + other->objectName()));
        }
        for (const QWidget* child : dock->widget()->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
            QVERIFY2(!child->isVisible() || dock->widget()->rect().contains(child->geometry()), qPrintable(dock->objectName() + QLatin1Char(' ') + child->objectName()));
        }
    }
    QVERIFY2(right > all.right() - 8, qPrintable(QString::number(right)));
}

void TestWindowSizes::long_names_do_not_widen_it() {
    const QString folder = folder_->filePath(QString(90, QLatin1Char('f')) + QStringLiteral("/") + QString(90, QLatin1Char('g')));
    QVERIFY(QDir().mkpath(folder));
    const QString path = folder + QLatin1Char('/') + QString(120, QLatin1Char('w')) + QStringLiteral(".png");
    QVERIFY(QFile::copy(photograph(), path));
    window_->open_path(path);
    QCoreApplication::processEvents();
    is_at({1280, 800}, "while it is opened");
    settle(*window_);
    is_at({1280, 800}, "opened");
    window_->open_path(path + QStringLiteral(".nowhere"));
    settle(*window_);
    is_at({1280, 800}, "what cannot be opened");
    find<QLabel>("job")->setText(QString(400, QLatin1Char('x')));
    is_small("a long job");
}

/// "Expe... Ga... St..." at 1000 by 560; and two rows of samples over a picture as high as the window, back from there.
void TestWindowSizes::panels_have_their_names_and_sizes() {
    QDockWidget *samples = find<QDockWidget>("samples"), *picture = find<QDockWidget>("picture");
    const int rows = samples->height(), below = picture->height();
    for (const auto& [there, back] : {std::pair{Qt::Key_3, Qt::Key_1}, {Qt::Key_1, Qt::Key_1}, {Qt::Key_2, Qt::Key_3}}) {
        page(there);
        window_->resize(1000, 560);
        QCoreApplication::processEvents();
        page(Qt::Key_1);
        for (QTabBar* bar : window_->findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
            for (int i = 0; bar->isVisible() && i < bar->count(); ++i) {
                QVERIFY2(bar->tabRect(i).width() >= bar->fontMetrics().horizontalAdvance(bar->tabText(i)) + 6, qPrintable(bar->tabText(i)));
                QVERIFY2(bar->rect().contains(bar->tabRect(i).adjusted(2, 2, -2, -2)), qPrintable(bar->tabText(i)));
            }
        }
        page(back);
        window_->resize(1280, 800);
        QCoreApplication::processEvents();
        page(Qt::Key_1);
        QVERIFY2(std::abs(samples->height() - rows) <= 6 && std::abs(picture->height() - below) <= 6,
                 qPrintable(QStringLiteral("%1 of %2, %3 of %4").arg(samples->height()).arg(rows).arg(picture->height()).arg(below)));
    }
}

/// All twelve were unticked on the Figures page, and choosing one went away from it.
void TestWindowSizes::panels_are_offered_where_they_are() {
    QAction* samples = find<QDockWidget>("samples")->toggleViewAction();
    QVERIFY(samples->isEnabled() && samples->isChecked());
    for (const Qt::Key key : {Qt::Key_3, Qt::Key_2, Qt::Key_4}) {
        page(key);
        QVERIFY(!samples->isEnabled());
        QVERIFY2(samples->toolTip().contains(QStringLiteral("Inspect page")), qPrintable(samples->toolTip()));
    }
    page(Qt::Key_1);
    QVERIFY(samples->isEnabled() && samples->isChecked());
    QVERIFY(find<QDockWidget>("samples")->isVisible());
}

QTEST_MAIN(TestWindowSizes)
#include "test_window_sizes.moc"
