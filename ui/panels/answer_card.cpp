#include "ui/panels/answer_card.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QTextDocumentFragment>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/method_names.h"
#include "ui/panels/copy_menu.h"
#include "ui/panels/theme.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

QString verdict(std::optional<bool> correct) {
    return !correct ? QString() : *correct ? QObject::tr("right") : QObject::tr("wrong");
}

}  // namespace

CandidateBars::CandidateBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Most probable answers"));
    setToolTip(tr("Probability of the first token of the answer. Thin line: native. Bar and number: as shown.\n\u2013: was among the most probable answers natively and is no more, so that its number is not known."));
}

void CandidateBars::set_answers(const Answer* before, const Answer* now) {
    rows_.clear();
    const auto row_of = [this](const std::string& text) -> Row& {
        const QString shown = QString::fromStdString(text).simplified();
        const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.text == shown; });
        return found != rows_.end() ? *found : rows_.emplace_back(Row{shown, -1.0, -1.0});
    };
    if (now != nullptr) {
        for (const AnswerCandidate& each : now->candidates) {
            row_of(each.text).now = each.probability;
        }
    }
    if (before != nullptr) {
        for (const AnswerCandidate& each : before->candidates) {
            row_of(each.text).before = each.probability;
        }
    }
    QStringList spoken;
    for (const Row& row : rows_) {
        spoken << QStringLiteral("%1 %2").arg(row.text).arg(std::max(0.0, row.now), 0, 'f', 2);
    }
    setAccessibleDescription(spoken.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize CandidateBars::sizeHint() const {
    const int line = fontMetrics().height() + 4;
    return {240, std::clamp(static_cast<int>(rows_.size()), 5, 7) * line + 2};
}

void CandidateBars::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = fontMetrics().height() + 4;
    const double number = fontMetrics().horizontalAdvance(QStringLiteral("0.00"));
    const double name = std::min(width() * 0.38, 130.0);
    const double left = name + 8, right = width() - number - 8;
    const int shown = std::min(static_cast<int>(rows_.size()), height() / line);
    for (int i = 0; i < shown; ++i) {
        const Row& row = rows_[static_cast<std::size_t>(i)];
        const double top = i * line + 2;
        const auto x = [&](double p) { return left + p * (right - left); };
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QRectF(0, top, name, line - 4), Qt::AlignRight | Qt::AlignVCenter,
                         fontMetrics().elidedText(row.text.isEmpty() ? tr("(empty)") : row.text, Qt::ElideRight, int(name)));
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink(palette(), 0.10));
        painter.drawRect(QRectF(left, top + 2, right - left, line - 8));
        if (row.now >= 0) {
            painter.setBrush(category_colour(4));
            painter.drawRect(QRectF(left, top + 2, std::max(1.0, x(row.now) - left), line - 8));
        }
        if (row.before >= 0) {
            painter.setBrush(palette().color(QPalette::Text));
            painter.drawRect(QRectF(x(row.before) - 1, top, 2, line - 4));
        }
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QRectF(right + 6, top, number + 2, line - 4), Qt::AlignRight | Qt::AlignVCenter,
                         row.now >= 0 ? QString::number(row.now, 'f', 2) : QStringLiteral("\u2013"));
    }
}

AnswerCard::AnswerCard(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("answerCard"));
    setAccessibleName(tr("Answers"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(3);
    const auto line = [&](const char* name, const QString& tip) {
        auto* label = new QLabel(this);
        label->setObjectName(QLatin1String(name));
        label->setTextFormat(Qt::RichText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setToolTip(tip);
        layout->addWidget(label);
        return label;
    };
    truth_ = line("truth", tr("The ground truth, where it is known"));
    native_ = line("nativeAnswer", tr("What the model answers with its own gates"));
    step_ = line("stepAnswer", tr("What it answers at the step of the cursor"));
    what_if_ = line("whatIfAnswer", tr("What it answers under the routing you moved the point to"));
    error_ = error_label(this);  // above what may have to be scrolled to
    layout->addWidget(error_);
    bars_ = new CandidateBars(this);
    layout->addWidget(bars_);
    score_ = line("score", tr("How the answer was judged, and by how much the best answer leads"));
    mark_ = line("mark", tr("The bundled model is a miniature: it shows the method, not what MoAI-7B can do"));
    layout->addStretch(1);
    connect(&workspace, &Workspace::trajectoryChanged, this, &AnswerCard::refresh);
    connect(&workspace, &Workspace::whatIfChanged, this, &AnswerCard::refresh);
    connect(&workspace, &Workspace::inspectorChanged, this, &AnswerCard::refresh);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, &AnswerCard::refresh);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Opening) {
            refused_ = !message.isEmpty();
            refresh();
        }
        if (place == ErrorPlace::Run || place == ErrorPlace::WhatIf) {
            show_error(error_, message);
        }
    });
    set_up_copy_menu(this, {{"copyAnswers", tr("&Copy answers"), [this] { QGuiApplication::clipboard()->setText(plain_text()); }}});
    refresh();
}

/// What is shown, a line each.
QString AnswerCard::plain_text() const {
    QStringList lines;
    for (const QLabel* label : {truth_, native_, step_, what_if_, score_}) {
        if (!label->isHidden() && !label->text().isEmpty()) {
            lines << QTextDocumentFragment::fromHtml(label->text()).toPlainText().simplified();
        }
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void AnswerCard::show_line(QLabel* label, const QString& heading, const Answer* answer, std::optional<bool> correct) {
    if (answer == nullptr) {
        label->clear();
        label->hide();
        return;
    }
    const QString text = QString::fromStdString(answer->text).toHtmlEscaped();
    const QColor colour = outcome_colour(!correct ? OutcomeColour::Unknown : *correct ? OutcomeColour::Right : OutcomeColour::Wrong);
    const QString dot = correct ? QStringLiteral(" <span style='color:%1'>\u25cf</span> %2").arg(colour.name(), verdict(correct)) : QString();
    label->setText(QStringLiteral("<span style='color:%1'>%2</span> <b>%3</b>%4 <span style='color:%1'>\u00b7 %5</span>")
                       .arg(palette().color(QPalette::PlaceholderText).name(), heading.toHtmlEscaped(),
                            text.isEmpty() ? tr("(empty)") : text, dot, tr("confidence %1").arg(answer->confidence, 0, 'f', 2)));
    label->show();
}

/// Colours stand in the text.
void AnswerCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
    QWidget::changeEvent(event);
}

void AnswerCard::refresh() {
    const InspectionPtr& inspection = workspace_.inspection();
    const InspectorPtr& inspector = workspace_.inspector();
    mark_->setText(inspector && inspector->info().miniature ? tr("<i>Bundled miniature model</i>") : QString());
    mark_->setVisible(!mark_->text().isEmpty());
    const Trajectory* trajectory = workspace_.trajectory();
    const TrajectoryStep* step = workspace_.step();
    if (!inspection || trajectory == nullptr || step == nullptr) {
        truth_->setText(inspector ? tr("Nothing to answer yet.") : refused_ ? tr("There is no model to answer.") : tr("The model is being loaded\u2026"));
        for (QLabel* label : {native_, step_, what_if_, score_}) {
            label->hide();
        }
        bars_->set_answers(nullptr, nullptr);
        return;
    }
    const QString quiet = palette().color(QPalette::PlaceholderText).name();
    const std::string& truth = inspection->sample().truth;
    truth_->setText(truth.empty() ? tr("<span style='color:%1'>truth</span> not known").arg(quiet)
                                  : tr("<span style='color:%1'>truth</span> <b>%2</b>").arg(quiet, QString::fromStdString(truth).toHtmlEscaped()));
    const TrajectoryStep& base = trajectory->base();
    const Answer* native = base.answer ? &*base.answer : nullptr;
    const Answer* now = step->answer ? &*step->answer : nullptr;
    show_line(native_, tr("native"), native, base.correct);
    const QString heading = tr("%1, step %2").arg(method_title(trajectory->method)).arg(step->index);
    show_line(step_, heading, now, step->correct);
    if (now == nullptr) {  // an evaluation's oracle answers the first step and the last
        step_->setText(QStringLiteral("<span style='color:%1'>%2: %3</span>").arg(quiet, heading.toHtmlEscaped(), tr("not answered at this step")));
        step_->show();
    }
    const std::optional<WhatIf>& moved = workspace_.what_if();
    show_line(what_if_, tr("moved"), moved ? &moved->answer : nullptr, moved ? moved->score.correct : std::nullopt);
    const Answer* shown = moved ? &moved->answer : now;
    bars_->set_answers(native, shown);
    if (shown != nullptr) {
        QString text = tr("margin %1").arg(shown->margin, 0, 'f', 2);
        const std::string& rule = moved ? moved->score.rule : inspection->sample().rule;
        if (!truth.empty() && !rule.empty()) {
            text += tr("; scored by %1").arg(QString::fromStdString(rule));
        }
        if (!truth.empty() && moved && !moved->score.reason.empty()) {
            text += QStringLiteral(": ") + QString::fromStdString(moved->score.reason);
        }
        if (moved && moved->loss) {
            text += tr("; loss of the truth %1").arg(*moved->loss, 0, 'f', 3);
        }
        score_->setText(QStringLiteral("<span style='color:%1'>%2</span>").arg(quiet, text.toHtmlEscaped()));
    }
    score_->setVisible(shown != nullptr);
}

}  // namespace r2t2::ui
