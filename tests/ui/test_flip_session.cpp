// A bit of a session flips. Whoever reads it (`export`, `figure`, `compare`, the window's tables) either shows what it showed before, or
// names what it leaves out, or refuses. 20 flips; R2T2_FLIPS=200 is tests/benchmarks/flip_session.sh.
#include <QtTest>
#include <QDirIterator>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <algorithm>
#include <array>
#include <map>

#include "core/inspect/sample_lists.h"
#include "core/scoring/scoring_version.h"
#include "core/session/session_writer.h"
#include "tests/app/cli_runner.h"
#include "tests/session/benchmark_samples.h"
#include "tests/support/files.h"
#include "ui/models/result_models.h"
#include "ui/models/sample_table_model.h"

using namespace r2t2;
using namespace r2t2::session_samples;

namespace {

/// What a reader showed, and whether it said that something is missing. `broken`: a signal, or no end.
struct Seen {
    QByteArray shown;
    bool named = false;
    bool broken = false;
};

/// Three methods on the same thirty questions of three sets, one of them DocVQA, and one that failed.
bool write_session(const std::string& path) {
    auto session = SessionWriter::create(path);
    bool written = session.ok();
    for (const Method method : {Method::Base, Method::Ngd, Method::Oracle}) {
        RunInfo info = run_info();
        info.method = to_string(method);
        info.config = R"({"evaluation": "evaluation 1", "parameters": {"method": ")" + info.method + R"("}})";
        const auto run = session->begin_run(info);
        RandomStream random = RandomStream::fork(3, "answers", static_cast<std::uint64_t>(method));
        for (int i = 0; written && i < 30; ++i) {
            SampleInfo sample = i % 3 == 0 ? docvqa_sample(i, "right") : sample_info(i);
            sample.scoring_version = kScoringVersion;
            std::vector<bool> right;
            for (int t = 0; t < (method == Method::Base ? 1 : 4); ++t) {
                right.push_back(random.uniform() < 0.6);
            }
            Trajectory one = trajectory(i, right);
            one.method = method;
            if (method != Method::Ngd) {
                one.neighbourhood = {};
                for (TrajectoryStep& step : one.steps) {
                    step.neighbour_losses.clear();
                    step.neighbour_gradient_share.clear();
                }
            }
            written = session->write_sample(*run, sample, one, reference_name).ok();
        }
        written = written && session->record_error(*run, sample_info(99), invalid_input("99.png", "image", "0 bytes", "a picture")).ok() &&
                  session->finish_run(*run, RunState::Finished).ok();
    }
    return written;
}

QByteArray files_in(const QString& folder) {
    QStringList paths;
    for (QDirIterator each(folder, QDir::Files, QDirIterator::Subdirectories); each.hasNext();) {
        paths << each.next();
    }
    paths.sort();
    QByteArray out;
    for (const QString& path : paths) {
        out += QFileInfo(path).fileName().toUtf8() + "\n" + QByteArray::fromStdString(read_file(path.toStdString())) + "\n";
    }
    return out;
}

Seen by_command(const CliRunner& cli, const QStringList& arguments, const QString& folder) {
    const CliResult result = cli.run(arguments);
    return {result.out + (folder.isEmpty() ? QByteArray() : files_in(folder)), result.code == 1 || result.code == 2 || result.code == 3,
            result.code < 0 || result.code > 3 || (result.code != 0 && result.err.isEmpty())};
}

QByteArray table(const QAbstractItemModel& model) {
    QByteArray out;
    for (int row = 0; row < model.rowCount(); ++row) {
        for (int column = 0; column < model.columnCount(); ++column) {
            out += model.index(row, column).data().toString().toUtf8() + "|";
        }
        out += "\n";
    }
    return out;
}

void wait(ui::JobRunner& jobs) {
    while (jobs.busy()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    QCoreApplication::processEvents();
}

QByteArray numbers(const NeighbourStatistics& all) {
    return QByteArray::number(static_cast<qlonglong>(all.samples)) + " " + QByteArray::number(all.neighbours.value, 'g', 17) + " " +
           QByteArray::number(all.distance.value, 'g', 17) + " " + QByteArray::number(all.routing_distance.value, 'g', 17) + "\n";
}

/// The Benchmark page's objects: runs, results, changed samples, neighbours, two runs against each other.
Seen by_results(const QString& path) {
    ui::JobRunner jobs;
    ui::SessionResults results(jobs);
    const ui::RunTableModel runs(results);
    const ui::ResultTableModel scores(results);
    Seen seen;
    QObject::connect(&results, &ui::SessionResults::failed, [&seen](const QString& message) { seen.named = seen.named || !message.isEmpty(); });
    results.open(path, 2);
    wait(jobs);
    results.read_neighbours();
    results.compare(1, 2);
    wait(jobs);
    seen.shown = table(runs) + table(scores);
    if (results.evaluation()) {
        seen.named = seen.named || !results.evaluation()->left_out.empty();
        for (const RunResults& run : results.evaluation()->runs) {
            for (std::size_t step = 0; step < run.overall.steps.size(); ++step) {
                const TransitionCounts& counts = run.overall.steps[step].from_start;
                seen.shown += QByteArray::number(static_cast<qlonglong>(counts.total())) + " " + QByteArray::number(static_cast<qlonglong>(counts.right_after())) + "\n";
            }
        }
    }
    if (results.changed()) {
        for (const r2t2::SampleRow& row : *results.changed()) {
            seen.shown += QByteArray::fromStdString(row.info.id.set + "/" + row.info.id.key + " " + row.outcome + " " + row.final_answer + "\n");
        }
    }
    if (results.neighbours()) {
        seen.named = seen.named || results.neighbours()->damaged > 0;
        seen.shown += numbers(results.neighbours()->report.all);
    }
    if (results.comparison()) {
        const SessionComparison& both = *results.comparison();
        seen.named = seen.named || both.a.damaged + both.b.damaged > 0;
        seen.shown += QByteArray::number(static_cast<qlonglong>(both.overall.scored())) + " " + QByteArray::number(both.overall.difference.value, 'g', 17) + "\n";
    }
    return seen;
}

/// The sample table of the Inspect page.
Seen by_sample_table(const QString& path) {
    const auto lists = open_session_lists(path.toStdString());
    if (!lists.ok()) {
        return {{}, true, false};
    }
    ui::JobRunner jobs;
    ui::SampleTableModel model(jobs);
    model.set_lists(*lists);
    wait(jobs);
    Seen seen{table(model), false, false};
    for (const SampleListPtr& list : *lists) {
        seen.named = seen.named || !list->problems().empty();
    }
    return seen;
}

}  // namespace

class TestFlipSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(cli_.prepare() && write_session(session().toStdString())); }
    void every_flip_is_harmless_or_heard();
    void an_empty_session_is_no_broken_json();

private:
    [[nodiscard]] QString session() const { return cli_.path("session.r2t2"); }
    std::vector<std::pair<QString, Seen>> look() const;
    CliRunner cli_;
};

std::vector<std::pair<QString, Seen>> TestFlipSession::look() const {
    for (const char* folder : {"export", "figures"}) {
        QDir(cli_.path(folder)).removeRecursively();
    }
    const QStringList figures{"accuracy-transitions", "accuracy-per-step", "expert-shift-flow", "weight-change", "radar", "neighbourhood-map"};
    return {{"export", by_command(cli_, {"export", "session.r2t2", "--out", "export", "--quiet"}, cli_.path("export"))},
            {"figure", by_command(cli_, QStringList{"figure"} + figures + QStringList{"--session", "session.r2t2", "--out", "figures", "--format", "csv", "--quiet"}, cli_.path("figures"))},
            {"compare", by_command(cli_, {"compare", "session.r2t2", "session.r2t2", "--run-a", "1", "--run-b", "2", "--json", "--quiet"}, {})},
            {"results", by_results(session())},
            {"sample table", by_sample_table(session())}};
}

void TestFlipSession::every_flip_is_harmless_or_heard() {
    const int flips = qEnvironmentVariableIsSet("R2T2_FLIPS") ? qEnvironmentVariableIntValue("R2T2_FLIPS") : 20;
    const std::string whole = read_file(session().toStdString());
    const auto expected = look();
    for (const auto& [reader, seen] : expected) {
        QVERIFY2(!seen.named && !seen.broken && !seen.shown.isEmpty(), qPrintable(reader));
    }
    RandomStream random(16);
    std::map<QString, std::array<int, 2>> summary;  // same, heard
    for (int i = 0; i < flips; ++i) {
        std::string bytes = whole;
        const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bytes.size())));
        const int bit = static_cast<int>(random.below(8));
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
        write_file(session().toStdString(), bytes);
        const auto now = look();
        for (std::size_t r = 0; r < now.size(); ++r) {
            const auto& [reader, seen] = now[r];
            const QString where = QStringLiteral("%1, bit %2 of byte %3").arg(reader).arg(bit).arg(at);
            QVERIFY2(!seen.broken, qPrintable(where + ": a signal, an unknown exit code, or an error without words"));
            QVERIFY2(seen.shown == expected[r].second.shown || seen.named, qPrintable(where + ": something else is shown, and nothing said"));
            ++summary[reader][seen.named ? 1 : 0];
        }
        const auto left = [this] { return QDir(cli_.path("")).entryList({"session.r2t2-*"}); };
        QTRY_VERIFY2_WITH_TIMEOUT(left().isEmpty(), qPrintable(QStringLiteral("bit %1 of byte %2 leaves %3").arg(bit).arg(at).arg(left().join(QLatin1Char(' ')))), 60'000);
    }
    for (const auto& [reader, counts] : summary) {
        qInfo("%s: %d flips read as before, %d named or refused", qPrintable(reader), counts[0], counts[1]);
    }
}

void TestFlipSession::an_empty_session_is_no_broken_json() {
    const std::string path = cli_.path("e.r2t2").toStdString(), other = cli_.path("e.json").toStdString();
    for (const std::string& bytes : {std::string(), std::string("SQLite"), std::string("{}")}) {
        write_file(path, bytes);
        const auto lists = open_lists(path, 1);
        QVERIFY(!lists.ok());
        const std::string error = lists.error().message();
        QVERIFY2(error.find("JSON") == std::string::npos && error.find("R2-T2 session") != std::string::npos, error.c_str());
    }
    write_file(other, "");
    QVERIFY2(open_lists(other, 1).error().message().find("an empty file") != std::string::npos, open_lists(other, 1).error().message().c_str());
}

QTEST_MAIN(TestFlipSession)
#include "test_flip_session.moc"
