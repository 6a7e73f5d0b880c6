#include "ui/panels/log_panel.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QListView>
#include <QPushButton>
#include <QScrollBar>
#include <QVBoxLayout>

#include "ui/panels/theme.h"

namespace r2t2::ui {

LogPanel::LogPanel(LogModel& model, QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("logPanel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    row->addWidget(caption(tr("Show"), this));
    auto* level = new QComboBox(this);
    level->setAccessibleName(tr("Level"));
    level->setToolTip(tr("Lines below this level are hidden"));
    for (const auto& [value, text] : {std::pair{LogLevel::Debug, tr("everything")}, std::pair{LogLevel::Info, tr("information")},
                                      std::pair{LogLevel::Warning, tr("warnings")}, std::pair{LogLevel::Error, tr("errors")}}) {
        level->addItem(text, static_cast<int>(value));
    }
    row->addWidget(level);
    row->addStretch(1);
    auto* copy = new QPushButton(tr("Copy"), this);
    copy->setToolTip(tr("Copy what is shown"));
    row->addWidget(copy);
    auto* clear = new QPushButton(tr("Clear"), this);
    clear->setToolTip(tr("Forget all lines"));
    row->addWidget(clear);
    column->addLayout(row);
    auto* view = new QListView(this);
    view->setObjectName(QStringLiteral("log"));
    view->setAccessibleName(tr("Log"));
    view->setToolTip(tr("What the program has said, the newest last"));
    view->setModel(&model);
    view->setUniformItemSizes(true);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    QFont mono(QStringLiteral("monospace"));
    mono.setStyleHint(QFont::TypeWriter);
    mono.setPointSizeF(font().pointSizeF() * 0.92);
    view->setFont(mono);
    column->addWidget(view, 1);
    connect(level, &QComboBox::currentIndexChanged, this, [&model, level] { model.set_level(static_cast<LogLevel>(level->currentData().toInt())); });
    connect(copy, &QPushButton::clicked, this, [&model] { QGuiApplication::clipboard()->setText(model.text()); });
    connect(clear, &QPushButton::clicked, this, [&model] { model.clear(); });
    connect(&model, &QAbstractItemModel::rowsInserted, view, [view] {
        if (view->verticalScrollBar()->value() >= view->verticalScrollBar()->maximum() - 2) {
            view->scrollToBottom();
        }
    });
}

}  // namespace r2t2::ui
