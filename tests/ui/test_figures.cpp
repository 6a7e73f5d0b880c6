// Paper figures: can every word be read at every width, are the numbers those of the session, is text text?
#include <QtTest>
#include <QApplication>
#include <QXmlStreamReader>

#include "core/results/run_results.h"
#include "tests/ui/figure_sessions.h"
#include "ui/figures/case_card.h"
#include "ui/figures/shift_figure.h"
#include "ui/figures/transition_figure.h"

using namespace r2t2;
using namespace r2t2::ui;

Q_DECLARE_METATYPE(r2t2::ui::FigureRequest)

class TestFigures final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void every_word_can_be_read_data();
    void every_word_can_be_read();
    void transitions_are_the_sessions();
    void coarser_steps_count_against_the_bar_before();
    void published_numbers();
    void shift_counts_add_up();
    void names_stand_beside_their_bars();
    void text_is_text_and_origin_is_inside();
    void bad_names_are_told();
    void one_set_gives_no_radar();
    void figures_show_one_evaluation();
    void a_paper_can_do_without_other_words_data();
    void a_paper_can_do_without_other_words();
    void cells_that_are_alike();
    void numbers_keep_off_the_edge();

private:
    QTemporaryDir folder_;
    std::string path_, sweep_;  ///< six methods; k against steps

    /// The session that gives a figure.
    [[nodiscard]] const std::string& session_of(const FigureKind& kind) const { return kind.subject == FigureSubject::Sweep ? sweep_ : path_; }
};

void TestFigures::initTestCase() {
    path_ = folder_.filePath(QStringLiteral("made up.r2t2")).toStdString();
    sweep_ = folder_.filePath(QStringLiteral("made up sweep.r2t2")).toStdString();
    QVERIFY(write_methods(path_));
    QVERIFY(write_sweep(sweep_));
}

void TestFigures::every_word_can_be_read_data() {
    QTest::addColumn<FigureRequest>("request");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("points");
    for (const FigureKind& kind : figure_kinds()) {
        for (const bool by_set : {false, true}) {
            for (const double width : {60.0, 82.0, 170.0}) {
                for (const double points : {7.0, 9.0}) {
                    if ((width > 60.0 || points < 8.0) && (!by_set || kind.subject == FigureSubject::Sweep)) {
                        FigureRequest request;
                        request.name = kind.name;
                        request.by_set = by_set;
                        request.picture = points > 8.0 ? PictureSource() : PictureSource(striped_picture);
                        QTest::addRow("%s%s, %g mm, %g pt", qPrintable(kind.name), by_set ? " by set" : "", width, points) << request << width << points;
                    }
                }
            }
        }
    }
}

void TestFigures::every_word_can_be_read() {
    QFETCH(FigureRequest, request);
    QFETCH(double, width);
    QFETCH(double, points);
    const auto kind = std::find_if(figure_kinds().begin(), figure_kinds().end(), [&](const FigureKind& each) { return each.name == request.name; });
    const auto made = figure(request, session_of(*kind));
    QVERIFY(made);
    made->set_style({width, 0.0, points, {}});
    std::size_t words = 0;
    const QStringList complaints = unreadable(*made, &words);
    QVERIFY(words > 8);
    keep_picture(*made, QStringLiteral("%1%2_%3_%4").arg(request.name, request.by_set ? QStringLiteral("_by_set") : QString()).arg(width).arg(points));
    QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QStringLiteral("; "))));
}

/// Counted anew from every stored step.
void TestFigures::transitions_are_the_sessions() {
    auto session = SessionReader::open(path_);
    const std::int64_t run = *default_run(*session);
    QCOMPARE(session->run(run)->info.method, std::string("ngd"));
    std::vector<std::array<int, 4>> counted(11);  // right, wrong, mended, harmed
    const auto rows = session->samples(run);
    for (const SampleRow& row : *rows) {
        if (!row.error.empty()) {
            continue;
        }
        const auto sample = session->sample(row.id);
        QVERIFY2(sample.ok(), sample.ok() ? "" : sample.error().message().c_str());
        for (std::size_t t = 0; t < 11; ++t) {
            const bool right = *sample->trajectory.steps[t].correct;
            const bool before = *sample->trajectory.steps[t == 0 ? 0 : t - 1].correct;
            counted[t][right ? 0 : 1] += 1;
            counted[t][2] += !before && right ? 1 : 0;
            counted[t][3] += before && !right ? 1 : 0;
        }
    }
    const QStringList lines = figure({.name = QStringLiteral("accuracy-transitions")}, path_)->tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 12);
    QCOMPARE(lines.front(), QStringLiteral("step\tright\twrong\tpercent right\twrong to right since the row above\tright to wrong since the row above"));
    for (std::size_t t = 0; t < 11; ++t) {
        const QStringList cells = lines[static_cast<qsizetype>(t) + 1].split(QLatin1Char('\t'));
        QCOMPARE(cells[0].toInt(), static_cast<int>(t));
        QCOMPARE(cells[1].toInt(), counted[t][0]);
        QCOMPARE(cells[2].toInt(), counted[t][1]);
        if (t > 0) {
            QCOMPARE(cells[4].toInt(), counted[t][2]);
            QCOMPARE(cells[5].toInt(), counted[t][3]);
        }
    }
}

void TestFigures::coarser_steps_count_against_the_bar_before() {
    auto session = SessionReader::open(path_);
    const auto results = run_results(*session, *default_run(*session));
    const TransitionFigureData data = transition_data(results->overall.steps, results->overall.samples, 5);
    QCOMPARE(data.bars.size(), std::size_t{3});
    int mended = 0, harmed = 0;
    for (const StepCorrectness& sample : results->overall.samples) {
        mended += !*sample[5] && *sample[10] ? 1 : 0;
        harmed += *sample[5] && !*sample[10] ? 1 : 0;
    }
    QCOMPARE(*data.bars[2].mended, static_cast<double>(mended));
    QCOMPARE(*data.bars[2].harmed, static_cast<double>(harmed));
    QCOMPARE(data.bars[2].right, data.bars[1].right + mended - harmed);
    const QStringList rows = TransitionFigure(data).tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QVERIFY(rows.front().split(QLatin1Char('\t'))[4].endsWith(QLatin1String("since the row above")));
    QCOMPARE(rows[3].split(QLatin1Char('\t'))[4].toInt(), mended);  // of step 5, not of step 9 nor of step 0
    QVERIFY(rows[2].startsWith(QLatin1String("5\t")) && rows[3].startsWith(QLatin1String("10\t")));
}

void TestFigures::published_numbers() {
    const TransitionFigure published(published_cvbench_transitions());
    const QStringList lines = published.tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    const std::vector<std::pair<QString, double>> expected = {{"0", 65.8}, {"2", 69.1}, {"4", 71.1}, {"6", 72.4}, {"8", 72.9}, {"10", 73.9}};
    QCOMPARE(lines.size(), 7);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const QStringList cells = lines[static_cast<qsizetype>(i) + 1].split(QLatin1Char('\t'));
        QCOMPARE(cells[0], expected[i].first);
        QVERIFY(std::abs(cells[3].toDouble() - expected[i].second) < 1e-9);
        QVERIFY(cells[4].isEmpty());  // who changed sides was not published
    }
    QByteArray svg = to_svg(published);
    for (const auto& [step, right] : expected) {
        QVERIFY(svg.contains(QByteArray::number(right, 'f', 1)));
    }
}

void TestFigures::shift_counts_add_up() {
    for (const QString& name : {QStringLiteral("expert-shift-flow"), QStringLiteral("expert-shift-matrix")}) {
        const QStringList lines = figure({.name = name}, path_)->tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QMap<QString, int> sums;
        for (const QString& line : lines.mid(1)) {
            const QStringList cells = line.split(QLatin1Char('\t'));
            sums[cells[0] + (cells[1] == QLatin1String("all") ? QStringLiteral(" all") : QStringLiteral(" parts"))] += cells[4].toInt();
        }
        QCOMPARE(sums, (QMap<QString, int>{{"image all", 60}, {"image parts", 60}, {"language all", 60}, {"language parts", 60}}));
    }
}

void TestFigures::text_is_text_and_origin_is_inside() {
    for (const FigureKind& kind : figure_kinds()) {
        const auto made = figure({.name = kind.name, .picture = striped_picture}, session_of(kind));
        const QByteArray svg = to_svg(*made);
        const bool card = kind.name == QLatin1String("case-card");  // the picture is a picture
        QVERIFY2(svg.contains("<text") && svg.contains("<image") == card, qPrintable(kind.name));
        QVERIFY(svg.size() < 1'000'000);
        QXmlStreamReader xml(svg);
        QString origin;
        while (!xml.atEnd()) {
            if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QLatin1String("desc")) {
                origin = xml.readElementText();
            }
        }
        QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
        QVERIFY2(origin.startsWith(QLatin1String("r2t2://run/")) && origin.contains(QLatin1String("session=made%20up")), qPrintable(origin));
        QVERIFY(origin.contains(QLatin1String("r2t2 evaluate --eval \"a set\"")));
        QCOMPARE(origin.contains(QLatin1String("/sample/")), kind.subject == FigureSubject::Sample);
        const QByteArray pdf = to_pdf(*made);
        QVERIFY(pdf.contains("/FontFile"));  // embedded
        QVERIFY(card || !pdf.contains("/Subtype /Image"));
        QCOMPARE(to_image(*made, 2.0).text(QStringLiteral("Description")), origin);
    }
}

void TestFigures::bad_names_are_told() {
    auto session = SessionReader::open(path_);
    const auto made = make_figure({.name = QStringLiteral("pie")}, *session, QStringLiteral("x"));
    QVERIFY(!made.ok());
    QVERIFY(made.error().message().find("expert-shift-flow") != std::string::npos);
    QVERIFY(!make_figure({.name = QStringLiteral("radar"), .run = 77}, *session, QStringLiteral("x")).ok());
}

void TestFigures::one_set_gives_no_radar() {
    const std::string path = folder_.filePath(QStringLiteral("one.r2t2")).toStdString();
    {
        auto session = SessionWriter::create(path);
        const auto run = session->begin_run(session_samples::run_info());
        SampleInfo sample = session_samples::sample_info(1);
        QVERIFY(session->write_sample(*run, sample, session_samples::trajectory(1, {true, false})).ok());
    }
    auto session = SessionReader::open(path);
    const auto radar = make_figure({.name = QStringLiteral("radar")}, *session, QStringLiteral("one.r2t2"));
    QVERIFY(!radar.ok() && radar.error().message().find("three") != std::string::npos);
    QVERIFY(make_figure({.name = QStringLiteral("accuracy-transitions")}, *session, QStringLiteral("one.r2t2")).ok());
}

/// G-dim, G-noise and K-clean by five methods, then O-dim, K-noise and O-clean by NGD into the same session: no figure mixes them, and
/// the chosen run is the one that is drawn.
void TestFigures::figures_show_one_evaluation() {
    const std::string path = folder_.filePath(QStringLiteral("two evaluations.r2t2")).toStdString();
    {
        auto session = SessionWriter::create(path);
        const auto add = [&](const std::string& evaluation, Method method, const std::vector<std::string>& sets, int samples, int right) {
            RunInfo info = session_samples::run_info();
            info.method = to_string(method);
            info.config = R"({"evaluation": ")" + evaluation + R"("})";
            const auto run = session->begin_run(info);
            for (int i = 0; i < samples; ++i) {
                SampleInfo sample = session_samples::sample_info(i);
                sample.id.set = sets[static_cast<std::size_t>(i) % sets.size()];
                Trajectory way = session_samples::trajectory(i, {i < 3, i < right});
                way.method = method;
                QVERIFY(session->write_sample(*run, sample, way, session_samples::reference_name).ok());
            }
            QVERIFY(session->finish_run(*run, RunState::Finished).ok());
        };
        for (const Method method : {Method::Base, Method::ModeFinding, Method::KernelRegression, Method::Ngd, Method::Oracle}) {
            add("evaluation 1", method, {"G-dim", "G-noise", "K-clean"}, 12, method == Method::Base ? 3 : 6);
        }
        add("evaluation 6", Method::Base, {"O-dim", "K-noise", "O-clean"}, 18, 3);
        add("evaluation 6", Method::Ngd, {"O-dim", "K-noise", "O-clean"}, 18, 15);
        add("evaluation 8", Method::Base, {"O-dim", "K-noise", "O-clean"}, 18, 3);
        add("evaluation 8", Method::KernelRegression, {"O-dim", "K-noise", "O-clean"}, 12, 8);
    }
    // Within one evaluation, too, runs of different numbers of samples say how many.
    const QString uneven = figure({.name = QStringLiteral("accuracy-per-step"), .run = 9}, path)->tsv();
    QVERIFY2(uneven.contains(QLatin1String("base, n 18")) && uneven.contains(QLatin1String("kernel regression, n 12")), qPrintable(uneven));
    for (const QString& name : {QStringLiteral("accuracy-per-step"), QStringLiteral("radar")}) {
        for (const auto& [run, methods, note] : {std::tuple{0, 2, "sets: K-noise, O-clean, O-dim"}, {7, 2, "sets: K-noise, O-clean, O-dim"}, {6, 2, "sets: K-noise, O-clean, O-dim"},
                                                 {4, 5, "sets: G-dim, G-noise, K-clean"}, {1, 5, "sets: G-dim, G-noise, K-clean"}}) {
            const auto made = figure({.name = name, .run = run}, path);
            QVERIFY(made);
            QStringList names;
            for (const QStringList& row : cells_of(*made)) {
                names << row[0];
                QVERIFY2(row[5] == QString::number(name == QLatin1String("radar") ? (methods == 2 ? 6 : 4) : methods == 2 ? 18 : 12), qPrintable(row.join(QLatin1Char(' '))));
            }
            names.removeDuplicates();
            QVERIFY2(names.size() == methods, qPrintable(names.join(QLatin1Char(' '))));
            QVERIFY2(made->note().contains(QLatin1String(note)), qPrintable(made->note()));
            QVERIFY(made->plot_provenance().startsWith(QStringLiteral("r2t2://run/%1?").arg(run == 0 ? 7 : run)));
        }
    }
}

namespace {

std::vector<WrittenText> written_on(const Figure& figure) {
    TextRecorder page(figure.plot_size().toSize());
    QPainter painter(&page);
    figure.render_to(painter, figure.plot_size());
    painter.end();
    return page.written();
}

QString words_on(const Figure& figure) {
    QStringList words;
    for (const WrittenText& each : written_on(figure)) {
        words << each.text;
    }
    return words.join(QLatin1Char(' ')).simplified();
}

}  // namespace

/// n, what intervals are, whose numbers they are, what the axis starts at, what is counted against what.
void TestFigures::a_paper_can_do_without_other_words_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("wanted");
    for (const auto& [name, wanted] : std::vector<std::pair<const char*, QStringList>>{
             {"accuracy-per-step", {"n = 60", "band: Wilson's 95 % interval"}},
             {"radar", {"n = 15 of each set", "centre: ", " %"}},
             {"expert-shift-flow", {"NGD, 60 samples"}},
             {"expert-shift-matrix", {"NGD, 60 samples", "after:"}},
             {"weight-change", {"NGD, 60 samples", "lines: 95 % t interval of the mean"}},
             {"accuracy-transitions", {"against the bar to the left"}},
             {"ablation-curves", {"bars: Wilson's 95 % interval"}},
             {"ablation-map", {"framed: the highest"}}}) {
        QTest::newRow(name) << QString::fromLatin1(name) << wanted;
    }
}

void TestFigures::a_paper_can_do_without_other_words() {
    QFETCH(QString, name);
    QFETCH(QStringList, wanted);
    const auto made = figure({.name = name}, name.startsWith(QStringLiteral("ablation")) ? sweep_ : path_);
    QVERIFY(made);
    const QString words = words_on(*made);
    for (const QString& each : wanted) {
        QVERIFY2(words.contains(each), qPrintable(each + QStringLiteral(" is not in: ") + words));
    }
    if (name == QLatin1String("expert-shift-matrix")) {  // a row, and a column of two facets: nobody was harmed
        QVERIFY2(words.count(QStringLiteral("I_AUX")) == 3, qPrintable(words));
    }
}

/// Case: I_AUX, I_LANG and I_SELF stood left of a bar that was I_SELF alone. On both sides every bar has its name, and nobody else's.
void TestFigures::names_stand_beside_their_bars() {
    GroupShift group;
    group.group = "image";
    group.experts = {"I_AUX", "I_LANG", "I_SELF"};
    const ShiftMatrix none{3, std::vector<std::int64_t>(9)};
    group.all = none;
    group.all.counts[2 * 3 + 0] = 5;
    group.all.counts[2 * 3 + 2] = 95;
    group.by_outcome.fill(none);
    const ShiftFlowFigure flows({group});
    std::map<QString, std::vector<QRectF>> at;
    for (const WrittenText& each : written_on(flows)) {
        at[each.text].push_back(each.box);
    }
    QVERIFY(!at.contains(QStringLiteral("I_LANG")));
    QCOMPARE(at[QStringLiteral("I_AUX")].size(), std::size_t{1});
    QCOMPARE(at[QStringLiteral("I_SELF")].size(), std::size_t{2});
    const double before = at[QStringLiteral("before")][0].center().x(), after = at[QStringLiteral("after")][0].center().x();
    const auto nearer = [&](const QRectF& box) { return std::abs(box.center().x() - before) < std::abs(box.center().x() - after) ? -1 : 1; };
    QCOMPARE(nearer(at[QStringLiteral("I_SELF")][0]), -1);
    QCOMPARE(nearer(at[QStringLiteral("I_SELF")][1]), 1);
    QCOMPARE(nearer(at[QStringLiteral("I_AUX")][0]), 1);
    QVERIFY(at[QStringLiteral("I_AUX")][0].center().y() < at[QStringLiteral("I_SELF")][1].center().y());
}

/// A colour bar from 90.0 % to 90.0 %, and a frame around every cell.
void TestFigures::cells_that_are_alike() {
    const std::string path = folder_.filePath(QStringLiteral("alike.sqlite")).toStdString();
    {
        auto session = SessionWriter::create(path);
        for (const char* k : {"1", "3"}) {
            for (const char* steps : {"3", "10"}) {
                QVERIFY(session_samples::write_sweep_run(*session, {"e", "ngd", {{"num_neighbors", k}, {"num_steps", steps}}, {14}, 20}) > 0);
            }
        }
    }
    const auto made = figure({.name = QStringLiteral("ablation-map")}, path);
    QVERIFY(made);
    const QString words = words_on(*made);
    QVERIFY2(words.contains(QStringLiteral("the same everywhere")) && !words.contains(QStringLiteral("framed")) && words.count(QStringLiteral("70.0")) == 4, qPrintable(words));
    QVERIFY2(words_on(*figure({.name = QStringLiteral("ablation-map")}, sweep_)).count(QStringLiteral("45.0 %")) == 1, "the bar of cells that differ");
}

/// "0.0055" stood on the page's edge.
void TestFigures::numbers_keep_off_the_edge() {
    for (const double low : {0.0048, -123.4, 0.9}) {
        CaseCardData data;
        data.sample = QStringLiteral("G-dim/4");
        data.method = QStringLiteral("NGD");
        data.objective = QStringLiteral("neighbours' loss");
        for (int t = 0; t < 11; ++t) {
            data.steps.push_back({QStringLiteral("yes"), 1.0, low + 0.00011 * t, true, std::nullopt});
        }
        const CaseCardFigure card(std::move(data));
        for (const WrittenText& each : written_on(card)) {
            QVERIFY2(each.box.left() > 1.5 && each.box.right() < card.plot_size().width() - 0.5, qPrintable(each.text));
        }
    }
}

QTEST_MAIN(TestFigures)
#include "test_figures.moc"
