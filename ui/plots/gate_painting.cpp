#include "ui/plots/gate_painting.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

namespace r2t2::ui {

namespace {

constexpr double kBlockGap = 3.0;            // between blocks
constexpr double kMeanGap = 2.0;        // between the mean row and the mixers
constexpr double kWidestToken = 120.0;  // a single token is no wall
constexpr double kTallestRow = 26.0;

QString words(const char* text) {
    return QCoreApplication::translate("r2t2::ui::GateStrips", text);
}

/// Rows `first` .. `last` of a block; row -1 is the mean.
QImage strip(const GateScene& scene, const GateLayout::Block& block, const QSizeF& size, int first, int last,
             const QColor& unknown, double ratio) {
    const int tokens = scene.tokens(block.group), rows = last - first + 1;
    QImage image((size * ratio).toSize().expandedTo({1, 1}), QImage::Format_RGB32);
    std::vector<float> line(static_cast<std::size_t>(tokens));
    int drawn = first - 1;
    for (int y = 0; y < image.height(); ++y) {
        const int row = first + std::min(rows - 1, y * rows / image.height());
        auto* to = reinterpret_cast<QRgb*>(image.scanLine(y));
        if (row == drawn) {
            std::copy_n(reinterpret_cast<const QRgb*>(image.constScanLine(y - 1)), image.width(), to);
            continue;
        }
        drawn = row;
        for (int t = 0; t < tokens; ++t) {
            line[static_cast<std::size_t>(t)] = scene.weight(block.group, row, t, block.expert);
        }
        for (int x = 0; x < image.width(); ++x) {
            const int from = static_cast<int>(static_cast<qint64>(x) * tokens / image.width());
            const int end = std::max(from + 1, static_cast<int>(static_cast<qint64>(x + 1) * tokens / image.width()));
            double sum = 0.0;
            for (int t = from; t < end; ++t) {
                sum += static_cast<double>(line[static_cast<std::size_t>(t)]);
            }
            to[x] = (std::isfinite(sum) ? magnitude_colour(sum / (end - from)) : unknown).rgb();
        }
    }
    return image;
}

void draw_rows(QPainter& painter, const GateScene& scene, const GateLayout::Block& block, const PlotLook& look,
               double ratio) {
    const QColor unknown = ink(look.palette, 0.25);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    if (!block.mean.isEmpty()) {
        painter.drawImage(block.mean, strip(scene, block, block.mean.size(), -1, -1, unknown, ratio));
    }
    if (!block.body.isEmpty()) {
        painter.drawImage(block.body, strip(scene, block, block.body.size(), 0, scene.mixers - 1, unknown, ratio));
    }
}

/// Name of the expert, and where rows are high enough "mean", 1, 2, ... beside them.
void draw_names(QPainter& painter, const GateScene& scene, const GateLayout& layout, const GateLayout::Block& block,
                const PlotLook& look) {
    const double line = QFontMetricsF(look.font).height();
    const QRectF all = block.mean.isEmpty() ? block.body : block.mean.united(block.body);
    painter.setFont(look.font);
    painter.setPen(Qt::NoPen);
    painter.setBrush(expert_colour(block.expert));
    draw_marker(painter, marker_shape(block.group), QPointF(layout.names.left() + 6, all.center().y()),
                std::min(4.5, all.height() / 2));
    painter.setPen(look.text());
    const double row = scene.mixers > 0 ? block.body.height() / scene.mixers : 0.0;
    const bool numbers = layout.numbers > 0.0 && row >= line * 0.8;
    const double narrow = layout.numbers;
    if (all.height() >= line * 0.8) {
        draw_elided(
            painter,
            QRectF(layout.names.left() + 14, all.center().y() - line / 2, layout.names.width() - 18 - narrow, line),
            Qt::AlignLeft, scene.groups[static_cast<std::size_t>(block.group)].experts[block.expert]);
    }
    if (!numbers) {
        return;
    }
    painter.setPen(ink(look.palette, 0.7));
    const auto number = [&](double y, const QString& text) {
        draw_elided(painter, QRectF(layout.names.right() - narrow, y - line / 2, narrow - 5, line), Qt::AlignRight,
                    text);
    };
    if (block.mean.height() >= line * 0.8) {
        number(block.mean.center().y(), words("mean"));
    }
    for (int mixer = 0; mixer < scene.mixers; ++mixer) {
        number(block.body.top() + row * (mixer + 0.5), QString::number(mixer + 1));
    }
}

void draw_token_labels(QPainter& painter, const GateScene& scene, const QRectF& area, int group, const PlotLook& look) {
    const int tokens = scene.tokens(group);
    if (area.isEmpty() || tokens == 0) {
        return;
    }
    const double across = area.width() / tokens, line = QFontMetricsF(look.font).height();
    painter.setFont(look.font);
    painter.setPen(ink(look.palette, 0.85));
    for (int t = 0; t < tokens; ++t) {
        const QString& text = scene.groups[static_cast<std::size_t>(group)].tokens[t];
        const double x = area.left() + across * (t + 0.5);
        if (area.height() < 1.6 * line) {  // side by side
            draw_elided(painter, QRectF(x - across / 2 + 2, area.top(), across - 4, area.height()), Qt::AlignHCenter,
                        text);
            continue;
        }
        painter.save();
        painter.translate(x, area.top());
        painter.rotate(90.0);
        draw_elided(painter, QRectF(0, -line / 2, area.height(), line), Qt::AlignLeft, text);
        painter.restore();
    }
}

void draw_bar(QPainter& painter, const QRectF& bar, const PlotLook& look) {
    if (bar.isEmpty()) {
        return;
    }
    QLinearGradient colours(bar.topLeft(), bar.topRight());
    for (int i = 0; i <= 16; ++i) {
        colours.setColorAt(i / 16.0, magnitude_colour(i / 16.0));
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours);
    painter.drawRect(bar);
    const QFontMetricsF metrics(look.font);
    painter.setFont(look.font);
    painter.setPen(ink(look.palette, 0.8));
    const double y = bar.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    painter.drawText(QPointF(bar.left() - metrics.horizontalAdvance(QLatin1Char('0')) - 4, y), QStringLiteral("0"));
    painter.drawText(QPointF(bar.right() + 4, y), QStringLiteral("1"));
}

/// Height of a group's token labels: one line where they fit side by side, upright words where columns are wide enough.
double label_height(const GateGroup& group, double column, double most, const QFontMetricsF& metrics) {
    double longest = 0.0;
    for (const QString& token : group.tokens) {
        longest = std::max(longest, metrics.horizontalAdvance(token));
    }
    const double line = metrics.height();
    if (longest + 6.0 <= column && most >= line) {
        return line + 2.0;
    }
    return column >= line * 0.9 && most >= 2.5 * line ? std::min(longest + 4.0, most) : 0.0;
}

}  // namespace

float GateScene::weight(int group, int mixer, int token, int expert) const {
    const GateGroup& g = groups[static_cast<std::size_t>(group)];
    const auto experts = static_cast<std::size_t>(g.experts.size()), count = static_cast<std::size_t>(g.tokens.size());
    const auto at = [&](std::size_t m) {
        const std::size_t i =
            (m * count + static_cast<std::size_t>(token)) * experts + static_cast<std::size_t>(expert);
        return i < g.weights.size() ? g.weights[i] : NAN;
    };
    if (mixer >= 0) {
        return at(static_cast<std::size_t>(mixer));
    }
    float sum = 0.0F;
    for (std::size_t m = 0; m < static_cast<std::size_t>(mixers); ++m) {
        sum += at(m);
    }
    return sum / static_cast<float>(mixers);
}

GateLayout lay_out_gates(const GateScene& scene, const QSizeF& size, const PlotLook& look) {
    const QFontMetricsF metrics(look.font);
    const double line = metrics.height();
    GateLayout layout;
    double widest = 0.0;
    int blocks = 0;
    for (const GateGroup& group : scene.groups) {
        blocks += group.tokens.isEmpty() ? 0 : static_cast<int>(group.experts.size());
        for (const QString& expert : group.experts) {
            widest = std::max(widest, metrics.horizontalAdvance(expert));
        }
    }
    if (blocks == 0 || scene.mixers <= 0) {
        return layout;
    }
    const auto groups = static_cast<double>(scene.groups.size());
    layout.readout =
        size.height() > 8.0 * line ? QRectF(6, size.height() - line - 4, size.width() - 12, line) : QRectF();
    const double bottom = layout.readout.isEmpty() ? size.height() - 4.0 : layout.readout.top() - 3.0;
    const double head = bottom > groups * line + blocks * (line * 0.9 + kBlockGap) ? line + 3.0 : 0.0;
    const double row = (bottom - 4.0 - groups * head) / blocks / (scene.mixers + 1.0);
    const double numbers = row >= line * 0.85 ? metrics.horizontalAdvance(words("mean")) + 8.0 : 0.0;
    const double names = std::min(widest + numbers + 20.0, size.width() * 0.38);
    const double left = names + 4.0, width = std::max(4.0, size.width() - left - 8.0);
    layout.names = QRectF(4.0, 0.0, names, size.height());
    layout.numbers = numbers;
    std::vector<double> labels, widths;
    double taken = 0.0;
    for (const GateGroup& group : scene.groups) {
        const double column =
            std::min(width / std::max<double>(1.0, static_cast<double>(group.tokens.size())), kWidestToken);
        widths.push_back(column * static_cast<double>(group.tokens.size()));
        labels.push_back(head > 0.0 ? label_height(group, column, bottom * 0.16, metrics) : 0.0);
        taken += head + labels.back();
    }
    const double mean_share = scene.mixers > 1 ? 1.0 : 0.0;
    const double tallest = kTallestRow * (scene.mixers + mean_share) + kMeanGap;
    const double block = std::clamp((bottom - 4.0 - taken) / blocks - kBlockGap, 1.0, tallest);
    const bool mean_only = mean_share > 0.0 && block < 8.0 + scene.mixers;
    const double mean = mean_only ? block : mean_share * std::max(4.0, (block - kMeanGap) / (scene.mixers + 1.0));
    double y = 4.0;
    for (std::size_t g = 0; g < scene.groups.size(); ++g) {
        layout.heads.push_back(head > 0.0 ? QRectF(6, y, size.width() - 12, line) : QRectF());
        y += head;
        for (int e = 0; e < static_cast<int>(scene.groups[g].experts.size()) && !scene.groups[g].tokens.isEmpty();
             ++e) {
            GateLayout::Block made{static_cast<int>(g), e, QRectF(), QRectF()};
            made.mean = mean > 0.0 ? QRectF(left, y, widths[g], mean) : QRectF();
            const double skip = mean > 0.0 ? mean + kMeanGap : 0.0;
            made.body = mean_only ? QRectF() : QRectF(left, y + skip, widths[g], std::max(1.0, block - skip));
            layout.blocks.push_back(made);
            y += block + kBlockGap;
        }
        layout.token_labels.push_back(labels[g] > 0.0 ? QRectF(left, y, widths[g], labels[g]) : QRectF());
        y += labels[g];
    }
    if (head > 0.0 && size.width() > 16.0 * line) {
        layout.bar = QRectF(size.width() - 100.0, layout.heads[0].center().y() - 4.0, 80.0, 8.0);
        layout.heads[0].setRight(layout.bar.left() - 20.0);
    }
    return layout;
}

GateCell GateLayout::cell_at(const GateScene& scene, QPointF pixel) const {
    for (const Block& block : blocks) {
        const bool on_mean = block.mean.contains(pixel);
        if (on_mean || block.body.contains(pixel)) {
            const QRectF& box = on_mean ? block.mean : block.body;
            const int tokens = scene.tokens(block.group);
            const int token =
                std::clamp(static_cast<int>((pixel.x() - box.left()) / box.width() * tokens), 0, tokens - 1);
            const int mixer = static_cast<int>((pixel.y() - box.top()) / box.height() * scene.mixers);
            return {block.group, on_mean ? -1 : std::clamp(mixer, 0, scene.mixers - 1), token};
        }
    }
    return {};
}

QRectF GateLayout::cell_box(const GateScene& scene, const Block& block, const GateCell& cell) const {
    const QRectF& rows = cell.mixer < 0 ? block.mean : block.body;
    if (rows.isEmpty() || cell.group != block.group) {
        return {};
    }
    const int tokens = scene.tokens(block.group), count = cell.mixer < 0 ? 1 : scene.mixers;
    const double across = rows.width() / tokens, down = rows.height() / count;
    const QRectF box(rows.left() + across * cell.token, rows.top() + down * std::max(cell.mixer, 0), across, down);
    const double x = std::max(0.0, 3.0 - across) / 2, y = std::max(0.0, 3.0 - down) / 2;
    return box.adjusted(-x, -y, x, y);
}

void draw_gates(QPainter& painter, const GateScene& scene, const GateLayout& layout, const PlotLook& look,
                double ratio) {
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t g = 0; g < layout.heads.size(); ++g) {
        const GateGroup& group = scene.groups[g];
        if (!layout.heads[g].isEmpty()) {
            const qsizetype tokens = group.tokens.size();
            draw_title(painter, look, layout.heads[g].topLeft(), layout.heads[g].width(),
                       tokens < 2 ? group.name : QStringLiteral("%1: %2").arg(group.name, words("tokens 1 to %1 \u2192").arg(tokens)));
        }
        draw_token_labels(painter, scene, layout.token_labels[g], static_cast<int>(g), look);
    }
    for (const GateLayout::Block& block : layout.blocks) {
        draw_rows(painter, scene, block, look, ratio);
        draw_names(painter, scene, layout, block, look);
    }
    draw_bar(painter, layout.bar, look);
}

void draw_gate_cell(QPainter& painter, const GateScene& scene, const GateLayout& layout, const PlotLook& look,
                    const GateCell& cell) {
    painter.setBrush(Qt::NoBrush);
    for (const GateLayout::Block& block : layout.blocks) {
        if (const QRectF box = layout.cell_box(scene, block, cell); !box.isEmpty()) {
            painter.setPen(QPen(look.base(), 3.0));
            painter.drawRect(box);
            painter.setPen(QPen(look.text(), 1.2));
            painter.drawRect(box);
        }
    }
}

QString describe_cell(const GateScene& scene, const GateCell& cell) {
    if (cell.group < 0 || cell.group >= static_cast<int>(scene.groups.size()) || cell.token < 0 ||
        cell.token >= scene.tokens(cell.group)) {
        return {};
    }
    const GateGroup& group = scene.groups[static_cast<std::size_t>(cell.group)];
    QStringList parts;
    for (int e = 0; e < static_cast<int>(group.experts.size()); ++e) {
        parts << QStringLiteral("%1 %2").arg(
            group.experts[e],
            fixed_number(static_cast<double>(scene.weight(cell.group, cell.mixer, cell.token, e)), 2));
    }
    const QString mixer = cell.mixer < 0 ? words("mean of mixers") : words("mixer %1").arg(cell.mixer + 1);
    return QStringLiteral("%1, %2: %3").arg(group.tokens[cell.token], mixer, parts.join(QStringLiteral(", ")));
}

}  // namespace r2t2::ui
