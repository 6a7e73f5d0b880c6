#include "core/reference/published_json.h"

#include <set>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/reference/record_json.h"
#include "core/reference/reference_file.h"

namespace r2t2 {

namespace {

constexpr std::uint64_t kFileLimit = std::uint64_t{1} << 30;

std::string record_name(const std::string& path, std::size_t index, const record_json::Json& json) {
    std::string name = path + ": record " + std::to_string(index);
    if (json.is_object() && json.contains("id")) {
        name += " (id " + record_json::shown(json["id"]) + ")";
    }
    return name;
}

/// Of the first record that has weights per mixer; 1 where none has.
std::size_t stated_mixers(const record_json::Json& records) {
    for (const record_json::Json& record : records) {
        if (const auto rows = record.is_object() ? record.find("weights_per_mixer") : record.end(); rows != record.end() && rows->is_array() && !rows->empty()) {
            return rows->size();
        }
    }
    return 1;
}

}  // namespace

Result<PublishedImport> import_published_json(const std::string& path, const RoutingSpace& space) {
    auto text = reference_file::read(path, kFileLimit);
    if (!text.ok()) {
        return text.error();
    }
    const auto json = record_json::parse(*text, path);
    if (!json.ok()) {
        return json.error();
    }
    if (!json->is_array()) {
        return invalid_input(path, {}, record_json::shown(*json), "a list of reference records");
    }
    PublishedImport result;
    result.total = json->size();
    result.space = space;
    if (space.mixers == 0) {
        result.space.mixers = stated_mixers(*json);
    }
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < json->size(); ++i) {
        const std::string where = record_name(path, i, (*json)[i]);
        auto record = record_json::read_record((*json)[i], result.space, where);
        if (!record.ok()) {
            result.problems.push_back(record.error());
        } else if (!seen.emplace(record->set, record->id).second) {
            result.problems.push_back(invalid_input(where, "id", record->id + " a second time", "ids that differ"));
        } else {
            result.records.push_back(std::move(*record));
        }
    }
    if (result.records.empty() && !result.problems.empty()) {
        Error error = result.problems.front();
        error.found += " (and none of " + std::to_string(result.total) + " records is usable)";
        return error;
    }
    return result;
}

Status export_published_json(const std::string& path, std::span<const ReferenceRecord> records,
                             const RoutingSpace& space, const PublishedExportOptions& options) {
    record_json::Json list = record_json::Json::array();
    for (const ReferenceRecord& record : records) {
        if (record.routing.rows() != 1 || record.routing.experts() != space.expert_count()) {
            return invalid_input(path, "weights of id " + record.id,
                                 std::to_string(record.routing.experts()) + " numbers",
                                 std::to_string(space.expert_count()));
        }
        list.push_back(record_json::write_record(record, space, options.extended));
        if (const std::size_t i = list.size() - 1; options.extended && i < options.facts.size() && !options.facts[i].empty()) {
            auto facts = record_json::parse(options.facts[i], path + ": facts of id " + record.id);
            if (!facts.ok()) {
                return facts.error();
            }
            list.back()["facts"] = std::move(*facts);
        }
    }
    const auto text = record_json::dump(list, path);
    if (!text.ok()) {
        return text.error();
    }
    return write_file_atomically(path, *text);
}

}  // namespace r2t2
