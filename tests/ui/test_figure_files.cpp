// What other programs see of our figures: rsvg-convert draws the same picture as we do, every font of a PDF is embedded.
// Skipped where those programs are not installed (Debian: librsvg2-bin, poppler-utils).
#include <QtTest>
#include <QApplication>
#include <QProcess>
#include <QStandardPaths>
#include <cmath>

#include "tests/support/patience.h"
#include "tests/ui/figure_sessions.h"

using namespace r2t2;
using namespace r2t2::ui;

namespace {

constexpr double kScale = 2.0;
constexpr double kAlike = 6.0;  // mean difference of a channel, of 255: letters and edges are smoothed differently

double mean_difference(const QImage& a, const QImage& b) {
    const QImage first = a.convertToFormat(QImage::Format_RGB32), second = b.scaled(a.size()).convertToFormat(QImage::Format_RGB32);
    double sum = 0.0;
    for (int y = 0; y < first.height(); ++y) {
        for (int x = 0; x < first.width(); ++x) {
            const QRgb p = first.pixel(x, y), q = second.pixel(x, y);
            sum += std::abs(qRed(p) - qRed(q)) + std::abs(qGreen(p) - qGreen(q)) + std::abs(qBlue(p) - qBlue(q));
        }
    }
    return sum / (3.0 * first.width() * first.height());
}

QByteArray output_of(const QString& program, const QStringList& arguments, const QByteArray& input = {}) {
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    return process.waitForFinished(kPatience) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
}

}  // namespace

class TestFigureFiles final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void svg_looks_the_same_elsewhere();
    void pdf_has_its_fonts();

private:
    /// Every kind of figure, by name.
    std::vector<std::pair<QString, std::unique_ptr<Figure>>> all_;
    QTemporaryDir folder_;
};

void TestFigureFiles::initTestCase() {
    const std::string methods = folder_.filePath(QStringLiteral("methods.r2t2")).toStdString(), sweep = folder_.filePath(QStringLiteral("sweep.r2t2")).toStdString();
    QVERIFY(write_methods(methods));
    QVERIFY(write_sweep(sweep));
    for (const FigureKind& kind : figure_kinds()) {
        auto made = figure({.name = kind.name, .picture = striped_picture}, kind.subject == FigureSubject::Sweep ? sweep : methods);
        QVERIFY2(made, qPrintable(kind.name));
        all_.emplace_back(kind.name, std::move(made));
    }
    for (const FigureKind& kind : published_kinds()) {
        all_.emplace_back(kind.name, published_figure(kind.name));
    }
}

void TestFigureFiles::svg_looks_the_same_elsewhere() {
    const QString program = QStandardPaths::findExecutable(QStringLiteral("rsvg-convert"));
    const bool reader = QImageReader::supportedImageFormats().contains("svg");
    if (program.isEmpty() && !reader) {
        QSKIP("neither rsvg-convert (librsvg2-bin) nor Qt's SVG reader is installed");
    }
    for (const auto& [name, figure] : all_) {
        const QByteArray svg = to_svg(*figure);
        QVERIFY2(svg.contains("<text") && svg.size() < 1'000'000, qPrintable(name));
        const QImage ours = to_image(*figure, kScale);
        std::vector<std::pair<const char*, QImage>> theirs;
        if (!program.isEmpty()) {
            const QByteArray png = output_of(program, {QStringLiteral("--width"), QString::number(ours.width()), QStringLiteral("--height"), QString::number(ours.height())}, svg);
            theirs.emplace_back("rsvg-convert", QImage::fromData(png, "PNG"));
        }
        if (reader) {
            QBuffer buffer;
            buffer.setData(svg);
            QImageReader image(&buffer, "svg");
            image.setScaledSize(ours.size());
            theirs.emplace_back("Qt", image.read());
        }
        for (const auto& [who, image] : theirs) {
            QVERIFY2(!image.isNull(), qPrintable(name + QLatin1Char(' ') + QLatin1String(who)));
            const double difference = mean_difference(ours, image);
            qInfo("%s, %s: %.2f of 255, %lld bytes", qPrintable(name), who, difference, static_cast<long long>(svg.size()));
            QVERIFY2(difference < kAlike, qPrintable(QStringLiteral("%1, %2: %3").arg(name, QLatin1String(who)).arg(difference)));
        }
    }
    // The measure can fail: another figure is far away.
    QVERIFY(mean_difference(to_image(*all_[0].second, kScale), to_image(*all_[3].second, kScale)) > 4.0 * kAlike);
}

void TestFigureFiles::pdf_has_its_fonts() {
    const QString program = QStandardPaths::findExecutable(QStringLiteral("pdffonts"));
    if (program.isEmpty()) {
        QSKIP("pdffonts (poppler-utils) is not installed");
    }
    for (const auto& [name, figure] : all_) {
        const QString path = folder_.filePath(name + QStringLiteral(".pdf"));
        QVERIFY(save_plot(*figure, path).ok());
        const QList<QByteArray> lines = output_of(program, {path}).split('\n');
        QVERIFY2(lines.size() > 3, qPrintable(name));
        const qsizetype column = lines[0].indexOf("emb");
        QVERIFY(column > 0);
        for (const QByteArray& line : lines.mid(2)) {
            QVERIFY2(line.isEmpty() || line.mid(column, 3) == "yes", qPrintable(name + QStringLiteral(": ") + QString::fromUtf8(line)));
        }
    }
}

QTEST_MAIN(TestFigureFiles)
#include "test_figure_files.moc"
