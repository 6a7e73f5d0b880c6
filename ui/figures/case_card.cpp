#include "ui/figures/case_card.h"

#include <algorithm>
#include <cmath>

#include "ui/figures/figure_axes.h"
#include "ui/figures/outcomes.h"

namespace r2t2::ui {

namespace {

constexpr double kWideCard = 120.0 * kMillimetre, kCardGap = 10.0, kLargestPicture = 44.0 * kMillimetre;
constexpr double kPictureScale = 300.0 / 96.0;  // pixels a 1/96 inch that paper shows
constexpr int kQuestionLines = 5;

const CaseStep* last_answered(const std::vector<CaseStep>& steps) {
    const auto at = std::find_if(steps.rbegin(), steps.rend(), [](const CaseStep& step) { return !step.answer.isEmpty(); });
    return at == steps.rend() ? nullptr : &*at;
}

}  // namespace

QStringList wrapped(const QFontMetricsF& metrics, const QString& text, double width, int most) {
    QStringList words = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts), lines;
    QString line;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString longer = line.isEmpty() ? words[i] : line + QLatin1Char(' ') + words[i];
        if (metrics.horizontalAdvance(longer) <= width) {
            line = longer;
            continue;
        }
        if (!line.isEmpty()) {
            lines << line;
        }
        qsizetype letters = words[i].size();  // of a word that no line holds
        while (letters > 1 && metrics.horizontalAdvance(words[i].left(letters)) > width) {
            --letters;
        }
        line = words[i].left(letters);
        if (letters < words[i].size()) {
            words.insert(i + 1, words[i].mid(letters));
        }
    }
    if (!line.isEmpty()) {
        lines << line;
    }
    if (lines.size() > most) {
        const QString rest = lines.mid(most - 1).join(QLatin1Char(' '));
        lines = lines.mid(0, most - 1) << metrics.elidedText(rest, Qt::ElideRight, width);
    }
    return lines;
}

double CaseCardFigure::words_height(double width, const QFontMetricsF& metrics) const {
    return (static_cast<double>(wrapped(metrics, data_.question, width, kQuestionLines).size()) + 3.0 + 0.6) * metrics.height();
}

/// Wide: picture | words above curves | weights above neighbours. Narrow: everything below one another, words beside the picture.
CaseCardFigure::Layout CaseCardFigure::layout(double width, const QFontMetricsF& metrics) const {
    const double line = metrics.height(), inner = width - 4.0;
    const double aspect = data_.picture.isNull() || data_.picture.width() == 0 ? 0.75 : static_cast<double>(data_.picture.height()) / data_.picture.width();
    const bool wide = width >= kWideCard;
    Layout at;
    at.header = QRectF(2.0, 1.0, inner, 1.3 * line);
    const double top = at.header.bottom() + 4.0, picture = std::min((wide ? 0.26 : 0.33) * inner, kLargestPicture);
    at.picture = QRectF(2.0, top, picture, std::clamp(aspect, 0.4, 1.4) * picture);
    const double beside = at.picture.right() + kCardGap;
    if (wide) {
        const double column = (at.header.right() - beside - 2.0 * kCardGap) / 2.0, right = beside + column + 2.0 * kCardGap;
        at.words = QRectF(beside, top, column, words_height(column, metrics));
        at.curves = QRectF(beside, at.words.bottom() + 0.4 * line, column, curves_height(metrics));
        at.weights = QRectF(right, top, column, weights_height(column, metrics));
        at.neighbours = QRectF(right, at.weights.bottom() + 0.4 * line, column, neighbours_height(metrics));
        at.bottom = std::max({at.picture.bottom(), at.neighbours.bottom(), at.curves.bottom()});
        return at;
    }
    at.words = QRectF(beside, top, at.header.right() - beside, words_height(at.header.right() - beside, metrics));
    at.weights = QRectF(2.0, std::max(at.picture.bottom(), at.words.bottom()) + 0.6 * line, inner, weights_height(inner, metrics));
    at.curves = QRectF(2.0, at.weights.bottom() + 0.5 * line, inner, curves_height(metrics));
    at.neighbours = QRectF(2.0, at.curves.bottom() + 0.4 * line, inner, neighbours_height(metrics));
    at.bottom = at.neighbours.bottom();
    return at;
}

double CaseCardFigure::natural_height(double width, const QFontMetricsF& metrics) const { return layout(width, metrics).bottom + 3.0; }

void CaseCardFigure::draw(QPainter& painter, const QRectF& area, const PlotLook& look) const {
    const Layout at = layout(area.width(), QFontMetricsF(look.font));
    painter.save();
    painter.translate(area.topLeft());
    if (at.bottom > area.height() && at.bottom > 0.0) {  // a height that was asked for
        painter.scale(area.height() / at.bottom, area.height() / at.bottom);
    }
    draw_header(painter, at.header, look);
    draw_picture(painter, at.picture, look);
    draw_words(painter, at.words, look);
    draw_weights(painter, at.weights, look);
    draw_curves(painter, at.curves, look);
    draw_neighbours(painter, at.neighbours, look);
    painter.restore();
}

void CaseCardFigure::draw_header(QPainter& painter, const QRectF& box, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font);
    double right = box.right();
    if (data_.outcome) {
        const QString text = outcome_title(data_.outcome);
        const QColor ground = outcome_colour(colour_of(data_.outcome));
        const QRectF badge(box.right() - metrics.horizontalAdvance(text) - 10.0, box.top(), metrics.horizontalAdvance(text) + 10.0, box.height());
        painter.setPen(Qt::NoPen);
        painter.setBrush(ground);
        painter.drawRoundedRect(badge, 2.0, 2.0);
        painter.setPen(text_on(ground));
        draw_elided(painter, badge.adjusted(5.0, 0.0, 0.0, 0.0), Qt::AlignLeft, text);
        right = badge.left() - 6.0;
    }
    draw_title(painter, look, QPointF(box.left(), box.top() + 0.15 * metrics.height()), right - box.left(),
               QStringLiteral("%1, %2").arg(data_.sample, data_.method));
}

void CaseCardFigure::draw_picture(QPainter& painter, const QRectF& box, const PlotLook& look) const {
    painter.setBrush(Qt::NoBrush);
    if (data_.picture.isNull()) {
        painter.setPen(QPen(ink(look.palette, 0.4), 0.8));
        painter.drawRect(box);
        const QFontMetricsF metrics(look.font);
        const int most = std::max(1, static_cast<int>((box.height() - 6.0) / metrics.height()));
        const QString text = QStringLiteral("picture not at hand: ") + data_.picture_path;
        const QStringList lines = wrapped(metrics, text, box.width() - 8.0, most);
        painter.setPen(ink(look.palette, 0.65));
        for (qsizetype i = 0; i < lines.size(); ++i) {
            painter.drawText(QPointF(box.left() + 4.0, box.top() + 3.0 + static_cast<double>(i) * metrics.height() + metrics.ascent()), lines[i]);
        }
        return;
    }
    // Not more pixels than 300 dpi shows; fewer stay as they are.
    const QSizeF size = QSizeF(data_.picture.size()).scaled(box.size(), Qt::KeepAspectRatio);
    const QSize most = (size * kPictureScale).toSize().expandedTo(QSize(1, 1));
    const QImage shown = data_.picture.width() > most.width() ? data_.picture.scaled(most, Qt::IgnoreAspectRatio, Qt::SmoothTransformation) : data_.picture;
    const QRectF at(box.left() + (box.width() - size.width()) / 2.0, box.top() + (box.height() - size.height()) / 2.0, size.width(), size.height());
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(at, shown);
    painter.setPen(QPen(ink(look.palette, 0.4), 0.8));
    painter.drawRect(at);
}

/// The question, the truth, the answer before and after: each with its confidence, and whether it is right.
void CaseCardFigure::draw_words(QPainter& painter, const QRectF& box, const PlotLook& look) const {
    const QFontMetricsF metrics(look.font), strong(bold(look.font));
    const double line = metrics.height();
    double y = box.top();
    painter.setPen(look.text());
    for (const QString& text : wrapped(metrics, data_.question, box.width(), kQuestionLines)) {
        painter.drawText(QPointF(box.left(), y + metrics.ascent()), text);
        y += line;
    }
    y += 0.5 * line;
    const CaseStep* after = last_answered(data_.steps);
    const CaseStep* before = data_.steps.empty() ? nullptr : &data_.steps.front();
    const QString native = QStringLiteral("native"), rerouted = QStringLiteral("re-routed");
    const double labels = metrics.horizontalAdvance(rerouted) + 6.0;
    const double verdicts = 9.0 + std::max(metrics.horizontalAdvance(QStringLiteral("right")), metrics.horizontalAdvance(QStringLiteral("wrong")));
    const double numbers = box.right() - verdicts - 6.0;  // their right end
    const auto row = [&](const QString& label, const QString& answer, const CaseStep* step, double room) {
        painter.setPen(ink(look.palette, 0.65));
        painter.drawText(QPointF(box.left(), y + metrics.ascent()), label);
        if (step != nullptr && step->correct) {
            const OutcomeColour outcome = *step->correct ? OutcomeColour::Right : OutcomeColour::Wrong;
            painter.setPen(Qt::NoPen);
            painter.setBrush(outcome_colour(outcome));
            draw_marker(painter, *step->correct ? Marker::Circle : Marker::Diamond, QPointF(box.right() - verdicts + 3.0, y + metrics.ascent() * 0.62), 2.6);
            painter.setPen(readable(outcome_colour(outcome), look.palette));
            painter.drawText(QPointF(box.right() - verdicts + 9.0, y + metrics.ascent()), *step->correct ? QStringLiteral("right") : QStringLiteral("wrong"));
        }
        if (step != nullptr && step->confidence) {
            const QString number = fixed_number(*step->confidence, 2);
            painter.setPen(look.text());
            painter.drawText(QPointF(numbers - metrics.horizontalAdvance(number), y + metrics.ascent()), number);
        }
        painter.setFont(bold(look.font));
        painter.setPen(look.text());
        painter.drawText(QPointF(box.left() + labels, y + metrics.ascent()),
                         strong.elidedText(answer.isEmpty() ? QStringLiteral("\u2013") : answer, Qt::ElideRight, room - labels));
        painter.setFont(look.font);
        y += line;
    };
    // Above the numbers, where the truth leaves room for it.
    const QString heading = QStringLiteral("confidence"), truth = data_.truth.isEmpty() ? QStringLiteral("not known") : data_.truth.simplified();
    const double headed = numbers - metrics.horizontalAdvance(heading), answered = numbers - metrics.horizontalAdvance(QStringLiteral("0.88")) - 6.0;
    const bool room = box.left() + labels + strong.horizontalAdvance(truth) + 6.0 < headed;
    if (room) {
        painter.setPen(ink(look.palette, 0.65));
        painter.drawText(QPointF(headed, y + metrics.ascent()), heading);
    }
    row(QStringLiteral("truth"), truth, nullptr, box.width());
    row(native, before != nullptr ? before->answer.simplified() : QString(), before, answered - box.left());
    if (data_.steps.size() > 1) {
        row(rerouted, after != nullptr ? after->answer.simplified() : QString(), after, answered - box.left());
    }
}

QString CaseCardFigure::tsv() const {
    QString out = tsv_line({QStringLiteral("part"), QStringLiteral("number"), QStringLiteral("text"), QStringLiteral("answer"), QStringLiteral("right"),
                            QStringLiteral("confidence"), QStringLiteral("objective"), QStringLiteral("weight before"), QStringLiteral("weight after"),
                            QStringLiteral("kernel weight")});
    const auto optional = [](const std::optional<double>& value) { return value ? tsv_number(*value) : QString(); };
    out += tsv_line({QStringLiteral("sample"), {}, data_.question, data_.truth, {}, {}, {}, {}, {}, {}});
    for (std::size_t t = 0; t < data_.steps.size(); ++t) {
        const CaseStep& step = data_.steps[t];
        out += tsv_line({QStringLiteral("step"), QString::number(t), {}, step.answer, step.correct ? QString::number(*step.correct ? 1 : 0) : QString(),
                         optional(step.confidence), optional(step.objective), {}, {}, {}});
    }
    for (const CaseGroup& group : data_.groups) {
        for (std::size_t e = 0; e < group.before.size(); ++e) {
            out += tsv_line({QStringLiteral("weight"), QString::number(e + 1), group.experts[static_cast<qsizetype>(e)], {}, {}, {}, {},
                             tsv_number(group.before[e]), tsv_number(group.after[e]), {}});
        }
    }
    for (const CaseNeighbour& each : data_.neighbours) {
        out += tsv_line({QStringLiteral("neighbour"), QString::number(each.rank), each.question.isEmpty() ? each.name : each.question, each.answer, {}, {}, {}, {}, {},
                         tsv_number(each.weight)});
    }
    return out;
}

}  // namespace r2t2::ui
