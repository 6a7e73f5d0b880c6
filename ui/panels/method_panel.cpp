#include "ui/panels/method_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGuiApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/error_words.h"
#include "ui/models/method_names.h"
#include "ui/panels/form_scroll.h"
#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

constexpr int kPauseMilliseconds = 350;
constexpr double kLeast = 1e-12, kLargest = 1e12;  // for ranges that are open or have no end

/// A control is not chosen here; it stands below the others while a session's run of it is shown.
bool is_offered(Method method) { return !is_control(method); }

}  // namespace

void MethodPanel::add_row(QFormLayout* form, const QString& label, QWidget* field, const char* name, const QString& tip) {
    field->setObjectName(QLatin1String(name));
    field->setToolTip(tip);
    field->setAccessibleName(label);
    field->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* caption_label = new QLabel(label, this);
    caption_label->setToolTip(tip);
    caption_label->setBuddy(field);
    form->addRow(caption_label, field);
}

QComboBox* MethodPanel::choice(QFormLayout* form, const char* name, const QString& label, const QStringList& words, const QString& tip) {
    auto* box = new QComboBox(this);
    box->addItems(words);
    box->setMinimumContentsLength(8);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    add_row(form, label, box, name, tip);
    connect(box, &QComboBox::currentIndexChanged, this, &MethodPanel::edited);
    return box;
}

template <typename Box>
void MethodPanel::watch(Box* box) {
    connect(box, &Box::valueChanged, this, &MethodPanel::edited);
    refusals_.add(box);
}

void MethodPanel::build_method(QFormLayout* form) {
    method_ = new QComboBox(this);
    QStringList formulas;
    for (const Method method : all_methods()) {
        const MethodRow& row = method_row(method);
        if (!is_offered(method)) {
            continue;
        }
        method_->addItem(table_text(row.caption), static_cast<int>(method));
        if (*row.formula != 0) {
            formulas << first_upper(table_text(row.title)) + QStringLiteral(": ") + table_text(row.formula);
        }
    }
    method_->setMinimumContentsLength(8);
    method_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(method_, &QComboBox::currentIndexChanged, this, &MethodPanel::edited);
    add_row(form, tr("Method"), method_, "method", formulas.join(QLatin1Char('\n')) + QLatin1Char('\n') + QString::fromUtf8(kR2t2Paper));
}

MethodPanel::Field MethodPanel::word_field(QFormLayout* form, const ParameterRow& row) {
    QStringList words;
    for (const char* word : row.words) {
        words << QString::fromUtf8(word);
    }
    QComboBox* box = choice(form, row.box, table_text(row.caption), words, parameter_tip(row));
    return {&row, box, [box] { return ParameterValue(box->currentText().toStdString()); },
            [box](const ParameterValue& value) { box->setCurrentText(QString::fromStdString(std::get<std::string>(value))); }};
}

namespace {

/// What is being typed is not written over with the same number in other words: "0.30" may become 0.305.
template <typename Box, typename Value>
void put(Box* box, Value value) {
    if (box->value() != value) {
        box->setValue(value);
    }
}

}  // namespace

MethodPanel::Field MethodPanel::whole_field(QFormLayout* form, const ParameterRow& row) {
    auto* box = new WholeBox(this);
    box->setRange(static_cast<int>(row.range.low), static_cast<int>(row.range.high));
    box->setSpecialValueText(table_text(row.lowest));
    add_row(form, table_text(row.caption), box, row.box, parameter_tip(row));
    watch(box);
    return {&row, box, [box] { return ParameterValue(std::int64_t{box->value()}); },
            [box](const ParameterValue& value) { put(box, static_cast<int>(std::get<std::int64_t>(value))); }};
}

/// None is the lowest value of its box; of a parameter that replaces another the choice of the two says it.
MethodPanel::Field MethodPanel::number_field(QFormLayout* form, const ParameterRow& row) {
    auto* box = new NumberBox(this, row.arrow > 0.0 ? NumberBox::Arrows::Add : NumberBox::Arrows::Multiply);
    const bool optional = row.kind == ParameterKind::OptionalNumber, chosen = *row.replaces != 0;
    const bool open = row.range.end == ParameterRange::Low::Open && (!optional || chosen);
    box->setRange(open ? std::max(row.range.low, kLeast) : row.range.low, std::min(row.range.high, kLargest));
    if (row.arrow > 0.0) {
        box->setSingleStep(row.arrow);
    }
    box->setSpecialValueText(table_text(row.lowest));
    put(box, row.suggested);
    add_row(form, table_text(row.caption), box, row.box, parameter_tip(row));
    watch(box);
    const double lowest = box->minimum();
    return {&row, box,
            [this, box, optional, chosen, lowest] {
                const bool none = optional && (chosen ? neighbours_kind_->currentIndex() == 0 : box->value() == lowest);
                return none ? ParameterValue() : ParameterValue(box->value());
            },
            [this, box, chosen, lowest](const ParameterValue& value) {
                const auto* number = std::get_if<double>(&value);
                if (chosen) {
                    neighbours_kind_->setCurrentIndex(number != nullptr ? 1 : 0);
                }
                put(box, number != nullptr ? *number : chosen ? box->value() : lowest);
            }};
}

void MethodPanel::build_parameters(QFormLayout* form) {
    std::string group;
    for (const ParameterRow& row : parameter_table()) {
        if (group != row.group) {
            group = row.group;
            form->addRow(caption(first_upper(table_text(row.group)), this));
            if (group == find_parameter("num-neighbors")->group) {
                neighbours_kind_ = choice(form, "neighbourhood", tr("Neighbourhood"), {"k nearest", "epsilon ball"},
                                          tr("Who the neighbours are: so many of the nearest references, or all in a ball"));
            }
        }
        fields_.push_back(row.kind == ParameterKind::Word    ? word_field(form, row)
                          : row.kind == ParameterKind::Whole ? whole_field(form, row)
                                                             : number_field(form, row));
    }
}

MethodPanel::MethodPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("methodPanel"));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    origin_row_ = new QWidget(this);
    auto* origin_row = new QHBoxLayout(origin_row_);
    origin_row->setContentsMargins(8, 6, 8, 0);
    origin_ = caption({}, origin_row_);
    origin_->setObjectName(QStringLiteral("paramsOrigin"));
    origin_->setWordWrap(true);
    origin_row->addWidget(origin_, 1);
    as_run_ = new QPushButton(origin_row_);
    as_run_->setObjectName(QStringLiteral("runParams"));
    as_run_->setToolTip(tr("Run this sample with the parameters that its run stored"));
    connect(as_run_, &QPushButton::clicked, &workspace, &Workspace::use_run_params);
    origin_row->addWidget(as_run_);
    own_ = new QPushButton(tr("Use mine"), origin_row_);
    own_->setObjectName(QStringLiteral("ownParams"));
    own_->setToolTip(tr("Run this sample with the parameters that stood here before the session's"));
    connect(own_, &QPushButton::clicked, &workspace, &Workspace::use_own_params);
    origin_row->addWidget(own_);
    origin_row_->hide();
    outer->addWidget(origin_row_);
    auto* area = new FormScroll(this);
    auto* page = new QWidget(area);
    form_ = new QFormLayout(page);
    form_->setContentsMargins(8, 8, 8, 8);
    form_->setVerticalSpacing(4);
    form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    build_method(form_);
    build_parameters(form_);
    area->setWidget(page);
    outer->addWidget(area, 1);
    build_foot(outer);
    pause_ = new QTimer(this);
    pause_->setSingleShot(true);
    pause_->setInterval(kPauseMilliseconds);
    connect(pause_, &QTimer::timeout, this, &MethodPanel::run_shown);
    connect(&workspace, &Workspace::paramsChanged, this, [this] { show(workspace_.params()); });
    connect(&workspace, &Workspace::inspectionChanged, this, &MethodPanel::refresh_marks);
    connect(&workspace, &Workspace::requestChanged, this, &MethodPanel::fill_for_sample);
    connect(&refusals_, &RefusalList::changed, this, [this] { tell(shown()); });
    show(workspace.params());
}

void MethodPanel::build_foot(QVBoxLayout* outer) {
    error_ = error_label(this);
    error_->setContentsMargins(8, 0, 8, 0);
    outer->addWidget(error_);
    not_run_ = caption(tr("Edited, not run yet: the trajectory is of the former parameters."), this);
    not_run_->setObjectName(QStringLiteral("notRun"));
    not_run_->setWordWrap(true);
    not_run_->setContentsMargins(8, 0, 8, 0);
    not_run_->hide();
    outer->addWidget(not_run_);
    on_change_ = new QCheckBox(tr("Run on change"), this);
    on_change_->setChecked(true);
    on_change_->setToolTip(tr("Re-route as soon as a parameter changes; a newer run replaces the one that is going on"));
    auto* above = new QHBoxLayout;  // three in one row are wider than a small window has room for
    above->setContentsMargins(8, 2, 8, 0);
    above->addWidget(on_change_);
    outer->addLayout(above);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(8, 2, 8, 8);
    row->addStretch(1);
    auto* copy = new QPushButton(tr("Copy command"), this);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setToolTip(tr("Copy as command line: the same run with r2t2 inspect"));
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(workspace_.command_line()); });
    row->addWidget(copy);
    run_ = new QPushButton(tr("Run"), this);
    run_->setObjectName(QStringLiteral("run"));
    run_->setToolTip(tr("Re-route this sample by every method (F5)"));
    run_->setDefault(true);
    connect(run_, &QPushButton::clicked, this, &MethodPanel::send);
    row->addWidget(run_);
    outer->addLayout(row);
}

Method MethodPanel::chosen_method() const { return static_cast<Method>(method_->currentData().toInt()); }

/// What was typed and refused beside the sample before is of no interest beside this one.
void MethodPanel::fill_for_sample() {
    const std::pair<const SampleList*, std::size_t> sample{workspace_.request().list.get(), workspace_.request().index};
    if (std::exchange(sample_, sample) != sample) {
        unsent_ = false;
        refusals_.clear();
        show(workspace_.params());
    }
}

void MethodPanel::show(const MethodParams& params) {
    if (unsent_ && params == filled_) {  // a run has ended that says nothing new: what is edited meanwhile waits for its own
        refresh_marks();
        return;
    }
    if (!(params == shown())) {
        refusals_.clear();
    }
    filled_ = params;
    unsent_ = false;
    showing_ = true;
    if (const int last = method_->count() - 1; !is_offered(static_cast<Method>(method_->itemData(last).toInt()))) {
        method_->removeItem(last);
    }
    if (method_->findData(static_cast<int>(params.method)) < 0) {  // a control: only a session has it
        method_->addItem(tr("Control: %1").arg(QString::fromStdString(to_string(params.method))), static_cast<int>(params.method));
    }
    method_->setCurrentIndex(method_->findData(static_cast<int>(params.method)));
    for (const Field& field : fields_) {
        field.put(field.row->access.get(params));
    }
    showing_ = false;
    pause_->stop();
    set_rows();
    tell(params);
    refresh_marks();
}

/// Whose parameters stand here, and whether they made what is on screen.
void MethodPanel::refresh_marks() {
    const QString origin = workspace_.params_origin();
    const InspectionPtr& inspection = workspace_.inspection();
    const bool unknown = inspection && !inspection->params_known();
    const Workspace::ParamsOf whose = workspace_.params_of();
    const bool own = whose == Workspace::ParamsOf::Own;
    origin_->setText(unknown                                         ? tr("This run did not store its parameters; yours stand here.")
                     : own                                           ? tr("Your own parameters, not those of %1.").arg(origin)
                     : whose == Workspace::ParamsOf::ChangedRun      ? tr("Parameters of %1, changed.").arg(origin)
                     : whose == Workspace::ParamsOf::RunOtherMethod  ? tr("Parameters of %1, with another method.").arg(origin)
                                                                     : tr("Parameters of %1, as it stored them.").arg(origin));
    origin_row_->setVisible(unknown || !origin.isEmpty());
    own_->setVisible(!unknown && !own);
    as_run_->setText(tr("As %1").arg(origin));
    as_run_->setVisible(!unknown && whose != Workspace::ParamsOf::Run);
    const MethodParams* made = workspace_.made_by();
    MethodParams here = shown();
    if (made != nullptr) {
        here.method = made->method;
        here.answer_steps = made->answer_steps;
        here.final_objective = made->final_objective;
        here.seed = made->seed;
    }
    not_run_->setVisible(made != nullptr && !(here == *made));
}

MethodParams MethodPanel::shown() const {
    MethodParams params = workspace_.params();
    params.method = chosen_method();
    for (const Field& field : fields_) {
        field.row->access.set(params, field.value());
    }
    return params;
}

/// What the chosen method does not use, or what another parameter leaves no meaning, is greyed, not hidden: nothing jumps.
void MethodPanel::set_rows() {
    const Method method = chosen_method();
    const MethodParams params = shown();
    const auto enable = [this](QWidget* field, bool on) {
        field->setEnabled(on);
        if (QWidget* label = form_->labelForField(field)) {
            label->setEnabled(on);
        }
    };
    for (const Field& field : fields_) {
        const ParameterRow& row = *field.row;
        const bool used = uses_parameter(method, row), replaces = *row.replaces != 0;
        const bool chosen = replaces ? !std::holds_alternative<std::monostate>(field.value()) : replaced_by(row, params) == nullptr;
        enable(field.box, used && chosen && has_a_meaning(row, params));
        if (replaces) {
            enable(neighbours_kind_, used && has_a_meaning(row, params));
        }
    }
}

bool MethodPanel::tell(const MethodParams& params) {
    const Status valid = validate(params);
    const QString refused = refusals_.text();
    show_error(error_, !refused.isEmpty() || valid ? refused : window_words(valid.error()));
    return valid.ok();
}

void MethodPanel::edited() {
    if (showing_) {
        return;
    }
    set_rows();
    refresh_marks();
    const MethodParams params = shown();
    const bool valid = tell(params);
    MethodParams same = params;
    same.method = workspace_.params().method;
    unsent_ = !(same == workspace_.params());
    if (!unsent_) {
        pause_->stop();
    }
    if (valid && same == workspace_.params()) {  // another method: its trajectory is there already
        workspace_.change_params(params);
    } else if (valid && on_change_->isChecked()) {
        pause_->start();
    }
}

void MethodPanel::send() {
    pause_->stop();
    if (refusals_.commit()) {
        refusals_.clear();
        run_shown();
    } else {
        tell(shown());
    }
}

/// As far as it is typed: what is being typed stays as it is.
void MethodPanel::run_shown() {
    const MethodParams params = shown();
    if (!tell(params)) {
        return;
    }
    unsent_ = false;
    if (params == workspace_.params()) {
        workspace_.run();
    } else {
        workspace_.change_params(params);
    }
}

}  // namespace r2t2::ui
