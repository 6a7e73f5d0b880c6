// Figures and files of a session that holds cancelled runs, an oracle run, failed samples, a run without truth and a killed one: no
// number of a step that nobody was scored at, no ribbon outside the axes, and everywhere how much of the run it is.
#include <QApplication>
#include <QRegularExpression>
#include <QtTest>
#include <cmath>

#include "core/results/result_table.h"
#include "core/results/run_results.h"
#include "core/results/session_compare.h"
#include "core/run/session_compare_output.h"
#include "core/run/session_export.h"
#include "tests/ui/figure_sessions.h"
#include "ui/figures/transition_figure.h"
#include "ui/models/run_label.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

constexpr std::int64_t kOracle = 3, kNoTruth = 4, kKilled = 5;

QString words_of(const Figure& figure) {
    TextRecorder page(figure.plot_size().toSize());
    {
        QPainter painter(&page);
        figure.render_to(painter, figure.plot_size());
    }
    QStringList words;
    for (const WrittenText& each : page.written()) {
        words << each.text;
    }
    return words.join(QLatin1Char('|'));
}

/// Boxes of what is drawn that leave the page.
QStringList outside(const Figure& figure) {
    TextRecorder page(figure.plot_size().toSize());
    {
        QPainter painter(&page);
        figure.render_to(painter, figure.plot_size());
    }
    const QRectF whole = QRectF(QPointF(0, 0), figure.plot_size()).adjusted(-1.0, -1.0, 1.0, 1.0);
    QStringList out;
    for (const QRectF& box : page.drawn()) {
        if (!(whole.left() <= box.left() && whole.top() <= box.top() && box.right() <= whole.right() && box.bottom() <= whole.bottom())) {
            out << QStringLiteral("%1 %2 %3 %4").arg(box.left()).arg(box.top()).arg(box.right()).arg(box.bottom());
        }
    }
    return out;
}

std::vector<StepCorrectness> random_patterns(RandomStream& random) {
    std::vector<StepCorrectness> samples(static_cast<std::size_t>(1 + random.below(12)));
    const double unknown = random.uniform(), more = random.uniform();
    const auto steps = static_cast<std::size_t>(1 + random.below(30));
    for (StepCorrectness& sample : samples) {
        sample.resize(random.uniform() < 0.3 ? static_cast<std::size_t>(random.below(static_cast<std::int64_t>(steps) + 1)) : steps);
        for (auto& right : sample) {
            right = random.uniform() < unknown ? std::nullopt : std::optional(random.uniform() < more);
        }
    }
    return samples;
}

std::string read_whole(const std::filesystem::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

}  // namespace

class TestUnevenFigures final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        path_ = folder_.filePath(QStringLiteral("uneven.r2t2")).toStdString();
        QVERIFY(write_uneven(path_));
    }
    void ribbons_of_random_patterns_stay_inside_their_bars();
    void drawings_of_random_patterns_stay_on_the_page();
    void every_figure_says_what_it_lacks_data();
    void every_figure_says_what_it_lacks();
    void the_oracle_has_two_bars();
    void levels_have_no_step();
    void a_whole_run_says_nothing();
    void references_among_the_samples_are_said();
    void tables_say_how_much();
    void exports_say_how_much();
    void an_incomplete_side_is_compared_on_common_samples();

private:
    QTemporaryDir folder_;
    std::string path_;
};

/// 600 sets of samples with unknown answers anywhere: bars are of scored steps, as many of them as were scored; what flows out of a
/// bar and into one is never more than its right or wrong part, and all of it where everybody is scored at both.
void TestUnevenFigures::ribbons_of_random_patterns_stay_inside_their_bars() {
    RandomStream random(31);
    constexpr double kRound = 1e-12;
    for (int round = 0; round < 600; ++round) {
        const std::vector<StepCorrectness> samples = random_patterns(random);
        const std::vector<StepTransitions> steps = transitions(samples);
        const TransitionFigureData data = transition_data(steps, samples, static_cast<int>(random.below(4)));
        for (std::size_t i = 0; i < data.bars.size(); ++i) {
            const TransitionBar& bar = data.bars[i];
            const std::size_t t = bar.label.toULong();
            QVERIFY(t < steps.size() && steps[t].scored > 0);
            QCOMPARE(bar.scored(), static_cast<double>(steps[t].scored));
            QCOMPARE(bar.right, static_cast<double>(steps[t].right));
            if (i == 0) {
                continue;
            }
            const TransitionBar& before = data.bars[i - 1];
            QVERIFY(bar.kept_right + *bar.harmed <= before.right && bar.kept_wrong + *bar.mended <= before.wrong);
            QVERIFY(bar.kept_right + *bar.mended <= bar.right && bar.kept_wrong + *bar.harmed <= bar.wrong);
            double out = 0.0, in = 0.0;
            for (const TransitionFlow& flow : transition_flows(before, bar)) {
                QVERIFY(flow.from_low >= -kRound && flow.from_low + flow.from_amount <= 1.0 + kRound && flow.from_amount >= 0.0);
                QVERIFY(flow.to_low >= -kRound && flow.to_low + flow.to_amount <= 1.0 + kRound && flow.to_amount >= 0.0);
                const bool was_right = flow.kind == TransitionFlow::Kind::StaysRight || flow.kind == TransitionFlow::Kind::Harmed;
                const bool is_right = flow.kind == TransitionFlow::Kind::StaysRight || flow.kind == TransitionFlow::Kind::Mended;
                const double split0 = before.right / before.scored(), split1 = bar.right / bar.scored();
                QVERIFY(was_right ? flow.from_low + flow.from_amount <= split0 + kRound : flow.from_low >= split0 - kRound);
                QVERIFY(is_right ? flow.to_low + flow.to_amount <= split1 + kRound : flow.to_low >= split1 - kRound);
                out += flow.from_amount;
                in += flow.to_amount;
            }
            QVERIFY(out <= 1.0 + kRound && in <= 1.0 + kRound);
            const double both = bar.kept_right + bar.kept_wrong + *bar.mended + *bar.harmed;
            QVERIFY(both < before.scored() || std::abs(out - 1.0) < kRound);
            QVERIFY(both < bar.scored() || std::abs(in - 1.0) < kRound);
        }
    }
}

void TestUnevenFigures::drawings_of_random_patterns_stay_on_the_page() {
    RandomStream random(37);
    for (int round = 0; round < 60; ++round) {
        const std::vector<StepCorrectness> samples = random_patterns(random);
        TransitionFigure figure(transition_data(transitions(samples), samples));
        figure.set_style({82.0, 0.0, 7.0, {}});
        const QStringList boxes = outside(figure);
        QVERIFY2(boxes.isEmpty(), qPrintable(boxes.join(QStringLiteral("; "))));
        QVERIFY(!figure.tsv().contains(QStringLiteral("nan")));
    }
}

void TestUnevenFigures::every_figure_says_what_it_lacks_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("run");
    QTest::addColumn<double>("width");
    for (int run = 1; run <= static_cast<int>(uneven_runs().size()); ++run) {
        auto session = SessionReader::open(path_);
        const auto kinds = figures_of(*session, run);
        QVERIFY(kinds.ok());
        for (const FigureKind& kind : *kinds) {
            for (const double width : {60.0, 82.0, 170.0}) {
                QTest::addRow("%s, run %d, %g mm", qPrintable(kind.name), run, width) << kind.name << run << width;
            }
        }
    }
}

void TestUnevenFigures::every_figure_says_what_it_lacks() {
    QFETCH(QString, name);
    QFETCH(int, run);
    QFETCH(double, width);
    FigureRequest request;
    request.name = name;
    request.run = run;
    request.picture = striped_picture;
    const auto made = figure(request, path_);
    QVERIFY(made);
    made->set_style({width, 0.0, 7.0, {}});
    keep_picture(*made, QStringLiteral("uneven_%1_%2_%3").arg(name).arg(run).arg(width));
    const QStringList complaints = unreadable(*made);
    QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QStringLiteral("; "))));
    const QStringList boxes = outside(*made);
    QVERIFY2(boxes.isEmpty(), qPrintable(boxes.join(QStringLiteral("; "))));
    const QString words = words_of(*made), numbers = made->tsv();
    static const QRegularExpression kNoNumber(QStringLiteral("\\b(nan|inf)\\b"), QRegularExpression::CaseInsensitiveOption);
    QVERIFY2(!words.contains(kNoNumber) && !numbers.contains(kNoNumber), qPrintable(words + numbers));
    const auto kind = std::find_if(figure_kinds().begin(), figure_kinds().end(), [&](const FigureKind& each) { return each.name == name; });
    if (kind->subject == FigureSubject::Sample) {
        QVERIFY(made->warnings().isEmpty());  // about one sample: it is there
        return;
    }
    QString lacks;
    if (kind->subject == FigureSubject::Sweep) {
        lacks = QStringLiteral("1 of 3 runs is incomplete, the least has 10 of 24 samples");
    } else {  // figures of several runs show the evaluation of this one, of which every run lacks the same
        const UnevenRun& wanted = uneven_runs()[static_cast<std::size_t>(run - 1)];
        lacks = QStringLiteral("%1 of %2 samples").arg(wanted.samples).arg(wanted.planned);
        lacks += !wanted.state ? QStringLiteral(", incomplete (still running or killed)") : *wanted.state == RunState::Cancelled ? QStringLiteral(", incomplete (interrupted)") : QString();
        lacks += QStringLiteral("; 1 failed");
        lacks += wanted.truth ? QString() : QStringLiteral("; 23 without a known truth");
    }
    QVERIFY2(made->note().contains(lacks), qPrintable(made->note()));
    QVERIFY(!made->warnings().isEmpty());
    QVERIFY2(made->plot_provenance().contains(lacks), qPrintable(made->plot_provenance()));
    QVERIFY(QString(words).remove(QLatin1Char('|')).remove(QLatin1Char(' ')).contains(QString(lacks).remove(QLatin1Char(' '))));
    QVERIFY(QString::fromUtf8(to_svg(*made)).contains(lacks));
}

void TestUnevenFigures::the_oracle_has_two_bars() {
    const auto made = figure({.name = QStringLiteral("accuracy-transitions"), .run = kOracle}, path_);
    QVERIFY(made);
    auto session = SessionReader::open(path_);
    const auto results = run_results(*session, kOracle);
    const auto rows = cells_of(*made);
    QCOMPARE(rows.size(), std::size_t{2});
    for (const auto& [row, step] : {std::pair<std::size_t, std::size_t>{0, 0}, {1, 10}}) {
        std::int64_t right = 0;
        for (const StepCorrectness& sample : results->overall.samples) {
            right += *sample[step] ? 1 : 0;
        }
        QCOMPARE(rows[row][0].toULong(), step);
        QCOMPARE(rows[row][1].toLongLong(), right);
        QCOMPARE(rows[row][2].toLongLong(), 79 - right);
    }
    const QStringList words = words_of(*made).split(QLatin1Char('|'));
    QVERIFY(!words.contains(QStringLiteral("0.0")) && !words.contains(QStringLiteral("5")));
    // Where only a part was scored, how many is written below every bar.
    const auto ngd = figure({.name = QStringLiteral("accuracy-transitions"), .run = 2}, path_);
    QVERIFY(words_of(*ngd).contains(QStringLiteral("scored")));
    QCOMPARE(cells_of(*ngd)[3][1].toInt() + cells_of(*ngd)[3][2].toInt(), 39);  // step 3, every second one of 79
    QVERIFY(words_of(*figure({.name = QStringLiteral("accuracy-transitions"), .run = kNoTruth}, path_)).contains(QStringLiteral("no scored samples")));
}

/// Other methods stand beside the descent as lines across: their number is of their end, not of step 0.
void TestUnevenFigures::levels_have_no_step() {
    const auto made = figure({.name = QStringLiteral("accuracy-per-step"), .run = kOracle}, path_);
    auto session = SessionReader::open(path_);
    const double oracle = run_results(*session, kOracle)->overall.accuracy(10).value;
    bool seen = false;
    for (const QStringList& row : cells_of(*made)) {
        if (row[0].startsWith(QLatin1String("oracle"))) {
            QCOMPARE(row[1], QStringLiteral("result"));
            QVERIFY(std::abs(row[2].toDouble() - oracle) < 1e-9);
            seen = true;
        }
    }
    QVERIFY(seen);
    QVERIFY(!words_of(*made).contains(QStringLiteral(", n ")));  // all three scored 79
}

void TestUnevenFigures::a_whole_run_says_nothing() {
    const std::string path = folder_.filePath(QStringLiteral("whole.r2t2")).toStdString();
    {
        auto session = SessionWriter::create(path);
        RunInfo info = session_samples::run_info();
        info.config = R"({"evaluation": "evaluation 1", "planned": {"count": 1}})";
        const auto run = session->begin_run(info);
        QVERIFY(session->write_sample(*run, session_samples::sample_info(2), session_samples::trajectory(2, {false, true}), session_samples::reference_name).ok());
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
    const auto made = figure({.name = QStringLiteral("accuracy-transitions")}, path);
    QCOMPARE(made->note(), QStringLiteral("bundled miniature model; wrong \u2192 right, right \u2192 wrong: against the bar to the left"));
    QVERIFY(made->warnings().isEmpty());
}

/// A run that lacks nothing, of samples that are references too: in every figure, and in words of the window.
void TestUnevenFigures::references_among_the_samples_are_said() {
    const std::string path = folder_.filePath(QStringLiteral("shared.r2t2")).toStdString();
    {
        auto session = SessionWriter::create(path);
        RunInfo info = session_samples::run_info();
        info.config = R"({"evaluation": "evaluation 1", "planned": {"count": 1}, "reference_samples": {"sets": {"count": {"count": 1, "ids": ["2"]}}}})";
        const auto run = session->begin_run(info);
        QVERIFY(session->write_sample(*run, session_samples::sample_info(2), session_samples::trajectory(2, {false, true}), session_samples::reference_name).ok());
        QVERIFY(session->finish_run(*run, RunState::Finished).ok());
    }
    const QString said = QStringLiteral("1 of 1 samples; 1 is a reference too (2), not its own neighbour");
    for (const char* name : {"accuracy-transitions", "accuracy-per-step", "expert-shift-flow", "weight-change"}) {
        const auto made = figure({.name = QString::fromLatin1(name)}, path);
        QVERIFY2(made->note().endsWith(said), qPrintable(made->note()));
        QVERIFY(made->warnings().size() == 1 && made->warnings().front().endsWith(said));
    }
    auto session = SessionReader::open(path);
    const auto runs = evaluation_results(*session, 1);
    QVERIFY(runs.ok() && runs->front().coverage.complete());
    QCOMPARE(coverage_note(*runs), said);
}

void TestUnevenFigures::tables_say_how_much() {
    auto session = SessionReader::open(path_);
    const auto runs = evaluation_results(*session, kOracle);
    const ResultTable table = result_table(*runs);
    QCOMPARE(table.rows.size(), std::size_t{3});
    for (const ResultRow& row : table.rows) {
        QVERIFY(!row.coverage.complete());
        QCOMPARE(row.coverage.text(), std::string("80 of 600 samples, incomplete (interrupted); 1 failed"));
        QCOMPARE(row.overall.scored, std::int64_t{79});
        QCOMPARE(row.overall.planned, std::optional<std::int64_t>(600));
        QCOMPARE(row.sets.front().planned, std::optional<std::int64_t>(150));
        QCOMPARE(row.overall.scored, row.overall.change.total());
    }
    const auto killed = run_results(*session, kKilled);
    QCOMPARE(killed->coverage.text(), std::string("12 of 60 samples, incomplete (still running or killed); 1 failed"));
    QCOMPARE(run_results(*session, kNoTruth)->coverage.without_truth, std::int64_t{23});
    QVERIFY(run_results(*session, kNoTruth)->coverage.complete() && !run_results(*session, kNoTruth)->coverage.whole());
    // A part is never the best beside a whole: k 10 of the sweep has 9 scored samples.
    ResultTable sweep = result_table(*evaluation_results(*session, 8));
    QCOMPARE(sweep.rows.size(), std::size_t{3});
    sweep.rows[2].overall.right = sweep.rows[2].overall.scored;
    QVERIFY(!sweep.best(2, sweep.sets.size()));
    QVERIFY(sweep.best(0, sweep.sets.size()) || sweep.best(1, sweep.sets.size()));
}

void TestUnevenFigures::exports_say_how_much() {
    const std::filesystem::path folder = folder_.filePath(QStringLiteral("exported")).toStdString();
    const auto exported = export_session(path_, folder);
    QVERIFY(exported.ok());
    const nlohmann::json results = nlohmann::json::parse(read_whole(folder / "results.json"));
    for (std::size_t r = 0; r < uneven_runs().size(); ++r) {
        const nlohmann::json& run = results["runs"][r];
        QCOMPARE(run["planned"].get<int>(), uneven_runs()[r].planned);
        QCOMPARE(run["samples"].get<int>(), uneven_runs()[r].samples);
        QCOMPARE(run["complete"].get<bool>(), uneven_runs()[r].state == RunState::Finished);
        QCOMPARE(run["sets"][0]["planned"].get<int>(), uneven_runs()[r].planned / 4);
    }
    const nlohmann::json& steps = results["runs"][kOracle - 1]["overall"]["steps"];
    QCOMPARE(steps.size(), std::size_t{2});
    QCOMPARE(steps[1]["step"].get<int>(), 10);
    QVERIFY(results["runs"][kNoTruth - 1]["overall"]["steps"].empty());
    int oracle = 0;
    for (const QString& line : QString::fromStdString(read_whole(folder / "accuracy.csv")).split(QLatin1Char('\n'), Qt::SkipEmptyParts).mid(1)) {
        const QStringList cells = line.split(QLatin1Char(','));
        QCOMPARE(cells.size(), 10);
        QVERIFY(cells[4].toInt() > 0 && !cells[6].isEmpty());  // no line without a number
        QVERIFY(cells[0].toInt() != kNoTruth);
        if (cells[0].toInt() == kOracle) {
            QVERIFY(cells[3] == QLatin1String("0") || cells[3] == QLatin1String("10"));
            QCOMPARE(cells[7], cells[2] == QLatin1String("overall") ? QStringLiteral("600") : QStringLiteral("150"));
            QCOMPARE(cells[8], QStringLiteral("0"));
            QVERIFY(cells[9].isEmpty());  // nobody looked for samples that are references
            ++oracle;
        }
    }
    QCOMPARE(oracle, 2 * 5);
    const QString table = QString::fromStdString(read_whole(folder / "table.tex"));
    QVERIFY(table.contains(QStringLiteral("oracle (uses label)$^{*}$")));
    QVERIFY2(table.contains(QStringLiteral("$^{*}$ base: 80 of 600 samples, incomplete (interrupted); 1 failed")), qPrintable(table));
    QVERIFY(!table.contains(QStringLiteral("nan")));
}

void TestUnevenFigures::an_incomplete_side_is_compared_on_common_samples() {
    const auto both = compare_sessions({path_, 2}, {path_, 6});
    QVERIFY(both.ok());
    QCOMPARE(both->overall.scored(), std::int64_t{23});
    const std::vector<std::string> notes = comparison_notes(*both);
    const std::string text = comparison_text(*both);
    QCOMPARE(notes.size(), std::size_t{3});
    QCOMPARE(notes[0], std::string("A (run 2): 80 of 600 samples, incomplete (interrupted); 1 failed"));
    QCOMPARE(notes[2], std::string("The numbers are of the 23 samples that are scored in both."));
    QVERIFY(text.find("80 of 600 samples, incomplete") != std::string::npos);
    const nlohmann::json json = nlohmann::json::parse(comparison_json(*both, std::nullopt));
    QCOMPARE(json["a"]["complete"].get<bool>(), false);
    QCOMPARE(json["a"]["planned"].get<int>(), 600);
    QCOMPARE(json["b"]["complete"].get<bool>(), true);
    QVERIFY(comparison_notes(*compare_sessions({path_, 6}, {path_, 7})).size() == 2);  // a failed sample each, both complete
}

QTEST_MAIN(TestUnevenFigures)
#include "test_uneven_figures.moc"
