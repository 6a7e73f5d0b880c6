// The response surfaces of a reference set: of every record its losses at the nodes of a form (core/routing/surface_form.h).
//
// On disk beside the set's records.json, a file for each mode and precision: surfaces-<mode>-<precision>.safetensors, "loss" [records, nodes] F32 and
// as metadata what they are of: form, mode, model, precision, the hash of the records (labels, questions, pictures), what they were measured to be
// worth, and a checksum over all of it. Base-wrong records have a table as the others have: a loss has no opinion.
// Units: nats. Thread rule: immutable after creation; any number of threads may read.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/reference/reference_store.h"
#include "core/routing/surface_form.h"

namespace r2t2 {

/// How far the surfaces are from the model's own losses, at fresh points of the routing space: at its nodes a form has them exactly.
struct SurfaceAccuracy {
    std::size_t references = 0;      ///< drawn by the seed
    std::size_t points = 0;          ///< of each, drawn evenly from the simplices
    double loss_rms = 0.0;           ///< root mean square error, nats
    double loss_median = 0.0;        ///< of the absolute errors
    double loss_95 = 0.0;            ///< 95 of 100 are less
    double loss_most = 0.0;
    double loss_spread = 0.0;        ///< root mean square of the losses around each reference's mean: what a constant would err by
    double gradient_cosine = 0.0;    ///< mean, with the model's gradient along the simplices
    double gradient_relative = 0.0;  ///< root mean square error / root mean square of the model's

    bool operator==(const SurfaceAccuracy&) const = default;
};

/// What tables are of. All of it has to agree before one is used.
struct SurfaceKey {
    std::string form;
    RoutingMode mode = RoutingMode::Offset;
    std::string precision = "fp32";
    std::string model;       ///< ModelInfo::identity
    std::string references;  ///< hash_of_records

    bool operator==(const SurfaceKey&) const = default;
};

class SurfaceTables {
public:
    /// `losses`: [records, nodes of the form]. Errors: a form that the space has not, another count, a loss that is no number of at least 0.
    [[nodiscard]] static Result<SurfaceTables> create(SurfaceKey key, const RoutingSpace& space, std::size_t records, std::vector<float> losses,
                                                      std::optional<SurfaceAccuracy> accuracy);
    /// Errors name file, field, what was found and what is allowed: damage, another set's or another model's tables, a newer version.
    [[nodiscard]] static Result<SurfaceTables> load(const std::filesystem::path& file, const ReferenceStore& store);
    [[nodiscard]] Status save(const std::filesystem::path& directory) const;

    [[nodiscard]] SurfaceTables with_accuracy(const SurfaceAccuracy& accuracy) const;

    [[nodiscard]] const SurfaceKey& key() const { return key_; }
    [[nodiscard]] const SurfaceFormPtr& form() const { return form_; }
    [[nodiscard]] std::size_t records() const { return losses_.size() / form_->nodes().size(); }
    [[nodiscard]] std::span<const float> table(std::size_t record) const { return std::span(losses_).subspan(record * form_->nodes().size(), form_->nodes().size()); }
    [[nodiscard]] const std::optional<SurfaceAccuracy>& accuracy() const { return accuracy_; }  ///< none: not measured
    /// 16 hex digits over key and losses: which tables a run went by.
    [[nodiscard]] std::string hash() const;
    /// "quadratic, 36 nodes, error 0.08 nats (root mean square at 50 fresh points of 200 references; their losses spread by 1.9)".
    [[nodiscard]] std::string text() const;

private:
    SurfaceKey key_;
    SurfaceFormPtr form_;
    std::vector<float> losses_;
    std::optional<SurfaceAccuracy> accuracy_;
};

/// "surfaces-offset-fp32.safetensors"
[[nodiscard]] std::string surface_file_name(RoutingMode mode, const std::string& precision);
/// Of all that a record's losses depend on but the model: the set's content and what it is asked with.
[[nodiscard]] std::string hash_of_records(const ReferenceStore& store);
/// Files of that kind in a set's folder, by name.
[[nodiscard]] std::vector<std::filesystem::path> surface_files(const std::filesystem::path& directory);

}  // namespace r2t2
