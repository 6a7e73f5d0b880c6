#include "ui/panels/question_line.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/panels/theme.h"

namespace r2t2::ui {

QuestionLine::QuestionLine(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("questionLine"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 6, 8, 4);
    column->setSpacing(3);
    where_ = caption({}, this);
    where_->setObjectName(QStringLiteral("sampleName"));
    where_->setToolTip(tr("Set and number of the sample"));
    column->addWidget(where_);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    instruction_ = caption({}, this);
    instruction_->setToolTip(tr("Instruction that stands before the question in the prompt; it is not embedded"));
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
    error_ = error_label(this);
    column->addWidget(error_);
    connect(question_, &QLineEdit::textEdited, this, &QuestionLine::match_truth);
    connect(question_, &QLineEdit::returnPressed, this, &QuestionLine::ask);
    connect(truth_, &QLineEdit::returnPressed, this, &QuestionLine::ask);
    connect(ask_, &QPushButton::clicked, this, &QuestionLine::ask);
    connect(original_, &QPushButton::clicked, this, [this] { workspace_.ask({}); });
    connect(&workspace, &Workspace::requestChanged, this, &QuestionLine::refresh);
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

void QuestionLine::refresh() {
    const bool open = workspace_.has_sample();
    for (QWidget* widget : std::initializer_list<QWidget*>{question_, truth_, ask_, original_}) {
        widget->setEnabled(open);
    }
    if (!open) {
        where_->setText(tr("No sample"));
        instruction_->hide();
        return;
    }
    const InspectRequest& request = workspace_.request();
    const SampleSummary own = request.list->summary(request.index);
    const bool asked_anew = request.question && *request.question != own.question;
    QString where = QStringLiteral("%1 / %2").arg(QString::fromStdString(own.set), QString::fromStdString(own.id));
    for (const std::string& part : {own.family, own.domain, own.template_name}) {
        where += part.empty() ? QString() : QStringLiteral("  \u00b7  ") + QString::fromStdString(part);
    }
    where_->setText(where + (asked_anew ? tr("  \u00b7  your question") : QString()));
    instruction_->setText(QString::fromStdString(own.instruction));
    instruction_->setVisible(!own.instruction.empty());
    question_->setText(QString::fromStdString(request.question.value_or(own.question)));
    question_->setCursorPosition(0);
    const std::string truth = request.truth ? *request.truth : asked_anew ? std::string() : own.truth;
    truth_->setText(QString::fromStdString(truth));
    original_->setVisible((request.question || request.truth) && !own.question.empty());
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
