// "Open model...": driven by keyboard and mouse on real checkpoints, whole and broken; and on made-up ones where this
// machine lacks the size or the device.
#include <QtTest>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QStatusBar>
#include <QToolButton>
#include <cstring>
#include <memory>

#include "tests/ui/own_settings.h"
#include "tests/ui/settle.h"
#include "tests/ui/control_checks.h"
#include "tests/ui/fake_inspector.h"
#include "ui/panels/main_window.h"
#include "ui/panels/model_dialog.h"
#include "ui/panels/sample_panel.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

const QString kMiniature = QStringLiteral(R2T2_SOURCE_DIR "/resources/miniature");
const QString kAtFirst = QStringLiteral("miniature model \u00b7 CPU \u00b7 fp32");

void copy_folder(const QString& from, const QString& to) {
    QVERIFY(QDir().mkpath(to));
    const QStringList names = QDir(from).entryList(QDir::Files);
    for (const QString& name : names) {
        QVERIFY(QFile::copy(from + QLatin1Char('/') + name, to + QLatin1Char('/') + name));
        QVERIFY(QFile::setPermissions(to + QLatin1Char('/') + name, QFile::ReadOwner | QFile::WriteOwner));
    }
}

bool enabled(const QComboBox* box, const QString& text) {
    const auto* items = qobject_cast<const QStandardItemModel*>(box->model());
    const int at = box->findText(text, Qt::MatchStartsWith);
    return at >= 0 && items->item(at)->isEnabled();
}

}  // namespace

class TestModelDialog final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void key_opens_it_on_what_is_open();
    void a_broken_checkpoint_cannot_be_opened();
    void int8_is_opened_and_answers();
    void cancelling_keeps_the_former_model();
    void an_error_keeps_the_former_model();
    void a_dropped_checkpoint_is_offered();
    void every_control_explains_itself_and_has_a_key();
    void options_of_the_command_line();
    void a_wrong_option_is_told_and_mended();
    void too_large_is_a_warning();
    void devices_and_their_precisions();
    void many_problems_are_listed();

private:
    ModelDialog* open_dialog() {
        QTest::keyClick(window_.get(), Qt::Key_M, Qt::ControlModifier);
        auto* dialog = window_->findChild<ModelDialog*>();
        if (dialog != nullptr) {
            checked(*dialog);
        }
        return dialog;
    }
    /// Until the folder's check and the devices are there.
    void checked(ModelDialog& dialog) {
        QTRY_VERIFY_WITH_TIMEOUT(part<QLabel>(dialog, "modelName")->text() != QStringLiteral("Checking\u2026") && !window_->workspace().jobs().busy(), kPatience);
    }
    void type_folder(ModelDialog& dialog, const QString& path) {
        QLineEdit* line = part<QComboBox>(dialog, "modelFolder")->lineEdit();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, path);
        QVERIFY(part<QRadioButton>(dialog, "modelOwn")->isChecked());
        QVERIFY(!part<QPushButton>(dialog, "modelOpen")->isEnabled());  // not before it was looked at
        QTest::qWait(400);
        checked(dialog);
    }
    void choose_bundled(ModelDialog& dialog) {
        auto* button = part<QRadioButton>(dialog, "modelBundled");
        QTest::mouseClick(button, Qt::LeftButton, {}, QPoint(10, button->height() / 2));
        QVERIFY(button->isChecked());
        checked(dialog);
    }
    /// As with the keyboard: Down until it is there.
    void choose(QComboBox* box, const QString& data) {
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Home);
        for (int i = 0; i < box->count() && box->currentData().toString() != data; ++i) {
            QTest::keyClick(box, Qt::Key_Down);
        }
        QCOMPARE(box->currentData().toString(), data);
    }
    template <typename T>
    static T* part(QWidget& parent, const char* name) {
        return parent.findChild<T*>(QLatin1String(name));
    }
    void answers_again() {
        const InspectionPtr before = window_->workspace().inspection();
        window_->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window_.get(), kPatience));
        QTest::keyClick(window_.get(), Qt::Key_F5);
        settle(*window_);
        QVERIFY(window_->workspace().inspection() != before);
        QCOMPARE(window_->workspace().inspection()->trajectories().size(), window_->workspace().inspector()->info().surfaces.empty() ? 5u : 6u);
    }
    [[nodiscard]] QString mark() const { return window_->findChild<QLabel*>(QStringLiteral("modelMark"))->text(); }
    void use_fake(FakeModule& module) {
        window_->workspace().set_module(&module);
        window_->begin({});
        settle(*window_);
    }

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<MainWindow> window_;
};

void TestModelDialog::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("model-dialog"), folder_->path());
    apply_theme(*qApp, Theme::Light);
}

void TestModelDialog::init() {
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    window_ = std::make_unique<MainWindow>();
    window_->resize(1280, 800);
    window_->show();
    QVERIFY(QTest::qWaitForWindowExposed(window_.get(), kPatience));
    static const QStringList begin_by_themselves = {QStringLiteral("options_of_the_command_line"), QStringLiteral("a_wrong_option_is_told_and_mended"),
                                                    QStringLiteral("too_large_is_a_warning"), QStringLiteral("devices_and_their_precisions"),
                                                    QStringLiteral("many_problems_are_listed")};
    if (!begin_by_themselves.contains(QLatin1String(QTest::currentTestFunction()))) {
        window_->begin({});
        settle(*window_);
        QVERIFY(window_->workspace().inspection());
    }
}

void TestModelDialog::cleanup() { window_.reset(); }

void TestModelDialog::key_opens_it_on_what_is_open() {
    const InspectorPtr before = window_->workspace().inspector();
    ModelDialog* dialog = open_dialog();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(part<QRadioButton>(*dialog, "modelBundled")->isChecked());
    const QString facts = part<QLabel>(*dialog, "modelFacts")->text();
    QVERIFY2(facts.contains(QStringLiteral("%L1 parameters").arg(before->info().parameters)), qPrintable(facts));
    QVERIFY(part<QPushButton>(*dialog, "modelOpen")->isEnabled());
    auto* device = part<QComboBox>(*dialog, "modelDevice");
    QCOMPARE(device->currentText(), QStringLiteral("CPU"));
    if (before->info().cuda.starts_with("none")) {  // "none (why)": the engine's own words stand in the dialog
        QVERIFY(!enabled(device, QStringLiteral("CUDA: no device")));
        const QString why = QString::fromStdString(before->info().cuda).mid(6).chopped(1);
        QVERIFY(!why.isEmpty() && part<QLabel>(*dialog, "modelDeviceNote")->text().contains(why));
    }
    auto* precision = part<QComboBox>(*dialog, "modelPrecision");
    QVERIFY(enabled(precision, QStringLiteral("nf4")) && !enabled(precision, QStringLiteral("fp16")));
    QVERIFY(part<QLabel>(*dialog, "modelMemory")->text().contains(QStringLiteral("4.6 MB")));
    QTest::keyClick(dialog, Qt::Key_Escape);
    settle(*window_);
    QCOMPARE(window_->workspace().inspector(), before);
}

void TestModelDialog::a_broken_checkpoint_cannot_be_opened() {
    const QString broken = folder_->filePath(QStringLiteral("broken"));
    copy_folder(kMiniature, broken);
    QVERIFY(QFile(broken + QStringLiteral("/model.safetensors")).resize(2'000'000));
    ModelDialog* dialog = open_dialog();
    type_folder(*dialog, broken);
    auto* open = part<QPushButton>(*dialog, "modelOpen");
    auto* error = part<QLabel>(*dialog, "modelError");
    QVERIFY(!open->isEnabled());
    QVERIFY2(error->isVisible() && error->text().contains(QStringLiteral("model.safetensors")), qPrintable(error->text()));
    QTest::keyClick(dialog, Qt::Key_Return);
    QVERIFY(dialog->isVisible());
    type_folder(*dialog, folder_->filePath(QStringLiteral("nowhere")));
    QVERIFY(!open->isEnabled());
    QVERIFY2(error->text().contains(QStringLiteral("no such directory")), qPrintable(error->text()));
    type_folder(*dialog, kMiniature);
    QVERIFY(open->isEnabled());
    QVERIFY2(!error->isVisible(), qPrintable(error->text()));
    type_folder(*dialog, QStringLiteral(" "));
    QVERIFY(!open->isEnabled());
    choose_bundled(*dialog);
    QVERIFY(open->isEnabled());
}

/// The same sample, the same parameters, other numbers: what somebody who compares precisions wants.
void TestModelDialog::int8_is_opened_and_answers() {
    Workspace& workspace = window_->workspace();
    workspace.show_sample(workspace.lists()[1], 3);
    settle(*window_);
    MethodParams params = workspace.params();
    params.k = 4;
    workspace.change_params(params, QStringLiteral("k"));
    settle(*window_);
    const InspectionPtr before = workspace.inspection();
    ModelDialog* dialog = open_dialog();
    type_folder(*dialog, kMiniature);
    choose(part<QComboBox>(*dialog, "modelPrecision"), QStringLiteral("int8"));
    QVERIFY(part<QLabel>(*dialog, "modelPrecisionNote")->text().contains(QStringLiteral("8 bits a weight")));
    part<QSpinBox>(*dialog, "modelThreads")->setValue(2);
    QTest::mouseClick(part<QPushButton>(*dialog, "modelOpen"), Qt::LeftButton);
    settle(*window_);
    QCOMPARE(mark(), QStringLiteral("miniature model \u00b7 CPU \u00b7 int8"));
    QCOMPARE(workspace.inspector()->info().precision, std::string("int8"));
    QCOMPARE(workspace.options().threads, 2);
    QVERIFY(workspace.inspection() && workspace.inspection() != before);
    QCOMPARE(workspace.inspection()->sample().id, before->sample().id);
    QCOMPARE(workspace.inspection()->sample().set, before->sample().set);
    QCOMPARE(workspace.params().k, std::size_t{4});
    QVERIFY(!(workspace.inspection()->base_routing() == before->base_routing()));  // rounded weights
    const QString shown = window_->findChild<QLabel*>(QStringLiteral("stepAnswer"))->text();
    QVERIFY2(shown.contains(QString::fromStdString(workspace.trajectory()->result().answer->text)), qPrintable(shown));
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window_.get(), kPatience));
    QTest::keyClick(window_.get(), Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
    const QString command = QApplication::clipboard()->text();
    QVERIFY2(command.contains(QStringLiteral("--precision int8")) && command.contains(QStringLiteral("-k 4")), qPrintable(command));
    QVERIFY(window_->diagnostics().contains(QStringLiteral("int8 on cpu")));
    QVERIFY(ModelDialog::recent_folders().contains(kMiniature));
    // The next time it stands there, and the way back is one click.
    dialog = open_dialog();
    QVERIFY(part<QRadioButton>(*dialog, "modelOwn")->isChecked());
    QCOMPARE(part<QComboBox>(*dialog, "modelFolder")->currentText(), kMiniature);
    QCOMPARE(part<QComboBox>(*dialog, "modelPrecision")->currentData().toString(), QStringLiteral("int8"));
    choose_bundled(*dialog);
    choose(part<QComboBox>(*dialog, "modelPrecision"), QStringLiteral("fp32"));
    part<QSpinBox>(*dialog, "modelThreads")->setValue(1);
    QTest::mouseClick(part<QPushButton>(*dialog, "modelOpen"), Qt::LeftButton);
    settle(*window_);
    QCOMPARE(mark(), kAtFirst);
    QVERIFY(workspace.inspection()->base_routing() == before->base_routing());
}

/// 343 MB of zeros take a moment to quantise: progress is shown, and stopped.
void TestModelDialog::cancelling_keeps_the_former_model() {
    const QString medium = folder_->filePath(QStringLiteral("medium"));
    QProcess make;
    make.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), {"model", "make-random", "--config", "medium", "--headers-only", "--out", medium});
    QVERIFY(make.waitForFinished(kPatience) && make.exitCode() == 0);
    const InspectorPtr before = window_->workspace().inspector();
    ModelDialog* dialog = open_dialog();
    type_folder(*dialog, medium);
    choose(part<QComboBox>(*dialog, "modelPrecision"), QStringLiteral("nf4"));
    auto* job = window_->findChild<QLabel*>(QStringLiteral("job"));
    auto* cancel = window_->findChild<QToolButton*>(QStringLiteral("cancelJobs"));
    Progress last;  // how far what was cancelled got
    const QObject while_here;
    connect(&window_->workspace().jobs(), &JobRunner::ended, &while_here, [&last](const JobInfo& each) { last = each.cancelled ? each.progress : last; });
    QTest::mouseClick(part<QPushButton>(*dialog, "modelOpen"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(job->toolTip().contains(QStringLiteral("load weights (MB)")) && job->toolTip().contains(QStringLiteral(".weight")), kPatience);
    QVERIFY(job->isVisible() && job->fontMetrics().horizontalAdvance(job->text()) < window_->width() / 2 + 10);  // the label itself takes what is left
    QVERIFY2(QRegularExpression(QStringLiteral("load weights \\(MB\\) \\d+ / 343, .*weight$")).match(job->text()).hasMatch(), qPrintable(job->text()));
    QTest::mouseClick(cancel, Qt::LeftButton);
    QVERIFY(window_->statusBar()->currentMessage().contains(QStringLiteral("Opening was cancelled; ") + kAtFirst));
    settle(*window_);
    QVERIFY2(last.total > 0 && last.done < last.total, qPrintable(QStringLiteral("%1 of %2").arg(last.done).arg(last.total)));
    QCOMPARE(window_->workspace().inspector(), before);
    QVERIFY(window_->workspace().options().model.empty());
    QCOMPARE(mark(), kAtFirst);
    QVERIFY(!cancel->isVisible());
    answers_again();
}

/// Headers in order, but a weight is not a number: only the engine finds that.
void TestModelDialog::an_error_keeps_the_former_model() {
    const QString nan = folder_->filePath(QStringLiteral("not a number"));
    copy_folder(kMiniature, nan);
    QFile file(nan + QStringLiteral("/model.safetensors"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    const quint32 not_a_number = 0x7fc00000;
    QVERIFY(file.seek(file.size() - 4));
    QCOMPARE(file.write(reinterpret_cast<const char*>(&not_a_number), 4), qint64{4});
    file.close();
    const InspectorPtr before = window_->workspace().inspector();
    ModelDialog* dialog = open_dialog();
    type_folder(*dialog, nan);
    QTest::keyClick(part<QComboBox>(*dialog, "modelPrecision"), Qt::Key_Return);
    settle(*window_);
    QCOMPARE(window_->workspace().inspector(), before);
    QCOMPARE(mark(), kAtFirst);
    QVERIFY2(window_->statusBar()->currentMessage().startsWith(QStringLiteral("Not opened; ") + kAtFirst), qPrintable(window_->statusBar()->currentMessage()));
    QVERIFY2(window_->statusBar()->toolTip().contains(QStringLiteral("NaN")), qPrintable(window_->statusBar()->toolTip()));
    const QList<QLabel*> labels = window_->samples().findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) { return label->isVisible() && label->text().contains(QStringLiteral("NaN")); }));
    answers_again();
}

void TestModelDialog::a_dropped_checkpoint_is_offered() {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(kMiniature)});
    QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window_.get(), &enter);
    QDropEvent dropped(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window_.get(), &dropped);
    auto* dialog = window_->findChild<ModelDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    checked(*dialog);
    QCOMPARE(part<QComboBox>(*dialog, "modelFolder")->currentText(), kMiniature);
    QVERIFY(part<QPushButton>(*dialog, "modelOpen")->isEnabled());
}

void TestModelDialog::every_control_explains_itself_and_has_a_key() {
    ModelDialog* dialog = open_dialog();
    const QStringList poor = poor_controls(*dialog);
    QVERIFY2(poor.isEmpty(), qPrintable(poor.join(QStringLiteral(", "))));
    QStringList keys;
    for (const QWidget* widget : dialog->findChildren<QWidget*>()) {
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        const auto* label = qobject_cast<const QLabel*>(widget);
        const QKeySequence key = QKeySequence::mnemonic(button != nullptr ? button->text() : label != nullptr && label->buddy() != nullptr ? label->text() : QString());
        if (!key.isEmpty()) {
            QVERIFY2(!keys.contains(key.toString()), qPrintable(key.toString()));
            keys << key.toString();
        }
    }
    QVERIFY2(keys.size() >= 7, qPrintable(keys.join(QLatin1Char(' '))));
    QTest::keyClick(dialog, Qt::Key_P, Qt::AltModifier);
    QVERIFY(part<QComboBox>(*dialog, "modelPrecision")->hasFocus());
}

void TestModelDialog::options_of_the_command_line() {
    QProcess studio;
    studio.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2-studio"), {QStringLiteral("--help")});
    QVERIFY(studio.waitForFinished(kPatience) && studio.exitCode() == 0);
    const QByteArray help = studio.readAllStandardOutput();
    QVERIFY2(help.contains("--precision <name>") && help.contains("int8, nf4"), help.constData());
    Opening opening;
    opening.options.precision = "bf16";
    window_->begin(opening);
    settle(*window_);
    QCOMPARE(mark(), QStringLiteral("miniature model \u00b7 CPU \u00b7 bf16"));
    QVERIFY(window_->workspace().command_line().contains(QStringLiteral("--precision bf16")));
}

/// Nothing is open then; the dialog is the way out.
void TestModelDialog::a_wrong_option_is_told_and_mended() {
    Opening opening;
    opening.options.precision = "int9";
    window_->begin(opening);
    settle(*window_);
    QVERIFY(!window_->workspace().inspector());
    const QList<QLabel*> labels = window_->samples().findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
        return label->isVisible() && label->text().contains(QStringLiteral("Precision: found \"int9\"; allowed: fp32, fp64, bf16, fp16, int8, nf4"));
    }));
    ModelDialog* dialog = open_dialog();
    QCOMPARE(part<QComboBox>(*dialog, "modelPrecision")->currentData().toString(), QStringLiteral("fp32"));
    QTest::mouseClick(part<QPushButton>(*dialog, "modelOpen"), Qt::LeftButton);
    settle(*window_);
    QCOMPARE(mark(), kAtFirst);
    QVERIFY(window_->workspace().inspection());
}

void TestModelDialog::too_large_is_a_warning() {
    FakeModule module;
    use_fake(module);
    ModelDialog* dialog = open_dialog();
    auto* memory = part<QLabel>(*dialog, "modelMemory");
    QVERIFY2(memory->text().contains(QStringLiteral("35.47 GB")) && memory->text().contains(QStringLiteral("only 8.00 GB")), qPrintable(memory->text()));
    QVERIFY(part<QPushButton>(*dialog, "modelOpen")->isEnabled());  // it may work, with swap
    choose(part<QComboBox>(*dialog, "modelPrecision"), QStringLiteral("nf4"));
    QVERIFY2(memory->text().contains(QStringLiteral("take 6.47 GB; 8.00 GB are free")), qPrintable(memory->text()));
}

void TestModelDialog::devices_and_their_precisions() {
    FakeModule module;
    use_fake(module);
    ModelDialog* dialog = open_dialog();
    QVERIFY(part<QLabel>(*dialog, "modelDeviceNote")->text().contains(QStringLiteral("once the engine is loaded")));  // nothing is loaded for the dialog
    module.devices_ = {true, 2, ""};
    Q_EMIT window_->workspace().inspectorChanged();  // as when the engine is there while the dialog is open
    settle(*window_);
    auto* device = part<QComboBox>(*dialog, "modelDevice");
    auto* precision = part<QComboBox>(*dialog, "modelPrecision");
    QCOMPARE(device->count(), 3);
    QVERIFY(!part<QLabel>(*dialog, "modelDeviceNote")->isVisible());
    choose(device, QStringLiteral("cuda:1"));
    choose(precision, QStringLiteral("fp16"));
    QVERIFY(part<QLabel>(*dialog, "modelMemory")->text().contains(QStringLiteral("17.74 GB of the device's memory")));
    QCOMPARE(dialog->options().device, std::string("cuda:1"));
    QCOMPARE(dialog->options().precision, std::string("fp16"));
    choose(device, QStringLiteral("cpu"));
    QCOMPARE(dialog->options().precision, std::string("fp32"));  // fp16 is not for it
}

void TestModelDialog::many_problems_are_listed() {
    FakeModule module;
    use_fake(module);
    ModelDialog* dialog = open_dialog();
    type_folder(*dialog, QStringLiteral("/data/broken"));
    auto* problems = part<QListWidget>(*dialog, "modelProblems");
    QVERIFY(problems->isVisible());
    QCOMPARE(problems->count(), 201);
    QCOMPARE(problems->item(200)->text(), QStringLiteral("and 120 more"));
    QVERIFY(!part<QPushButton>(*dialog, "modelOpen")->isEnabled());
    QCOMPARE(breakable(QStringLiteral("a.b/model.safetensors")), QStringLiteral("a.b/model.safetensors"));
    QCOMPARE(breakable(QStringLiteral("x vision_tower.encoder.layers.23.out")), QStringLiteral("x vision_\u200btower.\u200bencoder.\u200blayers.\u200b23.\u200bout"));
    type_folder(*dialog, QStringLiteral("/data/nowhere"));
    QVERIFY(!problems->isVisible());
    QVERIFY(part<QLabel>(*dialog, "modelError")->text().contains(QStringLiteral("no such directory")));
}

QTEST_MAIN(TestModelDialog)
#include "test_model_dialog.moc"
