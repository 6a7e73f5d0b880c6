#include "ui/panels/method_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGuiApplication>
#include <QClipboard>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/theme.h"

namespace r2t2::ui {

namespace {

constexpr int kPauseMilliseconds = 350;
constexpr int kOwnMethods = 5;  // of the list, without a control that a session's run is
// What a stored run can have, the form can show: ranges are those of validate(), which knows no upper bounds.
constexpr int kMost = 1'000'000;
constexpr double kLeast = 1e-12, kLargest = 1e12;

QString cite(const QString& text) { return text + QObject::tr("\nR2-T2 (arXiv 2502.20395), section 3"); }

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
    connect(&box->refusal(), &Refusal::changed, this, [this] { tell(shown()); });
    refusals_.push_back(&box->refusal());
    commits_.emplace_back([box] { return box->commit(); });
}

void MethodPanel::build_method(QFormLayout* form) {
    method_ = new QComboBox(this);
    for (const auto& [method, words] : {std::pair{Method::Base, tr("Base: native gates")},
                                        std::pair{Method::ModeFinding, tr("Mode finding")},
                                        std::pair{Method::KernelRegression, tr("Kernel regression")},
                                        std::pair{Method::Ngd, tr("NGD: gradient descent")},
                                        std::pair{Method::Oracle, tr("Oracle (sees the truth)")}}) {
        method_->addItem(words, static_cast<int>(method));
    }
    method_->setMinimumContentsLength(8);
    method_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(method_, &QComboBox::currentIndexChanged, this, &MethodPanel::edited);
    add_row(form, tr("Method"), method_, "method",
            cite(tr("NGD: minimise L(r) = \u03a3 K(x\u1d62, x) loss(f(x\u1d62, r), y\u1d62) / \u03a3 K(x\u1d62, x)\n"
                    "Kernel regression: r\u0302 = \u03a3 K(x\u1d62, x) r\u1d62 / \u03a3 K(x\u1d62, x), then \u03b1 r\u2080 + (1 \u2212 \u03b1) r\u0302\n"
                    "Mode finding: r \u2190 r + \u03b7 (m(r) \u2212 r), m(r) the mean shift\n"
                    "Oracle: NGD on the sample's own truth, an upper bound")));
    mode_ = choice(form, "mode", tr("Mode"), {"offset", "fixed"},
                   tr("offset: every token keeps its gate logits and adds \u0394 = log r \u2212 log r\u2080\n"
                      "fixed: every token uses r itself, as in the paper"));
    granularity_ = choice(form, "granularity", tr("Granularity"), {"shared", "per-mixer"},
                          tr("shared: one r for all mixers, as in the paper\nper-mixer: one r for each mixer"));
    frame_ = choice(form, "frame", tr("Neighbours get"), {"target", "shared-delta"},
                    tr("Offset mode. target: everybody goes to the same r\nshared-delta: everybody adds the same \u0394"));
}

void MethodPanel::build_neighbourhood(QFormLayout* form) {
    neighbours_kind_ = choice(form, "neighbourhood", tr("Neighbourhood"), {"k nearest", "epsilon ball"},
                              cite(tr("Cosine similarity of the embeddings of picture and question")));
    k_ = new WholeBox(this);
    k_->setRange(1, kMost);
    add_row(form, tr("k"), k_, "k", tr("Neighbours in task space; the paper uses 5"));
    epsilon_ = new NumberBox(this);
    epsilon_->setRange(kLeast, 2.0);
    epsilon_->setSingleStep(0.05);
    epsilon_->setValue(0.6);
    add_row(form, tr("epsilon"), epsilon_, "epsilon", tr("All references with 1 \u2212 cosine \u2264 \u03b5, at most 50; an empty ball keeps the base answer"));
    kernel_ = choice(form, "kernel", tr("Kernel"), {"gaussian", "matern-3/2", "linear", "polynomial"},
                     cite(tr("gaussian exp(\u2212d\u00b2 / 2h\u00b2); Mat\u00e9rn-3/2 (1 + \u221a3 d/h) exp(\u2212\u221a3 d/h);\nlinear s; polynomial (s + 1)\u00b2")));
    bandwidth_ = new NumberBox(this);
    bandwidth_->setRange(0.0, kLargest);
    bandwidth_->setSingleStep(0.05);
    bandwidth_->setSpecialValueText(tr("median distance"));
    add_row(form, tr("Bandwidth h"), bandwidth_, "bandwidth", tr("Of the kernel, in units of distance; lowest value: the median neighbour distance"));
    watch(k_);
    watch(epsilon_);
    watch(bandwidth_);
}

void MethodPanel::build_descent(QFormLayout* form) {
    steps_ = new WholeBox(this);
    steps_->setRange(1, kMost);
    add_row(form, tr("Steps"), steps_, "steps", tr("Of the descent; the paper uses 10"));
    initial_ = new NumberBox(this, NumberBox::Arrows::Multiply);
    initial_->setRange(kLeast, kLargest);
    add_row(form, tr("First rate"), initial_, "initialRate", cite(tr("Cosine: final + (initial \u2212 final)(1 + cos \u03c0t/T) / 2, Adam on the logits of r")));
    final_ = new NumberBox(this, NumberBox::Arrows::Multiply);
    final_->setRange(0.0, kLargest);
    add_row(form, tr("Last rate"), final_, "finalRate", tr("Where the schedule ends"));
    schedule_ = choice(form, "schedule", tr("Schedule"), {"cosine", "step", "fixed"}, tr("Of the learning rate; the paper uses cosine"));
    parametrisation_ = choice(form, "parametrisation", tr("Descend on"), {"logits", "projected"},
                              tr("logits: r = softmax(z)\nprojected: r itself, put back on its simplex after every step"));
    watch(steps_);
    watch(initial_);
    watch(final_);
}

void MethodPanel::build_others(QFormLayout* form) {
    alpha_grid_ = new WholeBox(this);
    alpha_grid_->setRange(2, kMost);
    add_row(form, tr("\u03b1 grid"), alpha_grid_, "alphaGrid", tr("Kernel regression: values of \u03b1 tried at first, in one batch"));
    eta_ = new NumberBox(this);
    eta_->setRange(kLeast, 1.0);
    eta_->setSingleStep(0.05);
    add_row(form, tr("\u03b7"), eta_, "eta", tr("Mode finding: step towards the mean, r \u2190 r + \u03b7 (m(r) \u2212 r)"));
    routing_k_ = new WholeBox(this);
    routing_k_->setRange(0, kMost);
    routing_k_->setSpecialValueText(tr("all"));
    add_row(form, tr("Routing k"), routing_k_, "routingK", tr("Mode finding: neighbours in routing space"));
    watch(alpha_grid_);
    watch(eta_);
    watch(routing_k_);
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
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* page = new QWidget(area);
    form_ = new QFormLayout(page);
    form_->setContentsMargins(8, 8, 8, 8);
    form_->setVerticalSpacing(4);
    form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    build_method(form_);
    build_neighbourhood(form_);
    build_descent(form_);
    build_others(form_);
    area->setWidget(page);
    outer->addWidget(area, 1);
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
    pause_ = new QTimer(this);
    pause_->setSingleShot(true);
    pause_->setInterval(kPauseMilliseconds);
    connect(pause_, &QTimer::timeout, this, &MethodPanel::run_shown);
    connect(&workspace, &Workspace::paramsChanged, this, [this] { show(workspace_.params()); });
    connect(&workspace, &Workspace::inspectionChanged, this, &MethodPanel::refresh_marks);
    show(workspace.params());
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

void MethodPanel::show(const MethodParams& params) {
    showing_ = true;
    if (method_->count() > kOwnMethods) {
        method_->removeItem(kOwnMethods);
    }
    if (method_->findData(static_cast<int>(params.method)) < 0) {  // a control: only a session has it
        method_->addItem(tr("Control: %1").arg(QString::fromStdString(to_string(params.method))), static_cast<int>(params.method));
    }
    method_->setCurrentIndex(method_->findData(static_cast<int>(params.method)));
    mode_->setCurrentText(QString::fromStdString(to_string(params.mode)));
    granularity_->setCurrentText(QString::fromStdString(to_string(params.granularity)));
    frame_->setCurrentText(QString::fromStdString(to_string(params.frame)));
    neighbours_kind_->setCurrentIndex(params.epsilon ? 1 : 0);
    put(k_, static_cast<int>(params.k));
    put(epsilon_, params.epsilon.value_or(epsilon_->value()));
    kernel_->setCurrentText(QString::fromStdString(to_string(params.kernel.kind)));
    put(bandwidth_, params.kernel.bandwidth.value_or(0.0));
    put(steps_, params.steps);
    put(initial_, params.initial_lr);
    put(final_, params.final_lr);
    schedule_->setCurrentText(QString::fromStdString(to_string(params.schedule)));
    parametrisation_->setCurrentText(QString::fromStdString(to_string(params.parametrisation)));
    put(alpha_grid_, params.alpha_grid);
    put(eta_, params.eta);
    put(routing_k_, static_cast<int>(params.routing_k));
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
    params.method = static_cast<Method>(method_->currentData().toInt());
    const auto word = [](const QComboBox* box) { return box->currentText().toStdString(); };
    params.mode = parse_routing_mode(word(mode_)).value();
    params.granularity = parse_granularity(word(granularity_)).value();
    params.frame = parse_offset_frame(word(frame_)).value();
    params.k = static_cast<std::size_t>(k_->value());
    params.epsilon = neighbours_kind_->currentIndex() == 1 ? std::optional(epsilon_->value()) : std::nullopt;
    params.kernel.kind = parse_kernel_kind(word(kernel_)).value();
    params.kernel.bandwidth = bandwidth_->value() > 0.0 ? std::optional(bandwidth_->value()) : std::nullopt;
    params.steps = steps_->value();
    params.initial_lr = initial_->value();
    params.final_lr = final_->value();
    params.schedule = parse_learning_rate_schedule(word(schedule_)).value();
    params.parametrisation = parse_parametrisation(word(parametrisation_)).value();
    params.alpha_grid = alpha_grid_->value();
    params.eta = eta_->value();
    params.routing_k = static_cast<std::size_t>(routing_k_->value());
    return params;
}

/// What the chosen method does not use is greyed, not hidden: nothing jumps.
void MethodPanel::set_rows() {
    const auto method = static_cast<Method>(method_->currentData().toInt());
    const bool descends = method == Method::Ngd || method == Method::Oracle;
    const bool near = method == Method::Ngd || method == Method::KernelRegression;
    const bool ball = neighbours_kind_->currentIndex() == 1;
    const auto enable = [this](QWidget* field, bool on) {
        field->setEnabled(on);
        if (QWidget* label = form_->labelForField(field)) {
            label->setEnabled(on);
        }
    };
    enable(frame_, descends && mode_->currentIndex() == 0);
    for (QWidget* field : std::initializer_list<QWidget*>{neighbours_kind_, kernel_, bandwidth_}) {
        enable(field, near);
    }
    enable(k_, near && !ball);
    enable(epsilon_, near && ball);
    for (QWidget* field : std::initializer_list<QWidget*>{steps_, initial_, final_, schedule_, parametrisation_}) {
        enable(field, descends);
    }
    enable(alpha_grid_, method == Method::KernelRegression);
    enable(eta_, method == Method::ModeFinding);
    enable(routing_k_, method == Method::ModeFinding);
}

bool MethodPanel::tell(const MethodParams& params) {
    const Status valid = validate(params);
    QString message = valid ? QString() : QString::fromStdString(valid.error().message());
    for (const Refusal* refusal : refusals_) {
        message = refusal->text().isEmpty() ? message : refusal->text();
    }
    show_error(error_, message);
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
    if (valid && same == workspace_.params()) {  // another method: its trajectory is there already
        workspace_.change_params(params, tr("change method"));
    } else if (valid && on_change_->isChecked()) {
        pause_->start();
    }
}

void MethodPanel::send() {
    pause_->stop();
    if (std::all_of(commits_.begin(), commits_.end(), [](const auto& commit) { return commit(); })) {
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
    if (params == workspace_.params()) {
        workspace_.run();
    } else {
        workspace_.change_params(params, tr("change parameters"));
    }
}

}  // namespace r2t2::ui
