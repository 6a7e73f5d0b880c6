#include "core/run/stored_data.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/base/log.h"
#include "core/results/run_config.h"
#include "core/run/stored_prints.h"
#include "core/scoring/stored_key.h"

namespace r2t2 {

namespace {

constexpr std::size_t kShown = 120;  // bytes of a text

/// Stored samples against those of the sets.
class StoredSamples {
public:
    StoredSamples(std::string where, const std::vector<SampleSetPtr>& sets) : where_(std::move(where)), sets_(sets) {
        for (std::size_t s = 0; s < sets.size(); ++s) {
            for (std::size_t i = 0; i < sets[s]->size(); ++i) {
                places_[{sets[s]->name(), sets[s]->id(i)}] = {s, i};
            }
        }
    }

    /// By what the row says. `keys`: ways of scoring too.
    [[nodiscard]] Status check_texts(const SampleInfo& stored, bool keys) const {
        const auto at = places_.find(stored.id);
        if (at == places_.end()) {
            return differs(stored.id, "id", "no such sample", "the sample");
        }
        const SampleSet& set = *sets_[at->second.first];
        const SampleSummary now = set.summary(at->second.second);
        R2T2_TRY(same(stored.id, "question", now.question, stored.asked()));
        R2T2_TRY(same(stored.id, "instruction", now.instruction, stored.instruction.value_or(now.instruction)));
        R2T2_TRY(same(stored.id, "ground_truth", now.truth, stored.ground_truth.value_or(std::string())));
        const std::optional<AnswerKey> key = set.key(at->second.second);
        if (keys && stored.scoring.has_value() != key.has_value()) {
            return differs(stored.id, "scoring", key ? "a key" : "none", stored.scoring ? "a key" : "none");
        }
        if (keys && key) {
            const Result<StoredKey> there = parse_stored_key(*stored.scoring, where_);
            if (there && there->key != *key) {
                return same(stored.id, "scoring", stored_key_json({there->benchmark, *key}), *stored.scoring);
            }
        }
        return {};
    }

    /// By picture and facts as a model gets them: decodes the picture.
    [[nodiscard]] Status check_picture(const SampleInfo& stored, const ModelInfo& model) const {
        const auto at = places_.find(stored.id);
        if (!stored.picture_hash || at == places_.end()) {
            return {};
        }
        const Result<RunSample> now = sets_[at->second.first]->get(at->second.second, model);
        if (!now) {
            return now.error().inside(where_ + ": sample " + stored.id.set + "/" + stored.id.key);
        }
        return same(stored.id, "picture (or facts)", now->input.image_key, *stored.picture_hash);
    }

    /// Those of `keys` whose picture and facts can be read.
    [[nodiscard]] std::vector<SampleKey> readable(const std::vector<SampleKey>& keys, const ModelInfo& model) const {
        std::vector<SampleKey> out;
        for (const SampleKey& key : keys) {
            const auto [set, index] = places_.at(key);
            if (sets_[set]->get(index, model).ok()) {
                out.push_back(key);
            }
        }
        return out;
    }

private:
    [[nodiscard]] Status same(const SampleKey& id, const char* field, const std::string& now, const std::string& there) const {
        return now == there ? Status() : differs(id, field, "\"" + now.substr(0, kShown) + "\"", "\"" + there.substr(0, kShown) + "\"");
    }
    [[nodiscard]] Status differs(const SampleKey& id, const char* field, const std::string& now, const std::string& there) const {
        return invalid_input(where_ + ": set " + id.set + ", sample " + id.key, field, now, there + ", as in the run that is resumed");
    }

    std::string where_;
    const std::vector<SampleSetPtr>& sets_;
    std::map<SampleKey, std::pair<std::size_t, std::size_t>> places_;
};

/// Failed samples are run again, and damaged ones are named elsewhere.
bool tells(const SampleRow& row) { return !row.damaged && row.error.empty(); }

/// Named as the sample's picture or facts where these tell; else as what no row keeps (options, a file's bytes that decode to the same).
Status answered_differs(const StoredSamples& samples, const std::string& where, const std::vector<SampleKey>& answered, const std::vector<SampleRow>& rows,
                        const ModelInfo& model) {
    for (const SampleRow& row : rows) {
        const bool differs = std::find(answered.begin(), answered.end(), row.info.id) != answered.end();
        R2T2_TRY(tells(row) && differs ? samples.check_picture(row.info, model) : Status());
    }
    const SampleKey& first = answered.front();
    return invalid_input(where + ": set " + first.set + ", sample " + first.key, "content (options, facts, the picture's file)", "not what it was when the run was begun",
                         "what it was: the sample is answered");
}

}  // namespace

Result<MendedData> check_stored_data(const std::filesystem::path& session, const StoredRun& stored, const RunInfo& wanted,
                                     const std::vector<SampleSetPtr>& sets, const ModelInfo& model, const StoredPart& part) {
    const SameData same = same_data(stored.info, wanted);
    if (same == SameData::Yes) {
        return MendedData();
    }
    const std::string where = session.string() + ": run " + std::to_string(stored.id);
    Result<SessionReader> reader = SessionReader::open(session.string());
    if (!reader) {
        return reader.error();
    }
    const Result<std::vector<SampleRow>> rows = reader->samples(stored.id);
    if (!rows) {
        return rows.error();
    }
    const StoredSamples samples(where, sets);
    for (const SampleRow& row : *rows) {
        R2T2_TRY(tells(row) ? samples.check_texts(row.info, same == SameData::No) : Status());
    }
    if (same == SameData::ByNames) {
        return MendedData();
    }
    const std::optional<PrintDifference> printed = compare_prints(where, stored.info, wanted, *rows, sets, part);
    if (printed && !printed->answered.empty()) {
        return answered_differs(samples, where, printed->answered, *rows, model).error();
    }
    if (printed && printed->refused) {
        return *printed->refused;
    }
    if (printed && printed->mended.size() + printed->gone.size() + printed->elsewhere > 0) {
        return MendedData{true, samples.readable(printed->mended, model), printed->gone, printed->elsewhere};
    }
    for (const SampleRow& row : *rows) {
        R2T2_TRY(tells(row) ? samples.check_picture(row.info, model) : Status());
    }
    return invalid_input(where, "data hash", wanted.data_hash + " (samples that are not stored yet differ, or their number, or the files' places)",
                         stored.info.data_hash + ", as in the run that is resumed");
}

void tell_mended_data(const std::vector<MendedData>& mended, const std::string& where) {
    constexpr std::size_t kNamed = 5;
    std::vector<SampleKey> samples;  // of all methods, each once
    std::size_t elsewhere = 0;
    for (const MendedData& each : mended) {
        elsewhere = std::max(elsewhere, each.elsewhere);
        for (const SampleKey& key : each.read_now) {
            if (std::find(samples.begin(), samples.end(), key) == samples.end()) {
                samples.push_back(key);
            }
        }
    }
    std::string names;
    for (std::size_t i = 0; i < std::min(samples.size(), kNamed); ++i) {
        names += (i > 0 ? ", " : "") + samples[i].set + "/" + samples[i].key;
    }
    names += samples.size() > kNamed ? " and " + std::to_string(samples.size() - kNamed) + " more" : "";
    if (!samples.empty()) {
        log_warning("session", where + ": " + std::to_string(samples.size()) +
                                   (samples.size() == 1 ? " sample that could not be read then is read now: " : " samples that could not be read then are read now: ") + names);
    }
    if (elsewhere > 0) {
        log_warning("session", where + ": " + std::to_string(elsewhere) + (elsewhere == 1 ? " sample of another shard is" : " samples of other shards are") +
                                   " not what the run was begun with. Resume these shards too: they say whether it may be, and r2t2 merge wants the same data of all");
    }
}

void warn_of_unknown_data(const RunInfo& stored, const RunInfo& wanted, const std::string& where) {
    if (same_data(stored, wanted) == SameData::ByNames) {
        log_warning("session", where + ": the run that is resumed is from before contents of data were hashed. Sets, files and ids are the same, and so are "
                                       "questions and truths of the samples that are stored; whether pictures, facts and all other samples are is not known");
    }
}

}  // namespace r2t2
