#include "core/reference/store_checksums.h"

#include "core/reference/record_checksum.h"

namespace r2t2::store_checksums {

using record_json::Json;

namespace {

/// Head parts that have a checksum of their own.
constexpr const char* kHeadParts[] = {"model", "space", "notes", "embedding"};

std::string checksum_of_part(const Json& json, const char* part) {
    return record_checksum::of_text(json.value(part, Json()).dump(-1, ' ', true, Json::error_handler_t::replace));
}

std::string checksum_of_all(const std::vector<std::string>& checksums) {
    std::string all;
    for (const std::string& one : checksums) {
        all += one + "\n";
    }
    return record_checksum::of_text(all);
}

}  // namespace

Json of(const Json& document, const std::vector<std::string>& of_records) {
    Json parts = Json::object();
    for (const char* part : kHeadParts) {
        parts[part] = checksum_of_part(document, part);
    }
    parts["records"] = checksum_of_all(of_records);
    return parts;
}

Result<std::vector<std::string>> read(const Json& json, const std::vector<ReferenceRecord>& records, const std::string& where) {
    const Json& list = json["records"];
    const auto text = [](const Json& object, const char* key) { return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : std::string(); };
    const bool kept = json.contains("checksums");
    std::vector<std::string> checksums;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::string name = where + ": record " + std::to_string(i) + " (id " + records[i].id + ")";
        const std::string stored = text(list[i], "checksum");
        if (stored.empty() == kept) {
            return kept ? invalid_input(name, "checksum", "missing or no text", "one a record, as checksums says")
                        : invalid_input(where, "checksums", "missing", "an object, since records have a checksum");
        }
        if (kept) {
            R2T2_TRY(record_checksum::check(records[i], stored, name));
            checksums.push_back(stored);
        }
    }
    if (!kept) {
        return checksums;
    }
    const Json& parts = json["checksums"];
    for (const char* part : kHeadParts) {
        if (!parts.is_object() || text(parts, part) != checksum_of_part(json, part)) {
            return invalid_input(where, part, "another value than was written", "what was written: the file is damaged or was edited");
        }
    }
    if (text(parts, "records") != checksum_of_all(checksums)) {
        return invalid_input(where, "records", "other records than were written, or in another order", "all that were written: the file is damaged or was edited");
    }
    return checksums;
}

}  // namespace r2t2::store_checksums
