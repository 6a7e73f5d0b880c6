#include "ui/panels/data_page.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QDir>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/text_table_model.h"
#include "ui/panels/data_form.h"
#include "ui/panels/picture_view.h"
#include "ui/panels/reference_folder_dialog.h"
#include "ui/panels/row_table.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

QString words(const std::string& text) { return QString::fromStdString(text); }

constexpr int kProblemsTab = 1;

/// `wide`: the column that takes what room the others leave.
QTableView* table_tab(QTabWidget* tabs, TextTableModel* model, const char* name, const QString& title, const QString& tip, std::initializer_list<int> widths, int wide) {
    QTableView* table = row_table(name, title, tip, 24, tabs);
    table->setModel(model);
    set_column_widths(*table, widths);
    table->horizontalHeader()->setSectionResizeMode(wide, QHeaderView::Stretch);
    tabs->setTabToolTip(tabs->addTab(table, title), tip);
    return table;
}

/// A path as a shell takes it, whatever is in it.
QString quoted(QString path) { return QLatin1Char('\'') + path.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\''); }

}  // namespace

DataPage::DataPage(DataCheck& check, QWidget* parent) : QWidget(parent), data_(check) {
    setObjectName(QStringLiteral("dataPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    auto* across = new QSplitter(Qt::Horizontal, this);
    across->setChildrenCollapsible(false);
    row->addWidget(across);
    across->addWidget(build_left());
    across->addWidget(build_right());
    across->setStretchFactor(0, 0);
    across->setStretchFactor(1, 1);
    across->setSizes({320, 960});

    connect(form_, &DataForm::submitted, this, [this] {
        if (read_->isEnabled()) {
            read();
        }
    });
    connect(form_, &DataForm::edited, this, [this] {
        failure_.clear();
        data_.forget();
        set_buttons();
    });
    connect(&data_, &DataCheck::readingChanged, this, &DataPage::show_built);
    connect(&data_, &DataCheck::reportChanged, this, &DataPage::show_report);
    connect(&data_, &DataCheck::builtChanged, this, &DataPage::show_built);
    connect(&data_, &DataCheck::failed, this, [this](const QString& message) {
        failure_ = message;
        show_error(error_, message);
        set_buttons();
    });
    connect(&data_, &DataCheck::pictureReady, this, [this](const SamplePicture& picture) { picture_->set_picture(picture); });
    connect(&data_, &DataCheck::pictureFailed, this, [this](const QString& message) { picture_->clear(message); });
    data_.list_sets();
    show_report();
    show_built();
    set_buttons();
}

QWidget* DataPage::build_left() {
    auto* left = new QWidget(this);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 6);
    column->setSpacing(4);
    form_ = new DataForm(data_, left);
    column->addWidget(form_, 1);
    error_ = error_label(left);
    error_->setObjectName(QStringLiteral("dataError"));
    error_->setContentsMargins(8, 0, 8, 0);
    column->addWidget(error_);
    built_ = caption({}, left);
    built_->setObjectName(QStringLiteral("dataBuilt"));
    built_->setWordWrap(true);
    built_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    built_->setContentsMargins(8, 0, 8, 0);
    column->addWidget(built_);
    auto* buttons = new QGridLayout;
    buttons->setContentsMargins(8, 0, 8, 0);
    buttons->setSpacing(4);
    read_ = new QPushButton(tr("Read"), left);
    read_->setObjectName(QStringLiteral("dataRead"));
    read_->setToolTip(tr("Read and check all of it; nothing is changed on the disk"));
    connect(read_, &QPushButton::clicked, this, &DataPage::read);
    cancel_ = new QPushButton(tr("Cancel"), left);
    cancel_->setObjectName(QStringLiteral("dataCancel"));
    cancel_->setToolTip(tr("Stop reading or building"));
    connect(cancel_, &QPushButton::clicked, this, [this] { data_.cancel(); });
    copy_ = new QToolButton(left);
    copy_->setObjectName(QStringLiteral("dataCopy"));
    copy_->setText(tr("Copy as command line"));
    copy_->setToolTip(tr("The same check with r2t2 data"));
    copy_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(copy_, &QToolButton::clicked, this, [this] { copy_command(false); });
    auto* menu = new QMenu(copy_);
    menu->addAction(tr("Check"), this, [this] { copy_command(false); })->setObjectName(QStringLiteral("dataCopyCheck"));
    menu->addAction(tr("Build reference set"), this, [this] { copy_command(true); })->setObjectName(QStringLiteral("dataCopyReference"));
    copy_->setMenu(menu);
    copy_->setPopupMode(QToolButton::MenuButtonPopup);
    evaluate_ = new QPushButton(tr("Evaluate\u2026"), left);
    evaluate_->setObjectName(QStringLiteral("dataEvaluate"));
    evaluate_->setToolTip(tr("Choose it on the Benchmark page, to run methods on it"));
    connect(evaluate_, &QPushButton::clicked, this, [this] {
        if (data_.report()) {
            Q_EMIT evaluationWanted(*data_.report());
        }
    });
    build_ = new QPushButton(tr("Reference set\u2026"), left);
    build_->setObjectName(QStringLiteral("dataReference"));
    build_->setToolTip(tr("The open model answers every sample; those it answers rightly become a reference set, in a new folder"));
    connect(build_, &QPushButton::clicked, this, &DataPage::choose_reference_folder);
    use_ = new QPushButton(tr("Use it"), left);
    use_->setObjectName(QStringLiteral("dataUseReference"));
    use_->setToolTip(tr("Open the reference set that was built, with the model that is open"));
    connect(use_, &QPushButton::clicked, this, [this] {
        if (data_.built()) {
            Q_EMIT referenceWanted(words(data_.built()->output.string()));
        }
    });
    refine_ = new QCheckBox(tr("Refined"), left);
    refine_->setObjectName(QStringLiteral("dataRefine"));
    refine_->setToolTip(tr("A descent on every candidate's own label, those answered wrongly too: kept are those right before or after, with both routings. "
                           "It takes an oracle run of the whole set; stopped, it is gone on with"));
    buttons->addWidget(read_, 0, 0);
    buttons->addWidget(cancel_, 0, 1);
    buttons->addWidget(evaluate_, 1, 0, 1, 2);
    buttons->addWidget(build_, 2, 0);
    buttons->addWidget(refine_, 2, 1);
    buttons->addWidget(use_, 3, 0, 1, 2);
    buttons->addWidget(copy_, 4, 0, 1, 2);
    column->addLayout(buttons);
    left->setMinimumWidth(290);
    return left;
}

QWidget* DataPage::build_right() {
    auto* right = new QWidget(this);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(4, 6, 4, 4);
    column->setSpacing(4);
    summary_ = new QLabel(right);
    summary_->setObjectName(QStringLiteral("dataSummary"));
    summary_->setWordWrap(true);
    column->addWidget(summary_);
    auto* down = new QSplitter(Qt::Vertical, right);
    down->setChildrenCollapsible(false);
    column->addWidget(down, 1);

    tabs_ = new QTabWidget(down);
    tabs_->setObjectName(QStringLiteral("dataTabs"));
    tabs_->setDocumentMode(true);
    samples_ = new TextTableModel({tr("id"), tr("category"), tr("question"), tr("truth"), tr("scored by")}, {}, this);
    problems_ = new TextTableModel({tr("record"), tr("what became of it"), tr("field"), tr("found"), tr("allowed"), tr("where")}, {0}, this);
    counts_ = new TextTableModel({tr("category"), tr("samples")}, {1}, this);
    sample_table_ = table_tab(tabs_, samples_, "dataSamples", tr("Samples"), tr("How the questions are put and scored; choose one to see it whole"), {110, 130, 420, 130, 150}, 2);
    problem_table_ = table_tab(tabs_, problems_, "dataProblems", tr("Problems"), tr("Records that are broken, and why; choose one to see its sample"), {70, 120, 110, 200, 230, 300}, 5);
    table_tab(tabs_, counts_, "dataCounts", tr("Counts"), tr("Samples of every category, and what was left out"), {420, 90}, 0);
    for (const QTableView* table : {sample_table_, problem_table_}) {
        connect(table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &DataPage::show_chosen);
    }
    connect(tabs_, &QTabWidget::currentChanged, this, &DataPage::show_chosen);

    auto* below = new QSplitter(Qt::Horizontal, down);
    below->setChildrenCollapsible(false);
    picture_ = new PictureView(below);
    picture_->setObjectName(QStringLiteral("dataPicture"));
    picture_->setAccessibleName(tr("Picture of the sample"));
    picture_->setToolTip(tr("Wheel zooms, dragging moves, double click fits"));
    prompt_ = new QPlainTextEdit(below);
    prompt_->setObjectName(QStringLiteral("dataPrompt"));
    prompt_->setAccessibleName(tr("Question as it is put"));
    prompt_->setToolTip(tr("The question as the model is asked, the truth, and the rule that scores the answer"));
    prompt_->setReadOnly(true);
    prompt_->setTabChangesFocus(true);
    below->setSizes({380, 560});
    tabs_->setMinimumHeight(180);
    down->setStretchFactor(0, 3);
    down->setStretchFactor(1, 2);
    return right;
}

void DataPage::read() {
    const Result<DataRequest> request = form_->request();
    if (!request) {
        show_error(error_, words(request.error().message()));
        return;
    }
    data_.check(*request);
}

QString DataPage::reference_name() const {
    const DataRequest& request = data_.report()->request;
    QString name = words(request.name) + QLatin1Char('-') + words(request.split);
    name += request.limit == 0 ? QString() : QStringLiteral("-%1-seed%2").arg(request.limit).arg(request.seed);
    return name.replace(QLatin1Char('/'), QLatin1Char('-'));
}

/// Where descents were stopped, their folder is proposed.
void DataPage::ask_for_folder(const QString& title, const QString& name, Refine refine, void (DataPage::*made)(const QString&)) {
    const bool refines = refine == Refine::Yes;
    auto* dialog = new ReferenceFolderDialog({title, name, refines ? data_.unfinished() : QString(), refines}, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ReferenceFolderDialog::chosen, this, made);
    dialog->open();
}

void DataPage::choose_reference_folder() {
    const QString name = reference_name() + (refine() == Refine::Yes ? QStringLiteral("-refined") : QString());
    ask_for_folder(tr("Build reference set"), name, refine(), &DataPage::build_reference);
}

void DataPage::build_reference(const QString& folder) {
    if (data_.report()) {
        data_.build_reference(data_.report()->request, folder, refine());
    }
}

void DataPage::choose_refined_folder() { ask_for_folder(tr("Refine the open references"), data_.name_of_open() + QStringLiteral("-refined"), Refine::Yes, &DataPage::refine_open); }

void DataPage::refine_open(const QString& folder) { data_.refine_reference(folder); }

Refine DataPage::refine() const { return refine_->isChecked() ? Refine::Yes : Refine::No; }

void DataPage::copy_command(bool reference) {
    const Result<DataRequest> request = form_->request();
    if (!request) {
        return;
    }
    QString command = tr("r2t2 data check %1 %2 --split %3").arg(words(request->name), quoted(words(request->folder.string())), words(request->split));
    command += request->limit == 0 ? QString() : QStringLiteral(" --limit %1 --seed %2").arg(request->limit).arg(request->seed);
    const QString output = data_.built() ? words(data_.built()->output.string()) : QStringLiteral("REFERENCE");
    QApplication::clipboard()->setText(reference ? data_.command_line(*request, output, refine()) : command);
}

void DataPage::show_built() {
    built_->setVisible(data_.building() || data_.built() || !data_.unfinished().isEmpty());
    if (data_.building()) {
        built_->setText(data_.building_words());
    }
    if (!data_.unfinished().isEmpty()) {
        built_->setText(tr("Stopped. The descents so far are kept beside %1: refine into that folder again to go on.").arg(QDir::toNativeSeparators(data_.unfinished())));
    }
    if (const std::optional<ReferenceEnd>& end = data_.built()) {
        QString text = tr("Reference set: %L1 of %L2 samples, %L3 answered wrongly").arg(end->kept).arg(end->tried).arg(end->wrong);
        if (const std::optional<RefineEnd>& refined = end->refined) {
            text = tr("Refined reference set: %L1 of %L2 samples. Right before %L3, after %L4").arg(end->kept).arg(end->tried).arg(refined->right_before).arg(refined->right_after);
            text += tr(" (mended %L1, harmed %L2); wrong under both %L3").arg(refined->mended).arg(refined->harmed).arg(end->wrong);
            text += end->contradictory == 0 ? QString() : tr(", contradictory and left out %L1").arg(end->contradictory);
        }
        text += end->bad == 0 ? QString() : tr(", %L1 could not be run (%2)").arg(end->bad).arg(words(end->problems.front().message()));
        built_->setText(text + tr("; %L1 s. %2").arg(end->seconds, 0, 'f', 1).arg(QDir::toNativeSeparators(words(end->output.string()))));
    }
    set_buttons();
}

void DataPage::set_buttons() {
    const bool scorable = data_.report() && data_.report()->with_truth > 0;
    read_->setEnabled(!data_.reading() && !data_.building() && form_->request().ok());
    copy_->setEnabled(form_->request().ok());
    cancel_->setEnabled(data_.reading() || data_.building());
    evaluate_->setEnabled(scorable);
    build_->setEnabled(scorable && data_.can_build() && !data_.building());
    build_->setText(data_.building_from_data() ? tr("Building\u2026") : tr("Reference set\u2026"));
    use_->setEnabled(data_.built().has_value() && !data_.in_use());
    use_->setText(data_.in_use() ? tr("In use") : tr("Use it"));
    if (data_.reading()) {
        summary_->setText(tr("Reading\u2026"));
    } else if (!data_.report()) {
        summary_->setText(!failure_.isEmpty()  ? tr("It could not be read: %1").arg(failure_)
                          : form_->request() ? tr("Not read yet.") : tr("Choose a data set and the folder in which it was unpacked."));
    }
}

QString DataPage::summary(const DataReport& report) const {
    QString line = tr("%1, %2: %L3 samples").arg(words(report.request.name), words(report.request.split)).arg(report.samples);
    if (report.with_truth < report.samples) {
        line += tr(", %L1 of them with a known truth").arg(report.with_truth);
    }
    const auto skipped = std::count_if(report.problems.begin(), report.problems.end(), [](const DataProblem& problem) { return problem.skipped; });
    const auto told = static_cast<std::int64_t>(report.problems.size()) + report.more_problems;
    line += report.pictures == 0 ? QString() : tr(", %L1 pictures").arg(report.pictures);
    line += report.bad_pictures == 0 ? QString() : tr(" (%L1 cannot be read)").arg(report.bad_pictures);
    line += told == 0 ? tr("; nothing is broken") : tr("; problems: %L1, samples left out because of them: %L2").arg(told).arg(skipped);
    return line;
}

void DataPage::show_report() {
    const DataReportPtr& report = data_.report();
    std::vector<QStringList> samples, problems, counts;
    if (report) {
        for (const DataSample& sample : report->preview) {
            samples.push_back({words(sample.id), words(sample.category), words(sample.question), words(sample.truth), words(sample.scoring)});
        }
        for (const DataProblem& problem : report->problems) {
            problems.push_back({problem.record < 0 ? QString() : QString::number(problem.record), problem.picture ? tr("cannot be run") : problem.skipped ? tr("left out") : tr("kept"), words(problem.error.field),
                                words(problem.error.found), words(problem.error.allowed), words(problem.error.where)});
        }
        for (const auto& [category, count] : report->categories) {
            counts.push_back({category.empty() ? tr("(none)") : words(category), QStringLiteral("%L1").arg(count)});
        }
        for (const auto& [reason, count] : report->left_out) {
            counts.push_back({tr("not of the task: %1").arg(words(reason)), QStringLiteral("%L1").arg(count)});
        }
        summary_->setText(summary(*report));
    }
    tabs_->setTabText(kProblemsTab, problems.empty() ? tr("Problems") : tr("Problems (%L1)").arg(static_cast<qlonglong>(problems.size())));
    samples_->set_rows(std::move(samples));
    problems_->set_rows(std::move(problems));
    counts_->set_rows(std::move(counts));
    if (report && !report->preview.empty()) {
        sample_table_->selectRow(0);
    }
    show_chosen();
    set_buttons();
}

/// What the row at hand is about: of a record that became no sample, or of several, nothing.
void DataPage::show_chosen() {
    const DataReportPtr& report = data_.report();
    const bool of_problem = tabs_->currentIndex() == kProblemsTab;
    const QTableView* table = of_problem ? problem_table_ : sample_table_;
    const QModelIndex now = table->currentIndex();
    if (!report || !now.isValid()) {
        show_sample(nullptr, of_problem ? tr("No problem is chosen.") : tr("No sample is chosen."));
        return;
    }
    if (of_problem) {
        const DataProblem& problem = report->problems[static_cast<std::size_t>(problems_->source(now.row()))];
        show_sample(problem.sample ? &*problem.sample : nullptr, problem.skipped ? tr("Record %1 was left out: it is no sample.").arg(problem.record) : tr("Which sample record %1 became is not known.").arg(problem.record));
    } else {
        show_sample(&report->preview[static_cast<std::size_t>(samples_->source(now.row()))], {});
    }
}

/// Null: `none` says why.
void DataPage::show_sample(const DataSample* sample, const QString& none) {
    if (sample == nullptr) {
        data_.drop_picture();  // one that is still being read is of another row
        prompt_->clear();
        picture_->clear(none);
        return;
    }
    prompt_->setPlainText(tr("%1\n\nTruth: %2\nScored by: %3\nPicture: %4")
                              .arg(words(sample->question), sample->truth.empty() ? tr("not known") : words(sample->truth), words(sample->scoring),
                                   words(sample->picture.string())));
    data_.show_picture(sample->picture);
}

}  // namespace r2t2::ui
