// Files that are saved from the window: names without an extension, failures, two writers, one name wherever it is saved. The real
// window and its dialogs, driven by mouse and keyboard.
#include <QtTest>
#include <QAction>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QSettings>
#include <QToolButton>
#include <memory>

#include "core/base/folder_claim.h"
#include "tests/support/patience.h"
#include "tests/ui/figure_sessions.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/panels/figure_page.h"
#include "ui/panels/main_window.h"
#include "ui/panels/routing_panel.h"
#include "ui/panels/trajectory_frames.h"
#include "ui/plots/save_dialog.h"

using namespace r2t2;
using namespace r2t2::ui;

class TestSaving final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { window_.reset(); }

    void what_an_extension_is_data();
    void what_an_extension_is();
    void a_figure_without_an_extension();
    void the_types_of_the_dialog();
    void plots_without_an_extension();
    void what_the_dialog_did_not_ask_about_is_asked();
    void a_failure_is_seen();
    void one_name_wherever_it_is_saved();
    void two_writers();

private:
    void show_figures() {
        window_->show_page(MainWindow::Page::Figures);
        window_->results().open(QString::fromStdString(session_));
        settle();
        QTRY_VERIFY_WITH_TIMEOUT(find<FigureSheet>("figureSheet")->figure() != nullptr, kPatience);
    }
    QFileDialog* dialog() {
        QFileDialog* open = nullptr;
        [&] { QTRY_VERIFY_WITH_TIMEOUT((open = find<QFileDialog>("plot_save_dialog")) != nullptr && open->isVisible(), kPatience); }();
        return open;
    }
    /// The name, in the folder of the test, then the button.
    void type(const QString& name) {
        dialog()->setDirectory(there_->path());
        auto* field = dialog()->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        QVERIFY(field != nullptr);
        field->selectAll();
        QTest::keyClicks(field, name);
        auto* save = dialog()->findChild<QDialogButtonBox*>(QStringLiteral("buttonBox"))->button(QDialogButtonBox::Save);
        QTRY_VERIFY_WITH_TIMEOUT(save->isEnabled(), kPatience);
        QTest::mouseClick(save, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(find<QFileDialog>("plot_save_dialog") == nullptr, kPatience);
    }
    void save_figure() { QTest::mouseClick(find<QToolButton>("saveFigure"), Qt::LeftButton); }
    void export_plots() {
        window_->activateWindow();  // from its dialogs
        QVERIFY(QTest::qWaitForWindowActive(window_.get(), kPatience));
        QTest::keyClick(window_.get(), Qt::Key_E, Qt::ControlModifier);
    }
    QMessageBox* box() { return find<QMessageBox>("plot_save_box"); }
    QString here(const QString& name) { return there_->filePath(name); }

    std::unique_ptr<QTemporaryDir> folder_, there_;
    std::string session_;
};

void TestSaving::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("saving"), folder_->path());
    session_ = folder_->filePath(QStringLiteral("methods.sqlite")).toStdString();
    QVERIFY(write_methods(session_));
}

void TestSaving::init() {
    there_ = std::make_unique<QTemporaryDir>();
    window_ = shown_window();
    QVERIFY(window_);
    window_->begin({});
    settle();
}

void TestSaving::what_an_extension_is_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("written");
    for (const auto& [typed, written] : {std::pair{"fig8", "fig8.svg"}, {"fig8.", "fig8.svg"}, {"fig8.svg", "fig8.svg"}, {"fig8.PDF", "fig8.PDF"}, {"fig8.tsv", "fig8.tsv"},
                                         {"results.v2", "results.v2.svg"}, {"eps 0.4", "eps 0.4.svg"}, {"a.b/fig", "a.b/fig.svg"}, {"fig8.jpg", "fig8.jpg"}}) {
        QTest::newRow(typed) << QString::fromLatin1(typed) << QString::fromLatin1(written);
    }
}

void TestSaving::what_an_extension_is() {
    QFETCH(QString, typed);
    QTEST(with_extension(typed, QStringLiteral("svg")), "written");
}

/// "extension: found none", though the type was chosen.
void TestSaving::a_figure_without_an_extension() {
    show_figures();
    for (const auto& [typed, written] : {std::pair{"fig8", "fig8.svg"}, {"results.v2", "results.v2.svg"}, {"fig9.pdf", "fig9.pdf"}}) {
        save_figure();
        type(QLatin1String(typed));
        QVERIFY2(QFileInfo(here(QLatin1String(written))).size() > 100, typed);
        QVERIFY(box() == nullptr);
        QVERIFY2(find<QLabel>("figureNote")->text().contains(QLatin1String(written)), qPrintable(find<QLabel>("figureNote")->text()));
    }
}

/// All types, and a name gets the chosen one's.
void TestSaving::the_types_of_the_dialog() {
    show_figures();
    save_figure();
    QStringList offered;
    for (const QString& filter : dialog()->nameFilters()) {
        offered << filter.section(QStringLiteral("*."), 1).chopped(1);
    }
    QCOMPARE(offered, plot_formats());
    auto* types = dialog()->findChild<QComboBox*>(QStringLiteral("fileTypeCombo"));
    types->setFocus();
    while (!types->currentText().contains(QStringLiteral("csv"))) {
        QTest::keyClick(types, Qt::Key_Down);
    }
    Q_EMIT types->textActivated(types->currentText());
    type(QStringLiteral("numbers"));
    QFile file(here(QStringLiteral("numbers.csv")));
    QVERIFY(file.open(QIODevice::ReadOnly) && file.readAll().startsWith("step,right"));
}

/// The file was not there, and only the status bar said so.
void TestSaving::plots_without_an_extension() {
    QVERIFY(!window_->routing().plots().empty());
    export_plots();
    type(QStringLiteral("plots"));
    for (const Plot* plot : window_->routing().plots()) {
        QVERIFY2(QFileInfo(here(QStringLiteral("plots_") + plot->plot_name() + QStringLiteral(".svg"))).size() > 100, qPrintable(plot->plot_name()));
    }
    QCOMPARE(QDir(there_->path()).entryList(QDir::Files).size(), static_cast<qsizetype>(window_->routing().plots().size()));
}

void TestSaving::what_the_dialog_did_not_ask_about_is_asked() {
    const QString name = here(QStringLiteral("plots_") + window_->routing().plots().front()->plot_name() + QStringLiteral(".svg"));
    QFile kept(name);
    QVERIFY(kept.open(QIODevice::WriteOnly) && kept.write("mine") == 4);
    kept.close();
    for (const auto answer : {QMessageBox::No, QMessageBox::Yes}) {
        export_plots();
        type(QStringLiteral("plots"));
        QTRY_VERIFY_WITH_TIMEOUT(box() != nullptr, kPatience);
        QVERIFY2(box()->text().contains(QFileInfo(name).fileName()), qPrintable(box()->text()));
        QTest::mouseClick(box()->button(answer), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(box() == nullptr, kPatience);
        QCOMPARE(QFileInfo(name).size() == 4, answer == QMessageBox::No);
    }
}

void TestSaving::a_failure_is_seen() {
    QVERIFY(QFile(session_.c_str()).exists());
    export_plots();
    type(QStringLiteral("plots.jpg"));
    QTRY_VERIFY_WITH_TIMEOUT(box() != nullptr && box()->isVisible(), kPatience);
    QVERIFY2(box()->text().contains(QStringLiteral("jpg")) && box()->text().contains(QStringLiteral("svg, pdf, png, csv or tsv")), qPrintable(box()->text()));
    QTest::keyClick(box(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(box() == nullptr, kPatience);
    show_figures();
    QVERIFY(QDir(there_->path()).mkpath(QStringLiteral("fig.svg/full")));
    QVERIFY(!find<FigurePage>("figurePage")->save(here(QStringLiteral("fig.svg"))));
    QVERIFY(find<QLabel>("figureError")->text().remove(QChar(0x200b)).contains(QStringLiteral("fig.svg")));
}

/// case_card.svg there, case-card.svg here.
void TestSaving::one_name_wherever_it_is_saved() {
    show_figures();
    auto* kinds = find<QListWidget>("figureKinds");
    for (int row = 0; row < kinds->count(); ++row) {
        kinds->setCurrentRow(row);
        settle();
        QCOMPARE(find<FigureSheet>("figureSheet")->plot_name(), kinds->item(row)->data(Qt::UserRole).toString());
    }
    save_figure();
    const QString wanted = kinds->currentItem()->data(Qt::UserRole).toString();
    QCOMPARE(QFileInfo(dialog()->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))->text()).completeBaseName(), wanted);
    dialog()->reject();
    for (const FigureKind& kind : published_kinds()) {
        QCOMPARE(published_figure(kind.name)->plot_name(), kind.name);
    }
}

/// As r2t2 figure: who comes second is told, and nothing is mixed.
void TestSaving::two_writers() {
    show_figures();
    {
        const Result<FolderClaim> other = FolderClaim::take(there_->path().toStdString());
        QVERIFY(other.ok());
        find<FigurePage>("figurePage")->save_all(there_->path());
        settle();
        QVERIFY2(find<QLabel>("figureError")->text().contains(QStringLiteral("another program is writing")), qPrintable(find<QLabel>("figureError")->text()));
        window_->show_page(MainWindow::Page::Inspect);
        export_plots();
        type(QStringLiteral("plots"));
        QTRY_VERIFY_WITH_TIMEOUT(box() != nullptr && box()->text().contains(QStringLiteral("another program is writing")), kPatience);
        QTest::keyClick(box(), Qt::Key_Return);
        FrameWriter frames(window_->workspace(), window_->routing(), nullptr);
        QString told;
        connect(&frames, &FrameWriter::finished, this, [&told](const QString& what) { told = what; });
        frames.write(there_->path());
        QVERIFY2(told.contains(QStringLiteral("another program is writing")), qPrintable(told));
    }
    QVERIFY(QDir(there_->path()).isEmpty());
    window_->show_page(MainWindow::Page::Figures);
    find<FigurePage>("figurePage")->save_all(there_->path() + QStringLiteral("/new/folder"));  // it is free again
    settle();
    QVERIFY(QFileInfo::exists(here(QStringLiteral("new/folder/radar.svg"))));
}

QTEST_MAIN(TestSaving)
#include "test_saving.moc"
