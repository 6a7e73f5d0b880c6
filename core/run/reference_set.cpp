#include "core/run/reference_set.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/base/quoted_name.h"
#include "core/checkpoint/model_identity.h"
#include "core/run/embedding_rows.h"
#include "core/run/record_losses.h"
#include "core/run/reference_builder.h"
#include "core/run/sample_content.h"

namespace r2t2 {

std::size_t default_cache_bytes(const ModelInfo& model) {
    constexpr std::int64_t least = 256 << 20;
    return static_cast<std::size_t>(std::max(least, model.weight_bytes / 8));
}

namespace {

/// Weights are compared already; this compares the rest of what answers depend on, where the store knows it.
Status check_identity(const ReferenceOrigin& origin, const ModelInfo& model) {
    if (origin.model_identity.empty() || model.identity.empty() || origin.model_identity == model.identity) {
        return {};
    }
    const std::optional<IdentityDifference> differs = first_difference(origin.model_parts, model.identity_parts);
    return differs ? invalid_input("reference set", "model: " + differs->part, differs->here, differs->there + " (the model in use)")
                   : invalid_input("reference set", "model identity", origin.model_identity, model.identity + " (the model in use)");
}

/// The file that the set was built from was edited since: the record's routing is another sample's.
Error other_sample(const std::string& where, const std::string& field, const std::string& found, const std::string& stated) {
    return invalid_input(where, field, found, stated + ", as the reference set was built with: the file was edited since (r2t2 reference build makes one of the file as it is)");
}

Status check_texts(const ReferenceRecord& record, const std::string& question, const std::string& truth, const std::string& where) {
    if (record.question != question) {
        return other_sample(where, "question", quoted_name(question), quoted_name(record.question));
    }
    return record.ground_truth == truth ? Status() : Status(other_sample(where, "ground truth", quoted_name(truth), quoted_name(record.ground_truth)));
}

Status check_asked(const AskedHashes& stated, const AskedHashes& found, const std::string& where) {
    const auto shown = [](const std::string& hash) { return hash.empty() ? std::string("none") : "another one (hash " + hash + ")"; };
    const std::tuple<const char*, const std::string&, const std::string&> parts[] = {
        {"instruction", stated.instruction, found.instruction}, {"options", stated.options, found.options}, {"scoring key", stated.key, found.key}, {"facts", stated.facts, found.facts}};
    for (const auto& [field, there, here] : parts) {
        if (there != here) {
            return other_sample(where, field, shown(here), there.empty() ? "none" : "the one of hash " + there);
        }
    }
    return {};
}

}  // namespace

ReferenceSet::ReferenceSet(std::shared_ptr<const Model> model, ReferenceStore store, ReferenceSearch search,
                           SampleSetPtr samples, std::size_t cache_bytes)
    : model_(std::move(model)),
      store_(std::move(store)),
      search_(std::move(search)),
      samples_(std::move(samples)),
      usual_form_(make_surface_form(model_->routing_space())),
      cache_(cache_bytes) {
    bool all_have_mixers = true, refined_have_mixers = true;
    for (std::size_t i = 0; i < store_.size(); ++i) {
        const ReferenceRecord& record = store_.records()[i];
        native_.shared.push_back(record.routing);
        native_.per_mixer.push_back(record.routing_per_mixer);
        all_have_mixers = all_have_mixers && !record.routing_per_mixer.empty();
        if (!record.is_correct) {
            base_wrong_.push_back(i);
        }
        const bool kept = record.refined && record.refined->is_correct;
        refined_.shared.push_back(kept ? record.refined->routing : RoutingMatrix());
        refined_.per_mixer.push_back(kept ? record.refined->routing_per_mixer : RoutingMatrix());
        refined_have_mixers = refined_have_mixers && (!kept || !record.refined->routing_per_mixer.empty());
        if (!kept) {
            refined_wrong_.push_back(i);
        }
    }
    if (!all_have_mixers) {
        native_.per_mixer.clear();
    }
    if (refined_wrong_.size() == store_.size()) {
        refined_.shared.clear();
    }
    if (!refined_have_mixers || refined_.shared.empty()) {
        refined_.per_mixer.clear();
    }
}

Result<ReferenceSetPtr> ReferenceSet::create(std::shared_ptr<const Model> model, ReferenceStore store,
                                             SampleSetPtr samples, std::size_t cache_bytes, QuestionEmbedderPtr embedder,
                                             std::vector<SurfaceTables> surfaces) {
    for (const SurfaceTables& tables : surfaces) {
        R2T2_TRY(check_surfaces(tables, model->info()));
    }
    R2T2_TRY(store.check_model(model->info().weights_hash, model->routing_space()));
    R2T2_TRY(check_identity(store.origin(), model->info()));
    const auto noted = store.origin().notes.find(kEmbeddingNote);
    const std::string held = noted == store.origin().notes.end() ? embedder_identity(nullptr) : noted->second;
    const bool former = embedder != nullptr && held == embedder->former_identity();
    if (former) {
        log_warning("reference", "the reference set says only which weights its question embeddings were made with. They are the same; whether the "
                                 "encoder's settings and vocabulary are is not known");
    }
    if (held != embedder_identity(embedder.get()) && !former) {
        return invalid_input("reference set", "question embeddings", held,
                             embedder_identity(embedder.get()) + ", as --embedding says: neighbours need one and the same");
    }
    if (!store.has_embeddings()) {
        return invalid_input("reference set", "embedding", "none",
                             "a set built by this model: r2t2 reference build, or evaluate with the JSON file itself");
    }
    if (embedder) {
        R2T2_TRY(check_embedding_rows(store, *embedder, samples->name()));
    }
    Result<ReferenceSearch> search = ReferenceSearch::create(store);
    if (!search) {
        return search.error();
    }
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < samples->size(); ++i) {
        places.emplace(samples->id(i), i);
    }
    std::vector<std::size_t> sample_of;
    for (const ReferenceRecord& record : store.records()) {
        const auto found = places.find(record.id);
        if (found == places.end()) {
            return invalid_input("reference set", "record " + record.id, "not in " + samples->name(),
                                 "records of the data set that the reference set was built from");
        }
        if (samples->in_memory()) {
            const SampleSummary summary = samples->summary(found->second);
            R2T2_TRY(check_texts(record, summary.question, summary.truth, "reference " + record.id + " in " + samples->name()));
        }
        sample_of.push_back(found->second);
    }
    const std::size_t budget = cache_bytes > 0 ? cache_bytes : default_cache_bytes(model->info());
    std::shared_ptr<ReferenceSet> set(new ReferenceSet(std::move(model), std::move(store), std::move(*search),
                                                       std::move(samples), budget));
    set->sample_of_ = std::move(sample_of);
    set->embedder_ = std::move(embedder);
    for (SurfaceTables& each : surfaces) {
        const RoutingMode mode = each.key().mode;
        set->surfaces_[mode] = std::make_shared<const SurfaceTables>(std::move(each));
    }
    return ReferenceSetPtr(std::move(set));
}

Status check_surfaces(const SurfaceTables& tables, const ModelInfo& model) {
    if (tables.key().precision != model.precision) {
        return invalid_input("response surfaces", "precision", tables.key().precision, model.precision + ", the model's");
    }
    return tables.key().model == model.identity ? Status() : Status(invalid_input("response surfaces", "model identity", tables.key().model, model.identity + " (the model in use)"));
}

const SurfaceTables* ReferenceSet::surfaces(RoutingMode mode) const {
    const auto found = surfaces_.find(mode);
    return found == surfaces_.end() ? nullptr : found->second.get();
}

Result<SurfaceFormPtr> ReferenceSet::surface_form(RoutingMode mode) const {
    const SurfaceTables* tables = surfaces(mode);
    return tables != nullptr ? Result<SurfaceFormPtr>(tables->form()) : usual_form_;
}

SurfaceSamplePtr ReferenceSet::surface_of(std::size_t index, RoutingMode mode, SurfaceFormPtr form, std::span<const float> table, std::shared_ptr<const void> owner) const {
    const ReferenceRecord& record = store_.records()[index];
    RoutingMatrix native = record.routing_per_mixer.empty() ? repeat_row(record.routing, store_.origin().space.mixers) : record.routing_per_mixer;
    return std::make_shared<const SurfaceSample>(std::move(form), mode, std::move(native), table, std::move(owner));
}

Result<SurfaceSamplePtr> ReferenceSet::surface(std::size_t index, RoutingMode mode) const {
    R2T2_TRY(check_place(index));
    if (const auto found = surfaces_.find(mode); found != surfaces_.end()) {
        return surface_of(index, mode, found->second->form(), found->second->table(index), found->second);
    }
    const std::pair key(mode, index);
    {
        const std::lock_guard lock(made_mutex_);
        if (const auto found = made_.find(key); found != made_.end()) {
            return found->second;
        }
    }
    if (!usual_form_.ok()) {
        return usual_form_.error();
    }
    const Result<std::vector<float>> table = table_of(*this, index, mode, **usual_form_);
    if (!table.ok()) {
        return table.error();
    }
    const auto kept = std::make_shared<const std::vector<float>>(*table);
    SurfaceSamplePtr sample = surface_of(index, mode, *usual_form_, *kept, kept);
    const std::lock_guard lock(made_mutex_);  // another thread may have made the same meanwhile
    return made_.emplace(key, std::move(sample)).first->second;
}

std::size_t ReferenceSet::surfaces_made() const {
    const std::lock_guard lock(made_mutex_);
    return made_.size();
}

Result<std::vector<float>> ReferenceSet::embed(const RunSample& sample, const std::string& set_name) const {
    const Result<RawEmbedding> raw = raw_embedding(*model_, sample, set_name, embedder_.get());
    if (!raw) {
        return raw.error();
    }
    return store_.embed_query(*raw);
}

Status ReferenceSet::check_place(std::size_t index) const {
    if (index >= size()) {
        return invalid_input("reference set", "reference", std::to_string(index), size() == 0 ? std::string("none: it is empty") : "0 to " + std::to_string(size() - 1));
    }
    return {};
}

Result<SamplePicture> ReferenceSet::picture(std::size_t index) const {
    R2T2_TRY(check_place(index));
    return samples_->picture(sample_of_[index]);
}

Result<RunSample> ReferenceSet::sample(std::size_t index) const {
    R2T2_TRY(check_place(index));
    const std::string where = "reference " + store_.records()[index].id;
    Result<RunSample> sample = samples_->get(sample_of_[index], model_->info());
    if (!sample) {
        return sample.error().inside(where);
    }
    const std::string& known = store_.records()[index].pixels_hash;
    if (!known.empty() && known != sample->pixels_hash) {
        return invalid_input(where + ": " + sample->image_path, "pixels", "another picture (" + sample->pixels_hash + ")",
                             "the one that the reference set was built from (" + known + ")");
    }
    R2T2_TRY(check_texts(store_.records()[index], sample->question, sample->ground_truth, where));
    if (const std::optional<AskedHashes>& asked = store_.records()[index].asked) {
        R2T2_TRY(check_asked(*asked, asked_hashes(*sample), where));
    }
    return sample;
}

Result<PreparedSamplePtr> ReferenceSet::prepared(std::size_t index) const {
    R2T2_TRY(check_place(index));
    return cache_.get(index, [&]() -> Result<PreparedSamplePtr> {
        const Result<RunSample> loaded = sample(index);
        if (!loaded) {
            return loaded.error();
        }
        return model_->prepare(loaded->input);
    });
}

}  // namespace r2t2
