#include "ui/panels/picture_panel.h"

#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QImageReader>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtEndian>
#include <algorithm>
#include <functional>

#include "ui/models/method_names.h"
#include "ui/panels/copy_menu.h"
#include "ui/panels/theme.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

/// What the list of experts says: attention where an expert looks at the picture, else the gates of the picture's tokens.
constexpr int kNone = 0;

PictureHeat mean_heat(const MixerView& view, QString name, int mixer, const std::function<float(std::size_t m, std::size_t token)>& value) {
    PictureHeat heat;
    heat.rows = view.image_rows;
    heat.columns = view.image_columns;
    heat.name = std::move(name);
    const auto tokens = static_cast<std::size_t>(view.image_rows) * static_cast<std::size_t>(view.image_columns);
    const std::size_t first = mixer < 0 ? 0 : static_cast<std::size_t>(mixer);
    const std::size_t last = mixer < 0 ? view.mixers : first + 1;
    for (std::size_t t = 0; t < tokens; ++t) {
        float sum = 0;
        for (std::size_t m = first; m < last; ++m) {
            sum += value(m, t);
        }
        heat.values.push_back(sum / static_cast<float>(last - first));
    }
    return heat;
}

/// A PNG with few colours, or with one that is transparent, has a chunk for it before its pixels.
bool has_transparent_colours(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.read(8) != QByteArray("\x89PNG\r\n\x1a\n", 8)) {
        return false;
    }
    for (QByteArray head = file.read(8); head.size() == 8 && !head.endsWith("IDAT"); head = file.read(8)) {
        if (head.endsWith("tRNS")) {
            return true;
        }
        const qint64 length = qFromBigEndian<quint32>(head.constData());
        if (!file.seek(file.pos() + length + 4)) {  // and its checksum
            return false;
        }
    }
    return false;
}

/// By the file's header; false for pictures that are no file.
bool has_transparency(const QString& path) {
    if (has_transparent_colours(path)) {
        return true;
    }
    QImageReader reader(path);
    const QImage::Format format = reader.imageFormat();
    return format != QImage::Format_Invalid && QImage::toPixelFormat(format).alphaUsage() == QPixelFormat::UsesAlpha;
}

}  // namespace

PicturePanel::PicturePanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("picturePanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(2);
    auto* row = new QHBoxLayout;
    row->setSpacing(2);
    const auto toggle = [&](PictureView::Overlay overlay, const QString& text, const QString& tip) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setCheckable(true);
        button->setToolTip(tip);
        connect(button, &QToolButton::toggled, this, [this] {
            int shown = 0;
            for (const auto& [each, made] : overlays_) {
                shown |= made->isChecked() ? each : 0;
            }
            view_->set_overlays(shown);
        });
        row->addWidget(button);
        overlays_.emplace_back(overlay, button);
    };
    toggle(PictureView::Segments, tr("Segments"), tr("Panoptic segments that the model is told"));
    toggle(PictureView::Boxes, tr("Boxes"), tr("Detected objects with their scores"));
    toggle(PictureView::Relations, tr("Relations"), tr("Relations between objects"));
    toggle(PictureView::Texts, tr("Text"), tr("Text that was read in the picture"));
    row->addStretch(1);
    find_facts_ = new QToolButton(this);
    find_facts_->setObjectName(QStringLiteral("findFacts"));
    find_facts_->setText(tr("Find facts"));
    find_facts_->setToolTip(tr("Nobody has stated facts about this picture: look for regions, shapes and printed text, tell the model, run again"));
    find_facts_->hide();
    connect(find_facts_, &QToolButton::clicked, this, [this] { workspace_.choose_facts(QStringLiteral("built-in")); });
    column->addLayout(row);
    view_ = new PictureView(this);
    view_->setObjectName(QStringLiteral("picture"));
    column->addWidget(view_, 1);
    transparency_ = caption(tr("Transparency shown as the model sees it: left out"), this);
    transparency_->setObjectName(QStringLiteral("transparency"));
    transparency_->setWordWrap(true);
    transparency_->setToolTip(tr("The model gets red, green and blue as the file stores them, below transparent parts too: nothing is blended"));
    transparency_->hide();
    column->addWidget(transparency_);
    auto* looks = new QHBoxLayout;
    looks->setSpacing(4);
    expert_ = new QComboBox(this);
    expert_->setObjectName(QStringLiteral("lookOf"));
    expert_->setAccessibleName(tr("Expert to look through"));
    expert_->setToolTip(tr("Over the picture: where an expert attends, or how much weight its gate gives it at every patch"));
    expert_->setMinimumContentsLength(10);
    expert_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    looks->addWidget(expert_, 2);
    mixer_ = new QComboBox(this);
    mixer_->setAccessibleName(tr("Mixer"));
    mixer_->setToolTip(tr("Decoder layer of the mixer"));
    looks->addWidget(mixer_, 1);
    column->addLayout(looks);
    facts_ = caption({}, this);
    facts_->setObjectName(QStringLiteral("facts"));
    facts_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* told = new QHBoxLayout;
    told->setSpacing(4);
    told->addWidget(facts_, 1);
    told->addWidget(find_facts_);
    column->addLayout(told);
    connect(expert_, &QComboBox::currentIndexChanged, this, &PicturePanel::ask_gates);
    connect(mixer_, &QComboBox::currentIndexChanged, this, &PicturePanel::show_heat);
    connect(&workspace, &Workspace::inspectorChanged, this, &PicturePanel::fill_experts);
    connect(&workspace, &Workspace::inspectionChanged, this, &PicturePanel::refresh);
    connect(&workspace, &Workspace::inspectorChanged, this, [this] {
        if (workspace_.picture() == nullptr) {
            refresh();
        }
    });
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Opening && !message.isEmpty() && !workspace_.inspector()) {
            view_->clear(tr("There is no model"));
        }
    });
    connect(&workspace, &Workspace::trajectoryChanged, this, &PicturePanel::ask_gates);
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, &PicturePanel::ask_gates);
    connect(&workspace, &Workspace::gatesReady, this, [this](const MixerView& view) {
        gates_ = view;
        show_heat();
    });
    set_up_copy_menu(view_, {{"copyPicture", tr("&Copy picture as it is shown"), [this] { QGuiApplication::clipboard()->setPixmap(view_->grab()); }},
                             {"copyPictureName", tr("Copy &name of the picture"), [this] {
                                  const InspectionPtr& inspection = workspace_.inspection();
                                  QGuiApplication::clipboard()->setText(inspection ? QString::fromStdString(inspection->sample().image) : QString());
                              }},
                             {"copyFacts", tr("Copy &facts"), [this] {
                                  const InspectionPtr& inspection = workspace_.inspection();
                                  QGuiApplication::clipboard()->setText(inspection ? QString::fromStdString(inspection->facts_text()) : QString());
                              }}});
    view_->clear(tr("The model is being loaded\u2026"));
    fill_experts();
}

void PicturePanel::set_overlay(PictureView::Overlay overlay, bool shown) {
    for (const auto& [each, button] : overlays_) {
        if (each == overlay) {
            button->setChecked(shown);
        }
    }
}

void PicturePanel::show_expert(int index) { expert_->setCurrentIndex(index); }

void PicturePanel::fill_experts() {
    const QSignalBlocker experts(expert_), mixers(mixer_);
    expert_->clear();
    mixer_->clear();
    expert_->addItem(tr("No expert"), QString());
    mixer_->addItem(tr("all mixers"), -1);
    if (workspace_.inspector()) {
        const InspectorInfo& info = workspace_.inspector()->info();
        for (const char* name : {"img_self", "lang_img"}) {
            expert_->addItem(tr("%1 attends").arg(expert_title(name)), QStringLiteral("attention %1").arg(QLatin1String(name)));
        }
        for (const std::string& name : info.space.groups.front().experts) {
            expert_->addItem(tr("%1 gate").arg(expert_title(name)), QStringLiteral("gate %1").arg(QString::fromStdString(name)));
        }
        for (const int layer : info.mixer_layers) {
            mixer_->addItem(tr("layer %1").arg(layer), mixer_->count() - 1);
        }
    }
    mixer_->setEnabled(false);
}

void PicturePanel::refresh() {
    const InspectionPtr& inspection = workspace_.inspection();
    const SamplePicture* picture = workspace_.picture();
    gates_.reset();
    if (picture == nullptr) {  // of a sample whose picture is being read: the former one is not left beside its name
        view_->clear(workspace_.has_sample() ? QString() : tr("Drop a picture, a data set or a session here"));
    } else if (picture->image.empty()) {
        view_->clear(tr("The picture is not there any more:\n%1").arg(QString::fromStdString(inspection->sample().image)));
    } else {
        view_->set_picture(*picture);
    }
    for (const auto& [overlay, button] : overlays_) {
        button->setEnabled(view_->has_facts());
    }
    const bool drops = picture != nullptr && !picture->image.empty() && workspace_.has_sample() &&
                       has_transparency(path_text(workspace_.request().list->summary(workspace_.request().index).image));
    transparency_->setVisible(drops);
    if (!inspection) {
        facts_->clear();
        facts_->setToolTip({});
        find_facts_->hide();
        ask_gates();
        return;
    }
    const QString facts = QString::fromStdString(inspection->facts_text()).simplified();
    const std::optional<AuxiliaryFacts>& known = picture->facts;
    const QString source = known ? QString::fromStdString(known->source) : QString();
    facts_->setToolTip(facts.isEmpty() ? QString()
                                       : tr("What the model is told:\n%1").arg(facts) +
                                             (source.isEmpty() ? QString() : tr("\n\nFound by: %1").arg(source)));
    const QString said = !inspection->facts_known() ? tr("Facts: not known until it is run again")
                         : facts.isEmpty()          ? tr("No facts about this picture")
                         : source.isEmpty()         ? facts
                                                    : source + ": " + facts;
    const bool can_look = !known && !inspection->stored() && !inspection->picture().image.empty();
    find_facts_->setVisible(can_look);
    const int room = width() - 12 - (can_look ? find_facts_->sizeHint().width() + 4 : 0);
    facts_->setText(facts_->fontMetrics().elidedText(said, Qt::ElideRight, std::max(60, room)));
    ask_gates();
}

void PicturePanel::ask_gates() {
    mixer_->setEnabled(expert_->currentIndex() > kNone);
    if (expert_->currentIndex() <= kNone) {
        view_->set_heat(std::nullopt);
        return;
    }
    workspace_.request_gates();
}

void PicturePanel::show_heat() {
    const QString what = expert_->currentData().toString();
    if (!gates_ || what.isEmpty()) {
        view_->set_heat(std::nullopt);
        return;
    }
    const std::string name = what.section(QLatin1Char(' '), 1).toStdString();
    const int mixer = mixer_->currentData().toInt();
    const auto tokens = static_cast<std::size_t>(gates_->image_rows) * static_cast<std::size_t>(gates_->image_columns);
    if (what.startsWith(QLatin1String("attention"))) {
        for (const MixerView::Attention& attention : gates_->attention) {
            if (attention.expert == name) {
                view_->set_heat(mean_heat(*gates_, expert_->currentText(), mixer, [&](std::size_t m, std::size_t t) {
                    return attention.over_image[m * tokens + t];
                }));
                return;
            }
        }
    } else {
        const std::vector<std::string>& experts = workspace_.inspector()->info().space.groups.front().experts;
        const auto at = static_cast<std::size_t>(std::find(experts.begin(), experts.end(), name) - experts.begin());
        if (at < experts.size() && !gates_->groups.empty()) {
            view_->set_heat(mean_heat(*gates_, expert_->currentText(), mixer, [&](std::size_t m, std::size_t t) {
                return gates_->groups.front().weights[(m * tokens + t) * experts.size() + at];
            }));
            return;
        }
    }
    view_->set_heat(std::nullopt);
}

}  // namespace r2t2::ui
