// Figures without a display and without the user's choice of one; what the programs say where there is no platform or no font.
#include <QFile>
#include <QtTest>

#include "core/base/result.h"
#include "tests/app/cli_runner.h"
#include "tests/support/files.h"

using namespace r2t2;

class TestAppDisplay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(cli_.prepare());
        write_file(cli_.path("empty.conf").toStdString(), "<?xml version=\"1.0\"?><fontconfig></fontconfig>");
    }

    /// The same drawing, whatever is set.
    void figures_take_no_platform_data() {
        QTest::addColumn<QByteArray>("platform");
        for (const char* name : {"nonsense", "xcb", "minimal", "vnc", "offscreen", ""}) {
            QTest::newRow(*name == 0 ? "empty" : name) << QByteArray(name);
        }
    }
    void figures_take_no_platform() {
        QFETCH(QByteArray, platform);
        const Ended plain = run("r2t2", {"figure", "published-transitions", "--out", "plain.png"}, {{"QT_QPA_PLATFORM", "offscreen"}});
        QVERIFY2(plain.exited && plain.code == 0, plain.err.constData());
        const Ended other = run("r2t2", {"figure", "published-transitions", "--out", "other.png"}, {{"QT_QPA_PLATFORM", platform}});
        QVERIFY2(other.exited && other.code == 0, other.err.constData());
        QVERIFY(read_file(cli_.path("plain.png").toStdString()) == read_file(cli_.path("other.png").toStdString()));
    }

    /// A figure whose letters are boxes is none; its numbers need no letters.
    void without_fonts() {
        const QList<std::pair<QString, QByteArray>> bare = {{"FONTCONFIG_FILE", cli_.path("empty.conf").toUtf8()}};
        for (const char* ending : {"png", "svg", "pdf"}) {
            const QString file = QString("letters.%1").arg(ending);
            const Ended figure = run("r2t2", {"--quiet", "figure", "published-transitions", "--out", file}, bare);
            QVERIFY2(figure.exited && figure.code == 1, figure.err.constData());
            QVERIFY2(figure.err.contains("r2t2: error: fonts: found none; allowed: at least one"), figure.err.constData());
            QVERIFY(!QFile::exists(cli_.path(file)));
        }
        const Ended folder = run("r2t2", {"figure", "published-transitions", "--out", "letters"}, bare);
        QVERIFY2(folder.code == 1 && !QFile::exists(cli_.path("letters")), folder.err.constData());
        const Ended numbers = run("r2t2", {"figure", "published-transitions", "--out", "letters", "--format", "csv"}, bare);
        QVERIFY2(numbers.code == 0 && QFile::exists(cli_.path("letters/published-transitions.csv")), numbers.err.constData());
        const Ended studio = run("r2t2-studio", {"--screenshots", "shots"}, bare + QList<std::pair<QString, QByteArray>>{{"QT_QPA_PLATFORM", "offscreen"}});
        QVERIFY2(studio.exited && studio.code == 1, studio.err.constData());
        QVERIFY2(studio.err.contains("r2t2-studio: error: fonts: found none"), studio.err.constData());
    }

    /// No abort: one line of our own, with what was asked for.
    void no_window_system_data() {
        QTest::addColumn<QByteArray>("platform");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no such platform") << QByteArray("nonsense") << QByteArray("QT_QPA_PLATFORM is nonsense");
        QTest::newRow("no display") << QByteArray("xcb") << QByteArray("xcb");
        QTest::newRow("several, none there") << QByteArray("nonsense;xcb") << QByteArray("nonsense;xcb");
        QTest::newRow("a path") << QByteArray("/no/such/platform") << QByteArray("/no/such/platform");
    }
    void no_window_system() {
        QFETCH(QByteArray, platform);
        QFETCH(QByteArray, says);
        const Ended studio = run("r2t2-studio", {}, {{"QT_QPA_PLATFORM", platform}});
        QVERIFY2(studio.exited, studio.err.constData());
        QCOMPARE(studio.code, 1);
        QVERIFY2(studio.err.startsWith("r2t2-studio: error: window system: ") && studio.err.contains(says) && studio.err.count('\n') == 1, studio.err.constData());
        const Ended words = run("r2t2-studio", {"--version"}, {{"QT_QPA_PLATFORM", platform}});
        QVERIFY2(words.exited && words.code == 0, words.err.constData());
    }

    /// What an option cannot be is said before a window is there.
    void options_of_the_studio() {
        for (const auto& [option, value, allowed] : {std::tuple{"--theme", "pink", "light, dark, system"}, {"--step", "x", "a whole number from 0"}, {"--step", "-5", "a whole number from 0"},
                                                     {"--step", "99999999999", "a whole number from 0"}}) {
            const Ended studio = run("r2t2-studio", {QString("%1=%2").arg(option, value)}, {{"QT_QPA_PLATFORM", "offscreen"}});
            QVERIFY2(studio.exited && studio.code == 2, studio.err.constData());
            QVERIFY2(studio.err.contains(QByteArray("r2t2-studio: error: options: ") + option + ": found \"" + value + "\"; allowed: " + allowed), studio.err.constData());
        }
    }

private:
    struct Ended {
        bool exited = false;
        int code = -1;
        QByteArray err;
    };
    Ended run(const char* program, const QStringList& arguments, const QList<std::pair<QString, QByteArray>>& set) const {
        QProcess process;
        cli_.set_up(process);
        QProcessEnvironment environment = process.processEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "R2T2_RESOURCES"}) {
            environment.remove(name);
        }
        environment.insert("XDG_CONFIG_HOME", cli_.path("config"));
        environment.insert("XDG_RUNTIME_DIR", cli_.path("."));
        for (const auto& [name, value] : set) {
            environment.insert(name, value);
        }
        process.setProcessEnvironment(environment);
        process.setProgram(QStringLiteral(R2T2_BINARY_DIR "/") + program);
        process.setArguments(arguments);
        process.start();
        const bool ended = process.waitForFinished(kPatience);
        return {ended && process.exitStatus() == QProcess::NormalExit, process.exitCode(), process.readAllStandardError()};
    }
    CliRunner cli_;
};

QTEST_GUILESS_MAIN(TestAppDisplay)
#include "test_app_display.moc"
