#include "ui/panels/reference_card.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <algorithm>

#include "ui/models/reference_words.h"

namespace r2t2::ui {

ReferenceCard::ReferenceCard(Workspace& workspace, ThumbnailStore& thumbnails, QWidget* parent)
    : QWidget(parent), workspace_(workspace), thumbnails_(thumbnails) {
    setObjectName(QStringLiteral("referenceCard"));
    setAccessibleName(tr("Reference under the pointer"));
    setToolTip(tr("The reference sample under the pointer, or the chosen one"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 2, 8, 2);
    row->setSpacing(8);
    picture_ = new QLabel(this);
    picture_->setFixedSize(thumbnails.side(), thumbnails.side());
    row->addWidget(picture_);
    text_ = new QLabel(this);
    text_->setTextFormat(Qt::RichText);
    text_->setWordWrap(true);
    text_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    row->addWidget(text_, 1);
    setFixedHeight(thumbnails.side() + 6);
    connect(&workspace, &Workspace::hoveredReferenceChanged, this, &ReferenceCard::refresh);
    connect(&workspace, &Workspace::selectionChanged, this, &ReferenceCard::refresh);
    connect(&workspace, &Workspace::inspectorChanged, this, [this] {
        if (source_ != 0) {
            thumbnails_.forget(source_);
        }
        source_ = thumbnails_.new_source();
        refresh();
    });
    connect(&thumbnails, &ThumbnailStore::ready, this, [this](const ThumbnailKey& key) {
        if (key.source == source_) {
            refresh();
        }
    });
    refresh();
}

/// Colours stand in the text.
void ReferenceCard::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
    QWidget::changeEvent(event);
}

void ReferenceCard::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refresh();
}

void ReferenceCard::refresh() {
    const InspectorPtr& inspector = workspace_.inspector();
    int shown = workspace_.hovered_reference();
    if (shown < 0 && workspace_.selected_references().size() == 1) {
        shown = workspace_.selected_references().front();
    }
    if (!inspector || shown < 0 || shown >= static_cast<int>(inspector->references().size())) {
        picture_->clear();
        const QString hint = inspector ? tr("Point at a reference to see it. In use: %1.").arg(reference_words(workspace_.options().reference, *inspector).toHtmlEscaped())
                                       : tr("References appear when the model is open.");
        text_->setToolTip({});  // the card's own
        text_->setText(QStringLiteral("<span style='color:%1'>%2</span>").arg(palette().color(QPalette::PlaceholderText).name(), hint));
        return;
    }
    const auto index = static_cast<std::size_t>(shown);
    const ReferenceSummary& reference = inspector->references()[index];
    picture_->setPixmap(thumbnails_.pixmap({source_, index}, [inspector, index] { return inspector->reference_picture(index); }));
    QString routing;
    for (const ExpertGroup& group : inspector->info().space.groups) {
        routing += routing.isEmpty() ? QString() : QStringLiteral(" | ");
        const std::size_t begin = inspector->info().space.group_begin(static_cast<std::size_t>(&group - inspector->info().space.groups.data()));
        for (std::size_t e = 0; e < group.experts.size(); ++e) {
            routing += QString::number(reference.routing(0, begin + e), 'f', 2) + (e + 1 < group.experts.size() ? QStringLiteral(" ") : QString());
        }
    }
    QStringList kind;
    for (const std::string& part : {reference.family, reference.domain}) {
        if (!part.empty()) {
            kind << QString::fromStdString(part);
        }
    }
    QStringList facts = {tr("reference %1").arg(index)};
    if (!kind.isEmpty()) {
        facts << kind.join(QLatin1Char(' '));
    }
    facts << QStringLiteral("r ") + routing;
    tell(QString::fromStdString(reference.question).simplified(), QString::fromStdString(reference.answer).simplified(), facts.join(QStringLiteral(" \u00b7 ")));
}

/// Two lines, which is what there is room for; of a long question its beginning, so that the answer stays. The whole is in the tooltip.
void ReferenceCard::tell(const QString& question, const QString& answer, const QString& facts) {
    QFont bold = font();
    bold.setBold(true);
    const QString to = QStringLiteral(" \u2192 ");
    const int room = std::max(text_->width() - 4, 40);
    const QString answered = fontMetrics().elidedText(answer, Qt::ElideRight, room / 2);
    const QString asked = QFontMetrics(bold).elidedText(question, Qt::ElideRight, room - fontMetrics().horizontalAdvance(to + answered));
    text_->setText(QStringLiteral("<b>%1</b>%2%3<br><span style='color:%4'>%5</span>")
                       .arg(asked.toHtmlEscaped(), to, answered.toHtmlEscaped(), palette().color(QPalette::PlaceholderText).name(),
                            fontMetrics().elidedText(facts, Qt::ElideRight, room).toHtmlEscaped()));
    text_->setToolTip(QStringLiteral("<p>%1%2%3</p><p>%4</p>").arg(question.toHtmlEscaped(), to, answer.toHtmlEscaped(), facts.toHtmlEscaped()));
}

}  // namespace r2t2::ui
