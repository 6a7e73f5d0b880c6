// Numbers under de_DE, tr_TR and ar: typed into every numeric field outside the Inspect page, and everywhere they are shown. The same
// text means the same number in every locale; what cannot be meant is said beside the field, and Start never refuses without a reason.
#include <QCheckBox>
#include <QComboBox>
#include <QInputMethodEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QtTest>
#include <clocale>
#include <memory>

#include "tests/support/patience.h"
#include "tests/ui/figure_sessions.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/window_test.h"
#include "ui/models/plain_locale.h"
#include "ui/models/result_models.h"
#include "ui/panels/benchmark_form.h"
#include "ui/panels/benchmark_page.h"
#include "ui/panels/figure_page.h"
#include "ui/panels/main_window.h"
#include "ui/panels/model_dialog.h"
#include "ui/panels/number_box.h"
#include "ui/panels/theme.h"
#include "ui/plots/curve_plot.h"
#include "ui/plots/weight_bands.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

const QStringList kLocales = {QStringLiteral("C"), QStringLiteral("de_DE"), QStringLiteral("tr_TR"), QStringLiteral("ar_SA")};

}  // namespace

class TestLocalePages final : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { window_.reset(); }
    void cleanupTestCase() { std::setlocale(LC_ALL, "C"); }

    void sweep_lists_data();
    void sweep_lists();
    void number_fields_data() { locales(); }
    void number_fields();
    void a_refused_number_is_not_run();
    void pages_show_the_same_numbers_data() { locales(); }
    void pages_show_the_same_numbers();

private:
    static void locales() {
        QTest::addColumn<QString>("locale");
        for (const QString& locale : kLocales) {
            QTest::newRow(qPrintable(locale)) << locale;
        }
    }
    /// As the program begins under that LANG: Qt's application object takes the locale, then main() asks for plain numbers.
    void begin(const QString& locale, MainWindow::Page page) {
        QLocale::setDefault(locale == QLatin1String("C") ? QLocale::c() : QLocale(locale));
        if (std::setlocale(LC_ALL, qPrintable(locale == QLatin1String("C") ? locale : locale + QStringLiteral(".UTF-8"))) == nullptr) {
            QVERIFY(locale != QLatin1String("C"));
            qInfo("%s is not among the C library's locales: Qt's alone", qPrintable(locale));
        }
        use_plain_locale();
        window_ = std::make_unique<MainWindow>();
        window_->resize(1280, 800);
        window_->show();
        QVERIFY(QTest::qWaitForWindowExposed(window_.get()));
        window_->begin({});
        QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);
        window_->show_page(page);
    }
    /// Everything in the field replaced; letters that no key has come by the input method.
    static void type(QWidget* field, const QString& text) {
        auto* box = qobject_cast<QAbstractSpinBox*>(field);
        QLineEdit* line = box != nullptr ? box->findChild<QLineEdit*>() : qobject_cast<QLineEdit*>(field);
        QVERIFY(line != nullptr);
        field->setFocus();
        line->selectAll();
        if (std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 128; })) {
            QTest::keyClick(line, Qt::Key_Backspace);
            QTest::keyClicks(line, text);
        } else {
            QInputMethodEvent event;
            event.setCommitString(text);
            QCoreApplication::sendEvent(line, &event);
        }
    }

    QTemporaryDir folder_;
    std::string session_;
    QStringList first_texts_;  ///< of the C locale
};

/// Locales that the C library lacks are made for this test alone, where localedef and its sources are installed.
void TestLocalePages::initTestCase() {
    use_own_settings(QStringLiteral("locales"), folder_.path());
    qputenv("XDG_DATA_HOME", folder_.path().toUtf8());
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    for (const QString& locale : kLocales.mid(1)) {
        QProcess::execute(QStringLiteral("localedef"), {QStringLiteral("-i"), locale, QStringLiteral("-f"), QStringLiteral("UTF-8"), folder_.filePath(locale + QStringLiteral(".UTF-8"))});
    }
    qputenv("LOCPATH", folder_.path().toUtf8());
    apply_theme(*qApp, Theme::Light);
    session_ = folder_.filePath(QStringLiteral("uneven.sqlite")).toStdString();
    QVERIFY(write_uneven(session_));
}

void TestLocalePages::sweep_lists_data() { locales(); }

void TestLocalePages::sweep_lists() {
    QFETCH(QString, locale);
    begin(locale, MainWindow::Page::Benchmark);
    struct Typed {
        const char* field;
        QString text;
        QStringList values;  ///< empty: refused
    };
    const Typed all[] = {{"sweep-initial-lr", QStringLiteral("0.3"), {"0.3"}},
                         {"sweep-initial-lr", QStringLiteral("0,3"), {}},
                         {"sweep-initial-lr", QStringLiteral("0,1; 0,3"), {"0.1", "0.3"}},
                         {"sweep-initial-lr", QStringLiteral("0.1, 0.3"), {"0.1", "0.3"}},
                         {"sweep-initial-lr", QStringLiteral("0.1,0.3"), {"0.1", "0.3"}},
                         {"sweep-initial-lr", QStringLiteral("1e-2, 0.5"), {"0.01", "0.5"}},
                         {"sweep-initial-lr", QString::fromUtf8("\u0660\u066b\u0663"), {"0.3"}},  // Arabic digits and decimal separator
                         {"sweep-initial-lr", QStringLiteral("a lot"), {}},
                         {"sweep-final-lr", QStringLiteral("0,01; 0,05"), {"0.01", "0.05"}},
                         {"sweep-num-neighbors", QStringLiteral("1,3,5"), {"1", "3", "5"}},
                         {"sweep-num-neighbors", QStringLiteral("1; 3"), {"1", "3"}},
                         {"sweep-num-neighbors", QStringLiteral("1.000"), {}},
                         {"sweep-num-neighbors", QStringLiteral("2.5"), {}},
                         {"sweep-num-steps", QString::fromUtf8("\u0661\u0660"), {"10"}},
                         {"sweep-num-steps", QString(), {}},
                         {"sweep-kernel", QStringLiteral("gaussian; linear"), {"gaussian", "linear"}}};
    for (const Typed& each : all) {
        const QByteArray what = each.field + QByteArray(": ") + each.text.toUtf8();
        auto* edit = find<QLineEdit>(each.field);
        const QString kept = edit->text();
        type(edit, each.text);
        auto* error = find<QLabel>((QByteArray(each.field) + "-error").constData());
        const auto request = window_->findChild<BenchmarkForm*>()->request();
        QVERIFY2(request.ok() == !each.values.isEmpty(), what + (request.ok() ? QByteArray() : QByteArray::fromStdString(request.error().message())));
        QCOMPARE(find<QPushButton>("benchmarkStart")->isEnabled(), request.ok());
        QVERIFY2(error->text().isEmpty() == request.ok() && error->isHidden() == request.ok(), what);
        QVERIFY2(find<QLabel>("startReason")->text().isEmpty() == request.ok(), what);
        if (!request.ok()) {
            QVERIFY2(error->text().contains(edit->accessibleName()) && error->text().contains(QStringLiteral("allowed")), qPrintable(error->text()));
            QVERIFY2(find<QLabel>("startReason")->isVisible(), what);
        } else {
            const std::string axis = QByteArray(each.field).mid(6).toStdString();
            QStringList found;
            for (const SweepAxis& swept : request->sweep) {
                for (const std::string& value : swept.values) {
                    found << (swept.name == axis ? QString::fromStdString(value) : QStringLiteral("of another axis"));
                }
            }
            QCOMPARE(found.isEmpty() ? QStringList{QString::fromStdString(axis_value(request->params, axis))} : found, each.values);
        }
        type(edit, kept);
        QVERIFY2(find<QPushButton>("benchmarkStart")->isEnabled(), what);
    }
}

void TestLocalePages::number_fields() {
    QFETCH(QString, locale);
    begin(locale, MainWindow::Page::Benchmark);
    struct Typed {
        QString text;
        std::optional<double> value;  ///< none: refused, the former one stays
    };
    const std::vector<Typed> whole = {{QStringLiteral("12"), 12.0}, {QString::fromUtf8("\u0661\u0662"), 12.0}, {QStringLiteral("1.5"), {}}, {QStringLiteral("1,5"), {}},
                                      {QStringLiteral("1.000"), {}}, {QStringLiteral("1 000"), {}}, {QStringLiteral("many"), {}}, {QStringLiteral("12 workers"), {}}, {QStringLiteral("12+1"), {}}, {QStringLiteral("999999999999"), {}},
                                      {QStringLiteral("-3"), {}}};
    const std::vector<Typed> decimal = {{QStringLiteral("12.5"), 12.5}, {QStringLiteral("12,5"), 12.5}, {QString::fromUtf8("\u0661\u0662\u066b\u0665"), 12.5},
                                        {QStringLiteral("1.234,5"), {}}, {QStringLiteral("wide"), {}}, {QStringLiteral("8+1"), {}}, {QStringLiteral("9 10"), {}},
                                        {QStringLiteral("82;1"), {}}, {QStringLiteral("82/2"), {}}, {QStringLiteral("99999"), {}}};
    const auto check = [&](QAbstractSpinBox* box, const std::vector<Typed>& all, const auto& value_of, const auto& set, double first, const auto& refused) {
        QVERIFY(box != nullptr);
        bool tab = false;
        for (const Typed& each : all) {
            set(first);
            type(box, each.text);
            QTest::keyClick(box, (tab = !tab) ? Qt::Key_Tab : Qt::Key_Return);
            const QByteArray what = (box->objectName() + QStringLiteral(": ") + each.text + QStringLiteral(" -> ") + box->text()).toUtf8();
            QVERIFY2(value_of() == each.value.value_or(first), what);
            QVERIFY2(refused().isEmpty() == each.value.has_value(), what);
        }
    };
    const auto check_whole = [&](WholeBox* box, const std::vector<Typed>& all, double first) {
        check(box, all, [box] { return static_cast<double>(box->value()); }, [box](double value) { box->setValue(static_cast<int>(value)); }, first,
              [box] { return box->refusal().text(); });
    };
    for (const char* name : {"benchmarkSamples", "benchmarkSeed", "benchmarkWorkers"}) {
        check_whole(dynamic_cast<WholeBox*>(find<QSpinBox>(name)), whole, 7.0);
    }
    QVERIFY2(find<QLabel>("benchmarkNumberError")->text().contains(QStringLiteral("-3")), qPrintable(find<QLabel>("benchmarkNumberError")->text()));
    window_->show_page(MainWindow::Page::Data);
    QTRY_VERIFY_WITH_TIMEOUT(find<QSpinBox>("dataLimit")->isEnabled(), kPatience);
    for (const char* name : {"dataLimit", "dataSeed"}) {
        check_whole(dynamic_cast<WholeBox*>(find<QSpinBox>(name)), whole, 7.0);
    }
    QVERIFY(!find<QLabel>("dataNumberError")->isHidden());
    window_->show_page(MainWindow::Page::Figures);
    auto* width = find<QComboBox>("figureWidth");
    width->setCurrentIndex(width->count() - 1);  // another
    for (const char* name : {"figureMillimetres", "figurePoints"}) {
        auto* box = dynamic_cast<NumberBox*>(find<QDoubleSpinBox>(name));
        QVERIFY(box != nullptr);
        std::vector<Typed> all = decimal;
        for (Typed& each : all) {  // millimetres from 30
            if (each.value && box->minimum() > 12.5) {
                each.text.replace(QStringLiteral("12"), QStringLiteral("42")).replace(QString::fromUtf8("\u0661\u0662"), QString::fromUtf8("\u0664\u0662"));
                *each.value = 42.5;
            }
        }
        check(box, all, [box] { return box->value(); }, [box](double value) { box->setValue(value); }, box->minimum() > 12.5 ? 82.0 : 7.0,
              [box] { return box->refusal().text(); });
    }
    QVERIFY(!find<QLabel>("figureError")->text().isEmpty());
    QTest::keyClick(window_.get(), Qt::Key_M, Qt::ControlModifier);
    auto* dialog = window_->findChild<ModelDialog*>();
    QVERIFY(dialog != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(!window_->workspace().jobs().busy(), kPatience);  // the folder's check and the devices
    dialog->activateWindow();
    QApplication::setActiveWindow(dialog);
    QTRY_VERIFY_WITH_TIMEOUT(dialog->isActiveWindow(), kPatience);
    auto* threads = dynamic_cast<WholeBox*>(dialog->findChild<QSpinBox*>(QStringLiteral("modelThreads")));
    check_whole(threads, {{QStringLiteral("1"), 1.0}, {QStringLiteral("1.000"), {}}, {QStringLiteral("0,5"), {}}}, 0.0);
    auto* told = dialog->findChild<QLabel*>(QStringLiteral("modelNumberError"));  // refused in silence before
    QVERIFY2(told != nullptr && told->isVisible() && told->text().contains(QStringLiteral("0,5")), told == nullptr ? "no label" : qPrintable(told->text()));
    dialog->reject();
}

/// Start is pressed with the field still in hand: what was typed is not a number, so nothing runs with the former one.
void TestLocalePages::a_refused_number_is_not_run() {
    begin(QStringLiteral("de_DE"), MainWindow::Page::Benchmark);
    auto* samples = find<QSpinBox>("benchmarkSamples");
    samples->setValue(200);
    type(samples, QStringLiteral("1.000"));
    window_->findChild<BenchmarkPage*>()->start();
    QVERIFY(!window_->benchmark().active());
    QVERIFY2(find<QLabel>("benchmarkError")->text().contains(QStringLiteral("1.000")), qPrintable(find<QLabel>("benchmarkError")->text()));
    QCOMPARE(samples->value(), 200);
}

/// Every label, cell, axis and figure of the pages, letter by letter as under C.
void TestLocalePages::pages_show_the_same_numbers() {
    QFETCH(QString, locale);
    begin(locale, MainWindow::Page::Benchmark);
    window_->open_path(QString::fromStdString(session_));
    const auto* model = qobject_cast<ResultTableModel*>(find<QTableView>("resultTable")->model());
    QTRY_VERIFY_WITH_TIMEOUT(model->rowCount() == 3 && !window_->workspace().jobs().busy(), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("pairNote")->text().startsWith(QStringLiteral("Of ")), kPatience);
    window_->show_page(MainWindow::Page::Figures);
    QTRY_VERIFY_WITH_TIMEOUT(find<QListWidget>("figureKinds")->count() >= 7 && !window_->workspace().jobs().busy(), kPatience);
    QStringList texts;
    for (const char* page : {"benchmarkPage", "figurePage"}) {
        for (const QLabel* label : find<QWidget>(page)->findChildren<QLabel*>()) {
            texts << label->text();
        }
        for (const QAbstractSpinBox* box : find<QWidget>(page)->findChildren<QAbstractSpinBox*>()) {
            texts << box->text();
        }
        for (const QTableView* view : find<QWidget>(page)->findChildren<QTableView*>()) {
            const QAbstractItemModel& table = *view->model();
            for (int row = 0; row < table.rowCount(); ++row) {
                for (int column = 0; column < table.columnCount(); ++column) {
                    texts << table.headerData(column, Qt::Horizontal).toString() << table.index(row, column).data().toString()
                          << table.index(row, column).data(Qt::ToolTipRole).toString();
                }
            }
        }
    }
    texts << find<CurvePlot>("benchmarkAccuracy")->tsv() << find<WeightBands>("benchmarkTransitions")->tsv();
    for (const FigureKind& kind : figure_kinds()) {
        const auto made = figure({.name = kind.name, .picture = striped_picture}, session_);
        if (made) {
            texts << QString::fromUtf8(to_svg(*made)) << made->tsv();
        }
    }
    QVERIFY(texts.size() > 100);
    if (locale == QLatin1String("C")) {
        first_texts_ = texts;
    }
    QCOMPARE(texts.size(), first_texts_.size());
    for (qsizetype i = 0; i < texts.size(); ++i) {
        QCOMPARE(texts[i], first_texts_[i]);
    }
    QCOMPARE(QGuiApplication::layoutDirection(), Qt::LeftToRight);
}

QTEST_MAIN(TestLocalePages)
#include "test_locale_pages.moc"
