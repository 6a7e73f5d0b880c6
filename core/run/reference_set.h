// A reference store at work: its search index, its samples' pictures, and its prepared samples in a cache.
//
// Thread rule: immutable but for the cache, which is guarded; any number of threads.
#pragma once

#include <map>
#include <mutex>
#include <unordered_map>

#include "core/reference/reference_search.h"
#include "core/reference/reference_store.h"
#include "core/reference/surface_tables.h"
#include "core/routing/method_params.h"
#include "core/routing/neighbourhood.h"
#include "core/routing/surface_model.h"
#include "core/run/prepared_cache.h"
#include "core/run/question_embedder.h"
#include "core/run/sample_set.h"

namespace r2t2 {

/// Memory for prepared references where nobody says otherwise: 256 MB, or an eighth of the weights where that is more, since a
/// prepared sample grows with the model (MoAI-7B's takes some 95 MB in bfloat16) and lies on the model's device.
[[nodiscard]] std::size_t default_cache_bytes(const ModelInfo& model);

class ReferenceSet {
public:
    /// `samples` are those that the store was built from; a record is found there by its id. Errors: the store belongs to
    /// another model, has no embeddings or those of another embedder (null: the model's own) or of other rows (embedding_rows.h), a record is not among
    /// the samples, or the sample in memory that has its id asks another question or has another truth. `cache_bytes` 0: default_cache_bytes. `surfaces`: tables
    /// that belong to the store; those of another model or precision are an error (check_surfaces).
    [[nodiscard]] static Result<std::shared_ptr<const ReferenceSet>> create(
        std::shared_ptr<const Model> model, ReferenceStore store, SampleSetPtr samples,
        std::size_t cache_bytes = 0, QuestionEmbedderPtr embedder = nullptr, std::vector<SurfaceTables> surfaces = {});

    /// Tables that were opened with the set; null: there are none of this mode.
    [[nodiscard]] const SurfaceTables* surfaces(RoutingMode mode) const;
    /// The form of those; of tables that are made as they are asked for, kSurfaceForm's. Errors: it does not serve the model's space.
    [[nodiscard]] Result<SurfaceFormPtr> surface_form(RoutingMode mode) const;
    /// What stands for a record in a descent on surfaces. Where no tables were opened its losses are taken from the model at once, a pass a node, and
    /// kept while the set is: the same numbers as in tables. Errors: as prepared, the model's, the form's.
    [[nodiscard]] Result<SurfaceSamplePtr> surface(std::size_t index, RoutingMode mode) const;
    /// So many were made as they were asked for.
    [[nodiscard]] std::size_t surfaces_made() const;

    /// Where a sample lies among the references: [D], unit length.
    [[nodiscard]] Result<std::vector<float>> embed(const RunSample& sample, const std::string& set_name) const;
    [[nodiscard]] const Model& model() const { return *model_; }
    [[nodiscard]] const ReferenceStore& store() const { return store_; }
    [[nodiscard]] const ReferenceSearch& search() const { return search_; }
    [[nodiscard]] const QuestionEmbedder* embedder() const { return embedder_.get(); }  ///< null: the model's own
    [[nodiscard]] const QuestionEmbedderPtr& embedder_ptr() const { return embedder_; }
    [[nodiscard]] const SampleSetPtr& samples() const { return samples_; }  ///< all candidates, those that no record came of among them
    [[nodiscard]] std::size_t size() const { return store_.size(); }
    /// r_i of every record in the wanted granularity; empty if the records do not have it. Refined: only of those that `refined_right`
    /// keeps, an empty matrix for the others; empty if one of those has none.
    [[nodiscard]] std::span<const RoutingMatrix> routings(Granularity granularity, ReferenceRouting which) const {
        const auto& both = which == ReferenceRouting::Native ? native_ : refined_;
        return granularity == Granularity::Shared ? both.shared : both.per_mixer;
    }
    /// Records that may not be neighbours under this rule, ascending.
    [[nodiscard]] const std::vector<std::size_t>& left_out_by(Keep keep) const { return keep == Keep::BaseRight ? base_wrong_ : refined_wrong_; }
    [[nodiscard]] std::size_t kept_by(Keep keep) const { return size() - left_out_by(keep).size(); }
    /// Prepared with its label. Here and below: error also where there is no such record.
    [[nodiscard]] Result<PreparedSamplePtr> prepared(std::size_t index) const;
    /// Error also if it is not the sample that the set was built from: question, truth, picture and, where the record knows them, instruction,
    /// options, key and facts. Named are the record, the field, what was found and what is stated.
    [[nodiscard]] Result<RunSample> sample(std::size_t index) const;
    [[nodiscard]] Result<SamplePicture> picture(std::size_t index) const;
    [[nodiscard]] PreparedCache::Counts cache_counts() const { return cache_.counts(); }

private:
    [[nodiscard]] Status check_place(std::size_t index) const;
    ReferenceSet(std::shared_ptr<const Model> model, ReferenceStore store, ReferenceSearch search, SampleSetPtr samples,
                 std::size_t cache_bytes);

    std::shared_ptr<const Model> model_;
    QuestionEmbedderPtr embedder_;
    ReferenceStore store_;
    ReferenceSearch search_;
    SampleSetPtr samples_;
    std::vector<std::size_t> sample_of_;  ///< record -> index into samples_
    struct Routings {
        std::vector<RoutingMatrix> shared, per_mixer;
    };
    Routings native_, refined_;
    [[nodiscard]] SurfaceSamplePtr surface_of(std::size_t index, RoutingMode mode, SurfaceFormPtr form, std::span<const float> table, std::shared_ptr<const void> owner) const;
    std::map<RoutingMode, std::shared_ptr<const SurfaceTables>> surfaces_;
    Result<SurfaceFormPtr> usual_form_;
    mutable std::mutex made_mutex_;
    mutable std::map<std::pair<RoutingMode, std::size_t>, SurfaceSamplePtr> made_;  ///< as they were asked for
    std::vector<std::size_t> base_wrong_, refined_wrong_;
    mutable PreparedCache cache_;
};
/// Tables are this model's, in this precision. The error names what differs.
[[nodiscard]] Status check_surfaces(const SurfaceTables& tables, const ModelInfo& model);

using ReferenceSetPtr = std::shared_ptr<const ReferenceSet>;

}  // namespace r2t2
