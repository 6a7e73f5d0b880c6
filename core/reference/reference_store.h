// The reference set: records, their embeddings [records, D], and the statistics that place a new sample among them.
//
// On disk a directory:
//   records.json                      {format, version, model, space, notes, embedding, checksums, records: [published record + extras]}
//   embeddings-<hash>.safetensors     "embedding" [N, D] F32 and "<part>.mean", "<part>.deviation" [D_part] F32
// records.json names the embeddings file by the hash of its content, is written last and renamed into place: a crash
// while saving leaves the old store. A store without embeddings has no second file. Every record and every other part has a
// checksum (record_checksum.h); version 2 has refined routings, 3 options, 4 what samples are asked with; stores from before they were kept are
// read as they are.
// Thread rule: immutable after creation; any number of threads may read.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/folder_claim.h"
#include "core/base/result.h"
#include "core/reference/embedding_space.h"
#include "core/reference/reference_record.h"
#include "core/routing/routing_space.h"

namespace r2t2 {

/// Where the routings came from.
struct ReferenceOrigin {
    std::string model_hash;  ///< of the checkpoint's weights; empty if unknown (an imported file)
    std::string model_name;
    RoutingSpace space;
    std::map<std::string, std::string> notes;  ///< free: data hash, command line, versions
    std::string model_identity{};  ///< of all that its answers depend on (ModelInfo::identity); empty in stores from before it was kept
    std::map<std::string, std::string> model_parts{};  ///< ModelInfo::identity_parts

    bool operator==(const ReferenceOrigin&) const = default;
};

/// Keys of the notes that refining adds.
inline constexpr const char* kRefinedByNote = "refined_by";
inline constexpr const char* kRefinedWithNote = "refined_with";

class ReferenceStore {
public:
    ReferenceStore() = default;

    /// Records without embeddings (an imported file). Errors: routings that do not fit the space, (set, id) twice.
    [[nodiscard]] static Result<ReferenceStore> create(ReferenceOrigin origin, std::vector<ReferenceRecord> records);

    /// Records with raw parts, one RawEmbedding a record: fits the statistics and embeds every record.
    [[nodiscard]] static Result<ReferenceStore> build(ReferenceOrigin origin, std::vector<ReferenceRecord> records,
                                                      const std::vector<EmbeddingPartSpec>& parts,
                                                      std::span<const RawEmbedding> raw);

    /// Records of which some are in `native` already (by set and id): those are as they stand there, but for their refined routings, and lie where they lie
    /// there; the others are placed by its statistics. So native_hash() of a refined set is the hash of the set that it was made of, on whatever machine.
    [[nodiscard]] static Result<ReferenceStore> build_on(const ReferenceStore& native, ReferenceOrigin origin, std::vector<ReferenceRecord> records,
                                                         std::span<const RawEmbedding> raw);

    /// Errors name file, field, found and allowed: missing or truncated files, counts and dimensions that do not
    /// match, NaN, an id twice, an embeddings file that belongs to other records, a newer version, a value that is not what its
    /// checksum was taken of (names record and field).
    [[nodiscard]] static Result<ReferenceStore> load(const std::string& directory);
    /// Makes the directory if needed; replaces a store that is there. What fails leaves nothing behind that was not there.
    [[nodiscard]] Status save(const std::string& directory) const;
    /// Into a folder that is the caller's since before the store was computed.
    [[nodiscard]] Status save(const std::string& directory, const FolderClaim& claim) const;

    [[nodiscard]] const ReferenceOrigin& origin() const { return origin_; }
    [[nodiscard]] const std::vector<ReferenceRecord>& records() const { return records_; }
    [[nodiscard]] std::size_t size() const { return records_.size(); }

    [[nodiscard]] bool has_embeddings() const { return !embedding_space_.empty(); }
    [[nodiscard]] const EmbeddingSpace& embedding_space() const { return embedding_space_; }
    [[nodiscard]] std::size_t dimension() const { return embedding_space_.dimension(); }
    [[nodiscard]] const std::vector<float>& embeddings() const { return embeddings_; }  ///< [size, dimension]
    [[nodiscard]] std::span<const float> embedding(std::size_t index) const;

    /// A new sample's raw parts, placed the way the references were. Error also if the store has no embeddings.
    [[nodiscard]] Result<std::vector<float>> embed_query(const RawEmbedding& raw,
                                                         const std::string& where = "sample") const;

    /// A reference that is the sample asked about, and what of its picture says so.
    struct Same {
        std::size_t record = 0;
        SamePicture by = SamePicture::No;
    };
    /// The sample itself and its duplicates (same_sample), ascending: never its neighbours unless asked for. The one search of neighbours and leaks.
    [[nodiscard]] std::vector<Same> same_references(const SampleIdentity& sample) const;
    /// Their indices.
    [[nodiscard]] std::vector<std::size_t> same_samples(const SampleIdentity& sample) const;
    /// Some record asks this question (question_key): whether the picture is the same is worth looking at.
    [[nodiscard]] bool asks(const std::string& question) const { return by_question_.count(question_key(question)) > 0; }

    /// Records whose picture is known by its path alone: another path to the same picture is another picture to them.
    [[nodiscard]] std::size_t without_picture_hash() const;

    /// Records that say what they were asked with (ReferenceRecord::asked).
    [[nodiscard]] std::size_t with_asked() const;
    /// 16 hex digits over it; empty where no record says it. Beside content_hash(), which is what it was before it was kept.
    [[nodiscard]] std::string asked_hash() const;

    /// A record holds a refined routing.
    [[nodiscard]] bool is_refined() const;

    /// The store belongs to this model: equal group and expert names and mixers, and equal hash where the store knows
    /// one. The error says both.
    [[nodiscard]] Status check_model(const std::string& model_hash, const RoutingSpace& space) const;

    /// 16 hex digits over everything that save() writes but the model's identity, records' options, what they were asked with, and the checksums: the "reference hash" of a run.
    [[nodiscard]] std::string content_hash() const;
    /// content_hash() of what a refined set was made of: the records that the base model answers rightly, without what refining added. A method that goes
    /// to nothing refined does on both the same to the last bit. Of a set that is not refined content_hash() itself.
    [[nodiscard]] std::string native_hash() const;

    bool operator==(const ReferenceStore&) const = default;

private:
    ReferenceOrigin origin_;
    void take_records(std::vector<ReferenceRecord> records);

    std::vector<ReferenceRecord> records_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_question_;  ///< question_key: its records, ascending
    EmbeddingSpace embedding_space_;
    std::vector<float> embeddings_;
};

}  // namespace r2t2
