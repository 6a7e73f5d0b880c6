// Can everything in the window be read? The whole window is painted onto a device that only notes words, in small and
// large windows, with each panel in front: no word may be cut by its own widget, be cut short, or cover another.
#include <QScrollArea>
#include <QtTest>
#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSettings>
#include <QTabBar>
#include <numeric>

#include "tests/support/patience.h"
#include "tests/ui/fake_inspector.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/text_recorder.h"
#include "ui/panels/main_window.h"
#include "ui/panels/map_panel.h"
#include "ui/panels/model_dialog.h"
#include "ui/panels/picture_panel.h"
#include "ui/panels/routing_panel.h"
#include "ui/plots/group_bars.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {


/// Tables, lists and line edits scroll: what is cut at their edge can be brought in.
bool scrolls(const QWidget* widget) {
    for (; widget != nullptr; widget = widget->parentWidget()) {
        if (qobject_cast<const QAbstractScrollArea*>(widget) != nullptr || qobject_cast<const QLineEdit*>(widget) != nullptr) {
            return true;
        }
    }
    return false;
}

QString name_of(const QWidget* widget) {
    QStringList path;
    for (; widget != nullptr && !widget->isWindow(); widget = widget->parentWidget()) {
        path.prepend(QString::fromLatin1(widget->metaObject()->className()) +
                     (widget->objectName().isEmpty() ? QString() : QLatin1Char(':') + widget->objectName()));
    }
    return path.isEmpty() ? QStringLiteral("window") : path.mid(std::max<qsizetype>(0, path.size() - 3)).join(QLatin1Char('/'));
}

/// Of which nothing is painted, because the field that it stands in has been scrolled to the edge of its form.
bool scrolled_away(const QWidget& window, const WrittenText& text) {
    if (!text.clip.isEmpty()) {
        return false;
    }
    const QList<QScrollArea*> areas = window.findChildren<QScrollArea*>();
    return std::any_of(areas.begin(), areas.end(), [&](const QScrollArea* area) {
        const QWidget* content = area->widget();
        return area->isVisible() && content != nullptr && QRect(content->mapTo(&window, QPoint()), content->size()).contains(text.box.center().toPoint());
    });
}

QStringList complaints(QWidget& window) {
    TextRecorder page(window.size());
    window.render(&page);
    QStringList out;
    // A widget's clip lies within it, where its words may not. Lists and line edits scroll, empty words cover nothing.
    const auto owner = [&window](const WrittenText& text) { return window.childAt(QPoint(int(text.clip.center().x()), int(text.clip.center().y()))); };
    std::vector<WrittenText> all;
    for (const WrittenText& text : page.written()) {
        if (!text.text.trimmed().isEmpty() && !scrolls(owner(text)) && !scrolled_away(window, text)) {
            all.push_back(text);
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const WrittenText& a = all[i];
        const QWidget* where = owner(a);
        if (!a.clip.adjusted(-1.5, -1.5, 1.5, 1.5).contains(a.box)) {
            out << QStringLiteral("\"%1\" is cut in %2").arg(a.text, name_of(where));
        }
        if (a.text.contains(QChar(0x2026)) && !a.text.endsWith(QStringLiteral(" \u2026")) && where != nullptr && where->toolTip().isEmpty()) {
            out << QStringLiteral("\"%1\" is cut short in %2").arg(a.text, name_of(where));
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (all[j].box.adjusted(0.5, 0.5, -0.5, -0.5).intersects(a.box)) {
                out << QStringLiteral("\"%1\" covers \"%2\" in %3").arg(a.text, all[j].text, name_of(where));
            }
        }
    }
    // Words that a widget did not even get the room for.
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || scrolls(widget->parentWidget())) {
            continue;
        }
        const auto* label = qobject_cast<QLabel*>(widget);
        if (label != nullptr && !label->text().isEmpty()) {
            const QSize needs = label->wordWrap() ? QSize(0, label->heightForWidth(label->width())) : label->minimumSizeHint();
            if (label->width() + 1 < needs.width() || label->height() + 1 < needs.height()) {
                out << QStringLiteral("%1 is %2 x %3, its text needs %4 x %5").arg(name_of(label)).arg(label->width()).arg(label->height())
                           .arg(needs.width()).arg(needs.height());
            }
        }
        if (qobject_cast<QAbstractButton*>(widget) != nullptr && !widget->objectName().startsWith(QLatin1String("qt_")) &&
            (widget->width() + 1 < widget->minimumSizeHint().width() || widget->height() + 1 < widget->minimumSizeHint().height())) {
            out << QStringLiteral("%1 is too small").arg(name_of(widget));
        }
    }
    return out;
}

}  // namespace

/// Empty, while an evaluation with a sweep runs, and what it came to, tab by tab and figure by figure.
template <typename Look>
void look_at_pages(MainWindow& window, const Look& look) {
    window.show_page(MainWindow::Page::Figures);
    look(QStringLiteral("figures, empty"));
    window.show_page(MainWindow::Page::Benchmark);
    look(QStringLiteral("benchmark, empty"));
    QTemporaryDir folder;
    BenchmarkRequest request;
    request.sets = {"G-dim", "K-noise"};
    request.samples = 8;
    request.methods = {Method::Ngd, Method::KernelRegression, Method::Oracle};
    request.params = window.workspace().inspector()->info().defaults;
    request.sweep = {{"num-neighbors", {"1", "3"}}, {"num-steps", {"2", "4"}}};
    request.session = folder.filePath(QStringLiteral("looks.sqlite")).toStdString();
    window.benchmark().start(window.workspace().inspector(), request);
    QTRY_VERIFY_WITH_TIMEOUT(window.benchmark().counts().done > 0, kPatience);
    for (const QString& complaint : complaints(window)) {
        qWarning("while it runs: %s", qPrintable(complaint));
        QVERIFY2(false, qPrintable(complaint));
    }
    look(QStringLiteral("benchmark, done"));
    auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("resultTabs"));
    for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        look(QStringLiteral("benchmark, ") + tabs->tabText(tab));
    }
    window.show_page(MainWindow::Page::Figures);
    QTest::qWait(60);
    auto* kinds = window.findChild<QListWidget*>(QStringLiteral("figureKinds"));
    for (int row = 0; row < kinds->count(); ++row) {
        kinds->setCurrentRow(row);
        look(QStringLiteral("figure ") + kinds->item(row)->text());
    }
    window.show_page(MainWindow::Page::Data);
    auto* sets = window.findChild<QListWidget*>(QStringLiteral("dataSets"));
    QTRY_VERIFY_WITH_TIMEOUT(sets->count() > 2, kPatience);
    for (int row = 0; row < sets->count(); ++row) {
        sets->setCurrentRow(row);
        look(QStringLiteral("data, ") + sets->item(row)->text());
    }
}

/// What is open, a folder that is none, and a path that is longer than the dialog is wide.
void look_at_model_dialog(MainWindow& window, QStringList& all) {
    const QList<QAction*> commands = window.commands();
    for (QAction* action : commands) {
        if (action->shortcut() == QKeySequence(QStringLiteral("Ctrl+M"))) {
            action->trigger();
        }
    }
    auto* dialog = window.findChild<ModelDialog*>();
    QVERIFY(dialog != nullptr);
    for (const QString& folder : {QString(), QString(QStringLiteral(R2T2_TEST_DATA)), QStringLiteral("/no-such-folder").repeated(12)}) {
        if (!folder.isEmpty()) {
            dialog->choose_folder(folder);
        }
        QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().jobs().busy(), kPatience);
        for (const int width : {640, dialog->minimumSizeHint().width()}) {
            dialog->resize(width, dialog->minimumHeight());
            QTest::qWait(40);
            for (const QString& complaint : complaints(*dialog)) {
                all << QStringLiteral("model dialog, %1, %2 wide: %3").arg(folder.left(16)).arg(width).arg(complaint);
            }
        }
    }
    dialog->close();
}

class TestLooks final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void recorder_sees_what_is_cut();
    void nothing_is_cut_data();
    void nothing_is_cut();
    void furnished_after_the_first_paint();
    void a_group_of_seven_is_drawn();

private:
    QTemporaryDir folder_;
};

void TestLooks::initTestCase() {
    use_own_settings(QStringLiteral("looks"), folder_.path());
    apply_theme(*qApp, Theme::Light);
}

/// The check itself can fail.
void TestLooks::recorder_sees_what_is_cut() {
    QWidget window;
    window.resize(300, 100);
    auto* label = new QLabel(QStringLiteral("a sentence that is far too long for so little room"), &window);
    label->setGeometry(10, 10, 60, 20);
    auto* other = new QLabel(QStringLiteral("under"), &window);
    other->setGeometry(10, 60, 80, 20);
    auto* over = new QLabel(QStringLiteral("over"), &window);
    over->setGeometry(14, 62, 80, 20);
    window.show();
    const QString all = complaints(window).join(QLatin1Char('\n'));
    QVERIFY2(all.contains(QStringLiteral("is cut in")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("its text needs")), qPrintable(all));
    QVERIFY2(all.contains(QStringLiteral("\"over\" covers \"under\"")), qPrintable(all));
}

void TestLooks::nothing_is_cut_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("font");
    QTest::newRow("1120 x 700") << QSize(1120, 700) << 1.0;
    QTest::newRow("1280 x 800") << QSize(1280, 800) << 1.0;
    QTest::newRow("1280 x 800, large letters") << QSize(1280, 800) << 1.25;
    QTest::newRow("2560 x 1440") << QSize(2560, 1440) << 1.0;
}

void TestLooks::nothing_is_cut() {
    QFETCH(QSize, size);
    QFETCH(double, font);
    const QFont usual = QApplication::font();
    QFont larger = usual;
    larger.setPointSizeF(usual.pointSizeF() * font);
    QApplication::setFont(larger);
    QSettings().clear();
    QStringList all;
    {
        MainWindow window;
        window.resize(size);
        window.furnish();
        window.use_layout(size.width() >= 1800 ? QStringLiteral("wide") : QStringLiteral("inspect"));
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window, kPatience));
        const auto look = [&](const QString& state) {
            QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().jobs().busy(), kPatience);
            QTest::qWait(60);
            if (window.size() != size) {
                all << QStringLiteral("%1: the window became %2 x %3").arg(state).arg(window.width()).arg(window.height());
            }
            for (const QString& complaint : complaints(window)) {
                all << state + QStringLiteral(": ") + complaint;
            }
        };
        look(QStringLiteral("empty"));
        Opening opening;
        opening.guide = true;
        window.begin(opening);
        look(QStringLiteral("guide"));
        window.routing().set_landscape(1);
        window.workspace().cursor().last();
        window.picture().set_overlay(PictureView::Boxes, true);
        window.picture().set_overlay(PictureView::Texts, true);
        for (const QDockWidget* dock : window.findChildren<QDockWidget*>()) {
            window.show_panel(dock->objectName());
            look(dock->objectName());
        }
        window.routing().set_zoom(true);
        look(QStringLiteral("zoomed"));
        RoutingMatrix r = *window.workspace().shown_routing();
        std::swap(r(0, 0), r(0, 1));
        window.workspace().move_routing(r, true);
        look(QStringLiteral("what-if"));
        window.workspace().ask(QStringLiteral("what is the colour of the shape that stands to the left of the large green circle under "
                                              "the word in the upper right corner of this rather dark picture, if there is one at all?"));
        look(QStringLiteral("long question"));
        window.open_path(QStringLiteral("/nowhere/there-is-no-such-picture.png"));
        look(QStringLiteral("error"));
        Q_EMIT window.workspace().failed(ErrorPlace::Opening,
                                         QStringLiteral("/data/model-00002-of-00002.safetensors: vit.vision_tower.vision_model.encoder.layers.23."
                                                        "self_attn.out_proj.weight: found NaN at element 127; allowed: finite weights"));
        look(QStringLiteral("model not opened"));
        look_at_model_dialog(window, all);
        look_at_pages(window, look);
    }
    QApplication::setFont(usual);
    all.removeDuplicates();
    for (const QString& complaint : std::as_const(all)) {
        qWarning("%s", qPrintable(complaint));
    }
    QCOMPARE(all, QStringList());
}

/// As the application starts: the window is painted empty, then furnished. Docks are as wide and as high as the layout says, and
/// the next window has them where the last one left them.
void TestLooks::furnished_after_the_first_paint() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    const auto dock = [](const MainWindow& window, const char* name) { return window.findChild<QDockWidget*>(QLatin1String(name)); };
    const auto begin = [](MainWindow& window) {
        window.resize(1280, 800);  // it would fit itself to the test's screen, which is smaller
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window, kPatience));
        window.begin({});
        QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().jobs().busy(), kPatience);
        QTest::qWait(60);
    };
    {
        MainWindow window;
        begin(window);
        QCOMPARE(dock(window, "samples")->width(), 268);
        QVERIFY2(dock(window, "experts")->height() <= 218, qPrintable(QString::number(dock(window, "experts")->height())));
        for (const QTabBar* bar : window.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
            QVERIFY(bar->isHidden() || bar->count() > 1);
        }
        QVERIFY(window.updatesEnabled());
        QVERIFY2(window.routing().height() >= 380, qPrintable(QString::number(window.routing().height())));
        window.resizeDocks({dock(window, "samples")}, {330}, Qt::Horizontal);
        window.resizeDocks({dock(window, "experts")}, {260}, Qt::Vertical);
        QTest::qWait(60);
        QCOMPARE(dock(window, "samples")->width(), 330);
        window.close();
    }
    MainWindow window;
    begin(window);
    QCOMPARE(dock(window, "samples")->width(), 330);
    QVERIFY2(qAbs(dock(window, "experts")->height() - 260) <= 26, qPrintable(QString::number(dock(window, "experts")->height())));  // a row of tabs
    QSettings().clear();
}

/// Another model: one group of seven experts is no triangle, yet everything works; with the picture, if one is asked for.
void TestLooks::a_group_of_seven_is_drawn() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    FakeModule module;
    MainWindow window;
    window.resize(1280, 800);
    window.workspace().set_module(&module);
    window.furnish();
    window.use_layout(QStringLiteral("inspect"));
    window.show();
    window.begin({});
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().inspection() && !window.workspace().jobs().busy(), kPatience);
    QVERIFY(window.routing().triangle(0) == nullptr);
    auto* bars = window.routing().findChild<GroupBars*>();
    QVERIFY(bars != nullptr && bars->isVisible());
    window.workspace().cursor().last();
    QTest::qWait(30);
    const int winner = static_cast<int>(window.workspace().request().index % 7);
    QVERIFY(std::abs(bars->weights()[static_cast<std::size_t>(winner)] - 0.7) < 1e-9);
    // Reference points are on the map, and the step moves there.
    window.show_panel(QStringLiteral("map"));
    QTRY_COMPARE_WITH_TIMEOUT(window.map().view().tsv().count(QLatin1String("reference")), 60, kPatience);
    // Taking hold of a bar asks the model and can be undone.
    QSignalSpy asked(&window.workspace(), &Workspace::whatIfChanged);
    bars->setFocus();
    QTest::keyClick(bars, Qt::Key_Right, Qt::ShiftModifier);
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().what_if().has_value(), kPatience);
    const RoutingMatrix moved = *window.workspace().shown_routing();
    QVERIFY(!(moved == window.workspace().step()->weights));
    QVERIFY(std::abs(std::accumulate(moved.values().begin(), moved.values().end(), 0.0) - 1.0) < 1e-9);
    window.workspace().undo().undo();
    QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().jobs().busy(), kPatience);
    QVERIFY(*window.workspace().shown_routing() == window.workspace().step()->weights);
    QStringList all;
    for (const QDockWidget* dock : window.findChildren<QDockWidget*>()) {
        window.show_panel(dock->objectName());
        QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().jobs().busy(), kPatience);
        QTest::qWait(60);
        for (const QString& complaint : complaints(window)) {
            all << dock->objectName() + QStringLiteral(": ") + complaint;
        }
        if (const QString folder = qEnvironmentVariable("R2T2_LOOKS_PICTURES"); !folder.isEmpty()) {
            QVERIFY(window.grab().save(QDir(folder).filePath(QStringLiteral("seven-%1.png").arg(dock->objectName()))));
        }
    }
    all.removeDuplicates();
    for (const QString& complaint : std::as_const(all)) {
        qWarning("%s", qPrintable(complaint));
    }
    QCOMPARE(all, QStringList());
}

QTEST_MAIN(TestLooks)
#include "test_looks.moc"
