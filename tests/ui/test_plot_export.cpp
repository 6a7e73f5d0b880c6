// Exports of every view: words stay text, numbers come back as they were set, files are valid, whole, and say where
// they come from.
#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QFile>
#include <QImageReader>
#include <QMenu>
#include <QMimeData>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "tests/support/patience.h"
#include "tests/ui/plot_samples.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

struct Cells {
    QStringList header;
    QList<QStringList> rows;
};

Cells cells(const Plot& plot) {
    QStringList lines = plot.tsv().split('\n');
    lines.removeLast();  // after the last line's end
    Cells out{lines.takeFirst().split('\t'), {}};
    for (const QString& line : lines) {
        out.rows << line.split('\t');
    }
    return out;
}

/// All words of an SVG; fails on XML that is not well formed.
QStringList words_of(const QByteArray& svg, QString* title, QString* description) {
    QXmlStreamReader xml(svg);
    QStringList words;
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::StartElement) {
            if (xml.name() == u"text") {
                words << xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
            } else if (xml.name() == u"title") {
                *title = xml.readElementText();
            } else if (xml.name() == u"desc") {
                *description = xml.readElementText();
            }
        }
    }
    return xml.hasError() ? QStringList() : words;
}

}  // namespace

class PlotExport final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { set_provenance(QStringLiteral("session \"a & b\" <7>, sample 123, step 4")); }
    void svg_keeps_words();
    void png_and_pdf_are_valid();
    void numbers_come_back();
    void csv_is_quoted();
    void files_are_whole_or_not_there();
    void clipboard();
    void menu_and_keys();
    void exports_are_light();
};

void PlotExport::svg_keeps_words() {
    auto simplex = sample::simplex(50);
    simplex->set_field(sample::field(), sample::contours());
    auto map = sample::projection(60);
    auto curves = sample::curves();
    auto gates = sample::strips();
    auto bars = sample::bars();
    auto changes = sample::changes();
    auto bands = sample::bands();
    const std::vector<std::pair<const Plot*, QStringList>> expected = {
        {simplex.get(), {"Image experts", "aux", "lang", "img self", "n1", "7", "loss", "0.2"}},
        {map.get(), {"PC 1 (61 %)", "PC 2 (23 %)", "CLEVR counting", "n1"}},
        {curves.get(), {"Objective and confidence", "step", "learning rate", "confidence (right)"}},
        {gates.get(), {"Image experts: tokens 1 to 100 \u2192", "img self", "0", "1"}},
        {bars.get(), {"Vision experts", "CLIP", "Vary", "base"}},
        {changes.get(), {"Image experts", "Language experts", "aux"}},
        {bands.get(), {"Image experts", "0.5", "10"}}};
    for (const auto& [plot, words] : expected) {
        QString title, description;
        const QByteArray svg = to_svg(*plot);
        QVERIFY(svg.contains("<text"));
        QVERIFY2(!svg.contains("Sans Serif"), "the alias is known to Qt alone");
        QCOMPARE(svg.count("Arial, Helvetica, sans-serif\""), svg.count("font-family=\""));
        const QStringList found = words_of(svg, &title, &description);
        for (const QString& word : words) {
            QVERIFY2(found.contains(word), qPrintable(plot->plot_name() + " lacks " + word + ": " + found.join('|')));
        }
        QCOMPARE(title, plot->plot_name());
        QCOMPARE(description, provenance());
    }
}

void PlotExport::png_and_pdf_are_valid() {
    auto view = sample::projection(6000);
    view->resize(400, 300);
    QByteArray png = to_png(*view, 2.0);
    QBuffer buffer(&png);
    QImageReader reader(&buffer, "png");
    const QImage image = reader.read();
    QCOMPARE(image.size(), QSize(800, 600));
    QCOMPARE(image.text("Description"), provenance());
    QCOMPARE(image.text("Title"), view->plot_name());
    QCOMPARE(image.dotsPerMeterX(), 7559);  // 192 dpi
    QCOMPARE(image.pixelColor(2, 2), QColor(Qt::white));
    const QByteArray pdf = to_pdf(*view);
    QVERIFY(pdf.startsWith("%PDF-1."));
    QVERIFY(pdf.trimmed().endsWith("%%EOF"));
    QVERIFY(pdf.contains("/Font"));               // words are not outlines
    QVERIFY(pdf.contains("/MediaBox [0 0 300"));  // 400 / 96 inch = 300 pt
    QVERIFY(pdf.contains("/Creator"));
}

void PlotExport::numbers_come_back() {
    auto simplex = sample::simplex(20);
    const Cells points = cells(*simplex);
    QCOMPARE(points.header.mid(2, 3), sample::kImage);
    const std::vector<Triple> places = sample::triples(20);
    QCOMPARE(points.rows.size(), 20 + 5 + 11);
    for (int i = 0; i < 20; ++i) {
        for (int e = 0; e < 3; ++e) {
            QCOMPARE(points.rows[i][2 + e].toDouble(),
                     places[static_cast<std::size_t>(i)][static_cast<std::size_t>(e)]);
        }
    }
    auto map = sample::projection(20);
    const std::vector<ProjectionPoint> cloud = sample::cloud(20);
    const Cells places2 = cells(*map);
    for (int i = 0; i < 20; ++i) {
        QCOMPARE(places2.rows[i][2].toFloat(), cloud[static_cast<std::size_t>(i)].x);
        QCOMPARE(places2.rows[i][3].toFloat(), cloud[static_cast<std::size_t>(i)].y);
    }
    const Cells curves = cells(*sample::curves());
    QCOMPARE(curves.header, QStringList({"step", "objective (nats)", "confidence (%)", "learning rate"}));
    QCOMPARE(curves.rows.size(), 11);
    QCOMPARE(curves.rows[4][1], QString());  // a gap
    QCOMPARE(curves.rows[10][1].toDouble(), 1.4 * std::exp(-2.0) + 0.1);
    const GateGroup gates = sample::gates("Image experts", sample::kImage, 4, 100, true);
    const Cells strip = cells(*sample::strips());
    QCOMPARE(strip.rows.size(), 4 * (100 + 12) * 3);
    for (int i = 0; i < 4 * 100 * 3; ++i) {
        QCOMPARE(strip.rows[i][5].toFloat(), gates.weights[static_cast<std::size_t>(i)]);
    }
    auto bars = sample::bars();
    const Cells bar = cells(*bars);
    for (int e = 0; e < 7; ++e) {
        QCOMPARE(bar.rows[e][2].toDouble(), bars->weights()[static_cast<std::size_t>(e)]);
    }
    auto changes = sample::changes();
    const Cells change = cells(*changes);
    QCOMPARE(change.rows[1][4].toDouble(), changes->change(0, 1));
    QCOMPARE(change.rows[1][4].toDouble(), sample::way()[7].weights[1] - sample::way()[0].weights[1]);
    const Cells band = cells(*sample::bands());
    QCOMPARE(band.rows[3][2].toDouble(), sample::way()[3].weights[1]);
}

void PlotExport::csv_is_quoted() {
    GroupBars bars;
    bars.set_group("g", {"a, \"b\"", "tab\there", "c"});
    bars.set_weights({0.25, 0.25, 0.5}, {0.1, NAN, 0.9});
    QCOMPARE(to_csv(bars),
             QString("expert,base,current\r\n\"a, \"\"b\"\"\",0.25,0.1\r\ntab here,0.25,\r\nc,0.5,0.9\r\n"));
}

void PlotExport::files_are_whole_or_not_there() {
    QTemporaryDir folder;
    auto bars = sample::bars();
    for (const char* name : {"a.svg", "a.PDF", "a.png", "a.csv", "a.tsv"}) {
        const Status saved = save_plot(*bars, folder.filePath(name));
        QVERIFY2(saved, saved ? "" : saved.error().message().c_str());
        QVERIFY(QFile(folder.filePath(name)).size() > 50);
    }
    const Status unknown = save_plot(*bars, folder.filePath("a.xcf"));
    QVERIFY(!unknown);
    QCOMPARE(unknown.error().kind, ErrorKind::InvalidInput);
    QCOMPARE(unknown.error().found, std::string("xcf"));
    const Status nowhere = save_plot(*bars, folder.filePath("no/such/folder/a.svg"));
    QVERIFY(!nowhere);
    QCOMPARE(nowhere.error().kind, ErrorKind::Io);
    QVERIFY(nowhere.error().where.find("a.svg") != std::string::npos);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files).size(), 5);  // nothing half-written left behind
}

void PlotExport::clipboard() {
    auto bands = sample::bands();
    copy_as_svg(*bands);
    const QMimeData* data = QApplication::clipboard()->mimeData();
    QVERIFY(data->data("image/svg+xml").contains("<text"));
    QCOMPARE(data->text().toUtf8(), data->data("image/svg+xml"));
    copy_as_png(*bands, 2.0);
    QVERIFY(!QApplication::clipboard()->image().isNull());
    copy_as_tsv(*bands);
    QCOMPARE(QApplication::clipboard()->text(), bands->tsv());
}

void PlotExport::menu_and_keys() {
    auto bars = sample::bars();
    bars->resize(300, 200);
    bars->show();
    QVERIFY(QTest::qWaitForWindowExposed(bars.get(), kPatience));
    bars->activateWindow();
    bars->setFocus();
    QMenu menu;
    add_plot_actions(&menu, bars.get(), bars.get());
    add_plot_actions(&menu, bars.get(), bars.get());
    QCOMPARE(menu.actions().size(), 4);
    QCOMPARE(bars->actions().size(), 5);  // made once; the fifth opens the menu
    for (const QAction* action : menu.actions()) {
        QVERIFY(!action->shortcut().isEmpty());
        QVERIFY(action->toolTip().size() > 20);
    }
    QApplication::clipboard()->setText("before");
    QTRY_VERIFY_WITH_TIMEOUT(bars->hasFocus(), kPatience);
    QTest::keyClick(bars->windowHandle(), Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
    QTRY_COMPARE_WITH_TIMEOUT(QApplication::clipboard()->text(), bars->tsv(), kPatience);
    QTest::keyClick(bars->windowHandle(), Qt::Key_Menu);
    QTRY_VERIFY_WITH_TIMEOUT(QApplication::activePopupWidget() != nullptr, kPatience);
    const auto* shown = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(shown != nullptr && shown->actions().size() == 4 && shown->toolTipsVisible());
    QApplication::activePopupWidget()->close();
    QTRY_VERIFY_WITH_TIMEOUT(bars->findChild<QMenu*>() == nullptr, kPatience);
    QTest::mouseClick(bars->windowHandle(), Qt::RightButton, Qt::NoModifier, QPoint(50, 50));
    QContextMenuEvent event(QContextMenuEvent::Mouse, QPoint(50, 50), bars->mapToGlobal(QPoint(50, 50)));
    QApplication::sendEvent(bars.get(), &event);
    QTRY_VERIFY_WITH_TIMEOUT(QApplication::activePopupWidget() != nullptr, kPatience);
    while (QApplication::activePopupWidget() != nullptr) {
        QApplication::activePopupWidget()->close();
    }
}

void PlotExport::exports_are_light() {
    QPalette dark(QColor(40, 40, 40));
    dark.setColor(QPalette::Base, QColor(20, 20, 20));
    dark.setColor(QPalette::Text, Qt::white);
    auto curves = sample::curves();
    const QImage before = to_image(*curves, 1.0);
    curves->setPalette(dark);
    QCOMPARE(to_image(*curves, 1.0), before);
    auto map = sample::projection(100);
    const QImage map_before = to_image(*map, 1.0);
    map->setPalette(dark);
    QCOMPARE(to_image(*map, 1.0), map_before);
}

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    PlotExport test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_plot_export.moc"
