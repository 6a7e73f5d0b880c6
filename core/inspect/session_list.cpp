#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"

#include "core/inspect/sample_lists.h"
#include "core/routing/method_table.h"
#include "core/run/stored_evaluation.h"
#include "core/scoring/stored_key.h"
#include "core/session/sample_order.h"

namespace r2t2 {

struct SessionList::Shared {
    Shared(SessionReader opened, std::string file) : reader(std::move(opened)), path(std::move(file)) {}
    std::mutex mutex;
    SessionReader reader;  ///< guarded: a reader belongs to one thread at a time
    std::string path;
};

namespace {

/// Runs of one evaluation share this; runs without it stand alone.
std::string evaluation_of(const StoredRun& run) {
    const nlohmann::json config = stored_json(run.info.config);
    const bool known = config.is_object() && config.contains("evaluation") && config["evaluation"].is_string();
    return known ? config["evaluation"].get<std::string>() : "run " + std::to_string(run.id);
}

/// Whose answer is "the" final one of a row: the leading method's where it ran, else the last that is neither base nor an upper bound.
std::size_t shown_run(const std::vector<StoredRun>& runs) {
    std::size_t shown = runs.size() - 1;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Result<Method> method = parse_method(runs[i].info.method);
        if (method && *method == kLeadingMethod) {
            return i;
        }
        if (method && *method != Method::Base && !uses_label(*method)) {
            shown = i;
        }
    }
    return shown;
}

SampleSummary summary_of(const SampleRow& row, ScoringRule rule) {
    SampleSummary out;
    out.set = row.info.id.set;
    out.id = row.info.id.key;
    if (row.damaged) {  // nothing of it can be relied on, its name neither
        out.id = out.id.empty() ? "row " + std::to_string(row.id) : out.id;
        out.error = "the row does not hold what was written: something changed the session (r2t2 verify says more)";
        return out;
    }
    out.question = row.info.asked();
    out.instruction = row.info.instruction.value_or("");
    out.prompt_known = row.info.instruction.has_value() || !row.error.empty();
    out.truth = row.info.ground_truth.value_or("");
    out.native_answer = row.native_answer;
    out.final_answer = row.final_answer;
    out.native_correct = row.native_correct;
    out.final_correct = row.final_correct;
    out.error = row.error;
    out.image = row.info.image_path;
    if (row.info.scoring) {
        const Result<StoredKey> key = parse_stored_key(*row.info.scoring, out.id, KeyUse::Groups);
        out.rule = key ? std::string(name(key->key.rule)) : std::string();
    } else {
        out.rule = std::string(name(rule));
    }
    return out;
}

}  // namespace

const std::string& SessionList::path() const { return shared_->path; }

std::vector<MethodParams> SessionList::run_params() const {
    std::vector<MethodParams> out;
    for (const StoredSettings& settings : settings_) {
        if (!settings.params) {
            return {};
        }
        out.push_back(*settings.params);
    }
    return out;
}

std::optional<SampleList::RunReferences> SessionList::run_references() const { return RunReferences{reference_source_.path, ground_.reference_hash}; }

Result<EvaluationContext> SessionList::context() const {
    Result<EvaluationContext> context = stored_context(stored_, settings_);
    return context ? std::move(context) : Result<EvaluationContext>(context.error().inside(path()));
}

Result<AgainSample> SessionList::again(std::size_t index, const ModelInfo& model) const {
    R2T2_TRY(check_place(*this, index));
    if (!rows_[index].error.empty()) {
        return invalid_input(path(), "sample " + rows_[index].set + "/" + rows_[index].id, rows_[index].error, "a sample that was run");
    }
    return sample_again(infos_[index], *sources_, model);
}

std::size_t SessionList::place_of(std::int64_t run) const {
    const auto found = std::find_if(stored_.begin(), stored_.end(), [run](const StoredRun& each) { return each.id == run; });
    return static_cast<std::size_t>(found - stored_.begin());
}

std::size_t SessionList::index_of(const SampleKey& key) const {
    const auto found = std::find_if(infos_.begin(), infos_.end(), [&](const SampleInfo& info) { return info.id == key; });
    return static_cast<std::size_t>(found - infos_.begin());
}

StoredPrompt SessionList::prompt(std::size_t index, const ModelInfo& model) const {
    const SampleInfo& info = infos_[index];
    if (!rows_[index].prompt_known) {
        return {{"The prompt is not known: the run was stored by a program that kept the question alone."}, std::nullopt, std::nullopt};
    }
    if (!info.picture_hash) {
        return {};
    }
    std::optional<AgainSample> same = same_picture(info, model);
    if (!same) {
        Result<AgainSample> today = sample_again(info, *sources_, model);
        if (!today) {
            return {{"The sample cannot be run again: " + today.error().message() + "."}, std::nullopt, std::nullopt};
        }
        if (today->sample.input.image_key != *info.picture_hash) {
            return {std::move(today->remarks), std::nullopt, std::nullopt};
        }
        same = std::move(*today);
    }
    return {std::move(same->remarks), std::move(same->sample.input.facts_text), std::move(same->picture)};
}

Result<SamplePicture> SessionList::picture(std::size_t index) const {
    R2T2_TRY(check_place(*this, index));
    return picture_at(rows_[index].image);
}

Result<StoredInspection> SessionList::read(std::size_t index) const {
    R2T2_TRY(check_place(*this, index));
    StoredInspection out;
    out.summary = rows_[index];
    const std::lock_guard lock(shared_->mutex);
    for (const StoredRun& run : stored_) {
        Result<StoredSample> stored = shared_->reader.sample(run.id, {rows_[index].set, rows_[index].id});
        if (!stored && stored.error().kind == ErrorKind::NotFound) {
            continue;  // a killed run has some methods of a sample only
        }
        if (!stored) {
            return stored.error().inside(shared_->path);
        }
        if (!stored->trajectory.steps.empty()) {
            out.runs.push_back(std::move(*stored));
        }
    }
    if (out.runs.empty()) {
        return invalid_input(shared_->path, "sample " + rows_[index].set + "/" + rows_[index].id,
                             rows_[index].error.empty() ? "no steps" : rows_[index].error, "a sample with a stored trajectory");
    }
    return out;
}

/// A sample that failed was stored by its name alone: what was asked is what its set says.
void SessionList::name_failed() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        SampleSummary& row = rows_[i];
        if (row.error.empty() || !row.question.empty()) {
            continue;
        }
        const Result<StoredSources::Place> place = sources_->find(infos_[i]);
        if (!place) {
            continue;  // a record that could not be read, or data that are not there any more
        }
        const SampleSummary today = place->set->summary(place->index);
        row.question = today.question;
        row.instruction = today.instruction;
        row.prompt_known = today.prompt_known;
        row.truth = row.truth.empty() ? today.truth : row.truth;
        row.image = today.image;
    }
}

Result<std::vector<SampleListPtr>> open_session_lists(const std::string& path) {
    Result<SessionReader> reader = SessionReader::open(path);
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<StoredRun>> runs = reader->runs();
    if (!runs) {
        return runs.error();
    }
    std::vector<std::pair<std::string, std::vector<StoredRun>>> evaluations;
    for (const StoredRun& run : *runs) {
        const std::string name = evaluation_of(run);
        auto found = std::find_if(evaluations.begin(), evaluations.end(), [&](const auto& e) { return e.first == name; });
        if (found == evaluations.end()) {
            evaluations.push_back({name, {}});
            found = std::prev(evaluations.end());
        }
        found->second.push_back(run);
    }
    const auto shared = std::make_shared<SessionList::Shared>(std::move(*reader), path);
    std::vector<SampleListPtr> lists;
    for (auto each = evaluations.rbegin(); each != evaluations.rend(); ++each) {
        std::vector<StoredRun>& group = each->second;
        std::stable_partition(group.begin(), group.end(), [](const StoredRun& r) { return r.info.method == "base"; });
        Result<std::vector<SampleRow>> rows = shared->reader.samples(group[shown_run(group)].id);
        if (!rows) {
            return rows.error();
        }
        std::stable_sort(rows->begin(), rows->end(), [](const SampleRow& a, const SampleRow& b) { return comes_before(a.info.id, b.info.id); });
        auto list = std::make_shared<SessionList>();
        list->name_ = each->first;
        list->shared_ = shared;
        list->space_ = group.front().info.space;
        for (const StoredRun& run : group) {
            Result<StoredSettings> settings = stored_settings(run);
            if (!settings) {  // what is stored can be shown all the same
                list->problems_.push_back(settings.error().inside(path));
            }
            list->settings_.push_back(settings ? std::move(*settings) : StoredSettings());
            if (const Result<Method> method = parse_method(run.info.method)) {
                list->methods_.emplace_back(run.id, *method);
            }
        }
        for (const SampleRow& row : *rows) {
            list->rows_.push_back(summary_of(row, list->settings_.front().scoring));
            list->infos_.push_back(row.info);
        }
        for (const LeftOut& sample : shared->reader.take_left_out()) {
            list->problems_.push_back(invalid_input(path, "run " + std::to_string(sample.run), sample.row_text(), "the row as r2t2 wrote it"));
        }
        list->sources_ = std::make_shared<StoredSources>(list->settings_.front().data);
        list->ground_ = ground_of(group.front().info);
        list->reference_source_ = stored_ground(group.front().info).reference;
        list->name_failed();
        list->stored_ = std::move(group);
        if (list->size() > 0) {
            lists.push_back(std::move(list));
        }
    }
    if (lists.empty()) {
        return invalid_input(path, "samples", "none", "a session with at least one sample");
    }
    return lists;
}

}  // namespace r2t2
