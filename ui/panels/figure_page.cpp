#include "ui/panels/figure_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/counted.h"
#include "ui/figures/figure_files.h"
#include "ui/panels/theme.h"
#include "ui/panels/when_shown.h"
#include "ui/paths/file_path.h"
#include "ui/plots/save_dialog.h"

namespace r2t2::ui {

namespace {

struct Gallery {
    std::vector<FigureKind> kinds;
    Result<ChosenSample> sample = Error{ErrorKind::NotFound, "session", "run", "none", "a run"};
};

/// Made on a worker, drawn on the interface's thread.
struct Shown {
    FigurePtr figure;
    QString sample;  ///< why the sample that was typed is none; of a figure that is about no sample
};

/// What save_all() writes.
struct Gathered {
    std::vector<std::pair<QString, FigurePtr>> figures;
    QStringList missing;  ///< why others could not be made
};

/// `sample`: as it was typed.
Result<Shown> read_figure(FigureRequest request, const QString& sample, SessionReader& reader, const QString& path) {
    Shown shown;
    if (!sample.isEmpty()) {
        const Result<SampleKey> key = find_sample(reader, request.run, sample.toStdString());
        if (!key && is_about_a_sample(request.name)) {
            return key.error();
        }
        request.sample = key ? std::optional(*key) : std::nullopt;
        shown.sample = key ? QString() : QString::fromStdString(key.error().message());
    }
    auto figure = make_figure(request, reader, path);
    if (!figure) {
        return figure.error();
    }
    shown.figure = FigurePtr(std::move(*figure));
    return shown;
}

/// The first few, and how many more: a full disk fails once a file.
QString some_of(const QStringList& lines) {
    constexpr qsizetype kMost = 4;
    const qsizetype more = lines.size() - kMost;
    return lines.mid(0, kMost).join(QLatin1Char('\n')) + (more > 0 ? QObject::tr("\nand %1 more").arg(more) : QString());
}

Result<Gathered> gather(const FigureRequest& request, const QString& sample, const QString& path, const JobRunner::Context& context) {
    auto reader = SessionReader::open(file_path(path).string());
    if (!reader) {
        return reader.error();
    }
    const auto kinds = figures_of(*reader, request.run);
    if (!kinds) {
        return kinds.error();
    }
    Gathered gathered;
    std::int64_t done = 0;
    for (const FigureKind& kind : *kinds) {
        if (context.cancel.cancelled()) {
            return cancelled();
        }
        FigureRequest each = request;
        each.name = kind.name;
        Result<Shown> shown = read_figure(each, sample, *reader, path);
        if (shown) {
            gathered.figures.emplace_back(kind.name, std::move(shown->figure));
        } else {
            gathered.missing << QString::fromStdString(shown.error().inside(kind.name.toStdString()).message());
        }
        context.progress({"make figures", ++done, static_cast<std::int64_t>(kinds->size()), kind.name.toStdString()});
    }
    return gathered;
}

/// In place of the figure: what was typed, and what there is.
QString why_none(const Error& error, const QString& typed) {
    if (error.field == "sample" && !typed.isEmpty()) {
        return QObject::tr("No figure of the sample \u201c%1\u201d in this run.\nPossible: %2").arg(typed, QString::fromStdString(error.allowed));
    }
    return QObject::tr("This figure cannot be made of this run.\n%1").arg(QString::fromStdString(error.message()));
}

}  // namespace

FigurePage::FigurePage(Workspace& workspace, SessionResults& results, QWidget* parent) : QWidget(parent), workspace_(workspace), results_(results) {
    setObjectName(QStringLiteral("figurePage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    auto* across = new QSplitter(Qt::Horizontal, this);
    across->setChildrenCollapsible(false);
    row->addWidget(across);
    auto* left = new QWidget(across);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(8, 6, 8, 6);
    column->setSpacing(6);
    column->addWidget(caption(tr("Figures of the open session"), left));
    error_ = error_label(left);  // above the list, which gives way: the form below stays where it is
    error_->setObjectName(QStringLiteral("figureError"));
    column->addWidget(error_);
    kinds_ = new QListWidget(left);
    kinds_->setObjectName(QStringLiteral("figureKinds"));
    kinds_->setAccessibleName(tr("Figures"));
    kinds_->setToolTip(tr("Figures that this session can give; Up and Down go through them"));
    kinds_->setWordWrap(true);
    kinds_->setSpacing(2);
    column->addWidget(kinds_, 1);
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setVerticalSpacing(3);
    const auto field = [&](const QString& label, QWidget* input, const char* name, const QString& tip) {
        input->setObjectName(QLatin1String(name));
        input->setAccessibleName(label);
        input->setToolTip(tip);
        auto* words = new QLabel(label, left);
        words->setBuddy(input);
        words->setToolTip(tip);
        form->addRow(words, input);
    };
    run_ = new QComboBox(left);
    run_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    run_->setMinimumContentsLength(14);
    field(tr("Run"), run_, "figureRun", tr("Figures of one run are about this one"));
    sample_ = new QLineEdit(left);
    sample_->setClearButtonEnabled(true);
    field(tr("Sample"), sample_, "figureSample", tr("SET/ID, or the ID alone where one set has it, for the neighbourhood map and the case card: G-dim/12"));
    by_set_ = new QCheckBox(tr("one panel per set"), left);
    field(tr("Sweeps"), by_set_, "figureBySet", tr("Sweeps: every set beside all together"));
    width_ = new QComboBox(left);
    width_->addItem(tr("one column, 82 mm"), 82.0);
    width_->addItem(tr("two columns, 170 mm"), 170.0);
    width_->addItem(tr("another"), 0.0);
    field(tr("Width"), width_, "figureWidth", tr("On paper"));
    millimetres_ = new NumberBox(left);
    millimetres_->setRange(30.0, 1000.0);
    millimetres_->setValue(82.0);
    millimetres_->setSuffix(tr(" mm"));
    field({}, millimetres_, "figureMillimetres", tr("Width on paper"));
    millimetres_->setAccessibleName(tr("Width in millimetres"));
    points_ = new NumberBox(left);
    points_->setRange(4.0, 24.0);
    points_->setValue(7.0);
    points_->setSingleStep(0.5);
    points_->setSuffix(tr(" pt"));
    field(tr("Letters"), points_, "figurePoints", tr("Size of the letters on paper"));
    auto* boxes = new QWidget(left);
    auto* boxes_grid = new QGridLayout(boxes);
    boxes_grid->setContentsMargins(0, 0, 0, 0);
    boxes_grid->setVerticalSpacing(2);
    for (const char* format : {"svg", "pdf", "png", "csv"}) {
        auto* box = new QCheckBox(QString::fromLatin1(format).toUpper(), boxes);
        box->setObjectName(QStringLiteral("format-") + QLatin1String(format));
        box->setChecked(true);
        box->setToolTip(QLatin1String(format) == QLatin1String("csv") ? tr("The plotted numbers") : tr("Write %1 files").arg(box->text()));
        boxes_grid->addWidget(box, static_cast<int>(formats_.size()) / 2, static_cast<int>(formats_.size()) % 2);
        formats_.emplace_back(QLatin1String(format), box);
    }
    form->addRow(new QLabel(tr("Save all as"), left), boxes);
    column->addLayout(form);
    auto* buttons = new QHBoxLayout;
    const auto button = [&](const char* name, const QString& text, const QString& tip, auto does) {
        auto* tool = new QToolButton(left);
        tool->setObjectName(QLatin1String(name));
        tool->setText(text);
        tool->setToolTip(tip);
        tool->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connect(tool, &QToolButton::clicked, this, does);
        buttons->addWidget(tool);
        return tool;
    };
    save_ = button("saveFigure", tr("Save\u2026"), tr("This figure alone, as SVG, PDF, PNG, CSV or TSV: the type is chosen with the name"), [this] {
        if (sheet_->figure()) {
            ask_where_to_save(this, {tr("Save figure"), sheet_->plot_name(), [this](const QString& path) { return save(path); }});
        }
    });
    save_all_ = button("saveAllFigures", tr("Save all\u2026"), tr("Every figure of the list, in the formats above, into a folder; those that cannot be made are named"), [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder for the figures"));
        if (!folder.isEmpty()) {
            save_all(folder);
        }
    });
    column->addLayout(buttons);
    left->setMinimumWidth(280);

    auto* right = new QWidget(across);
    auto* right_column = new QVBoxLayout(right);
    right_column->setContentsMargins(6, 6, 6, 6);
    sheet_ = new FigureSheet(right);
    sheet_->setObjectName(QStringLiteral("figureSheet"));
    sheet_->setToolTip(tr("As it will be on paper. Right click, or Menu key: copy and save"));
    right_column->addWidget(sheet_, 1);
    note_ = caption({}, right);
    note_->setObjectName(QStringLiteral("figureNote"));
    right_column->addWidget(note_);
    across->setStretchFactor(0, 0);
    across->setStretchFactor(1, 1);
    across->setSizes({310, 970});

    connect(&results, &SessionResults::runsChanged, this, &FigurePage::fill_runs);
    auto* listed = new WhenShown(this, [this] { list_figures(); });  // a session that grows is not drawn for nobody
    connect(&results, &SessionResults::readAgain, listed, &WhenShown::ask);
    connect(&results, &SessionResults::runChanged, this, [this] {
        const QSignalBlocker blocker(run_);
        run_->setCurrentIndex(run_->findData(QVariant::fromValue<qlonglong>(results_.run())));
        list_figures();
    });
    connect(kinds_, &QListWidget::currentRowChanged, this, &FigurePage::make);
    connect(sheet_, &FigureSheet::zoomChanged, this, &FigurePage::set_words);
    connect(run_, &QComboBox::currentIndexChanged, this, [this] { results_.choose_run(run_->currentData().toLongLong()); });
    connect(sample_, &QLineEdit::editingFinished, this, &FigurePage::make);
    connect(by_set_, &QCheckBox::toggled, this, &FigurePage::make);
    connect(width_, &QComboBox::currentIndexChanged, this, [this] {
        const double wanted = width_->currentData().toDouble();
        millimetres_->setEnabled(wanted == 0.0);
        if (wanted > 0.0) {
            millimetres_->setValue(wanted);
        }
    });
    millimetres_->setEnabled(false);
    connect(millimetres_, &QDoubleSpinBox::valueChanged, this, &FigurePage::restyle);
    connect(points_, &QDoubleSpinBox::valueChanged, this, &FigurePage::restyle);
    for (NumberBox* box : {millimetres_, points_}) {
        refusals_.add(box);
    }
    connect(&refusals_, &RefusalList::changed, this, [this] { tell(message_); });
    fill_runs();
    list_figures();
}

FigureStyle FigurePage::style() const {
    FigureStyle style;
    style.width_mm = millimetres_->value();
    style.font_pt = points_->value();
    return style;
}

QStringList FigurePage::formats() const {
    QStringList chosen;
    for (const auto& [format, box] : formats_) {
        if (box->isChecked()) {
            chosen << format;
        }
    }
    return chosen;
}

FigureRequest FigurePage::request(const QString& name) const {
    FigureRequest request;
    request.name = name;
    request.run = results_.run();
    request.by_set = by_set_->isChecked();
    request.picture = workspace_.picture_source();
    return request;
}

void FigurePage::tell(const QString& message) {
    message_ = message;
    QStringList lines{refusals_.text(), message_};
    lines.removeAll(QString());
    show_error(error_, lines.join(QLatin1Char('\n')));
}

void FigurePage::fill_runs() {
    const QSignalBlocker blocker(run_);
    run_->clear();
    for (std::size_t i = 0; i < results_.runs().size(); ++i) {
        run_->addItem(results_.labels()[i].line, QVariant::fromValue<qlonglong>(results_.runs()[i].id));
    }
    run_->setCurrentIndex(run_->findData(QVariant::fromValue<qlonglong>(results_.run())));
    run_->setEnabled(run_->count() > 0);
}

/// Those of the chosen run: a sweep has others than an evaluation beside it.
void FigurePage::list_figures() {
    if (results_.path().isEmpty()) {
        kinds_->clear();
        sample_->setPlaceholderText({});
        sheet_->set_figure(nullptr);
        sheet_->set_words(tr("No session is open. Open one (Ctrl+O); an evaluation of the Benchmark page is open as soon as it ends."));
        set_words();
        return;
    }
    const auto work = [path = results_.path(), run = results_.run()](const JobRunner::Context&) -> Result<Gallery> {
        auto reader = SessionReader::open(file_path(path).string());
        if (!reader) {
            return reader.error();
        }
        auto kinds = figures_of(*reader, run);
        if (!kinds) {
            return kinds.error();
        }
        const Result<std::int64_t> about = run > 0 ? Result<std::int64_t>(run) : default_run(*reader);
        return Gallery{std::move(*kinds), about ? default_sample(*reader, *about) : Result<ChosenSample>(about.error())};
    };
    workspace_.jobs().start<Gallery>(QStringLiteral("figure list"), tr("List figures"), this, work, [this](Result<Gallery> gallery) {
        if (!gallery) {
            tell(QString::fromStdString(gallery.error().message()));
            return;
        }
        name_sample(gallery->sample);
        const QString kept = kinds_->currentItem() != nullptr ? kinds_->currentItem()->data(Qt::UserRole).toString() : QString();
        const QSignalBlocker blocker(kinds_);
        kinds_->clear();
        int chosen = 0;
        for (const FigureKind& kind : gallery->kinds) {
            auto* item = new QListWidgetItem(kind.title, kinds_);
            item->setData(Qt::UserRole, kind.name);
            item->setToolTip(tr("r2t2 figure %1").arg(kind.name));
            chosen = kind.name == kept ? kinds_->count() - 1 : chosen;
        }
        kinds_->setCurrentRow(kinds_->count() > 0 ? chosen : -1);
        make();
    });
}

void FigurePage::make() {
    if (kinds_->currentItem() == nullptr || results_.path().isEmpty()) {
        return;
    }
    const auto work = [wanted = request(kinds_->currentItem()->data(Qt::UserRole).toString()), sample = sample_->text().trimmed(),
                       path = results_.path()](const JobRunner::Context&) -> Result<Shown> {
        auto reader = SessionReader::open(file_path(path).string());
        return reader ? read_figure(wanted, sample, *reader, path) : Result<Shown>(reader.error());
    };
    workspace_.jobs().start<Shown>(QStringLiteral("figure"), tr("Make figure"), this, work, [this, typed = sample_->text().trimmed()](Result<Shown> shown) {
        tell(shown ? shown->sample : QString::fromStdString(shown.error().message()));
        sheet_->set_words(shown ? QString() : why_none(shown.error(), typed));
        sheet_->set_figure(shown ? shown->figure : nullptr);
        saved_.clear();
        restyle();
    });
}

void FigurePage::restyle() {
    if (const FigurePtr& figure = sheet_->figure()) {
        figure->set_style(style());
        sheet_->set_figure(figure);
    }
    set_words();
}

void FigurePage::name_sample(const Result<ChosenSample>& chosen) {
    const QString name = chosen ? QString::fromStdString(chosen->key.set + "/" + chosen->key.key) : QString();
    sample_->setPlaceholderText(!chosen ? tr("none has steps") : chosen->mended ? tr("%1: the first mended").arg(name) : tr("%1: none is mended").arg(name));
    const QString why = !chosen        ? tr("No sample of this run has steps.")
                        : chosen->mended ? tr("While it is empty: %1, the first sample that the run mended.").arg(name)
                                         : tr("While it is empty: %1, the first sample with steps. The run mended none.").arg(name);
    sample_->setToolTip(tr("For the neighbourhood map and the case card: SET/ID, or the ID alone where one set has it, as G-dim/12.\n%1").arg(why));
}

void FigurePage::set_words() {
    save_->setEnabled(sheet_->figure() != nullptr);
    save_all_->setEnabled(kinds_->count() > 0);
    QStringList words(saved_);
    if (const FigurePtr& figure = sheet_->figure()) {
        const QSizeF size = figure->plot_size() / kMillimetre;
        words << tr("%1 x %2 mm on paper, shown at %3 %").arg(size.width(), 0, 'f', 0).arg(size.height(), 0, 'f', 0).arg(100 * sheet_->zoom(), 0, 'f', 0);
    }
    words.removeAll(QString());
    note_->setText(words.join(QStringLiteral("; ")));
}

Status FigurePage::save(const QString& path) {
    const FigurePtr figure = sheet_->figure();
    if (!figure) {
        return invalid_input("figure", "none", "no figure is shown", "one that is");
    }
    const Status saved = save_plot(*figure, path);
    tell(saved ? QString() : QString::fromStdString(saved.error().message()));
    saved_ = saved ? tr("Saved %1").arg(QDir::toNativeSeparators(path)) : QString();
    set_words();
    return saved;
}

void FigurePage::save_all(const QString& folder) {
    const QStringList wanted = formats();
    if (wanted.isEmpty()) {
        tell(tr("Save as: choose at least one format"));
        return;
    }
    const auto work = [wanted_of_each = request({}), sample = sample_->text().trimmed(), path = results_.path()](const JobRunner::Context& context) {
        return gather(wanted_of_each, sample, path, context);
    };
    workspace_.jobs().start<Gathered>(QStringLiteral("figures"), tr("Save figures"), this, work, [this, folder, wanted](Result<Gathered> gathered) {
        if (!gathered) {
            tell(QString::fromStdString(gathered.error().message()));
            return;
        }
        const Result<FolderClaim> claim = claim_folder(folder);
        if (!claim) {
            tell(QString::fromStdString(claim.error().message()));
            return;
        }
        int files = 0;
        QStringList missing = gathered->missing;
        for (const auto& [name, figure] : gathered->figures) {
            figure->set_style(style());
            QStringList paths;
            for (const QString& format : wanted) {
                paths << QDir(folder).filePath(name + QLatin1Char('.') + format);
            }
            remove_former(paths);
            for (const QString& path : paths) {
                const Status saved = save_plot(*figure, path);
                files += saved ? 1 : 0;
                missing << (saved ? QStringList() : QStringList(QString::fromStdString(saved.error().message())));
            }
        }
        tell(missing.isEmpty() ? QString() : tr("Not saved: %1").arg(some_of(missing)));
        saved_ = tr("%1 in %2").arg(counted(files, tr("1 file is"), tr("%1 files are")), QDir::toNativeSeparators(folder));
        set_words();
    });
}

}  // namespace r2t2::ui
