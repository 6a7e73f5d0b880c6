#include "core/reference/surface_tables.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "core/base/atomic_file.h"
#include "core/base/number_text.h"
#include "core/base/sha256.h"
#include "core/reference/embedding_file.h"
#include "core/reference/reference_file.h"
#include "core/routing/method_params.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;
using Metadata = std::map<std::string, std::string>;

constexpr const char* kSurfaceFormat = "r2t2-surfaces";
constexpr const char* kSurfaceVersion = "1";
constexpr const char* kChecksum = "checksum";
constexpr std::uint64_t kLimit = std::uint64_t{4} << 30;

/// A field of SurfaceAccuracy and its name in the file.
struct AccuracyField {
    const char* name;
    double SurfaceAccuracy::* field;
};
constexpr AccuracyField kAccuracy[] = {{"loss_rms", &SurfaceAccuracy::loss_rms},       {"loss_median", &SurfaceAccuracy::loss_median},
                                       {"loss_95", &SurfaceAccuracy::loss_95},         {"loss_most", &SurfaceAccuracy::loss_most},
                                       {"loss_spread", &SurfaceAccuracy::loss_spread}, {"gradient_cosine", &SurfaceAccuracy::gradient_cosine},
                                       {"gradient_relative", &SurfaceAccuracy::gradient_relative}};

std::string checksum_of(const Metadata& metadata, const std::vector<float>& losses) {
    Sha256 hash;
    for (const auto& [key, value] : metadata) {
        if (key != kChecksum) {
            hash.update(key + "=" + value + "\n");
        }
    }
    hash.update(std::string_view(reinterpret_cast<const char*>(losses.data()), losses.size() * sizeof(float)));
    return hash.hex().substr(0, 32);
}

Metadata metadata_of(const SurfaceKey& key, const std::optional<SurfaceAccuracy>& accuracy) {
    Metadata out = {{"format", kSurfaceFormat},           {"version", kSurfaceVersion},     {"form", key.form},           {"mode", to_string(key.mode)},
                    {"precision", key.precision}, {"model", key.model},      {"references", key.references}};
    if (accuracy) {
        out["checked_references"] = std::to_string(accuracy->references);
        out["checked_points"] = std::to_string(accuracy->points);
        for (const AccuracyField& field : kAccuracy) {
            out[field.name] = number_text((*accuracy).*(field.field));
        }
    }
    return out;
}

std::string text_of(const Metadata& metadata, const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string() : found->second;
}

double number_of(const Metadata& metadata, const char* key) {
    const Result<double> number = parse_number(text_of(metadata, key), key);
    return number.ok() ? *number : 0.0;  // the checksum holds: what is there was written here
}

std::optional<SurfaceAccuracy> accuracy_of(const Metadata& metadata) {
    if (!metadata.contains("checked_points")) {
        return std::nullopt;
    }
    SurfaceAccuracy out;
    out.references = static_cast<std::size_t>(number_of(metadata, "checked_references"));
    out.points = static_cast<std::size_t>(number_of(metadata, "checked_points"));
    for (const AccuracyField& field : kAccuracy) {
        out.*(field.field) = number_of(metadata, field.name);
    }
    return out;
}

/// What the file says it is of, against what it has to be of.
Status check_key(const SurfaceKey& key, const ReferenceStore& store, const std::string& where) {
    if (key.references != hash_of_records(store)) {
        return invalid_input(where, "references", key.references, hash_of_records(store) + ": the tables belong to other records, or to records with other labels");
    }
    const std::string& identity = store.origin().model_identity;
    if (!identity.empty() && key.model != identity) {
        return invalid_input(where, "model", key.model, identity + ", whose references these are");
    }
    return {};
}

}  // namespace

Result<SurfaceTables> SurfaceTables::create(SurfaceKey key, const RoutingSpace& space, std::size_t records, std::vector<float> losses,
                                            std::optional<SurfaceAccuracy> accuracy) {
    Result<SurfaceFormPtr> form = make_surface_form(space, key.form);
    if (!form.ok()) {
        return form.error();
    }
    const std::size_t nodes = (*form)->nodes().size();
    if (losses.size() != records * nodes) {
        return invalid_input("response surfaces", "loss", std::to_string(losses.size()) + " numbers", std::to_string(records) + " records x " + std::to_string(nodes) + " nodes");
    }
    const auto broken = std::find_if_not(losses.begin(), losses.end(), [](float loss) { return std::isfinite(loss) && loss >= 0.0F; });
    if (broken != losses.end()) {
        const auto at = static_cast<std::size_t>(broken - losses.begin());
        return invalid_input("response surfaces: record " + std::to_string(at / nodes), "loss at node " + std::to_string(at % nodes), std::to_string(*broken),
                             "a finite number of at least 0");
    }
    SurfaceTables out;
    out.key_ = std::move(key);
    out.form_ = *std::move(form);
    out.losses_ = std::move(losses);
    out.accuracy_ = accuracy;
    return out;
}

Result<SurfaceTables> SurfaceTables::load(const fs::path& file, const ReferenceStore& store) {
    const std::string where = file.string();
    const Result<std::string> bytes = reference_file::read(where, kLimit);
    if (!bytes.ok()) {
        return bytes.error();
    }
    Result<embedding_file::Contents> contents = embedding_file::decode(*bytes, where);
    if (!contents.ok()) {
        return contents.error();
    }
    const Metadata& metadata = contents->metadata;
    if (text_of(metadata, "format") != kSurfaceFormat) {
        return invalid_input(where, "format", text_of(metadata, "format").empty() ? "none" : text_of(metadata, "format"), kSurfaceFormat);
    }
    if (text_of(metadata, "version") != kSurfaceVersion) {
        return Error{ErrorKind::Unsupported, where, "version", text_of(metadata, "version"), kSurfaceVersion};
    }
    embedding_file::Array& losses = contents->arrays["loss"];
    if (const std::string found = checksum_of(metadata, losses.values); text_of(metadata, kChecksum) != found) {
        return invalid_input(where, "content", found, text_of(metadata, kChecksum) + ", as was written: the file is damaged (r2t2 reference surfaces makes another)");
    }
    const Result<RoutingMode> mode = parse_routing_mode(text_of(metadata, "mode"));
    if (!mode.ok()) {
        return mode.error().inside(where);
    }
    SurfaceKey key{text_of(metadata, "form"), *mode, text_of(metadata, "precision"), text_of(metadata, "model"), text_of(metadata, "references")};
    R2T2_TRY(check_key(key, store, where));
    Result<SurfaceTables> out = create(std::move(key), store.origin().space, store.size(), std::move(losses.values), accuracy_of(metadata));
    return out.ok() ? std::move(out) : Result<SurfaceTables>(out.error().inside(where));
}

Status SurfaceTables::save(const fs::path& directory) const {
    embedding_file::Contents contents;
    contents.arrays["loss"] = {{records(), form_->nodes().size()}, losses_};
    contents.metadata = metadata_of(key_, accuracy_);
    contents.metadata[kChecksum] = checksum_of(contents.metadata, losses_);
    return write_file_atomically(directory / surface_file_name(key_.mode, key_.precision), embedding_file::encode(contents));
}

SurfaceTables SurfaceTables::with_accuracy(const SurfaceAccuracy& accuracy) const {
    SurfaceTables out = *this;
    out.accuracy_ = accuracy;
    return out;
}

std::string SurfaceTables::hash() const { return checksum_of(metadata_of(key_, std::nullopt), losses_).substr(0, 16); }

std::string SurfaceTables::text() const {
    const std::string what = to_string(key_.mode) + ", " + key_.form + ", " + std::to_string(form_->nodes().size()) + " nodes, ";
    if (!accuracy_) {
        return what + "error not measured";
    }
    return what + "error " + fixed_text(accuracy_->loss_rms, 3) + " nats (root mean square at " + std::to_string(accuracy_->points) + " fresh points of " +
           std::to_string(accuracy_->references) + " references; a constant's would be " + fixed_text(accuracy_->loss_spread, 3) + "), gradients' cosine " +
           fixed_text(accuracy_->gradient_cosine, 3);
}

std::string surface_file_name(RoutingMode mode, const std::string& precision) { return "surfaces-" + to_string(mode) + "-" + precision + ".safetensors"; }

std::string hash_of_records(const ReferenceStore& store) {
    return sha256_hex(store.content_hash() + "\n" + store.asked_hash()).substr(0, 16);
}

std::vector<fs::path> surface_files(const fs::path& directory) {
    std::vector<fs::path> out;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, code)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("surfaces-") && name.ends_with(".safetensors")) {
            out.push_back(entry.path());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace r2t2
