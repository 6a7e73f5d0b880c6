// The window and the program under German, Turkish and Arabic: the same numbers in, the same numbers out.
#include <QtTest>
#include <QCheckBox>
#include <QDir>
#include <QLabel>
#include <QProcess>
#include <QSettings>
#include <QSpinBox>
#include <clocale>
#include <cstdio>
#include <memory>

#include "core/base/number_text.h"
#include "core/vision/verbalise.h"
#include "tests/ui/own_settings.h"
#include "tests/ui/settle.h"
#include "ui/models/plain_locale.h"
#include "ui/panels/main_window.h"
#include "ui/panels/number_box.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

struct Named {
    const char* name;    ///< of the system's locale
    const char* source;  ///< that localedef makes it from
};
constexpr Named kLocales[] = {{"de_DE.UTF-8", "de_DE"}, {"tr_TR.UTF-8", "tr_TR"}, {"ar_EG.UTF-8", "ar_EG"}};

void rows() {
    QTest::addColumn<QString>("locale");
    for (const Named& each : kLocales) {
        QTest::newRow(each.source) << QString::fromLatin1(each.name);
    }
}

/// Digits of other scripts, or a decimal comma, in any text that the window shows.
QStringList foreign_numbers(const QWidget& window) {
    static const QRegularExpression comma(QStringLiteral("(?<![0-9,.])[0-9]+,[0-9]{1,2}(?![0-9,.])"));
    QStringList out;
    for (const QLabel* label : window.findChildren<QLabel*>()) {
        QString text = label->text();
        text.remove(QRegularExpression(QStringLiteral("<[^>]*>")));
        const bool foreign = std::any_of(text.begin(), text.end(), [](QChar c) { return c.isDigit() && c.unicode() > 127; });
        if (label->isVisible() && (foreign || comma.match(text).hasMatch())) {
            out << text;
        }
    }
    return out;
}

}  // namespace

class TestLocales final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void typed_into_every_field_data() { rows(); }
    void typed_into_every_field();
    void the_core_asks_no_locale_data() { rows(); }
    void the_core_asks_no_locale();
    void the_program_writes_the_same_data() { rows(); }
    void the_program_writes_the_same();

private:
    [[nodiscard]] QByteArray program(const QStringList& arguments, const QString& locale) const;
    std::unique_ptr<QTemporaryDir> folder_;
    bool made_ = false;  ///< the system's locales; Qt's are always there
};

/// A system need not have them: they are made in a folder of the test's own.
void TestLocales::initTestCase() {
    folder_ = std::make_unique<QTemporaryDir>();
    use_own_settings(QStringLiteral("locales"), folder_->path());
    apply_theme(*qApp, Theme::Light);
    QVERIFY(QDir().mkpath(folder_->filePath(QStringLiteral("locales"))));
    made_ = true;
    for (const Named& each : kLocales) {
        QProcess localedef;
        localedef.start(QStringLiteral("localedef"), {"-i", QLatin1String(each.source), "-f", "UTF-8", folder_->filePath(QStringLiteral("locales/") + QLatin1String(each.name))});
        (void)localedef.waitForFinished(kPatience);  // 1: made, with warnings
        made_ = made_ && QFile::exists(folder_->filePath(QStringLiteral("locales/") + QLatin1String(each.name) + QStringLiteral("/LC_NUMERIC")));
    }
    qputenv("LOCPATH", folder_->filePath(QStringLiteral("locales")).toUtf8());
    if (!made_) {
        qWarning("no localedef here: the C library stays in its own locale, Qt does not");
    }
}

void TestLocales::cleanup() {
    std::setlocale(LC_ALL, "C.UTF-8");
    QLocale::setDefault(QLocale::c());
}

void TestLocales::typed_into_every_field() {
    QFETCH(QString, locale);
    QSettings().clear();
    QSettings().setValue(QStringLiteral("guide/seen"), true);
    QVERIFY(!made_ || std::setlocale(LC_ALL, locale.toUtf8().constData()) != nullptr);
    QLocale::setDefault(QLocale(locale.section(QLatin1Char('.'), 0, 0)));
    for (const bool as_the_program : {true, false}) {  // and a field by itself, were a library to change the locale later
        if (as_the_program) {
            use_plain_locale();
        } else {
            QLocale::setDefault(QLocale(locale.section(QLatin1Char('.'), 0, 0)));
        }
        MainWindow window;
        window.resize(1280, 1600);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.begin({});
        settle(window);
        window.use_layout(QStringLiteral("wide"));
        window.show_panel(QStringLiteral("method"));
        Workspace& workspace = window.workspace();
        const auto type = [&](const char* name, const QString& text) {
            auto* box = window.findChild<QAbstractSpinBox*>(QLatin1String(name));
            QVERIFY2(box != nullptr && box->isEnabled(), name);
            box->setFocus();
            box->selectAll();
            for (const QChar letter : text) {
                QTest::sendKeyEvent(QTest::Click, box, Qt::Key_unknown, QString(letter), Qt::NoModifier);
            }
            QTest::keyClick(box, Qt::Key_Return);
        };
        const auto is = [&](const std::function<bool(const MethodParams&)>& right, const char* what) {
            QTRY_VERIFY2_WITH_TIMEOUT(right(workspace.params()), what, kPatience);
            settle(window);
            QVERIFY2(workspace.made_by() != nullptr && right(*workspace.made_by()), what);  // and it was run
        };
        for (const QString& text : {QStringLiteral("0.3"), QStringLiteral("0,25"), QStringLiteral("\u0660\u066b\u0664"), QStringLiteral("2e-1")}) {
            const double value = *parse_number(text.toStdString(), "typed");
            type("initialRate", text);
            is([&](const MethodParams& p) { return p.initial_lr == value; }, "first rate");
            type("bandwidth", text);
            is([&](const MethodParams& p) { return p.kernel.bandwidth == value; }, "bandwidth");
            const bool usual = workspace.inspector()->info().defaults.kernel.bandwidth == value;  // not said
            QVERIFY2(usual || workspace.command_line().contains(QStringLiteral("--bandwidth ") + QString::number(value)), qPrintable(workspace.command_line()));
        }
        type("finalRate", QStringLiteral("0,001"));
        is([](const MethodParams& p) { return p.final_lr == 0.001; }, "last rate");
        type("steps", QStringLiteral("\u0663"));
        is([](const MethodParams& p) { return p.steps == 3; }, "steps");
        type("k", QStringLiteral("4"));
        is([](const MethodParams& p) { return p.k == 4; }, "k");
        window.findChild<QComboBox*>(QStringLiteral("neighbourhood"))->setCurrentIndex(1);
        type("epsilon", QStringLiteral("0,75"));
        is([](const MethodParams& p) { return p.epsilon == 0.75; }, "epsilon");
        workspace.set_method(Method::ModeFinding);
        settle(window);
        type("eta", QStringLiteral("0,5"));
        is([](const MethodParams& p) { return p.eta == 0.5; }, "eta");
        type("routingK", QStringLiteral("7"));
        is([](const MethodParams& p) { return p.routing_k == 7; }, "routing k");
        workspace.set_method(Method::KernelRegression);
        settle(window);
        type("alphaGrid", QStringLiteral("5"));
        is([](const MethodParams& p) { return p.alpha_grid == 5; }, "alpha grid");
        type("bandwidth", QStringLiteral("1,234"));
        is([](const MethodParams& p) { return p.kernel.bandwidth == 0.2; }, "refused");
        if (as_the_program) {
            const QStringList foreign = foreign_numbers(window);
            QVERIFY2(foreign.isEmpty(), qPrintable(foreign.join(QLatin1Char('\n'))));
        }
        QCOMPARE(window.layoutDirection(), Qt::LeftToRight);  // the interface is English: plots are not mirrored
    }
}

/// Facts are words that the model reads, also where a library has set the locale behind our back.
void TestLocales::the_core_asks_no_locale() {
    QFETCH(QString, locale);
    AuxiliaryFacts facts;
    facts.segments.push_back({1, "cat", {0.25, 0.5, 0.75, 1.0}});
    facts.detections.push_back({"dog", 0.875, {0.125, 0.25, 0.5, 0.625}});
    std::setlocale(LC_ALL, "C");
    const std::string plain = verbalise(facts, VerbaliseOptions::upstream());
    QVERIFY(plain.find("0.25") != std::string::npos);
    if (made_) {
        QVERIFY(std::setlocale(LC_ALL, locale.toUtf8().constData()) != nullptr);
        if (locale.startsWith(QLatin1String("ar")) == false) {
            char text[16];
            std::snprintf(text, sizeof text, "%.1f", 0.5);
            QCOMPARE(std::string(text), std::string("0,5"));  // it is another locale
        }
    }
    QCOMPARE(verbalise(facts, VerbaliseOptions::upstream()), plain);
    QCOMPARE(number_text(0.3), std::string("0.3"));
    QCOMPARE(fixed_text(0.5, 2), std::string("0.50"));
    QCOMPARE(*parse_number("0.3", "x"), 0.3);
}

QByteArray TestLocales::program(const QStringList& arguments, const QString& locale) const {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), locale);
    environment.insert(QStringLiteral("LANG"), locale);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2"), arguments);
    if (!process.waitForFinished(5 * kPatience) || process.exitCode() != 0) {
        qWarning("%s", process.readAllStandardError().constData());
        return "failed";
    }
    return process.readAllStandardOutput();
}

/// Reports, exports, figures with their tables: to the byte as under C.
void TestLocales::the_program_writes_the_same() {
    QFETCH(QString, locale);
    const QString session = folder_->filePath(QStringLiteral("sweep.r2t2"));
    if (!QFile::exists(session)) {
        QVERIFY(program({"evaluate", "--eval", "G-dim,K-noise", "--samples", "3", "--methods", "base,ngd", "--num-steps", "3", "--sweep", "initial-lr=0.1,0.5,2", "--no-controls", "--quiet", "--session", session},
                        locale) != "failed");
    }
    const auto everything = [&](const QString& in, const QString& under) {
        const QString out = folder_->filePath(in);
        QByteArray all = program({"compare", session, session, "--run-a", "1", "--run-b", "2"}, under);
        all += program({"export", session, "--out", out + QStringLiteral("-export")}, under);
        all += program({"figure", "--all", "--session", session, "--out", out + QStringLiteral("-figures")}, under);
        QMap<QString, QByteArray> files;
        for (const QString& folder : {out + QStringLiteral("-export"), out + QStringLiteral("-figures")}) {
            for (const QString& name : QDir(folder).entryList(QDir::Files)) {
                QFile file(folder + QLatin1Char('/') + name);
                if (file.open(QIODevice::ReadOnly)) {
                    files[name] = file.readAll().replace(out.toUtf8(), "OUT");
                }
            }
        }
        files[QStringLiteral("printed")] = all.replace(out.toUtf8(), "OUT");
        return files;
    };
    const auto plain = everything(QStringLiteral("plain"), QStringLiteral("C"));
    const auto there = everything(QStringLiteral("there-") + locale.left(2), locale);
    QVERIFY(plain.size() > 5);
    QCOMPARE(there.keys(), plain.keys());
    for (const QString& name : plain.keys()) {
        QVERIFY2(plain[name] == there[name], qPrintable(name));
    }
    QVERIFY(!plain[QStringLiteral("printed")].contains("failed"));
}

QTEST_MAIN(TestLocales)
#include "test_locales.moc"
