// The sets of the Benchmark form: which there are, which are ticked.
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QListWidget>
#include <algorithm>
#include <map>
#include <set>

#include "ui/panels/benchmark_form.h"

namespace r2t2::ui {

namespace {

/// The bundled sets that the demo runs on: where re-routing has something to do.
const QStringList kFirstChoice = {QStringLiteral("G-dim"), QStringLiteral("G-noise"), QStringLiteral("K-clutter"), QStringLiteral("K-noise")};

}  // namespace

/// By the names that were asked for; where one of them is neither a set nor a file ("all"), by what the sets are called. None of them there:
/// what is ticked stays.
void BenchmarkForm::tick_asked(const AskedEvaluation& asked) {
    const auto row_of = [this](const std::string& name) {
        for (int i = 0; i < sets_->count(); ++i) {
            if (!sets_->item(i)->data(kPublished).toBool() && sets_->item(i)->text() == QString::fromStdString(name)) {
                return i;
            }
        }
        return -1;
    };
    const auto is_file = [](const std::string& name) { return QFileInfo(QString::fromStdString(name)).isFile(); };
    const bool all_there = std::all_of(asked.sets.begin(), asked.sets.end(), [&](const std::string& name) { return row_of(name) >= 0 || is_file(name); });
    std::vector<std::string> there;
    for (const std::string& name : all_there ? asked.sets : asked.set_names) {
        if (row_of(name) >= 0 || is_file(name)) {
            there.push_back(name);
        }
    }
    if (there.empty()) {
        return;
    }
    const QSignalBlocker blocker(sets_);
    for (int i = 0; i < sets_->count(); ++i) {
        sets_->item(i)->setCheckState(Qt::Unchecked);
    }
    for (const std::string& name : there) {
        if (const int row = row_of(name); row >= 0) {
            sets_->item(row)->setCheckState(Qt::Checked);
        } else {
            add_set_file(QString::fromStdString(name));
        }
    }
}

void BenchmarkForm::fill_sets(Ticks ticks) {
    const QSignalBlocker blocker(sets_);
    std::map<QString, Qt::CheckState> before;  // files of the user's own among them
    bool published_ticked = true;
    for (int i = 0; ticks == Ticks::Kept && i < sets_->count(); ++i) {
        const QListWidgetItem& item = *sets_->item(i);
        if (item.data(kPublished).toBool()) {
            published_ticked = item.checkState() == Qt::Checked;
        } else {
            before[item.text()] = item.checkState();
        }
    }
    std::set<QString> there;
    sets_->clear();
    const auto add = [this](const QString& text, bool checked) {
        auto* item = new QListWidgetItem(text, sets_);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(checked ? Qt::Checked : Qt::Unchecked);
        return item;
    };
    if (published_) {
        const QString name = QStringLiteral("%1, %2").arg(QString::fromStdString(published_->name), QString::fromStdString(published_->split));
        QListWidgetItem* item = add(published_->limit == 0 ? name : tr("%1, %L2 drawn").arg(name).arg(published_->limit), published_ticked);
        item->setToolTip(QDir::toNativeSeparators(QString::fromStdString(published_->folder.string())));
        item->setData(kPublished, true);
        sets_->setCurrentItem(item);
    }
    if (const InspectorPtr& inspector = workspace_.inspector()) {
        for (const std::string& set : inspector->set_names("test")) {
            const QString name = QString::fromStdString(set);
            const auto known = before.find(name);
            add(name, known != before.end() ? known->second == Qt::Checked : ticks == Ticks::FirstChoice && !published_ && kFirstChoice.contains(name))->setData(kBundled, true);
            there.insert(name);
        }
    }
    for (const auto& [path, state] : before) {
        if (there.count(path) == 0 && QFileInfo(path).isFile()) {
            add(path, state == Qt::Checked)->setToolTip(QDir::toNativeSeparators(path));
        }
    }
}

void BenchmarkForm::add_data_set() {
    const QString path = QFileDialog::getOpenFileName(this, tr("Add a data set"), {}, tr("Data sets (*.json);;All files (*)"));
    if (!path.isEmpty()) {
        add_set_file(path);
        tell();
    }
}

void BenchmarkForm::add_set_file(const QString& path) {
    auto* item = new QListWidgetItem(path, sets_);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setCheckState(Qt::Checked);
    item->setToolTip(QDir::toNativeSeparators(path));
    sets_->setCurrentItem(item);  // in sight
}

void BenchmarkForm::add_published(const DataReport& read) {
    published_ = read.request;
    published_size_ = SelectionSize{read.with_truth, read.clusters};
    seed_->setValue(static_cast<int>(read.request.seed));
    fill_sets(Ticks::FirstChoice);
    tell();
}

}  // namespace r2t2::ui
