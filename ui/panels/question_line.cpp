#include "ui/panels/question_line.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/run_label.h"
#include "ui/panels/elided_label.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {
constexpr int kInstructionWidth = 160;
}

QuestionLine::QuestionLine(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("questionLine"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 6, 8, 4);
    column->setSpacing(3);
    where_ = new ElidedLabel(this);  // names may be long
    set_caption_look(*where_);
    where_->setObjectName(QStringLiteral("sampleName"));
    column->addWidget(where_);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    instruction_ = caption({}, this);
    row->addWidget(instruction_);
    question_ = new QLineEdit(this);
    question_->setObjectName(QStringLiteral("question"));
    question_->setPlaceholderText(tr("Ask something about the picture"));
    question_->setAccessibleName(tr("Question"));
    question_->setToolTip(tr("Edit and press Enter: the model is asked again"));
    row->addWidget(question_, 4);
    truth_ = new QLineEdit(this);
    truth_->setObjectName(QStringLiteral("truthEdit"));
    truth_->setPlaceholderText(tr("truth, if known"));
    truth_->setAccessibleName(tr("Ground truth"));
    truth_->setToolTip(tr("With the truth, answers are judged and the oracle can be run"));
    row->addWidget(truth_, 1);
    ask_ = new QPushButton(tr("Ask"), this);
    ask_->setObjectName(QStringLiteral("ask"));
    ask_->setToolTip(tr("Ask this question (Enter)"));
    row->addWidget(ask_);
    original_ = new QPushButton(tr("Original"), this);
    original_->setToolTip(tr("Back to the sample's own question and truth"));
    row->addWidget(original_);
    column->addLayout(row);
    remarks_ = caption({}, this);
    remarks_->setObjectName(QStringLiteral("storedRemarks"));
    remarks_->setWordWrap(true);
    remarks_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    remarks_->hide();
    column->addWidget(remarks_);
    error_ = error_label(this);
    column->addWidget(error_);
    for (QLineEdit* line : {question_, truth_}) {
        line->installEventFilter(this);
        connect(line, &QLineEdit::textEdited, this, [this] {
            editing_ = true;
            refresh_name();
        });
    }
    connect(question_, &QLineEdit::textEdited, this, &QuestionLine::match_truth);
    connect(question_, &QLineEdit::returnPressed, this, &QuestionLine::ask);
    connect(truth_, &QLineEdit::returnPressed, this, &QuestionLine::ask);
    connect(ask_, &QPushButton::clicked, this, &QuestionLine::ask);
    connect(original_, &QPushButton::clicked, this, [this] { workspace_.ask({}); });
    connect(&workspace, &Workspace::requestChanged, this, &QuestionLine::refresh);
    connect(&workspace, &Workspace::inspectionChanged, this, &QuestionLine::refresh_remarks);
    connect(&workspace, &Workspace::trajectoryChanged, this, &QuestionLine::refresh_name);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Run) {
            show_error(error_, message);
        }
    });
    refresh();
}

void QuestionLine::focus_question() {
    question_->setFocus(Qt::ShortcutFocusReason);
    question_->selectAll();
}

bool QuestionLine::eventFilter(QObject* watched, QEvent* event) {
    auto* line = qobject_cast<QLineEdit*>(watched);
    if (event->type() == QEvent::MouseButtonPress) {
        editing_ = true;
    } else if (event->type() == QEvent::FocusOut) {
        editing_ = false;
    } else if (line != nullptr && event->type() == QEvent::ShortcutOverride) {
        const auto& key = static_cast<const QKeyEvent&>(*event);
        const bool nothing = (key.matches(QKeySequence::Undo) && !line->isUndoAvailable()) || (key.matches(QKeySequence::Redo) && !line->isRedoAvailable());
        if (nothing) {  // the line would take it and do nothing: it is the window's
            event->ignore();
            return true;
        }
    } else if (line != nullptr && event->type() == QEvent::KeyPress && key_pressed(*line, static_cast<const QKeyEvent&>(*event))) {
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

bool QuestionLine::key_pressed(QLineEdit& line, const QKeyEvent& key) {
    if (key.key() == Qt::Key_Escape && key.modifiers() == Qt::NoModifier) {
        line.deselect();
        Q_EMIT left();
        return true;
    }
    if (key.key() == Qt::Key_Space && key.modifiers() == Qt::NoModifier && !editing_ && workspace_.trajectory() != nullptr) {
        workspace_.cursor().toggle();
        return true;
    }
    editing_ = editing_ || key.key() == Qt::Key_Left || key.key() == Qt::Key_Right || key.key() == Qt::Key_Home || key.key() == Qt::Key_End;
    return false;
}

void QuestionLine::refresh() {
    editing_ = false;
    const bool open = workspace_.has_sample();
    for (QWidget* widget : std::initializer_list<QWidget*>{question_, truth_, ask_, original_}) {
        widget->setEnabled(open);
    }
    if (!open) {
        where_->set_text(tr("No sample"));
        instruction_->hide();
        remarks_->hide();
        return;
    }
    const InspectRequest& request = workspace_.request();
    const SampleSummary own = request.list->summary(request.index);
    const QString instruction = own.prompt_known ? QString::fromStdString(own.instruction) : tr("(instruction not known)");
    instruction_->setText(instruction_->fontMetrics().elidedText(instruction.simplified(), Qt::ElideRight, kInstructionWidth));
    instruction_->setToolTip(tr("Instruction that stands before the question in the prompt; it is not embedded") + QStringLiteral("\n") + instruction);
    instruction_->setVisible(!own.instruction.empty() || !own.prompt_known);
    if (const QString asked = QString::fromStdString(request.question.value_or(own.question)); asked != question_->text()) {
        question_->setText(asked);  // else the cursor stays where one types
        question_->setCursorPosition(0);
    }
    truth_->setText(truth_asked());
    original_->setVisible((request.question || request.truth) && !own.question.empty());
    refresh_name();
    remarks_->hide();  // of the sample before
}

void QuestionLine::set_runs(const std::vector<StoredRun>& runs) {
    lacking_.clear();
    for (const StoredRun& run : runs) {
        if (const QString lacking = lacking_words(run); !lacking.isEmpty()) {
            lacking_[run.id] = lacking;
        }
    }
    refresh_name();
}

/// What answers are judged by now.
QString QuestionLine::truth_asked() const {
    const InspectRequest& request = workspace_.request();
    const SampleSummary own = request.list->summary(request.index);
    const bool asked_anew = request.question && *request.question != own.question;
    return QString::fromStdString(request.truth ? *request.truth : asked_anew ? std::string() : own.truth);
}

/// Whether what stands in the fields is what was asked, and whose question it is; empty: the sample's own, asked.
QString QuestionLine::state_words(const SampleSummary& own, const std::string& question) const {
    const bool asked = question_->text() == QString::fromStdString(question) && truth_->text().trimmed() == truth_asked();
    return question.empty()            ? tr("  \u00b7  type a question and press Enter")
           : !asked                    ? tr("  \u00b7  edited, not asked yet")
           : question != own.question ? tr("  \u00b7  your question")
           : truth_asked() != QString::fromStdString(own.truth)
               ? tr("  \u00b7  your truth, its own is %1").arg(own.truth.empty() ? tr("not known") : QStringLiteral("\u201c%1\u201d").arg(QString::fromStdString(own.truth)))
               : QString();
}

/// Whose the sample is, and whether what stands in the fields is what was asked.
void QuestionLine::refresh_name() {
    if (!workspace_.has_sample()) {
        return;
    }
    const InspectRequest& request = workspace_.request();
    const SampleSummary own = request.list->summary(request.index);
    const std::string question = request.question.value_or(own.question);
    QString where = QString::fromStdString(own.id);
    if (own.set != own.id) {  // a picture that was opened alone is a set of its own name
        where.prepend(QString::fromStdString(own.set) + QStringLiteral(" / "));
    }
    where += state_words(own, question);  // before what may be cut
    if (request.list->stored()) {
        const std::int64_t run = workspace_.followed_run();
        where += QStringLiteral("  \u00b7  ") + (run != 0 ? tr("run %1, %2").arg(run).arg(evaluation_title(*request.list)) : evaluation_title(*request.list));
        const auto runs = request.list->runs();
        const auto lacks = lacking_.find(run != 0 || runs.empty() ? run : runs.front().first);
        where += lacks != lacking_.end() ? tr(", %1").arg(lacks->second) : QString();
    }
    for (const std::string& part : {own.family, own.domain, own.template_name}) {
        where += part.empty() ? QString() : QStringLiteral("  \u00b7  ") + QString::fromStdString(part);
    }
    where_->set_text(where);
}

void QuestionLine::refresh_remarks() {
    const InspectionPtr& inspection = workspace_.inspection();
    QStringList lines, details;
    for (const std::string& remark : inspection ? inspection->remarks() : std::vector<std::string>()) {
        lines << QString::fromStdString(remark);
    }
    for (const AgainComparison& each : inspection ? inspection->again() : std::vector<AgainComparison>()) {
        const QString line = tr("Run %1 again: %2.").arg(each.run).arg(QString::fromStdString(each.text));
        (each.same() && each.ties.empty() ? details : lines) << line;
    }
    if (!details.isEmpty()) {
        double worst = 0.0, routing = 0.0;
        for (const AgainComparison& each : inspection->again()) {
            worst = each.same() ? std::max(worst, each.difference) : worst;
            routing = each.same() ? std::max(routing, each.routing_difference) : routing;
        }
        const QString counted = tr("Run again: %1 of %2 methods as stored").arg(details.size()).arg(inspection->again().size());
        lines << (worst == 0.0 && routing == 0.0
                      ? tr("%1, to the last bit.").arg(counted)
                      : tr("%1, answers and verdicts; numbers within %2 and r within %3, because alone a sample's last digits are not those of the group it was run in.")
                            .arg(counted).arg(worst, 0, 'g', 2).arg(routing, 0, 'g', 2));
    }
    remarks_->setText(lines.join(QLatin1Char('\n')));
    remarks_->setToolTip(details.join(QLatin1Char('\n')));
    remarks_->setVisible(!lines.isEmpty());
}

/// The sample's truth belongs to its own question; a truth that the user typed stays.
void QuestionLine::match_truth(const QString& question) {
    const InspectRequest& request = workspace_.request();
    const SampleSummary own = request.list->summary(request.index);
    const QString truth = QString::fromStdString(own.truth);
    const bool is_own = question.trimmed() == QString::fromStdString(own.question);
    if (!is_own && truth_->text() == truth) {
        truth_->clear();
    } else if (is_own && truth_->text().isEmpty()) {
        truth_->setText(truth);
    }
}

void QuestionLine::ask() {
    if (question_->text().trimmed().isEmpty()) {
        show_error(error_, tr("question: found nothing, allowed: a question about the picture"));
        question_->setFocus();
        return;
    }
    workspace_.ask(question_->text().trimmed(), truth_->text().trimmed());
}

}  // namespace r2t2::ui
