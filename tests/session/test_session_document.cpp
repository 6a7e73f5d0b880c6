// docs/session-schema.md is for people with a database tool: its examples are run as they stand there, and what they print
// is compared with what was written.
#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QtTest>

#include "core/session/sqlite.h"
#include "tests/session/session_samples.h"
#include "tests/support/files.h"
#include "tests/support/patience.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

/// The document's first block of that language.
QString example(const QString& language) {
    const QString text = QString::fromStdString(read_file(R2T2_SOURCE_DIR "/docs/session-schema.md"));
    const QString begin = "```" + language + "\n";
    const qsizetype from = text.indexOf(begin);
    const qsizetype to = text.indexOf("```\n", from + begin.size());
    return from < 0 || to < 0 ? QString() : text.mid(from + begin.size(), to - from - begin.size());
}

const std::vector<std::vector<bool>> kPatterns = {{true, true, true}, {true, false, true}, {true, false, false}, {false, true, true}, {true}};

}  // namespace

class TestSessionDocument : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void python();
    void sql();

private:
    QTemporaryDir directory_;
    std::string path_;
};

void TestSessionDocument::initTestCase() {
    path_ = directory_.filePath("results.r2t2").toStdString();  // as the examples call it
    auto session = SessionWriter::create(path_);
    for (int r = 0; r < 2; ++r) {
        const auto run = session->begin_run(run_info());
        QVERIFY(run.ok());
        for (std::size_t i = 0; i < kPatterns.size(); ++i) {
            QVERIFY(session->write_sample(*run, sample_info(static_cast<int>(i)), trajectory(static_cast<int>(i), kPatterns[i]), reference_name).ok());
        }
    }
}

void TestSessionDocument::python() {
    const QString script = example("python");
    QVERIFY2(script.contains("import sqlite3") && script.count('\n') <= 10, qPrintable(script));
    if (QStandardPaths::findExecutable("python3").isEmpty()) {
        QSKIP("python3 is not installed: the document's example is not run (packaging/debian-packages.sh lists it)");
    }
    QProcess process;
    process.setWorkingDirectory(directory_.path());
    process.start("python3", {"-I", "-S", "-c", script});  // the standard library and nothing else
    QVERIFY(process.waitForFinished(kPatience));
    QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0, process.readAllStandardError().constData());
    const QStringList lines = QString::fromUtf8(process.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), qsizetype{4});  // three steps and the routing of a sample
    auto database = sqlite::Database::open(path_, sqlite::OpenMode::Read);
    for (int step = 0; step < 3; ++step) {
        const std::string where = " FROM v_accuracy_per_step WHERE run_id = 1 AND step = " + std::to_string(step);
        const std::int64_t right = *database->number("SELECT SUM(\"right\")" + where), scored = *database->number("SELECT SUM(scored)" + where);
        QCOMPARE(scored, std::int64_t{5});
        QCOMPARE(right, std::int64_t{step == 1 ? 3 : 4});  // by hand: the last sample stays right after its only step
        QCOMPARE(lines[step], QString("%1 %2 %3 %4 %").arg(step).arg(right).arg(scored).arg(100.0 * static_cast<double>(right) / 5.0, 0, 'f', 1));
    }
    QString numbers = lines[3];
    const QStringList parts = numbers.remove('(').remove(')').split(", ");
    const std::vector<double> weights = trajectory(0, kPatterns[0]).steps[0].weights.values();
    QCOMPARE(static_cast<std::size_t>(parts.size()), weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        QCOMPARE(parts[static_cast<qsizetype>(i)].toDouble(), weights[i]);
    }
}

void TestSessionDocument::sql() {
    auto database = sqlite::Database::open(path_, sqlite::OpenMode::Read);
    int statements = 0;
    for (const QString& sql : example("sql").split(';', Qt::SkipEmptyParts)) {
        if (sql.trimmed().isEmpty()) {
            continue;
        }
        auto statement = database->prepare(sql.toStdString());
        QVERIFY2(statement.ok(), statement.ok() ? "" : statement.error().message().c_str());
        const auto row = statement->step();
        QVERIFY2(row.ok(), row.ok() ? "" : row.error().message().c_str());
        ++statements;
    }
    QCOMPARE(statements, 4);
}

QTEST_GUILESS_MAIN(TestSessionDocument)
#include "test_session_document.moc"
