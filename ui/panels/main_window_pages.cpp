// The window's pages: Inspect with its docks, and those that take the whole window.
#include <QDockWidget>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

#include "ui/panels/benchmark_form.h"
#include "ui/panels/benchmark_page.h"
#include "ui/panels/data_page.h"
#include "ui/panels/figure_page.h"
#include "ui/panels/main_window.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

namespace {

/// Where the window is smaller than a page would have it, the page is scrolled; the window does not grow.
QScrollArea* scrolled(QWidget* page, QWidget* parent) {
    auto* area = new QScrollArea(parent);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(page);
    return area;
}

}  // namespace

void MainWindow::build_pages() {
    auto* corner = new QWidget(this);
    auto* row = new QHBoxLayout(corner);
    row->setContentsMargins(0, 0, 6, 0);
    row->setSpacing(2);
    const std::pair<Page, QString> pages[] = {{Page::Inspect, tr("Inspect")}, {Page::Benchmark, tr("Benchmark")}, {Page::Figures, tr("Figures")}, {Page::Data, tr("Data")}};
    for (const auto& [page, title] : pages) {
        auto* button = new QToolButton(corner);
        button->setObjectName(QStringLiteral("page-") + title.toLower());
        button->setText(title);
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setToolTip(tr("%1 (Alt+%2)").arg(title).arg(static_cast<int>(page) + 1));
        button->setAccessibleName(tr("Page %1").arg(title));
        connect(button, &QToolButton::clicked, this, [this, page = page] { show_page(page); });
        row->addWidget(button);
        page_buttons_ << button;
    }
    page_buttons_.front()->setChecked(true);
    menuBar()->setCornerWidget(corner, Qt::TopRightCorner);
}

void MainWindow::show_page(Page page) {
    for (int i = 0; i < page_buttons_.size(); ++i) {
        page_buttons_[i]->setChecked(i == static_cast<int>(page));
    }
    if (page == page_ || pages_ == nullptr) {
        return;
    }
    if (page_ == Page::Inspect) {
        inspect_state_ = saveState(kLayoutVersion);
        workspace_.cursor().pause();
        for (QDockWidget* dock : docks_) {
            dock->hide();
        }
        for (QTabBar* bar : dock_tabs()) {  // without docks they are left somewhere, and paint there
            bar->hide();
        }
    }
    page_ = page;
    pages_->setCurrentWidget(page_widget(page));
    name_window();
    offer_panels();
    if (page == Page::Inspect) {
        restoreState(inspect_state_, kLayoutVersion);
        hide_empty_tabs();
    }
}

void MainWindow::offer_panels() {
    const bool here = page_ == Page::Inspect;
    panels_->setText(here ? tr("Panels") : tr("Panels: on the Inspect page (Alt+1)"));
    for (QDockWidget* dock : docks_) {
        QAction* action = dock->toggleViewAction();
        action->setEnabled(here);
        action->setToolTip(here ? tr("Show or hide %1").arg(dock->windowTitle()) : tr("%1 is a panel of the Inspect page (Alt+1)").arg(dock->windowTitle()));
    }
}

QList<QTabBar*> MainWindow::dock_tabs() const { return findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly); }

void MainWindow::hide_empty_tabs() {
    for (QTabBar* bar : dock_tabs()) {
        bar->setVisible(bar->count() > 1);
    }
}

QWidget* MainWindow::page_widget(Page page) {
    if (page == Page::Benchmark && benchmark_page_ == nullptr) {
        benchmark_page_ = new BenchmarkPage(workspace_, benchmark_, results_, this);
        connect(benchmark_page_, &BenchmarkPage::sampleWanted, this, &MainWindow::show_sample_of);
        pages_->addWidget(page_areas_[1] = scrolled(benchmark_page_, this));
    }
    if (page == Page::Figures && figure_page_ == nullptr) {
        figure_page_ = new FigurePage(workspace_, results_, this);
        pages_->addWidget(page_areas_[2] = scrolled(figure_page_, this));
    }
    if (page == Page::Data && data_page_ == nullptr) {
        data_page_ = new DataPage(data_, this);
        connect(data_page_, &DataPage::evaluationWanted, this, [this](const DataReport& read) {
            show_page(Page::Benchmark);
            benchmark_page_->form().add_published(read);
        });
        connect(data_page_, &DataPage::referenceWanted, this, &MainWindow::use_reference);
        pages_->addWidget(page_areas_[3] = scrolled(data_page_, this));
    }
    return page == Page::Inspect ? inspect_page_ : page_areas_[static_cast<std::size_t>(page)];
}

/// In the lists that are open if it is there, else by opening the session (again: it may have been gone on with since).
void MainWindow::show_sample_of(std::int64_t run, const QString& set, const QString& key) {
    show_page(Page::Inspect);
    if (opened_ == results_.path() && workspace_.holds(run, set, key)) {
        workspace_.show_stored(run, set, key);
        return;
    }
    SessionLink link;
    link.run = run;
    link.set = set;
    link.key = key;
    link.session = results_.path();
    open_path(to_text(link));
}

}  // namespace r2t2::ui
