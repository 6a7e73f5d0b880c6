#include "ui/panels/guide_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace r2t2::ui {

namespace {

QString page_text(int page) {
    switch (page) {
        case 0:
            return QObject::tr("The model has answered a question about the picture on the left. Its experts are mixed by routing weights "
                               "<i>r</i>: one point in each triangle. Press <b>Space</b> to watch re-routing move it.");
        case 1:
            return QObject::tr("Each step descends on the loss of the neighbours (rings; thicker lines count more). Diamonds: the answer changes, green where "
                               "that mends it, orange where it harms. Step with <b>Left</b> and <b>Right</b>.");
        case 2:
            return QObject::tr("Now take hold of it: <b>drag the large point</b> in a triangle. The model answers live, on the right.");
        case 3:
            return QObject::tr("<b>Ctrl+Z</b> takes every move back. Try it.");
        case 4:
            return QObject::tr("In <b>Neighbours</b>, below, untick one: the sample is re-routed without it, and the next nearest takes its place.");
        default:
            return QObject::tr("Choose other samples in the table, edit the question, or drop a picture of your own. "
                               "<b>Ctrl+Shift+P</b> finds every command.");
    }
}

}  // namespace

GuideStrip::GuideStrip(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
    setObjectName(QStringLiteral("guide"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Highlight);
    setAccessibleName(tr("Guide"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10, 6, 10, 6);
    text_ = new QLabel(this);
    text_->setTextFormat(Qt::RichText);
    text_->setWordWrap(true);
    text_->setForegroundRole(QPalette::HighlightedText);
    row->addWidget(text_, 1);
    next_ = new QPushButton(tr("Next"), this);
    next_->setToolTip(tr("Next hint"));
    back_ = new QPushButton(tr("Back"), this);
    back_->setObjectName(QStringLiteral("guideBack"));
    back_->setToolTip(tr("The hint before"));
    row->addWidget(back_, 0, Qt::AlignTop);
    row->addWidget(next_, 0, Qt::AlignTop);  // at one place while one goes through hints of one line and of several
    close_ = new QPushButton(tr("Close"), this);
    for (QPushButton* button : {back_, next_, close_}) {
        button->setFocusPolicy(Qt::TabFocus);  // a click leaves the keyboard where Space plays
    }
    close_->setToolTip(tr("Close the guide; Help shows it again"));
    row->addWidget(close_, 0, Qt::AlignTop);
    connect(back_, &QPushButton::clicked, this, [this] { show_page(page_ - 1); });
    connect(&workspace, &Workspace::requestChanged, this, &GuideStrip::follow_sample);
    connect(next_, &QPushButton::clicked, this, [this] { show_page(page_ + 1); });
    connect(close_, &QPushButton::clicked, this, [this] {
        hide();
        Q_EMIT finished();
    });
    connect(&workspace.cursor(), &StepCursor::playingChanged, this, [this](bool playing) {
        if (!playing) {
            done(0);
        }
    });
    connect(&workspace.cursor(), &StepCursor::stepChanged, this, [this] {
        if (!workspace_.cursor().playing()) {
            done(1);
        }
    });
    connect(&workspace, &Workspace::whatIfChanged, this, [this] {
        if (workspace_.what_if()) {
            done(2);
        }
    });
    connect(&workspace.undo(), &QUndoStack::indexChanged, this, [this] {
        if (workspace_.undo().canRedo()) {
            done(3);
        }
    });
    connect(&workspace, &Workspace::leftOutChanged, this, [this] {
        if (!workspace_.left_out().empty()) {
            done(4);
        }
    });
    for (const auto signal : {&Workspace::inspectorChanged, &Workspace::inspectionChanged}) {
        connect(&workspace, signal, this, &GuideStrip::tell);
    }
    connect(&workspace, &Workspace::failed, this, [this](ErrorPlace place, const QString& message) {
        if (place == ErrorPlace::Opening) {
            refused_ = message;
            tell();
        }
    });
    text_->setObjectName(QStringLiteral("guideWords"));
    hide();
}

void GuideStrip::start() {
    about_.reset();
    show_page(0);
}

void GuideStrip::follow_sample() {
    const InspectRequest& request = workspace_.request();
    const std::pair<const SampleList*, std::size_t> now{request.list.get(), request.index};
    if (!isVisible() || !workspace_.has_sample()) {
        return;
    }
    if (about_ && *about_ != now) {
        hide();
        Q_EMIT finished();
    }
    about_ = now;
}

void GuideStrip::done(int page) {
    if (isVisible() && page == page_) {
        show_page(page + 1);
    }
}

void GuideStrip::show_page(int page) {
    if (page >= kPages) {
        hide();
        Q_EMIT finished();
        return;
    }
    page_ = page;
    tell();
    back_->setEnabled(page > 0);
    if (page == 4) {
        Q_EMIT panelWanted(QStringLiteral("neighbours"));
    }
    next_->setText(page + 1 == kPages ? tr("Done") : tr("Next"));
    show();
}

void GuideStrip::tell() {
    text_->setText(QStringLiteral("%1 / %2&ensp;%3").arg(page_ + 1).arg(kPages).arg(page_ == 0 ? first_words() : page_text(page_)));
}

QString GuideStrip::first_words() const {
    if (workspace_.inspection()) {
        return page_text(0);
    }
    if (workspace_.inspector()) {
        return tr("The model is there. It looks for a sample of its own world that re-routing mends, which takes some seconds.");
    }
    return refused_.isEmpty() ? tr("The model is being loaded, which takes some seconds; then it answers a question about a picture on the left.")
                              : tr("There is no model to show anything with: %1").arg(refused_.toHtmlEscaped());
}

}  // namespace r2t2::ui
