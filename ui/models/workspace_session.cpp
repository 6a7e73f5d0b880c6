// What the workspace has open of a session: whose samples, which run is followed, and what becomes of it when the file grows.
#include <algorithm>

#include "core/base/log.h"
#include "ui/models/error_words.h"
#include "ui/models/run_label.h"
#include "ui/models/workspace.h"
#include "ui/paths/file_path.h"

namespace r2t2::ui {

QString evaluation_title(const SampleList& list) {
    std::vector<std::int64_t> made;
    for (const auto& [run, method] : list.runs()) {
        made.push_back(run);
    }
    return evaluation_of(std::move(made));
}

std::size_t place_in(const SampleList& list, const std::string& set, const std::string& id) {
    std::size_t index = 0;
    while (index < list.size()) {
        const SampleSummary sample = list.summary(index);
        if (sample.set == set && sample.id == id) {
            break;
        }
        ++index;
    }
    return index;
}

bool Workspace::holds(std::int64_t run, const QString& set, const QString& key) const {
    return std::any_of(lists_.begin(), lists_.end(), [&](const SampleListPtr& list) {
        const auto runs = list->runs();
        const bool of_run = std::any_of(runs.begin(), runs.end(), [run](const auto& each) { return each.first == run; });
        return of_run && (key.isEmpty() || place_in(*list, set.toStdString(), key.toStdString()) < list->size());
    });
}

void Workspace::show_stored(std::int64_t run, const QString& set, const QString& key) {
    for (const SampleListPtr& list : lists_) {
        const std::vector<std::pair<std::int64_t, Method>> runs = list->runs();
        const auto found = std::find_if(runs.begin(), runs.end(), [run](const auto& each) { return each.first == run; });
        if (found == runs.end()) {
            continue;
        }
        const std::size_t index = key.isEmpty() ? 0 : place_in(*list, set.toStdString(), key.toStdString());
        if (index == list->size()) {
            fail(ErrorPlace::Samples, invalid_input("run " + std::to_string(run), "sample", (set + QLatin1Char('/') + key).toStdString(), "a sample of this run"));
            return;
        }
        preferred_ = found->second;
        preferred_run_ = run;
        show_sample(list, index);
        return;
    }
    fail(ErrorPlace::Samples, invalid_input("session", "run", std::to_string(run), "a run of this session"));
}

std::optional<SampleList::RunReferences> Workspace::other_references() const {
    const std::optional<SampleList::RunReferences> own = lists_.empty() ? std::nullopt : (has_sample() ? request_.list : lists_.front())->run_references();
    return inspector_ && own && !own->hash.empty() && !inspector_->info().serves(own->hash) ? own : std::nullopt;
}

std::int64_t Workspace::followed_run() const { return inspection_ && method_index_ < inspection_->runs().size() ? inspection_->runs()[method_index_] : 0; }

bool Workspace::stands_in() const {
    const bool there = inspection_ && std::find(inspection_->runs().begin(), inspection_->runs().end(), preferred_run_) != inspection_->runs().end();
    return preferred_run_ != 0 && !there;
}

void Workspace::follow_run(std::int64_t run) {
    if (std::find(lists_.begin(), lists_.end(), request_.list) == lists_.end()) {
        return;  // nothing of what is open is shown: a link that could not be followed has said why
    }
    for (const SampleListPtr& list : lists_) {
        const std::vector<std::pair<std::int64_t, Method>> runs = list->runs();
        const auto found = std::find_if(runs.begin(), runs.end(), [run](const auto& each) { return each.first == run; });
        if (found == runs.end() || !has_sample() || !request_.list->stored()) {
            continue;
        }
        preferred_ = found->second;
        preferred_run_ = run;
        if (request_.list != list) {
            const SampleSummary shown = request_.list->summary(request_.index);
            const std::size_t same = place_in(*list, shown.set, shown.id);
            show_sample(list, same < list->size() ? same : 0);
        } else if (inspection_ && !jobs_.busy(QStringLiteral("inspect")) && followed_run() != run) {
            Q_EMIT failed(ErrorPlace::Run, {});  // of the run before
            follow_again();
            if (const RefusedMethod* refused = refused_run(run); refused != nullptr && followed_run() != run) {
                Q_EMIT failed(ErrorPlace::Run, tr("Run %1 was not run here, another one is shown. %2").arg(run).arg(window_words(refused->why)));
            }
        }
        return;
    }
}

void Workspace::read_again() {
    if (!inspector_ || opened_.isEmpty() || jobs_.busy(QStringLiteral("samples"))) {
        return;
    }
    jobs_.start<std::vector<SampleListPtr>>(
        QStringLiteral("samples"), tr("Read %1 again").arg(opened_), this,
        [inspector = inspector_, name = file_path(opened_).string()](const JobRunner::Context&) { return inspector->open_samples(name, 0); },
        [this, what = opened_](Result<std::vector<SampleListPtr>> lists) {
            if (!lists) {
                log_warning("samples", lists.error().message());  // what was read of it before stays
            } else if (what == opened_) {
                replace_lists(std::move(*lists));
            }
        });
}

void Workspace::replace_lists(std::vector<SampleListPtr> lists) {
    lists_ = std::move(lists);
    if (has_sample()) {
        const SampleSummary shown = request_.list->summary(request_.index);
        const auto same = std::find_if(lists_.begin(), lists_.end(), [this](const SampleListPtr& list) { return list->name() == request_.list->name(); });
        const std::size_t place = same == lists_.end() ? 0 : place_in(**same, shown.set, shown.id);
        if (same != lists_.end() && place < (*same)->size()) {
            if (inspected_.list == request_.list->name() && inspected_.index == request_.index) {
                inspected_.index = place;
            }
            request_.list = *same;
            request_.index = place;
        }
    }
    Q_EMIT listsReadAgain();
}

}  // namespace r2t2::ui
