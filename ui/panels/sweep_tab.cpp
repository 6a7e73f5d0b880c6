#include "ui/panels/sweep_tab.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/half_up.h"
#include "ui/figures/ablation_figure.h"
#include "ui/figures/figure_axes.h"
#include "ui/models/method_names.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"
#include "ui/plots/colours.h"

namespace r2t2::ui {

namespace {

/// The chosen cell is framed, so that its colour can still be compared.
class FramedCell final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyleOptionViewItem plain = option;
        plain.state &= ~(QStyle::State_Selected | QStyle::State_HasFocus);
        QStyledItemDelegate::paint(painter, plain, index);
        if (option.state.testFlag(QStyle::State_Selected)) {
            painter->save();
            for (const auto& [colour, inset] : {std::pair{option.palette.color(QPalette::Text), 1.5}, std::pair{option.palette.color(QPalette::Base), 4.0}}) {
                painter->setPen(QPen(colour, inset < 2.0 ? 3.0 : 1.5));
                painter->drawRect(QRectF(option.rect).adjusted(inset, inset, -inset, -inset));
            }
            painter->restore();
        }
    }
};

}  // namespace

void SweepTableModel::set_sweep(SweepPtr sweep, const SweepSlice& slice, int set) {
    beginResetModel();
    sweep_ = std::move(sweep);
    slice_ = slice;
    set_ = set;
    low_ = std::numeric_limits<double>::infinity();
    high_ = best_ = -low_;
    for (int row = 0; row < rowCount(); ++row) {
        for (int column = 0; column < columnCount(); ++column) {
            if (const SweepScore* one = score(cell(index(row, column))); one != nullptr && std::isfinite(one->accuracy.value)) {
                low_ = std::min(low_, one->accuracy.value);
                high_ = std::max(high_, one->accuracy.value);
                if (sweep_->complete(*cell(index(row, column)))) {
                    best_ = std::max(best_, one->accuracy.value);
                }
            }
        }
    }
    endResetModel();
}

const SweepCell* SweepTableModel::cell(const QModelIndex& index) const {
    return !sweep_ || !index.isValid() ? nullptr : slice_.cell(*sweep_, static_cast<std::size_t>(index.column()), static_cast<std::size_t>(index.row()));
}

const SweepScore* SweepTableModel::score(const SweepCell* cell) const {
    if (cell == nullptr) {
        return nullptr;
    }
    return set_ < 0 ? &cell->overall : static_cast<std::size_t>(set_) < cell->sets.size() ? &cell->sets[static_cast<std::size_t>(set_)] : nullptr;
}

QModelIndex SweepTableModel::index_of(std::int64_t run) const {
    for (int row = 0; row < rowCount(); ++row) {
        for (int column = 0; column < columnCount(); ++column) {
            if (const SweepCell* one = cell(index(row, column)); one != nullptr && one->run == run) {
                return index(row, column);
            }
        }
    }
    return {};
}

int SweepTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !sweep_ ? 0 : slice_.other ? static_cast<int>(sweep_->axes[*slice_.other].values.size()) : 1;
}

int SweepTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || !sweep_ ? 0 : static_cast<int>(sweep_->axes[slice_.x].values.size());
}

QVariant SweepTableModel::data(const QModelIndex& index, int role) const {
    const SweepCell* one = cell(index);
    const SweepScore* scored = score(one);
    const bool known = scored != nullptr && std::isfinite(scored->accuracy.value);
    const double share = known && high_ > low_ ? (scored->accuracy.value - low_) / (high_ - low_) : 0.5;
    switch (role) {
        case Qt::DisplayRole:
            return !known                   ? QStringLiteral("\u2013")
                   : sweep_->complete(*one) ? QString::number(half_up(scored->accuracy.value, 1), 'f', 1)
                                            : QStringLiteral("(%1)").arg(half_up(scored->accuracy.value, 1), 0, 'f', 1);  // a part of the samples
        case Qt::BackgroundRole:
            return known ? QVariant(magnitude_colour(share)) : QVariant();
        case Qt::ForegroundRole:
            return known ? QVariant(text_on(magnitude_colour(share))) : QVariant();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
        case Qt::FontRole: {
            QFont font;
            font.setBold(known && sweep_->complete(*one) && scored->accuracy.value >= best_);
            return font;
        }
        case Qt::ToolTipRole:
            return !known ? tr("No run") : tr("Run %1: %2 % of %3, 95 % interval %4 to %5\nChoose the cell to look at its run")
                                               .arg(one->run).arg(half_up(scored->accuracy.value, 1), 0, 'f', 1).arg(samples_text(scored->scored))
                                               .arg(half_up(scored->accuracy.low, 1), 0, 'f', 1).arg(half_up(scored->accuracy.high, 1), 0, 'f', 1);
        default:
            return {};
    }
}

QVariant SweepTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || !sweep_) {
        return {};
    }
    if (orientation == Qt::Vertical && !slice_.other) {
        return QString();
    }
    const auto& axis = sweep_->axes[orientation == Qt::Horizontal ? slice_.x : *slice_.other];
    return QString::fromStdString(axis.values[static_cast<std::size_t>(section)]);
}

SweepTab::SweepTab(SessionResults& results, QWidget* parent) : QWidget(parent), results_(results) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(4);
    choice_ = new QWidget(this);
    auto* row = new QHBoxLayout(choice_);
    row->setContentsMargins(0, 0, 0, 0);
    const auto combo = [&](const char* name, const QString& words, const QString& tip) {
        auto* box = new QComboBox(choice_);
        box->setObjectName(QLatin1String(name));
        box->setAccessibleName(words);
        box->setToolTip(tip);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(9);
        row->addWidget(caption(words, choice_));
        row->addWidget(box, 1);
        return box;
    };
    method_ = combo("sweepMethod", tr("Method"), tr("Method whose sweep is shown: that of the chosen run, until another is chosen here"));
    across_ = combo("sweepAcross", tr("Across"), tr("Parameter across"));
    down_ = combo("sweepDown", tr("Down"), tr("Parameter down; others are held where the best cell is"));
    set_ = combo("sweepSet", tr("Set"), tr("Which samples"));
    connect(method_, &QComboBox::activated, this, &SweepTab::list_axes);
    for (QComboBox* box : {across_, down_, set_}) {
        connect(box, &QComboBox::activated, this, &SweepTab::show_slice);
    }
    column->addWidget(choice_);
    model_ = new SweepTableModel(this);
    table_ = row_table("sweepTable", tr("Sweep"), tr("Percent right; a cell is a run: choose it to look at that run"), 30, this);
    table_->setSelectionBehavior(QAbstractItemView::SelectItems);
    table_->setSortingEnabled(false);  // a map, not a list
    table_->setAlternatingRowColors(false);
    table_->verticalHeader()->show();
    table_->setShowGrid(true);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignCenter);
    table_->setItemDelegate(new FramedCell(table_));
    table_->setModel(model_);
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (const SweepCell* cell = model_->cell(now)) {
            results_.choose_run(cell->run);
        }
    });
    column->addWidget(table_, 1);
    note_ = caption({}, this);
    note_->setObjectName(QStringLiteral("sweepNote"));
    note_->setWordWrap(true);
    note_->setAlignment(Qt::AlignLeft | Qt::AlignTop);  // by itself it stands where one looks first
    column->addWidget(note_);
    connect(&results, &SessionResults::evaluationChanged, this, &SweepTab::list_methods);
    connect(&results, &SessionResults::runChanged, this, [this] {
        if (model_->index_of(results_.run()).isValid()) {
            followed_ = results_.run();
            mark_run();
        } else {
            list_methods();
        }
    });
    list_methods();
}

SweepPtr SweepTab::shown() const {
    return results_.evaluation() ? results_.evaluation()->sweep_of(method_->currentData().toString().toStdString()) : nullptr;
}

/// The sweep of the chosen run's method; where it is of none (base), or another was chosen here since, the one that was shown stays.
void SweepTab::list_methods() {
    const QString kept = method_->currentData().toString();
    method_->clear();
    if (results_.evaluation()) {
        for (const SweepPtr& sweep : results_.evaluation()->sweeps) {
            const Result<Method> method = parse_method(sweep->method);
            method_->addItem(method ? method_title(*method) : QString::fromStdString(sweep->method), QString::fromStdString(sweep->method));
        }
    }
    const StoredRun* run = results_.stored_run();
    const bool follows = run != nullptr && run->id != followed_;
    followed_ = run != nullptr ? run->id : 0;
    for (const QString& wanted : {follows ? QString::fromStdString(run->info.method) : QString(), kept, QString::fromStdString(to_string(kLeadingMethod))}) {
        if (const int at = method_->findData(wanted); at >= 0) {
            method_->setCurrentIndex(at);
            break;
        }
    }
    method_->setEnabled(method_->count() > 1);
    list_axes();
}

void SweepTab::set_waiting(const QString& words) {
    waiting_ = words;
    if (shown() == nullptr) {
        list_axes();
    }
}

void SweepTab::list_axes() {
    const SweepPtr sweep = shown();
    choice_->setVisible(sweep != nullptr);
    table_->setVisible(sweep != nullptr);
    const QString across = across_->currentText(), down = down_->currentText(), set = set_->currentText();  // kept where the sweep has them
    for (QComboBox* box : {across_, down_, set_}) {
        box->clear();
    }
    if (!sweep) {
        model_->set_sweep(nullptr, {}, -1);
        note_->setText(!waiting_.isEmpty() ? waiting_ : tr("The chosen evaluation is no sweep. Several values in a parameter field make one."));
        return;
    }
    for (const auto& axis : sweep->axes) {
        across_->addItem(parameter_title(axis.parameter), QString::fromStdString(axis.parameter));
        down_->addItem(parameter_title(axis.parameter), QString::fromStdString(axis.parameter));
    }
    down_->setCurrentIndex(sweep->axes.size() > 1 ? 1 : 0);
    down_->setEnabled(sweep->axes.size() > 1);
    set_->addItem(tr("all together"));
    for (const std::string& name : sweep->sets) {
        set_->addItem(QString::fromStdString(name));
    }
    if (across_->findText(across) >= 0 && down_->findText(down) >= 0) {
        across_->setCurrentIndex(across_->findText(across));
        down_->setCurrentIndex(down_->findText(down));
    }
    set_->setCurrentIndex(std::max(0, set_->findText(set)));
    show_slice();
}

void SweepTab::show_slice() {
    const SweepPtr sweep = shown();
    if (!sweep) {
        return;
    }
    if (down_->currentIndex() == across_->currentIndex() && sweep->axes.size() > 1) {
        down_->setCurrentIndex(across_->currentIndex() == 0 ? 1 : 0);
    }
    std::vector<std::string> axes = {across_->currentData().toString().toStdString()};
    if (sweep->axes.size() > 1) {
        axes.push_back(down_->currentData().toString().toStdString());
    }
    const Result<SweepSlice> part = slice(*sweep, axes);
    if (!part) {
        note_->setText(QString::fromStdString(part.error().message()));
        return;
    }
    model_->set_sweep(sweep, *part, set_->currentIndex() - 1);
    QStringList held;
    for (std::size_t a = 0; a < sweep->axes.size(); ++a) {
        if (a != part->x && part->other != a) {
            held << parameter_title(sweep->axes[a].parameter) + QLatin1Char(' ') + QString::fromStdString(sweep->axes[a].values[part->held[a]]);
        }
    }
    const SweepCell* fullest = sweep->fullest();
    QString words = fullest == nullptr ? tr("%1: no sample of the sweep is scored.").arg(method_->currentText())
                                       : tr("%1: percent right of %2, brighter is higher, bold: the best; base %3").arg(method_->currentText(), samples_text(fullest->overall.scored)).arg(half_up(fullest->base.accuracy.value, 1), 0, 'f', 1);
    if (const std::string incomplete = sweep->incomplete_text(); !incomplete.empty()) {
        words += tr("; %1").arg(QString::fromStdString(incomplete));
    }
    if (fullest != nullptr && fullest->coverage.has_references()) {  // all its runs were asked the same samples
        words += tr("; of the samples %1").arg(QString::fromStdString(fullest->coverage.references->text()));
    }
    const auto parts = std::count_if(sweep->cells.begin(), sweep->cells.end(), [&sweep](const SweepCell& cell) { return !sweep->complete(cell); });
    if (parts > 0) {
        words += tr("; in brackets, never the best: %1 of %2 runs with a part of the samples").arg(parts).arg(sweep->cells.size());
    }
    if (!held.isEmpty()) {
        words += tr("; held: %1").arg(held.join(QStringLiteral(", ")));
    }
    note_->setText(words);
    mark_run();
}

void SweepTab::mark_run() {
    const QModelIndex at = model_->index_of(results_.run());
    if (at.isValid() && table_->currentIndex() != at) {
        const QSignalBlocker blocker(table_->selectionModel());  // it is chosen already
        table_->setCurrentIndex(at);
        table_->viewport()->update();
    }
}

}  // namespace r2t2::ui
