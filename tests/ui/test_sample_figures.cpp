// Figures of one sample: the neighbourhood map and the case card. Which sample, which numbers, long words, missing pictures,
// many points, groups that are no triangle.
#include <QtTest>
#include <QApplication>

#include "tests/ui/figure_sessions.h"
#include "ui/figures/case_card.h"
#include "ui/figures/neighbourhood_figure.h"
#include "ui/figures/neighbourhood_marks.h"
#include "ui/models/session_link.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

const QString kMap = QStringLiteral("neighbourhood-map"), kCard = QStringLiteral("case-card");

/// `points` native routings in a small cloud, a way of eleven steps, five neighbours.
NeighbourhoodData cloud(const RoutingSpace& space, std::size_t points) {
    RandomStream random(5);
    const auto near = [&](double spread) {
        RoutingMatrix logits(1, space.expert_count());
        for (double& value : logits.values()) {
            value = spread * random.normal();
        }
        return softmax(space, logits).values();
    };
    NeighbourhoodData data;
    data.title = QStringLiteral("made up");
    data.space = space;
    for (std::size_t i = 0; i < points; ++i) {
        data.native.push_back({near(0.2), static_cast<Outcome>(i % kOutcomeCount)});
    }
    for (int t = 0; t < 11; ++t) {
        RoutingMatrix logits(1, space.expert_count());
        logits(0, 0) = 0.2 * t;
        data.steps.push_back({softmax(space, logits).values(), t == 4 ? std::optional(OutcomeColour::Mended) : std::nullopt, {}});
    }
    for (int i = 1; i <= 5; ++i) {
        data.neighbours.push_back({near(0.2), 0.2, i, QStringLiteral("refs/%1").arg(i)});
    }
    return data;
}

}  // namespace

class TestSampleFigures final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void the_first_mended_sample_unless_named();
    void numbers_are_the_sessions();
    void neighbours_unknown_are_said();
    void flips_have_the_colour_of_what_they_did();
    void a_missing_picture_is_said();
    void long_words_are_cut();
    void many_points_are_a_picture();
    void seven_experts_are_a_plane();
    void window_is_where_it_happens();
    void ways_out_are_numbered();

private:
    QTemporaryDir folder_;
    std::string path_;
};

void TestSampleFigures::initTestCase() {
    path_ = folder_.filePath(QStringLiteral("made up.r2t2")).toStdString();
    QVERIFY(write_methods(path_));
}

void TestSampleFigures::the_first_mended_sample_unless_named() {
    auto session = SessionReader::open(path_);
    const std::int64_t run = *default_run(*session);
    const auto rows = session->samples(run).value();
    const auto mended = std::find_if(rows.begin(), rows.end(), [](const SampleRow& row) { return row.outcome == "WR"; });
    QVERIFY(mended != rows.end() && mended != rows.begin());
    QCOMPARE(default_sample(*session, run)->key, mended->info.id);
    QVERIFY(default_sample(*session, run)->mended);
    const auto link_of = [](const Figure& figure) { return parse_link(figure.plot_provenance().section(QLatin1Char('\n'), 0, 0)).value(); };
    for (const QString& name : {kMap, kCard}) {
        const SessionLink link = link_of(*figure({.name = name}, path_));
        QCOMPARE(link.run, run);
        QCOMPARE(SampleKey({link.set.toStdString(), link.key.toStdString()}), mended->info.id);
        QCOMPARE(link.step, 10);
        const SampleKey last = rows[rows.size() - 2].info.id;  // its set is called "G_100%"
        QCOMPARE(link_of(*figure({.name = name, .sample = last}, path_)).set.toStdString(), last.set);
        QVERIFY(!figure({.name = name, .sample = SampleKey{"count", "s99"}}, path_));  // it failed
    }
    QCOMPARE(*find_sample(*session, run, "K-noise/s5"), (SampleKey{"K-noise", "s5"}));
    const auto unknown = find_sample(*session, run, "K-noise/s6");
    QVERIFY(!unknown.ok() && unknown.error().message().find("G-clutter/s0") != std::string::npos);
}

void TestSampleFigures::numbers_are_the_sessions() {
    auto session = SessionReader::open(path_);
    const std::int64_t run = *default_run(*session);
    const StoredSample sample = session->sample(run, default_sample(*session, run)->key).value();
    std::map<QString, std::vector<QStringList>> map, card;
    for (const QStringList& row : cells_of(*figure({.name = kMap}, path_))) {
        map[row[0]].push_back(row);
    }
    for (const QStringList& row : cells_of(*figure({.name = kCard}, path_))) {
        card[row[0]].push_back(row);
    }
    QCOMPARE(map["native"].size(), std::size_t{60});
    QCOMPARE(map["step"].size(), std::size_t{11});
    QCOMPARE(map["neighbour"].size(), std::size_t{4});  // number 102 is known by name only
    for (std::size_t t = 0; t < 11; ++t) {
        const TrajectoryStep& step = sample.trajectory.steps[t];
        for (std::size_t e = 0; e < 6; ++e) {
            QCOMPARE(map["step"][t][static_cast<qsizetype>(3 + e)].toDouble(), step.weights(0, e));
        }
        const bool flips = t > 0 && step.answer->text != sample.trajectory.steps[t - 1].answer->text;
        QCOMPARE(map["step"][t].last(), QString::number(flips ? 1 : 0));
        QCOMPARE(card["step"][t][3].toStdString(), step.answer->text);
        QCOMPARE(card["step"][t][6].toDouble(), *step.objective);
    }
    QCOMPARE(card["weight"].size(), std::size_t{6});
    QCOMPARE(card["weight"][4][7].toDouble(), sample.trajectory.base().weights(0, 4));
    QCOMPARE(card["weight"][4][8].toDouble(), sample.trajectory.result().weights(0, 4));
    QCOMPARE(card["neighbour"].size(), std::size_t{5});
    QCOMPARE(card["neighbour"][0][9].toDouble(), sample.trajectory.neighbourhood.neighbours[0].weight);
}

void TestSampleFigures::neighbours_unknown_are_said() {
    QVERIFY(figure({.name = kMap}, path_)->note().contains(QLatin1String("1 of 5 neighbours: routing unknown")));
    const std::string old = folder_.filePath(QStringLiteral("old.r2t2")).toStdString();
    QVERIFY(write_methods(old, [](std::size_t index) { return ReferenceName{"refs", std::to_string(index)}; }));
    const auto map = figure({.name = kMap}, old), card = figure({.name = kCard}, old);
    QVERIFY(map && map->note().contains(QLatin1String("5 of 5 neighbours: routing unknown")));
    QVERIFY(card && to_svg(*card).contains("refs/10"));  // by name
    QVERIFY(unreadable(*map).isEmpty() && unreadable(*card).isEmpty());
}

/// They were purple whatever they did, and green, orange and grey everywhere else.
void TestSampleFigures::flips_have_the_colour_of_what_they_did() {
    const std::array all = {std::pair(OutcomeColour::Mended, "mended"), std::pair(OutcomeColour::Harmed, "harmed"), std::pair(OutcomeColour::Unknown, "changed")};
    const QPalette palette = QGuiApplication::palette();
    NeighbourhoodData unchanged = cloud(RoutingSpace::moai(1), 0);
    unchanged.steps[4].flip.reset();
    const QByteArray without = to_svg(NeighbourhoodFigure(unchanged));
    for (const auto& [did, word] : all) {
        CaseCardData data;
        data.steps = {{QStringLiteral("2"), 0.5, std::nullopt, false, std::nullopt}, {QStringLiteral("3"), 0.6, std::nullopt, {}, std::nullopt}};
        data.steps.back().flip = did;
        NeighbourhoodData around = cloud(RoutingSpace::moai(1), 0);
        around.steps[4].flip = did;
        const QByteArray card = to_svg(CaseCardFigure(data)), map = to_svg(NeighbourhoodFigure(around));
        for (const auto& [colour, its_word] : all) {
            const QByteArray hex = readable(outcome_colour(colour), palette).name().toLatin1(), plain = outcome_colour(colour).name().toLatin1();
            QCOMPARE(card.contains("stroke=\"" + hex + "\""), colour == did);
            QCOMPARE(card.contains(QByteArray("answer ") + its_word), colour == did);
            QCOMPARE(map.count(plain) > without.count(plain), colour == did);
            QCOMPARE(map.contains(QByteArray("answer ") + its_word), colour == did);
        }
        QVERIFY(!card.contains(category_colour(6).name().toLatin1()) && !map.contains(category_colour(6).name().toLatin1()));
    }
}

void TestSampleFigures::a_missing_picture_is_said() {
    const QByteArray without = to_svg(*figure({.name = kCard}, path_));
    QVERIFY(!without.contains("<image") && without.contains("picture not"));
    const PictureSource broken = [](const std::string& path) { return Result<SamplePicture>(io_error(path, "no such file")); };
    QVERIFY(!to_svg(*figure({.name = kCard, .picture = broken}, path_)).contains("<image"));
    std::string asked;
    const PictureSource source = [&asked](const std::string& path) {
        asked = path;
        return striped_picture(path);
    };
    QVERIFY(to_svg(*figure({.name = kCard, .picture = source}, path_)).contains("<image"));
    QVERIFY(asked.starts_with("images/"));
    asked.clear();
    QVERIFY(figure({.name = kMap, .picture = source}, path_));
    QVERIFY(asked.empty());  // nobody loads OpenCV for a map
    // A large picture costs what paper shows of it, 300 dpi.
    const PictureSource large = [](const std::string&) {
        RandomStream random(3);
        SamplePicture picture;
        picture.image = {2000, 1500, std::vector<std::uint8_t>(2000 * 1500 * 3)};
        for (std::size_t i = 0; i < picture.image.rgb.size(); ++i) {
            picture.image.rgb[i] = static_cast<std::uint8_t>(i / 1000 + static_cast<std::size_t>(20.0 * random.uniform()));
        }
        return Result<SamplePicture>(picture);
    };
    const auto card = figure({.name = kCard, .picture = large}, path_);
    card->set_style({170.0, 0.0, 7.0, {}});
    QVERIFY2(to_svg(*card).size() < 1'000'000, qPrintable(QString::number(to_svg(*card).size())));
}

void TestSampleFigures::long_words_are_cut() {
    CaseCardData data;
    data.sample = QString(80, QLatin1Char('s'));
    data.method = QStringLiteral("kernel regression");
    data.question = QStringLiteral("Which of the things on the table are %1 than what stands behind them? ").arg(QString(90, QLatin1Char('g'))).repeated(6);
    data.truth = QStringLiteral("the one that nobody would have expected to be there at all ").repeated(3);
    data.outcome = Outcome::WrongRight;
    data.picture_path = QStringLiteral("/a/very/long/path/") + QString(120, QLatin1Char('p')) + QStringLiteral("/picture.png");
    data.steps = {{data.truth, 0.5, std::nullopt, false, std::nullopt}, {data.question, 1.0, std::nullopt, true, OutcomeColour::Mended}};
    data.groups = {{QStringLiteral("vision"), {"dinov2", "co_detr", "sam", "pix2struct", "deplot", "vary", "biomedclip"}, {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.4}, {0, 0, 0, 0, 0, 0, 1}}};
    for (int i = 1; i <= 20; ++i) {
        data.neighbours.push_back({i, data.question, data.truth, QStringLiteral("refs/%1").arg(i), 0.05});
    }
    for (const double width : {60.0, 82.0, 170.0}) {
        CaseCardFigure card(data);
        card.set_style({width, 0.0, 7.0, {}});
        keep_picture(card, QStringLiteral("long_words_%1").arg(width));
        const QStringList complaints = unreadable(card);
        QVERIFY2(complaints.isEmpty(), qPrintable(QStringLiteral("%1 mm: ").arg(width) + complaints.join(QStringLiteral("; "))));
    }
    const QFontMetricsF metrics(QGuiApplication::font());
    const QStringList lines = wrapped(metrics, data.question, 120.0, 4);
    QCOMPARE(lines.size(), qsizetype{4});
    QVERIFY(lines.last().endsWith(QChar(0x2026)));
    for (const QString& line : lines) {
        QVERIFY(metrics.horizontalAdvance(line) <= 121.0);
    }
    QCOMPARE(wrapped(metrics, QStringLiteral("one two"), 1000.0, 3), QStringList{QStringLiteral("one two")});
}

void TestSampleFigures::many_points_are_a_picture() {
    const NeighbourhoodFigure few(cloud(RoutingSpace::moai(1), 100)), many(cloud(RoutingSpace::moai(1), 45'000));
    QVERIFY(!to_svg(few).contains("<image"));
    keep_picture(many, QStringLiteral("many_points"));
    const QByteArray svg = to_svg(many);
    QCOMPARE(svg.count("<image"), qsizetype{2});  // the points of two triangles; axes and words are none
    QVERIFY(svg.count("<text") > 20);
    QVERIFY2(svg.size() < 1'000'000, qPrintable(QString::number(svg.size())));
    QCOMPARE(cells_of(many).size(), std::size_t{45'000 + 11 + 5});
    QVERIFY(unreadable(many).isEmpty());
}

void TestSampleFigures::seven_experts_are_a_plane() {
    RoutingSpace space;
    space.groups = {{"vision", {"dinov2", "co_detr", "sam", "pix2struct", "deplot", "vary", "biomedclip"}}};
    for (const double width : {60.0, 82.0, 170.0}) {
        NeighbourhoodFigure map(cloud(space, 200));
        map.set_style({width, 0.0, 7.0, {}});
        QVERIFY2(unreadable(map).isEmpty(), qPrintable(unreadable(map).join(QStringLiteral("; "))));
        keep_picture(map, QStringLiteral("plane_%1").arg(width));
        QVERIFY(to_svg(map).contains("component 1 ("));
        QCOMPARE(cells_of(map).front().size(), qsizetype{3 + 7 + 3});
    }
    NeighbourhoodData alone = cloud(space, 0);
    alone.neighbours.clear();
    alone.steps.resize(1);
    QVERIFY(to_svg(NeighbourhoodFigure(alone)).contains("too few"));
}

void TestSampleFigures::window_is_where_it_happens() {
    std::vector<Triple> native;
    for (int i = 0; i < 100; ++i) {
        native.push_back({0.30 + 0.001 * (i % 10), 0.30 + 0.001 * (i / 10), 0.40 - 0.001 * (i % 10) - 0.001 * (i / 10)});
    }
    const Triple start{0.305, 0.305, 0.39};
    const std::vector<Triple> near = {start, {0.31, 0.303, 0.387}}, far = {start, {0.9, 0.05, 0.05}};
    QVERIFY(neighbourhood_window(native, far, {}).span < 0.05);
    QVERIFY(neighbourhood_window(native, near, {}).shows(near[1]));
    QVERIFY(!neighbourhood_window(native, far, {}).shows(far[1]));
    QVERIFY(neighbourhood_window(native, far, {{0.1, 0.5, 0.4}}).shows({0.1, 0.5, 0.4}));
    QVERIFY(neighbourhood_window({}, far, {}).shows(far[1]));  // nothing else to look at
}

void TestSampleFigures::ways_out_are_numbered() {
    const SimplexWindow window = SimplexWindow::around({{0.30, 0.30, 0.40}, {0.32, 0.30, 0.38}});
    const SimplexGeometry geometry(QRectF(0, 0, 100, 100), window);
    const Triple inside{0.31, 0.30, 0.39}, outside{0.8, 0.1, 0.1};
    const std::vector<PathExit> exits = path_exits(geometry, {inside, outside, outside, inside, outside});
    QCOMPARE(exits.size(), std::size_t{2});
    QCOMPARE(exits[0].steps, QStringLiteral("1\u20132"));
    QCOMPARE(exits[1].steps, QStringLiteral("4"));
    QCOMPARE(exits[0].last.p1(), geometry.to_pixel(inside));
    QVERIFY(path_exits(geometry, {inside, inside}).empty());
}

QTEST_MAIN(TestSampleFigures)
#include "test_sample_figures.moc"
