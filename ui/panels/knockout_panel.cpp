#include "ui/panels/knockout_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/number_text.h"
#include "ui/models/method_names.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"
#include "ui/panels/when_shown.h"

namespace r2t2::ui {

namespace {

enum KnockColumn { KnockKindColumn, KnockWhere, KnockExpert, KnockLoss, KnockAnswer, KnockVerdict, KnockConfidence, KnockColumns };

QString signed_text(double value, int digits) { return (value < 0.0 ? QString() : QStringLiteral("+")) + QString::fromStdString(fixed_text(value, digits)); }

QString verdict(const KnockedAnswer& row) { return !row.right ? QString() : *row.right ? KnockoutPanel::tr("right") : KnockoutPanel::tr("wrong"); }

}  // namespace

KnockoutPanel::KnockoutPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      workspace_(workspace),
      model_({tr("kind"), tr("where"), tr("expert"), tr("loss"), tr("answer"), tr("verdict"), tr("confidence")}, {KnockLoss, KnockConfidence}) {
    setObjectName(QStringLiteral("knockoutPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(2);
    note_ = caption({}, this);
    note_->setObjectName(QStringLiteral("knockoutNote"));
    note_->setWordWrap(true);
    column->addWidget(note_);
    table_ = row_table("knockoutTable", tr("Knock-outs"),
                       tr("One expert at a time, in one mixer or in all, under the native routing.\nsilence: its weight is kept, its output is nothing\n"
                          "block: its weight is nothing, the others' grow\nforce: all the weight is its own\nloss: change of the truth's, nats"),
                       fontMetrics().height() + 8, this);
    table_->setModel(&model_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(-1, Qt::AscendingOrder);
    column->addWidget(table_, 1);
    auto* shown = new WhenShown(this, [this] { ask(); });
    connect(&workspace, &Workspace::inspectionChanged, shown, &WhenShown::ask);
    connect(&workspace, &Workspace::knockoutsReady, this, &KnockoutPanel::take);
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Knockouts && !message.isEmpty()) {
            clear(message);
        }
    });
    shown->ask();
}

void KnockoutPanel::clear(const QString& note) {
    note_->setText(note);
    model_.set_rows({});
}

void KnockoutPanel::ask() {
    if (!workspace_.inspection()) {
        clear(tr("What the answer owes to every expert appears when a sample has been run."));
    } else if (workspace_.inspection()->stored()) {
        clear(tr("A stored trajectory holds no knock-outs: press Run."));
    } else {
        clear(tr("Taking the experts away, one at a time ..."));
        workspace_.request_knockouts();
    }
}

void KnockoutPanel::take(const std::vector<KnockedAnswer>& rows) {
    if (rows.empty()) {
        return;
    }
    const KnockedAnswer& native = rows.front();
    std::vector<QStringList> texts;
    qlonglong changed = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const KnockedAnswer& row = rows[i];
        QStringList cells(KnockColumns);
        cells[KnockKindColumn] = QString::fromStdString(row.kind);
        cells[KnockWhere] = QString::fromStdString(row.where);
        cells[KnockExpert] = expert_title(row.expert);
        cells[KnockLoss] = row.loss && native.loss ? signed_text(*row.loss - *native.loss, 3) : QStringLiteral("-");
        cells[KnockAnswer] = QString::fromStdString(row.answer);
        cells[KnockVerdict] = verdict(row);
        cells[KnockConfidence] = QString::fromStdString(fixed_text(row.confidence, 2));
        changed += row.changed ? 1 : 0;
        texts.push_back(std::move(cells));
    }
    const bool first = model_.rowCount() == 0 && table_->horizontalHeader()->count() == KnockColumns;
    model_.set_rows(std::move(texts));
    if (first && !table_->widths_chosen()) {
        table_->resizeColumnsToContents();
        for (int column = 0; column < KnockColumns; ++column) {
            table_->setColumnWidth(column, table_->columnWidth(column) + fontMetrics().averageCharWidth() * 2);
        }
        table_->share_width();
    }
    note_->setText(tr("As it is: %1%2, confidence %3. Another answer under %4 of %5 knock-outs.")
                       .arg(QString::fromStdString(native.answer), native.right ? QStringLiteral(" (") + verdict(native) + QLatin1Char(')') : QString(),
                            QString::fromStdString(fixed_text(native.confidence, 2)))
                       .arg(changed)
                       .arg(rows.size() - 1));
}

}  // namespace r2t2::ui
