#include "ui/panels/benchmark_form.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/base/number_text.h"
#include "ui/models/benchmark_size.h"
#include "ui/models/counted.h"
#include "ui/models/error_words.h"
#include "ui/models/method_names.h"
#include "ui/models/reference_words.h"
#include "ui/panels/form_scroll.h"
#include "ui/panels/theme.h"
#include "ui/panels/word_choices.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

/// Every chosen method under every parameter set. Errors as swept().
Result<std::vector<MethodParams>> runs_of(const BenchmarkRequest& request) {
    std::vector<MethodParams> methods;
    for (const Method method : request.methods) {
        methods.push_back(request.params);
        methods.back().method = method;
    }
    return swept(methods, request.sweep);
}

}  // namespace

BenchmarkForm::BenchmarkForm(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("benchmarkForm"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* area = new FormScroll(this);
    auto* inside = new QWidget(area);
    area->setWidget(inside);
    outer->addWidget(area);
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(8, 6, 8, 6);
    column->setSpacing(6);

    auto* sets_row = new QHBoxLayout;
    sets_row->addWidget(caption(tr("Sets"), inside), 1);
    const auto button = [&](const char* name, const QString& text, const QString& tip, auto does) {
        auto* tool = new QToolButton(inside);
        tool->setObjectName(QLatin1String(name));
        tool->setText(text);
        tool->setToolTip(tip);
        tool->setAutoRaise(true);
        connect(tool, &QToolButton::clicked, this, does);
        sets_row->addWidget(tool);
        inputs_.push_back(tool);
    };
    const auto check_all = [this](Qt::CheckState state) {
        for (int i = 0; i < sets_->count(); ++i) {
            sets_->item(i)->setCheckState(state);
        }
    };
    button("allSets", tr("All"), tr("Choose every set"), [check_all] { check_all(Qt::Checked); });
    button("noSets", tr("None"), tr("Choose no set"), [check_all] { check_all(Qt::Unchecked); });
    button("addSet", tr("Add\u2026"), tr("A data set file (JSON) of your own"), [this] { add_data_set(); });
    column->addLayout(sets_row);
    sets_ = new QListWidget(inside);
    sets_->setObjectName(QStringLiteral("benchmarkSets"));
    sets_->setAccessibleName(tr("Evaluation sets"));
    sets_->setToolTip(tr("Held-out sets: family (G general, K knowledge, O text) and domain. Space checks the current one."));
    sets_->setMinimumHeight(110);  // and all the room that is free
    sets_->setUniformItemSizes(true);
    inputs_.push_back(sets_);
    column->addWidget(sets_, 1);

    column->addWidget(caption(tr("Methods, beside base"), inside));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    add_methods(inside, grid);
    column->addLayout(grid);

    references_ = caption({}, inside);
    references_->setObjectName(QStringLiteral("benchmarkReferences"));
    references_->setWordWrap(true);
    column->addWidget(references_);
    column->addWidget(caption(tr("Parameters (several, as in 1; 3; 5, make a sweep)"), inside));
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setVerticalSpacing(3);
    form->setContentsMargins(0, 0, 0, 0);
    std::string group;
    for (const ParameterRow& row : parameter_table()) {
        if (group != row.group) {
            group = row.group;
            form->addRow(caption(first_upper(table_text(row.group)), inside));
        }
        add_field(form, row);
    }
    form->addRow(caption(tr("Run"), inside));
    const auto spin = [&](const char* name, const QString& label, int low, int high, int value, const QString& tip) {
        auto* box = new WholeBox(inside);
        box->setObjectName(QLatin1String(name));
        box->setAccessibleName(label);
        box->setRange(low, high);
        box->setValue(value);
        box->setToolTip(tip);
        auto* words = new QLabel(label, inside);
        words->setBuddy(box);
        words->setToolTip(tip);
        form->addRow(words, box);
        inputs_.push_back(box);
        connect(box, &QSpinBox::valueChanged, this, &BenchmarkForm::tell);
        refusals_.add(box);
        return box;
    };
    samples_ = spin("benchmarkSamples", tr("Samples per set"), 1, 1'000'000, 200, tr("Of each bundled set; a data set file is run whole"));
    seed_ = spin("benchmarkSeed", tr("Seed"), 0, 1'000'000, 1, tr("Of bundled sets, random neighbours and controls"));
    workers_ = spin("benchmarkWorkers", tr("Workers"), 0, 256, 0, tr("Threads; 0: one per processor. Results do not depend on it."));
    workers_->setSpecialValueText(tr("automatic"));
    session_ = new QLineEdit(inside);
    session_->setObjectName(QStringLiteral("benchmarkSession"));
    session_->setPlaceholderText(tr("a new file"));
    session_->setClearButtonEnabled(true);
    session_->setToolTip(tr("Session file (SQLite) that the results go to: a new one, or one to which these runs are added"));
    session_->setAccessibleName(tr("Session"));
    auto* session_label = new QLabel(tr("Session"), inside);
    session_label->setBuddy(session_);
    form->addRow(session_label, session_);
    inputs_.push_back(session_);
    column->addLayout(form);
    summary_ = caption({}, inside);
    summary_->setObjectName(QStringLiteral("benchmarkSummary"));
    summary_->setWordWrap(true);
    column->addWidget(summary_);
    detectable_ = caption({}, inside);
    detectable_->setObjectName(QStringLiteral("benchmarkDetectable"));
    detectable_->setWordWrap(true);
    column->addWidget(detectable_);
    error_ = error_label(inside);
    error_->setObjectName(QStringLiteral("benchmarkNumberError"));
    column->addWidget(error_);

    connect(&refusals_, &RefusalList::changed, this, [this](const QString& reasons) { show_error(error_, reasons); });
    connect(sets_, &QListWidget::itemChanged, this, &BenchmarkForm::tell);
    connect(&workspace, &Workspace::inspectorChanged, this, &BenchmarkForm::fill);
    connect(session_, &QLineEdit::textChanged, this, &BenchmarkForm::tell);
    fill();
}

/// Those under study, the leading one first; rivals; the upper bounds; the controls together.
void BenchmarkForm::add_methods(QWidget* inside, QGridLayout* grid) {
    std::vector<Method> methods = methods_of(MethodRole::Study);
    std::stable_partition(methods.begin(), methods.end(), [](Method method) { return method == kLeadingMethod; });
    for (const MethodRole role : {MethodRole::Rival, MethodRole::UpperBound}) {
        const std::vector<Method> those = methods_of(role);
        methods.insert(methods.end(), those.begin(), those.end());
    }
    int place = 0;
    for (const Method method : methods) {
        const MethodRow& row = method_row(method);
        const bool rival = row.role == MethodRole::Rival;  // its tooltip says so: the form is narrow
        auto* box = new QCheckBox(uses_label(method) ? first_upper(table_text(row.title)) : rival ? table_text(row.title) : method_title(method), inside);
        box->setObjectName(QStringLiteral("method-") + QLatin1String(row.name));
        box->setChecked(runs_unnamed(method) && row.neighbours != NeighbourNeed::Surfaces);  // most reference sets have no tables yet
        box->setToolTip(first_upper(table_text(row.sentence)) + (rival ? tr("\nA rival, of other work: %1").arg(table_text(row.source)) : QString()));
        grid->addWidget(box, place / 2, place % 2);
        methods_.emplace_back(method, box);
        inputs_.push_back(box);
        connect(box, &QCheckBox::toggled, this, &BenchmarkForm::tell);
        ++place;
    }
    controls_ = new QCheckBox(tr("Controls"), inside);
    controls_->setObjectName(QStringLiteral("benchmarkControls"));
    QStringList sentences;
    for (const Method method : methods_of(MethodRole::Control)) {
        sentences << first_upper(table_text(method_row(method).title)) + QStringLiteral(": ") + table_text(method_row(method).sentence);
    }
    controls_->setToolTip(tr("What a gain must be compared with. What has to be fitted on the reference set is fitted first.\n%1").arg(sentences.join(QLatin1Char('\n'))));
    inputs_.push_back(controls_);
    connect(controls_, &QCheckBox::toggled, this, &BenchmarkForm::tell);
    grid->addWidget(controls_, place / 2, place % 2);
}

void BenchmarkForm::add_field(QFormLayout* form, const ParameterRow& row) {
    const QString label = table_text(row.caption), tip = tr("%1\nSeveral values with semicolons between make a sweep").arg(parameter_tip(row));
    auto* edit = new QLineEdit(this);
    edit->setObjectName(QStringLiteral("sweep-") + QLatin1String(row.name));
    edit->setAccessibleName(label);
    edit->setToolTip(tip);
    auto* words = new QLabel(label, this);
    words->setBuddy(edit);
    words->setToolTip(tip);
    auto* both = new QWidget(this);
    auto* column = new QVBoxLayout(both);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(1);
    column->addWidget(edit);
    if (row.kind == ParameterKind::Word) {
        new WordChoices(edit, row.words);
    }
    auto* error = error_label(both);
    error->setObjectName(edit->objectName() + QStringLiteral("-error"));
    column->addWidget(error);
    form->addRow(words, both);
    fields_.push_back({&row, edit, error});
    inputs_.push_back(edit);
    connect(edit, &QLineEdit::textChanged, this, &BenchmarkForm::tell);
}

void BenchmarkForm::show_asked(const AskedEvaluation& asked) {
    asked_ = asked;
    if (workspace_.inspector()) {
        fill_asked();
        tell();
    }
}

/// What the session does not say, or what is not there any more, stays as it is.
void BenchmarkForm::fill_asked() {
    const AskedEvaluation asked = std::move(*asked_);
    asked_.reset();
    if (!asked.methods.empty()) {
        const auto has = [&asked](Method method) { return std::find(asked.methods.begin(), asked.methods.end(), method) != asked.methods.end(); };
        for (const auto& [method, box] : methods_) {
            const QSignalBlocker blocker(box);
            box->setChecked(has(method));
        }
        const QSignalBlocker blocker(controls_);
        controls_->setChecked(std::any_of(asked.methods.begin(), asked.methods.end(), is_control));
    }
    if (!asked.sets.empty()) {
        tick_asked(asked);
    }
    for (const auto& [box, value] : {std::pair{samples_, asked.samples}, std::pair{seed_, asked.seed}}) {
        if (value && *value >= box->minimum() && *value <= box->maximum()) {
            const QSignalBlocker blocker(box);
            box->setValue(static_cast<int>(*value));
        }
    }
    for (const Field& field : fields_) {
        if (const auto at = asked.values.find(field.row->name); at != asked.values.end()) {
            QStringList values;
            for (const std::string& value : at->second) {
                values << QString::fromStdString(value);
            }
            const QSignalBlocker blocker(field.edit);
            field.edit->setText(values.join(QStringLiteral("; ")));
        }
    }
}

/// From the model that is open: its sets, and where it is another one its recommended parameters. Another reference set changes nothing that
/// stands here: what it does not allow is told.
void BenchmarkForm::fill() {
    if (const InspectorPtr& inspector = workspace_.inspector()) {
        if (const std::string& model = inspector->info().model_hash; std::exchange(model_, model) != model) {
            recommend(inspector->info());
        }
        references_->setText(tr("References: %1").arg(reference_words(workspace_.options().reference, *inspector)));
        references_->setToolTip(tr("%1\nAnother set: File > References").arg(shown_path(path_text(inspector->info().reference_name))));
    }
    fill_sets(sets_->count() > 0 ? Ticks::Kept : Ticks::FirstChoice);
    if (asked_ && workspace_.inspector()) {
        fill_asked();
    }
    tell();
}

/// What had been typed for another model goes, and is told.
void BenchmarkForm::recommend(const InspectorInfo& info) {
    QStringList gone;
    for (const Field& field : fields_) {
        const QString before = field.edit->text(), now = QString::fromStdString(parameter_text(*field.row, info.defaults));
        if (!before.isEmpty() && before != now) {
            gone << tr("%1 %2 (was %3)").arg(field.edit->accessibleName(), now, before);
        }
        const QSignalBlocker blocker(field.edit);
        field.edit->setText(now);
    }
    if (!gone.isEmpty()) {
        Q_EMIT workspace_.happened(tr("The Benchmark form has what is recommended for this model: %1").arg(gone.join(QStringLiteral(", "))));
    }
}

/// Numbers are read in the C locale; a decimal comma is understood where it can mean nothing else (core/base/number_text.h).
Result<SweepAxis> BenchmarkForm::read_field(const Field& field, const MethodParams& params) const {
    const std::string name = field.edit->accessibleName().toStdString(), text = field.edit->text().toStdString();
    std::string values;
    const ParameterRow& row = *field.row;
    const bool none = row.kind == ParameterKind::OptionalNumber && field.edit->text().contains(QLatin1String(row.none));
    if (row.kind == ParameterKind::Word || none) {
        values = field.edit->text().remove(QLatin1Char(' ')).replace(QLatin1Char(';'), QLatin1Char(',')).toStdString();
    } else {
        const auto numbers = parse_number_list(text, row.kind == ParameterKind::Whole ? NumberKind::Whole : NumberKind::Decimal, name);
        if (!numbers) {
            return numbers.error();
        }
        for (const std::string& number : *numbers) {
            values += (values.empty() ? "" : ",") + number;
        }
    }
    Result<SweepAxis> axis = parse_sweep_axis(row.name + ("=" + values));
    for (std::size_t i = 0; axis && i < axis->values.size(); ++i) {
        const Result<MethodParams> with = with_axis(params, row.name, axis->values[i]);
        const Status valid = with ? validate(*with, {}) : Status(with.error());
        if (!valid) {
            axis = valid.error();
        }
    }
    if (!axis) {
        Error error = axis.error();
        error.where = {};
        error.field = name;
        return error;
    }
    return axis;
}

/// One value is a parameter of every method, several are an axis.
Status BenchmarkForm::read_fields(BenchmarkRequest& request) const {
    for (const Field& field : fields_) {
        const Result<SweepAxis> axis = read_field(field, request.params);
        if (!axis) {
            return axis.error();
        }
        if (axis->values.size() > 1) {
            request.sweep.push_back(*axis);
        } else {
            request.params = with_axis(request.params, field.row->name, axis->values.front()).value();
        }
    }
    return {};
}

void BenchmarkForm::tell_fields() {
    const InspectorPtr& inspector = workspace_.inspector();
    for (const Field& field : fields_) {
        const Result<SweepAxis> axis = inspector ? read_field(field, inspector->info().defaults) : Result<SweepAxis>(SweepAxis());
        show_error(field.error, axis ? QString() : QString::fromStdString(axis.error().message()));
    }
}

Result<BenchmarkRequest> BenchmarkForm::request() const {
    const InspectorPtr& inspector = workspace_.inspector();
    if (!inspector) {
        return Error{ErrorKind::NotFound, {}, tr("model").toStdString(), tr("not open yet").toStdString(), {}};
    }
    BenchmarkRequest request;
    request.params = inspector->info().defaults;
    request.params.seed = static_cast<std::uint64_t>(seed_->value());
    for (int i = 0; i < sets_->count(); ++i) {
        const QListWidgetItem& item = *sets_->item(i);
        if (item.checkState() != Qt::Checked) {
            continue;
        }
        if (item.data(kPublished).toBool()) {
            request.sets.push_back(published_->name);
            request.data = published_->folder;
            request.split = published_->split;
            request.limit = published_->limit;
        } else {
            request.sets.push_back(item.text().toStdString());
        }
    }
    if (!request.data.empty() && request.sets.size() > 1) {
        return Error{ErrorKind::InvalidInput, {}, tr("Sets").toStdString(), tr("a published data set and others").toStdString(),
                     tr("a published data set alone: it has its own scoring").toStdString()};
    }
    if (request.sets.empty()) {
        return Error{ErrorKind::InvalidInput, {}, tr("Sets").toStdString(), tr("none").toStdString(), tr("at least one").toStdString()};
    }
    for (const auto& [method, box] : methods_) {
        if (box->isChecked()) {
            request.methods.push_back(method);
        }
    }
    if (controls_->isChecked()) {
        for (const Method method : all_methods()) {
            if (is_control(method)) {
                request.methods.push_back(method);
            }
        }
    }
    R2T2_TRY(read_fields(request));
    request.samples = static_cast<std::size_t>(samples_->value());
    request.threads = workers_->value();
    request.session = file_path(session_->text().trimmed()).string();
    const Result<std::vector<MethodParams>> runs = runs_of(request);
    if (!runs) {
        return runs.error();
    }
    R2T2_TRY(inspector->check_methods(*runs));
    return request;
}

std::optional<SelectionSize> BenchmarkForm::size() const {
    SelectionSize out;
    for (int i = 0; i < sets_->count(); ++i) {
        const QListWidgetItem& item = *sets_->item(i);
        if (item.checkState() != Qt::Checked) {
            continue;
        }
        const bool bundled = item.data(kBundled).toBool();
        if (!bundled && !(item.data(kPublished).toBool() && published_size_)) {
            return std::nullopt;
        }
        out.samples += bundled ? samples_->value() : published_size_->samples;
        out.clusters += bundled ? samples_->value() : published_size_->clusters;
    }
    return out;
}

void BenchmarkForm::tell() {
    const Result<BenchmarkRequest> asked = request();
    tell_fields();
    for (const Field& field : fields_) {  // what the references do not allow, or a ticked method
        if (!asked && asked.error().field == std::string("--") + field.row->name) {
            show_error(field.error, window_words(asked.error()));
        }
    }
    const std::size_t runs = asked ? run_count(*asked).value() : 0;
    summary_->setText(asked ? selection_text(*asked, runs) : QString());
    const DetectableWords detectable = asked ? detectable_words(size(), asked->sets.size(), runs) : DetectableWords();
    detectable_->setText(detectable.line);
    detectable_->setToolTip(detectable.tip);
    detectable_->setVisible(!detectable.line.isEmpty());
    Q_EMIT edited();
}

QString BenchmarkForm::take_refusal() {
    const QString refused = refusals_.commit() ? QString() : refusals_.text();
    refusals_.clear();
    return refused;
}

void BenchmarkForm::set_locked(bool locked) {
    for (QWidget* input : inputs_) {
        input->setEnabled(!locked);
    }
}

}  // namespace r2t2::ui
