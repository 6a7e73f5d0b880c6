// Knock-outs as a figure: are the numbers those of the table, is what is left out said, is a table that is none refused?
#include <QtTest>
#include <QApplication>
#include <QPainter>
#include <QXmlStreamReader>
#include <cmath>

#include "core/results/knockout_table.h"
#include "tests/support/files.h"
#include "ui/figures/figure_files.h"
#include "ui/figures/knockout_figure.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

/// Silencing lang_img costs 0.5 nats in the first mixer, forcing img_aux wins 0.25 in all; nothing else does anything.
KnockoutTable made_up() {
    KnockoutTable table;
    table.model_name = "made up";
    table.model_hash = std::string(64, 'b');
    table.miniature = true;
    table.command = "r2t2 knockout --eval G-dim --json";
    table.sets = {"G-dim", "K-noise"};
    table.samples = 200;
    table.clusters = 90;
    table.base_loss = 0.7;
    table.base_right = 0.68;
    for (const char* kind : {"silence", "block", "force"}) {
        for (const char* mixer : {"1", "2", "all"}) {
            for (const char* expert : {"img_aux", "img_lang", "img_self", "lang_aux", "lang_img", "lang_self"}) {
                KnockoutRow row{kind, mixer, expert, {0.0, -0.02, 0.02}, 0.5, 1.0, {0.0, -0.01, 0.01}, "bootstrap", 0.6, 1.0, 1, 0, 0};
                if (row.kind == "silence" && row.mixer == "1" && row.expert == "lang_img") {
                    row.loss = {0.5, 0.4, 0.6};
                    row.loss_p = 1e-6, row.loss_holm = 1e-4;
                    row.right = {-0.125, -0.2, -0.05};
                    row.right_p = 1e-4, row.right_holm = 0.01, row.changed = 40, row.lost = 30, row.won = 5;
                } else if (row.kind == "force" && row.mixer == "all" && row.expert == "img_aux") {
                    row.loss = {-0.25, std::nan(""), std::nan("")};
                    row.loss_p = row.loss_holm = std::nan("");
                }
                table.rows.push_back(row);
            }
        }
    }
    return table;
}

int pixels_of(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            count += image.pixelColor(x, y) == colour ? 1 : 0;
        }
    }
    return count;
}

QImage drawn(Figure& figure, double millimetres, double points) {
    figure.set_style({millimetres, 0.0, points, {}});
    const QSizeF size = figure.plot_size();
    QImage image(size.toSize() * 3, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.scale(3.0, 3.0);
    figure.render_to(painter, size);
    return image;
}

}  // namespace

class TestKnockoutFigure final : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return std::filesystem::path(folder_.path().toStdString()) / name; }

private Q_SLOTS:
    void a_table_is_read_as_it_was_written() {
        const KnockoutTable table = made_up();
        write_file(file("t.json"), knockout_json(table));
        const Result<KnockoutTable> read = read_knockout_table(file("t.json"));
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message().c_str());
        QCOMPARE(knockout_json(*read), knockout_json(table));
        QCOMPARE(read->rows.size(), std::size_t{54});
        QCOMPARE(read->experts().size(), std::size_t{6});
        QCOMPARE(read->mixers(), (std::vector<std::string>{"1", "2", "all"}));
        QCOMPARE(read->caption(), std::string("G-dim, K-noise: 200 samples in 90 clusters"));
        KnockoutTable lacking = table;
        lacking.problems = {"G-dim/3: picture: gone"};
        lacking.without_truth = 4;
        QCOMPARE(lacking.caption(), std::string("G-dim, K-noise: 200 samples in 90 clusters; 4 without a truth left out; 1 that could not be read or run left out"));
    }

    void what_is_no_table_is_refused_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("words");
        QTest::newRow("another JSON") << "\"effects\"" << "\"effect\"" << "effects";
        QTest::newRow("kind") << "\"block\"" << "\"mute\"" << "silence, block, force";
        QTest::newRow("mixer") << "\"mixer\": 2" << "\"mixer\": 0" << "mixer";
        QTest::newRow("no number") << "\"loss_p\": 0.5" << "\"loss_p\": \"small\"" << "loss_p";
        QTest::newRow("part of a number") << "\"low\": -0.02" << "\"bottom\": -0.02" << "low";
        QTest::newRow("count") << "\"lost\": 30" << "\"lost\": -30" << "lost";
        QTest::newRow("twice") << "\"mixer\": 2" << "\"mixer\": 1" << "a second time";
        QTest::newRow("model") << "\"hash\"" << "\"hush\"" << "hash";
        QTest::newRow("samples") << "\"samples\": 200" << "\"samples\": \"many\"" << "samples";
        QTest::newRow("broken") << "\"sets\": [" << "\"sets\": [[" << "";
    }
    void what_is_no_table_is_refused() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, words);
        QString text = QString::fromStdString(knockout_json(made_up()));
        const qsizetype at = text.indexOf(from);
        QVERIFY(at >= 0);
        text.replace(at, from.size(), to);
        write_file(file("bad.json"), text.toStdString());
        const Result<KnockoutTable> read = read_knockout_table(file("bad.json"));
        QVERIFY(!read.ok());
        const QString message = QString::fromStdString(read.error().message());
        QVERIFY2(message.contains(QLatin1String("bad.json")) && message.contains(words), qPrintable(message));
    }

    void its_numbers_are_the_tables() {
        const auto loss = knockout_figure(QStringLiteral("knockout-loss"), made_up(), QStringLiteral("t.json"));
        const auto right = knockout_figure(QStringLiteral("knockout-right"), made_up(), QStringLiteral("t.json"));
        QVERIFY(loss && right && !knockout_figure(QStringLiteral("radar"), made_up(), {}));
        const QStringList lines = loss->tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 55);
        QVERIFY2(lines.filter(QStringLiteral("silence\t1\tlang_img\t0.5\t0.4\t0.6\t")).size() == 1, qPrintable(lines[5]));
        QCOMPARE(lines.filter(QStringLiteral("force\tall\timg_aux\t-0.25\t\t\t\t\t")).size(), 1);
        QCOMPARE(right->tsv().split(QLatin1Char('\n')).filter(QStringLiteral("silence\t1\tlang_img\t-12.5\t-20\t-5\t")).size(), 1);
        for (const char* words : {"bundled miniature model", "G-dim, K-noise: 200 samples in 90 clusters", "108 tests"}) {
            QVERIFY2(loss->note().contains(QLatin1String(words)), qPrintable(loss->note()));
        }
        QVERIFY(loss->plot_provenance().contains(QLatin1String("r2t2 knockout --eval G-dim --json")) && loss->plot_provenance().contains(QLatin1String("t.json")));
        KnockoutTable lacking = made_up();
        lacking.problems = {"G-dim/3: picture: gone"};
        const auto other = knockout_figure(QStringLiteral("knockout-loss"), lacking, QStringLiteral("t.json"));
        QVERIFY(other->warnings().size() == 1 && other->warnings().front().contains(QLatin1String("G-dim/3")) && other->note().contains(QLatin1String("left out")));
    }

    /// Filled where it is significant: of the blocks none is, and their squares are rings.
    void marks_are_filled_where_p_is_small() {
        KnockoutTable table = made_up();
        const auto before = knockout_figure(QStringLiteral("knockout-loss"), table, {});
        for (KnockoutRow& row : table.rows) {
            row.loss_holm = row.kind == "block" ? 0.01 : row.loss_holm;
        }
        const auto after = knockout_figure(QStringLiteral("knockout-loss"), table, {});
        const QColor block = category_colour(4), silence = category_colour(5);
        const QImage rings = drawn(*before, 120, 7), full = drawn(*after, 120, 7);
        QVERIFY(pixels_of(full, block) > pixels_of(rings, block) + 18 * 6);
        QCOMPARE(pixels_of(full, silence), pixels_of(rings, silence));
    }

    void every_word_is_inside_data() {
        QTest::addColumn<double>("width");
        QTest::addColumn<double>("points");
        for (const double width : {60.0, 82.0, 170.0}) {
            for (const double points : {7.0, 9.0}) {
                QTest::addRow("%g mm, %g pt", width, points) << width << points;
            }
        }
    }
    /// Nothing is drawn at the edge, and a table of one mixer is drawn too.
    void every_word_is_inside() {
        QFETCH(double, width);
        QFETCH(double, points);
        KnockoutTable one = made_up();
        std::erase_if(one.rows, [](const KnockoutRow& row) { return row.mixer != "1"; });
        for (const KnockoutTable& table : {made_up(), one}) {
            for (const char* name : {"knockout-loss", "knockout-right"}) {
                const auto figure = knockout_figure(QLatin1String(name), table, QStringLiteral("t.json"));
                const QImage image = drawn(*figure, width, points);
                for (int x = 0; x < image.width(); ++x) {
                    QVERIFY(image.pixelColor(x, 0) == QColor(Qt::white) && image.pixelColor(x, image.height() - 1) == QColor(Qt::white));
                }
                for (int y = 0; y < image.height(); ++y) {
                    QVERIFY2(image.pixelColor(0, y) == QColor(Qt::white) && image.pixelColor(image.width() - 1, y) == QColor(Qt::white), qPrintable(QString::number(y)));
                }
                QVERIFY(pixels_of(image, category_colour(5)) > 20);
                const QString path = folder_.filePath(QStringLiteral("f.svg"));
                QVERIFY(save_plot(*figure, path).ok());
                const QByteArray text = QByteArray::fromStdString(read_file(path.toStdString()));
                QXmlStreamReader svg(text);
                while (!svg.atEnd()) {
                    svg.readNext();
                }
                QVERIFY2(!svg.hasError(), qPrintable(svg.errorString()));
                for (const char* words : {"lang_self", "mixer 1", "silence"}) {
                    QVERIFY2(text.contains(words), words);
                }
            }
        }
    }
};

QTEST_MAIN(TestKnockoutFigure)
#include "test_knockout_figure.moc"
