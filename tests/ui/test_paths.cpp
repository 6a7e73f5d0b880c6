// Names of files that are no text: to Qt's strings and back, into the window from the command line and by drag and drop, and the program's own
// words without a display. Case: studio-latin1-name.
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QProcess>
#include <QtTest>
#include <fstream>

#include "tests/support/patience.h"
#include "tests/ui/own_settings.h"
#include "ui/panels/main_window.h"
#include "ui/paths/file_path.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

std::filesystem::path case_picture() { return R2T2_TEST_DATA "/cases/studio-latin1-name/picture.jpg"; }

}  // namespace

class TestPaths : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        use_own_settings(QStringLiteral("paths"), folder_.path());
        QSettings().setValue(QStringLiteral("guide/seen"), true);
    }
    /// QTemporaryDir does not find them.
    void cleanupTestCase() {
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path().toStdString())) {
            std::filesystem::remove_all(entry.path());
        }
    }

    void bytesComeBack_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("ASCII") << QByteArray("plain name.jpg");
        QTest::newRow("UTF-8") << QByteArray("f\xC3\xBC\xC3\x9F \xE4\xB8\xAD\xF0\x9F\x98\x80.png");
        QTest::newRow("Latin-1") << QByteArray("lat\xE9in.jpg");
        QTest::newRow("Latin-1 at the end") << QByteArray("caf\xE9");
        QTest::newRow("Shift-JIS") << QByteArray("\x93\xFA\x96\x7B.png");
        QTest::newRow("both kinds") << QByteArray("\xC3\xA9\xE9\xC3\xA9");
        QTest::newRow("overlong") << QByteArray("\xC0\xAF");
        QTest::newRow("a surrogate in UTF-8") << QByteArray("\xED\xB3\xA9");
        QTest::newRow("beyond Unicode") << QByteArray("\xF4\x90\x80\x80");
        QTest::newRow("cut off") << QByteArray("x\xE4\xB8");
        QTest::newRow("the replacement character itself") << QByteArray("\xEF\xBF\xBD");
        QByteArray all;
        for (int i = 1; i < 256; ++i) {
            all += static_cast<char>(i);
        }
        QTest::newRow("every byte") << all;
    }
    void bytesComeBack() {
        QFETCH(QByteArray, bytes);
        const std::string name = bytes.toStdString();
        const QString text = path_text(name);
        QCOMPARE(QByteArray::fromStdString(file_path(text).string()), bytes);
        const QString shown = shown_path(text);
        QVERIFY(shown.isValidUtf16() && QString::fromUtf8(shown.toUtf8()) == shown);
        const QString as_url = QStringLiteral("file:///") + QString::fromLatin1(bytes.toPercentEncoding());
        QCOMPARE(QByteArray::fromStdString(file_path(path_text(QUrl(as_url))).string()), "/" + bytes);
    }
    void textIsItself() {
        const QString text = QStringLiteral("f\u00fc\u00df \u4e2d \U0001F600.png");
        QCOMPARE(path_text(text.toStdString()), text);
        QCOMPARE(shown_path(text), text);
        QCOMPARE(file_path(text).string(), text.toStdString());
        QCOMPARE(shown_path(path_text("lat\xE9in.jpg")), QStringLiteral("lat\\xE9in.jpg"));
        QCOMPARE(shown_path(path_text("two\nlines\x1b[31m.jpg")), QStringLiteral("two\\x0Alines\\x1B[31m.jpg"));
    }

    /// A picture, and a folder of them, by a name that is no text.
    void opensThem_data() {
        QTest::addColumn<bool>("dropped");
        QTest::addColumn<bool>("folder");
        QTest::newRow("picture, command line") << false << false;
        QTest::newRow("folder, command line") << false << true;
        QTest::newRow("picture, dropped") << true << false;
    }
    void opensThem() {
        QFETCH(bool, dropped);
        QFETCH(bool, folder);
        const std::filesystem::path root = folder_.path().toStdString();
        std::filesystem::path path = root / "lat\xE9in.jpg";
        if (folder) {
            std::filesystem::create_directories(root / "ordn\xE9r");
            path = root / "ordn\xE9r" / "bild.jpg";
        }
        std::filesystem::copy_file(case_picture(), path, std::filesystem::copy_options::overwrite_existing);
        MainWindow window;
        window.resize(1280, 800);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        Opening opening;
        opening.question = QStringLiteral("what is it?");
        opening.path = dropped ? QString() : path_text((folder ? path.parent_path() : path).string());
        window.begin(opening);
        Workspace& workspace = window.workspace();
        QTRY_VERIFY_WITH_TIMEOUT(!workspace.lists().empty() && !workspace.jobs().busy(), kPatience);
        if (dropped) {
            QMimeData data;
            data.setUrls({QUrl(QStringLiteral("file://") + QString::fromLatin1(QByteArray::fromStdString(path.string()).toPercentEncoding("/")))});
            QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&window, &enter);
            QVERIFY(enter.isAccepted());
            QDropEvent event(QPointF(400, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(&window, &event);
            QVERIFY(event.isAccepted());
            QTRY_VERIFY_WITH_TIMEOUT(!workspace.jobs().busy(), kPatience);
        }
        QCOMPARE(workspace.lists().size(), std::size_t(1));
        QCOMPARE(workspace.lists().front()->size(), std::size_t(1));
    }

    /// A figure's file, and why it could not be written.
    void wordsWithoutADisplay_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("--help") << QStringList{"--help"} << QByteArray("--screenshots");
        QTest::newRow("-h") << QStringList{"-h"} << QByteArray("--screenshots");
        QTest::newRow("--version") << QStringList{"--version"} << QByteArray("r2t2-studio ");
        QTest::newRow("--version after a path") << QStringList{"nothing.jpg", "--version"} << QByteArray("r2t2-studio ");
    }
    void wordsWithoutADisplay() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, said);
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
            environment.remove(QString::fromLatin1(name));
        }
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));  // there is no server: a window would end the program
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(R2T2_BINARY_DIR "/r2t2-studio"), arguments);
        QVERIFY(process.waitForFinished(kPatience));
        const QByteArray out = process.readAllStandardOutput();
        QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, process.readAllStandardError().constData());
        QVERIFY2(out.contains(said), out.constData());
    }

private:
    QTemporaryDir folder_;
};

QTEST_MAIN(TestPaths)
#include "test_paths.moc"
