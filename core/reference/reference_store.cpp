#include "core/reference/reference_store.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/folder_claim.h"
#include "core/base/sha256.h"
#include "core/json/parse_json.h"
#include "core/reference/embedding_file.h"
#include "core/reference/record_checksum.h"
#include "core/reference/record_json.h"
#include "core/reference/reference_file.h"
#include "core/reference/store_checksums.h"

namespace r2t2 {

namespace {

using record_json::Json;
namespace fs = std::filesystem;

constexpr const char* kFormat = "r2t2-reference";
constexpr int kVersion = 1;
constexpr int kRefinedVersion = 2;  // records hold refined routings, which programs of version 1 would take for damage
constexpr int kOptionsVersion = 3;  // likewise options
constexpr int kAskedVersion = 4;    // likewise what records were asked with
constexpr const char* kRecordsName = "records.json";
constexpr std::uint64_t kRecordsLimit = std::uint64_t{1} << 30;
constexpr std::uint64_t kEmbeddingsLimit = std::uint64_t{16} << 30;

Json space_json(const RoutingSpace& space) {
    Json groups = Json::array();
    for (const ExpertGroup& group : space.groups) {
        groups.push_back({{"name", group.name}, {"experts", group.experts}});
    }
    return {{"mixers", space.mixers}, {"groups", std::move(groups)}};
}

/// The names of a space on one line: "image(img_aux img_lang img_self) language(...) x 4 mixers".
std::string space_text(const RoutingSpace& space) {
    std::string text;
    for (const ExpertGroup& group : space.groups) {
        text += group.name + "(";
        for (std::size_t e = 0; e < group.experts.size(); ++e) {
            text += (e == 0 ? "" : " ") + group.experts[e];
        }
        text += ") ";
    }
    return text + "x " + std::to_string(space.mixers) + " mixers";
}

Status check_rows(const RoutingSpace& space, const RoutingMatrix& routing, std::size_t rows, const std::string& name, const std::string& field) {
    if (routing.rows() != rows || routing.experts() != space.expert_count()) {
        return invalid_input(name, field, std::to_string(routing.rows()) + " x " + std::to_string(routing.experts()),
                             std::to_string(rows) + " x " + std::to_string(space.expert_count()) + (rows > 1 ? ", a row a mixer" : ""));
    }
    return check_weights(space, routing, name);
}

Status check_records(const ReferenceOrigin& origin, const std::vector<ReferenceRecord>& records,
                     const std::string& where) {
    if (origin.space.groups.empty()) {
        return invalid_input(where, "space.groups", "none", "at least one group of experts");
    }
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const ReferenceRecord& record = records[i];
        const std::string name = where + ": record " + std::to_string(i) + " (id " + record.id + ")";
        if (!seen.emplace(record.set, record.id).second) {
            return invalid_input(name, "id", record.id + " a second time", "ids that differ within a set");
        }
        R2T2_TRY(check_rows(origin.space, record.routing, 1, name, "weights"));
        if (!record.routing_per_mixer.empty()) {
            R2T2_TRY(check_rows(origin.space, record.routing_per_mixer, origin.space.mixers, name, "weights_per_mixer"));
        }
        if (record.refined) {
            R2T2_TRY(check_rows(origin.space, record.refined->routing, 1, name, "refined.weights"));
            if (!record.refined->routing_per_mixer.empty()) {
                R2T2_TRY(check_rows(origin.space, record.refined->routing_per_mixer, origin.space.mixers, name, "refined.weights_per_mixer"));
            }
        }
    }
    return {};
}

/// Ties an embeddings file to its records, in their order.
std::string records_hash(const std::vector<ReferenceRecord>& records) {
    Sha256 hash;
    for (const ReferenceRecord& record : records) {
        for (const std::string* text : {&record.set, &record.id, &record.image_path, &record.question}) {
            hash.update(*text);
            hash.update(std::string_view("\0", 1));
        }
    }
    return hash.hex().substr(0, 16);
}

std::string embeddings_name(std::string_view bytes) {
    return "embeddings-" + sha256_hex(bytes).substr(0, 16) + ".safetensors";
}

std::string encode_embeddings(const ReferenceStore& store) {
    embedding_file::Contents contents;
    contents.arrays["embedding"] = {{store.size(), store.dimension()}, store.embeddings()};
    for (const EmbeddingPart& part : store.embedding_space().parts()) {
        contents.arrays[part.name + ".mean"] = {{part.mean.size()}, part.mean};
        contents.arrays[part.name + ".deviation"] = {{part.deviation.size()}, part.deviation};
    }
    contents.metadata["format"] = "r2t2-embeddings";
    contents.metadata["records_hash"] = records_hash(store.records());
    return embedding_file::encode(contents);
}

enum class Written {
    Content,  ///< what content_hash() is of: the same as before identities and checksums were kept
    All
};

Json records_document(const ReferenceStore& store, const std::string& embeddings, Written written) {
    Json json = Json::object();
    json["format"] = kFormat;
    const bool with_asked = written == Written::All && store.with_asked() > 0;
    const bool with_options = written == Written::All && std::any_of(store.records().begin(), store.records().end(), [](const ReferenceRecord& record) { return !record.options.empty(); });
    json["version"] = with_asked ? kAskedVersion : with_options ? kOptionsVersion : store.is_refined() ? kRefinedVersion : kVersion;
    json["model"] = {{"hash", store.origin().model_hash}, {"name", store.origin().model_name}};
    if (written == Written::All && !store.origin().model_identity.empty()) {
        json["model"]["identity"] = store.origin().model_identity;
        json["model"]["parts"] = store.origin().model_parts;
    }
    json["space"] = space_json(store.origin().space);
    json["notes"] = Json(store.origin().notes);
    if (store.origin().notes.empty()) {
        json["notes"] = Json::object();
    }
    if (store.has_embeddings()) {
        Json parts = Json::array();
        for (const EmbeddingPart& part : store.embedding_space().parts()) {
            parts.push_back({{"name", part.name},
                             {"dimension", part.mean.size()},
                             {"weight", part.weight},
                             {"standardise", part.standardise}});
        }
        json["embedding"] = {{"file", embeddings}, {"dimension", store.dimension()}, {"parts", std::move(parts)}};
    }
    std::vector<std::string> checksums;
    Json records = Json::array();
    for (std::size_t i = 0; i < store.size(); ++i) {
        records.push_back(record_json::write_record(store.records()[i], store.origin().space, true));
        if (written == Written::All) {
            checksums.push_back(record_checksum::of(store.records()[i], store.has_embeddings() ? store.embedding(i) : std::span<const float>()));
            records.back()["checksum"] = checksums.back();
        } else {
            records.back().erase("options");  // sets of one content have one hash, whether options were kept or not
            records.back().erase("asked");    // likewise: asked_hash() is of it
        }
    }
    if (written == Written::All) {
        json["checksums"] = store_checksums::of(json, checksums);
    }
    json["records"] = std::move(records);
    return json;
}

/// A JSON value of the wrong type throws inside `read`; here it becomes an error that names the field.
template <typename Read>
Status read_field(const std::string& where, const std::string& field, const std::string& allowed, Read read) {
    try {
        read();
        return {};
    } catch (const nlohmann::json::out_of_range&) {  // at() of a key
        return invalid_input(where, field, "missing, or without one of its fields", allowed);
    } catch (const nlohmann::json::exception&) {
        return invalid_input(where, field, "another type", allowed);
    }
}

Result<ReferenceOrigin> read_origin(const Json& json, const std::string& where) {
    ReferenceOrigin origin;
    R2T2_TRY(read_field(where, "model", "{hash, name}", [&] {
        origin.model_hash = json.at("model").at("hash").get<std::string>();
        origin.model_name = json.at("model").at("name").get<std::string>();
        origin.model_identity = json.at("model").value("identity", std::string());
        origin.model_parts = json.at("model").value("parts", std::map<std::string, std::string>());
    }));
    R2T2_TRY(read_field(where, "space", "{mixers, groups: [{name, experts}]}", [&] {
        origin.space.mixers = json.at("space").at("mixers").get<std::size_t>();
        for (const Json& group : json.at("space").at("groups")) {
            origin.space.groups.push_back(
                {group.at("name").get<std::string>(), group.at("experts").get<std::vector<std::string>>()});
        }
    }));
    R2T2_TRY(read_field(where, "notes", "an object of texts", [&] {
        if (json.contains("notes")) {
            for (const auto& [key, value] : json["notes"].items()) {
                origin.notes[key] = value.get<std::string>();
            }
        }
    }));
    return origin;
}

/// Says which record's row is damaged, where the checksums tell.
Error damaged_embeddings(const std::string& path, const embedding_file::Contents& contents, const std::vector<ReferenceRecord>& records,
                         const std::vector<std::string>& checksums, const std::string& found, const std::string& name) {
    const auto array = contents.arrays.find("embedding");
    const bool rows = array != contents.arrays.end() && array->second.shape.size() == 2 && array->second.shape[0] == checksums.size();
    for (std::size_t i = 0; rows && i < checksums.size(); ++i) {
        const std::size_t columns = array->second.shape[1];
        if (!record_checksum::holds_embedding(std::span(array->second.values).subspan(i * columns, columns), checksums[i])) {
            return invalid_input(path + ": record " + std::to_string(i) + " (id " + records[i].id + ")", "embedding", "another row than was written",
                                 "what was written: the file is damaged or was exchanged");
        }
    }
    return invalid_input(path, rows ? "statistics or header" : "content", found, name + " (the file is damaged or was exchanged)");
}

struct LoadedEmbeddings {
    EmbeddingSpace space;
    std::vector<float> values;
};

Result<LoadedEmbeddings> read_embeddings(const std::string& directory, const Json& json, const std::string& where,
                                         const std::vector<ReferenceRecord>& records, const std::vector<std::string>& checksums) {
    std::string name;
    std::vector<EmbeddingPart> parts;
    std::vector<std::size_t> dimensions;
    R2T2_TRY(read_field(where, "embedding", "{file, dimension, parts: [{name, dimension, weight, standardise}]}", [&] {
        name = json.at("file").get<std::string>();
        for (const Json& part : json.at("parts")) {
            parts.push_back({part.at("name").get<std::string>(),
                             part.at("weight").get<double>(),
                             part.at("standardise").get<bool>(),
                             {},
                             {}});
            dimensions.push_back(part.at("dimension").get<std::size_t>());
        }
    }));
    if (name.empty() || fs::path(name).filename() != fs::path(name)) {
        return invalid_input(where, "embedding.file", name, "the name of a file in the same directory");
    }
    const std::string path = (fs::path(directory) / name).string();
    const auto bytes = reference_file::read(path, kEmbeddingsLimit);
    if (!bytes.ok()) {
        return bytes.error();
    }
    auto contents = embedding_file::decode(*bytes, path);
    if (!contents.ok()) {
        return contents.error();
    }
    if (const std::string hash = embeddings_name(*bytes); hash != name) {
        return damaged_embeddings(path, *contents, records, checksums, hash, name);
    }
    if (contents->metadata["records_hash"] != records_hash(records)) {
        return invalid_input(path, "records_hash", contents->metadata["records_hash"],
                             records_hash(records) + " (the embeddings belong to other records)");
    }
    for (std::size_t p = 0; p < parts.size(); ++p) {
        parts[p].mean = contents->arrays[parts[p].name + ".mean"].values;
        parts[p].deviation = contents->arrays[parts[p].name + ".deviation"].values;
        if (parts[p].mean.size() != dimensions[p]) {
            return invalid_input(path, parts[p].name + ".mean", std::to_string(parts[p].mean.size()) + " numbers",
                                 std::to_string(dimensions[p]));
        }
    }
    auto space = EmbeddingSpace::from_parts(std::move(parts), path);
    if (!space.ok()) {
        return space.error();
    }
    embedding_file::Array& array = contents->arrays["embedding"];
    if (array.shape != std::vector<std::size_t>{records.size(), space->dimension()}) {
        std::string shape;
        for (const std::size_t extent : array.shape) {
            shape += (shape.empty() ? "" : " x ") + std::to_string(extent);
        }
        return invalid_input(path, "embedding", shape.empty() ? "missing" : shape,
                             std::to_string(records.size()) + " x " + std::to_string(space->dimension()));
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
        double squares = 0.0;
        for (std::size_t d = 0; d < space->dimension(); ++d) {
            const double value = static_cast<double>(array.values[i * space->dimension() + d]);
            squares += value * value;
        }
        if (squares != 0.0 && std::abs(squares - 1.0) > 1e-4) {
            return invalid_input(path, "embedding row " + std::to_string(i),
                                 "length " + std::to_string(std::sqrt(squares)), "1 (or a row of zeros)");
        }
    }
    return LoadedEmbeddings{std::move(*space), std::move(array.values)};
}

}  // namespace

Result<ReferenceStore> ReferenceStore::create(ReferenceOrigin origin, std::vector<ReferenceRecord> records) {
    R2T2_TRY(check_records(origin, records, "reference set"));
    ReferenceStore store;
    store.origin_ = std::move(origin);
    store.take_records(std::move(records));
    return store;
}

namespace {

/// What task space is fitted on: references that were added because a refined routing makes them right do not move the others.
std::vector<RawEmbedding> of_the_base_right(const std::vector<ReferenceRecord>& records, std::span<const RawEmbedding> raw) {
    std::vector<RawEmbedding> out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (records[i].is_correct) {
            out.push_back(raw[i]);
        }
    }
    return out.empty() ? std::vector<RawEmbedding>(raw.begin(), raw.end()) : out;
}

}  // namespace

Result<ReferenceStore> ReferenceStore::build(ReferenceOrigin origin, std::vector<ReferenceRecord> records,
                                             const std::vector<EmbeddingPartSpec>& parts,
                                             std::span<const RawEmbedding> raw) {
    if (raw.size() != records.size()) {
        return invalid_input("reference set", "embeddings", std::to_string(raw.size()), std::to_string(records.size()));
    }
    auto store = create(std::move(origin), std::move(records));
    if (!store.ok()) {
        return store.error();
    }
    auto space = EmbeddingSpace::fit(parts, of_the_base_right(store->records_, raw));
    if (!space.ok()) {
        return space.error();
    }
    store->embeddings_.reserve(raw.size() * space->dimension());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const auto row = space->embed(raw[i], "record " + std::to_string(i) + " (id " + store->records_[i].id + ")");
        if (!row.ok()) {
            return row.error();
        }
        store->embeddings_.insert(store->embeddings_.end(), row->begin(), row->end());
    }
    store->embedding_space_ = std::move(*space);
    return store;
}

Result<ReferenceStore> ReferenceStore::build_on(const ReferenceStore& native, ReferenceOrigin origin, std::vector<ReferenceRecord> records,
                                                std::span<const RawEmbedding> raw) {
    if (raw.size() != records.size()) {
        return invalid_input("reference set", "embeddings", std::to_string(raw.size()), std::to_string(records.size()));
    }
    std::map<std::pair<std::string, std::string>, std::size_t> places;
    for (std::size_t i = 0; i < native.size(); ++i) {
        places.emplace(std::pair(native.records_[i].set, native.records_[i].id), i);
    }
    ReferenceStore store;
    store.embedding_space_ = native.embedding_space_;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (const auto known = places.find(std::pair(records[i].set, records[i].id)); known != places.end()) {
            std::optional<RefinedRouting> refined = std::move(records[i].refined);
            records[i] = native.records_[known->second];
            records[i].refined = std::move(refined);
            const std::span<const float> row = native.embedding(known->second);
            store.embeddings_.insert(store.embeddings_.end(), row.begin(), row.end());
            continue;
        }
        const auto row = native.embedding_space_.embed(raw[i], "record " + std::to_string(i) + " (id " + records[i].id + ")");
        if (!row.ok()) {
            return row.error();
        }
        store.embeddings_.insert(store.embeddings_.end(), row->begin(), row->end());
    }
    R2T2_TRY(check_records(origin, records, "reference set"));
    store.origin_ = std::move(origin);
    store.take_records(std::move(records));
    return store;
}

Result<ReferenceStore> ReferenceStore::load(const std::string& directory) {
    std::error_code code;
    if (!fs::is_directory(directory, code)) {
        const bool exists = fs::exists(directory, code);
        return Error{exists ? ErrorKind::InvalidInput : ErrorKind::NotFound, directory, "",
                     exists ? "not a directory" : "no such directory",
                     "a reference store (a published JSON file is imported)"};
    }
    const std::string path = (fs::path(directory) / kRecordsName).string();
    auto text = reference_file::read(path, kRecordsLimit);
    if (!text.ok()) {
        return text.error();
    }
    const auto json = record_json::parse(*text, path);
    if (!json.ok()) {
        return json.error();
    }
    if (!json->is_object() || json->value("format", Json()) != kFormat) {
        return invalid_input(path, "format", brief_field(*json, "format"), "\"r2t2-reference\"");
    }
    if (const Json version = json->value("version", Json()); version != kVersion && version != kRefinedVersion && version != kOptionsVersion && version != kAskedVersion) {
        return Error{ErrorKind::Unsupported, path, "version", brief_field(*json, "version"),
                     std::to_string(kVersion) + " to " + std::to_string(kAskedVersion)};
    }
    auto origin = read_origin(*json, path);
    if (!origin.ok()) {
        return origin.error();
    }
    const Json list = json->value("records", Json());
    if (!list.is_array()) {
        return invalid_input(path, "records", brief_field(*json, "records"), "a list of records");
    }
    std::vector<ReferenceRecord> records;
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto record = record_json::read_record(list[i], origin->space, path + ": record " + std::to_string(i));
        if (!record.ok()) {
            return record.error();
        }
        records.push_back(std::move(*record));
    }
    R2T2_TRY(check_records(*origin, records, path));
    const Result<std::vector<std::string>> checksums = store_checksums::read(*json, records, path);
    if (!checksums.ok()) {
        return checksums.error();
    }
    ReferenceStore store;
    if (const Json embedding = json->value("embedding", Json()); !embedding.is_null()) {
        auto loaded = read_embeddings(directory, embedding, path, records, *checksums);
        if (!loaded.ok()) {
            return loaded.error();
        }
        store.embedding_space_ = std::move(loaded->space);
        store.embeddings_ = std::move(loaded->values);
    }
    store.origin_ = std::move(*origin);
    store.take_records(std::move(records));
    return store;
}

Status ReferenceStore::save(const std::string& directory) const {
    const Result<FolderClaim> claim = FolderClaim::make(directory);
    return claim.ok() ? save(directory, *claim) : Status(claim.error());
}

Status ReferenceStore::save(const std::string& directory, const FolderClaim&) const {
    std::error_code code;
    std::string name;
    bool fresh = false;  // the file of embeddings is not the one of a set that stands here
    const auto with = [&](const Status& status) {
        if (!status.ok() && fresh) {
            fs::remove(fs::path(directory) / name, code);
        }
        return status;
    };
    if (has_embeddings()) {
        const std::string bytes = encode_embeddings(*this);
        name = embeddings_name(bytes);
        fresh = !fs::exists(fs::path(directory) / name, code);
        R2T2_TRY(with(write_file_atomically((fs::path(directory) / name).string(), bytes)));
    }
    const std::string path = (fs::path(directory) / kRecordsName).string();
    const auto text = record_json::dump(records_document(*this, name, Written::All), path);
    R2T2_TRY(with(text.ok() ? write_file_atomically(path, *text) : Status(text.error())));
    // The new store stands; embeddings and response surfaces of an older one are litter now. Failing to remove them harms nothing.
    for (const auto& entry : fs::directory_iterator(directory, code)) {
        const std::string other = entry.path().filename().string();
        const bool of_a_set = other.starts_with("embeddings-") || other.starts_with("surfaces-");
        if (of_a_set && other.ends_with(".safetensors") && other != name) {
            fs::remove(entry.path(), code);
        }
    }
    return {};
}

std::span<const float> ReferenceStore::embedding(std::size_t index) const {
    assert(index < size() && has_embeddings());
    return std::span<const float>(embeddings_).subspan(index * dimension(), dimension());
}

Result<std::vector<float>> ReferenceStore::embed_query(const RawEmbedding& raw, const std::string& where) const {
    if (!has_embeddings()) {
        return invalid_input("reference set", "embedding", "none", "a store built with embeddings");
    }
    return embedding_space_.embed(raw, where);
}

std::vector<ReferenceStore::Same> ReferenceStore::same_references(const SampleIdentity& sample) const {
    std::vector<Same> same;
    if (const auto found = by_question_.find(question_key(sample.question)); found != by_question_.end()) {
        for (const std::size_t i : found->second) {
            if (const SamePicture by = same_picture(identity_of(records_[i]), sample); by != SamePicture::No) {
                same.push_back({i, by});
            }
        }
    }
    return same;
}

std::vector<std::size_t> ReferenceStore::same_samples(const SampleIdentity& sample) const {
    std::vector<std::size_t> indices;
    for (const Same& each : same_references(sample)) {
        indices.push_back(each.record);
    }
    return indices;
}

std::size_t ReferenceStore::without_picture_hash() const {
    return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [](const ReferenceRecord& record) { return record.pixels_hash.empty(); }));
}

void ReferenceStore::take_records(std::vector<ReferenceRecord> records) {
    records_ = std::move(records);
    by_question_.clear();
    for (std::size_t i = 0; i < records_.size(); ++i) {
        by_question_[question_key(records_[i].question)].push_back(i);
    }
}

std::size_t ReferenceStore::with_asked() const {
    return static_cast<std::size_t>(std::count_if(records_.begin(), records_.end(), [](const ReferenceRecord& record) { return record.asked.has_value(); }));
}

std::string ReferenceStore::asked_hash() const {
    if (with_asked() == 0) {
        return {};
    }
    Sha256 hash;
    for (const ReferenceRecord& record : records_) {
        const AskedHashes asked = record.asked.value_or(AskedHashes());
        for (const std::string* part : {&asked.instruction, &asked.options, &asked.key, &asked.facts}) {
            hash.update(*part + (record.asked ? "\n" : "?\n"));
        }
    }
    return hash.hex().substr(0, 16);
}

bool ReferenceStore::is_refined() const {
    return std::any_of(records_.begin(), records_.end(), [](const ReferenceRecord& record) { return record.refined.has_value(); });
}

Status ReferenceStore::check_model(const std::string& model_hash, const RoutingSpace& space) const {
    if (origin_.space != space) {
        return invalid_input("reference set", "routing space", space_text(origin_.space),
                             space_text(space) + " (the model's)");
    }
    if (!origin_.model_hash.empty() && origin_.model_hash != model_hash) {
        return invalid_input("reference set", "model hash", origin_.model_hash, model_hash + " (the model in use)");
    }
    return {};
}

std::string ReferenceStore::content_hash() const {
    Sha256 hash;
    if (has_embeddings()) {
        hash.update(encode_embeddings(*this));
    }
    hash.update(records_document(*this, {}, Written::Content).dump(-1, ' ', true, Json::error_handler_t::replace));
    return hash.hex().substr(0, 16);
}

std::string ReferenceStore::native_hash() const {
    if (!is_refined()) {
        return content_hash();
    }
    ReferenceStore native;
    native.origin_ = origin_;
    native.origin_.notes.erase(kRefinedByNote);
    native.origin_.notes.erase(kRefinedWithNote);
    native.embedding_space_ = embedding_space_;  // fitted on these records alone
    std::vector<ReferenceRecord> records;
    for (std::size_t i = 0; i < size(); ++i) {
        if (records_[i].is_correct) {
            records.push_back(records_[i]);
            records.back().refined.reset();
            const std::span<const float> row = has_embeddings() ? embedding(i) : std::span<const float>();
            native.embeddings_.insert(native.embeddings_.end(), row.begin(), row.end());
        }
    }
    native.take_records(std::move(records));
    return native.content_hash();
}

}  // namespace r2t2
