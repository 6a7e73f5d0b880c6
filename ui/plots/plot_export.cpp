#include "ui/plots/plot_export.h"

#include <QBuffer>
#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLocale>
#include <QMimeData>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QWidget>
#include <cmath>

#include "core/base/atomic_file.h"
#include "ui/paths/file_path.h"
#include "ui/plots/plot_drawing.h"
#include "ui/plots/save_dialog.h"

namespace r2t2::ui {

namespace {

constexpr int kPdfDpi = 1200;

QString& stored_provenance() {
    static QString text;
    return text;
}

void render(const Plot& plot, QPainter& painter, const QSizeF& size) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(pixel_font(QGuiApplication::font()));
    painter.fillRect(QRectF(QPointF(0, 0), size), Qt::white);
    plot.render_to(painter, size);
}

QByteArray bytes_for(const Plot& plot, const QString& extension) {
    if (extension == QLatin1String("svg")) {
        return to_svg(plot);
    }
    if (extension == QLatin1String("pdf")) {
        return to_pdf(plot);
    }
    if (extension == QLatin1String("png")) {
        return to_png(plot, kPrintScale);
    }
    const bool csv = extension == QLatin1String("csv");
    QString text = csv ? to_csv(plot) : plot.tsv();
    for (const QString& remark : plot.plot_remarks()) {
        text += QStringLiteral("# ") + remark + (csv ? QStringLiteral("\r\n") : QStringLiteral("\n"));
    }
    return text.toUtf8();
}

Status save_bytes(const QByteArray& bytes, const QString& path) {
    const std::string_view content(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    return write_file_atomically(file_path(path), content, Durability::Buffered);
}

}  // namespace

void set_provenance(const QString& text) {
    stored_provenance() = text;
}

QString provenance() {
    return stored_provenance();
}

QString Plot::plot_provenance() const {
    return provenance();
}

/// Qt writes the one family that it was asked for, and its own alias where none was ("Sans Serif"): no reader elsewhere knows either.
void add_fallback_fonts(QByteArray& svg) {
    const QByteArray attribute = "font-family=\"";
    for (qsizetype at = svg.indexOf(attribute); at >= 0; at = svg.indexOf(attribute, at)) {
        at += attribute.size();
        const qsizetype length = svg.indexOf('"', at) - at;
        const QByteArray family = svg.mid(at, length);
        const bool alias = family.isEmpty() || family.compare("Sans Serif", Qt::CaseInsensitive) == 0 || family.compare("Sans", Qt::CaseInsensitive) == 0;
        const QByteArray list = (alias ? QByteArray() : "'" + family + "', ") + "Arial, Helvetica, sans-serif";
        svg.replace(at, length, list);
        at += list.size();
    }
}

QByteArray to_svg(const Plot& plot) {
    const QSizeF size = plot.plot_size();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF(QPointF(0, 0), size));
    generator.setTitle(QString());
    generator.setDescription(QString());
    QPainter painter(&generator);
    render(plot, painter, size);
    painter.end();
    // Qt 6.4 writes both without escaping "&" and "<": a file that no reader opens. Hence by hand.
    QByteArray svg = buffer.data();
    // And it rounds the size to whole 1/96 inch, so that the page has another shape than the view box: everything a little off.
    const qsizetype begin = svg.indexOf("<svg "), end = svg.indexOf("viewBox", begin);
    const auto millimetres = [](double length) { return QByteArray::number(length * 25.4 / 96.0, 'f', 3) + "mm"; };
    svg.replace(begin, end - begin, "<svg width=\"" + millimetres(size.width()) + "\" height=\"" + millimetres(size.height()) + "\"\n ");
    add_fallback_fonts(svg);
    const qsizetype inside = svg.indexOf('>', svg.indexOf("<svg")) + 1;
    svg.insert(inside, QStringLiteral("\n<title>%1</title>\n<desc>%2</desc>")
                           .arg(plot.plot_name().toHtmlEscaped(), plot.plot_provenance().toHtmlEscaped())
                           .toUtf8());
    return svg;
}

QByteArray to_pdf(const Plot& plot) {
    const QSizeF size = plot.plot_size();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(kPdfDpi);
    writer.setPageSize(QPageSize(size * 72.0 / 96.0, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setTitle(plot.plot_name());
    writer.setCreator(plot.plot_provenance());
    QPainter painter(&writer);
    painter.scale(kPdfDpi / 96.0, kPdfDpi / 96.0);
    render(plot, painter, size);
    painter.end();
    return buffer.data();
}

QImage to_image(const Plot& plot, double scale) {
    const QSizeF size = plot.plot_size();
    QImage image((size * scale).toSize().expandedTo(QSize(1, 1)), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.scale(scale, scale);
    render(plot, painter, size);
    painter.end();
    image.setDotsPerMeterX(static_cast<int>(std::lround(scale * 96.0 / 0.0254)));
    image.setDotsPerMeterY(image.dotsPerMeterX());
    image.setText(QStringLiteral("Title"), plot.plot_name());
    image.setText(QStringLiteral("Software"), QStringLiteral("R2-T2 Studio"));
    image.setText(QStringLiteral("Description"), plot.plot_provenance());
    return image.convertToFormat(QImage::Format_RGB32);
}

QByteArray to_png(const Plot& plot, double scale) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    to_image(plot, scale).save(&buffer, "PNG");
    return buffer.data();
}

QString to_csv(const Plot& plot) {
    QString out;
    const QStringList lines = plot.tsv().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        QStringList cells = line.split(QLatin1Char('\t'));
        for (QString& cell : cells) {
            if (cell.contains(QLatin1Char(',')) || cell.contains(QLatin1Char('"'))) {
                cell = QLatin1Char('"') + cell.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
            }
        }
        out += cells.join(QLatin1Char(',')) + QLatin1String("\r\n");
    }
    return out;
}

void copy_as_svg(const Plot& plot) {
    const QByteArray svg = to_svg(plot);
    auto* data = new QMimeData;
    data->setData(QStringLiteral("image/svg+xml"), svg);
    data->setText(QString::fromUtf8(svg));
    QGuiApplication::clipboard()->setMimeData(data);
}

void copy_as_png(const Plot& plot, double scale) {
    auto* data = new QMimeData;
    data->setImageData(to_image(plot, scale));
    QGuiApplication::clipboard()->setMimeData(data);
}

void copy_as_tsv(const Plot& plot) {
    auto* data = new QMimeData;
    const QString numbers = plot.tsv();
    data->setText(numbers);
    data->setData(QStringLiteral("text/tab-separated-values"), numbers.toUtf8());
    QGuiApplication::clipboard()->setMimeData(data);
}

Status save_plot(const Plot& plot, const QString& path) {
    const QString extension = QFileInfo(path).suffix().toLower();
    const std::string where = file_path(path).string();
    if (!plot_formats().contains(extension)) {
        return invalid_input(where, "extension", extension.isEmpty() ? "none" : extension.toStdString(), "svg, pdf, png, csv or tsv");
    }
    return save_bytes(bytes_for(plot, extension), path);
}

Status save_png(const Plot& plot, const QString& path, double scale) {
    return save_bytes(to_png(plot, scale), path);
}

QString tsv_line(const QStringList& cells) {
    QStringList clean = cells;
    for (QString& cell : clean) {
        cell.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
        cell.replace(QLatin1Char('\r'), QLatin1Char(' '));
    }
    return clean.join(QLatin1Char('\t')) + QLatin1Char('\n');
}

QString tsv_number(double value) {
    return std::isnan(value) ? QString() : QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString tsv_number(float value) {
    return std::isnan(value) ? QString() : QString::number(static_cast<double>(value), 'g', 9);
}

QString file_stem(const QString& name) {
    QString stem;
    for (const QChar letter : name) {
        if (letter.isLetterOrNumber()) {
            stem += letter.toLower();
        } else if (!stem.isEmpty() && !stem.endsWith(QLatin1Char('_'))) {
            stem += QLatin1Char('_');
        }
    }
    while (stem.endsWith(QLatin1Char('_'))) {
        stem.chop(1);
    }
    return stem;
}

QSizeF size_of(const QWidget& widget) {
    return widget.testAttribute(Qt::WA_WState_Created) || widget.testAttribute(Qt::WA_Resized)
               ? QSizeF(widget.size())
               : QSizeF(widget.sizeHint());
}

}  // namespace r2t2::ui
