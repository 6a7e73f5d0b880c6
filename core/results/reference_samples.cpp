#include "core/results/reference_samples.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// Null where it is not stored, or not as we store it.
Json stored_sets(const RunInfo& info) {
    const Json config = stored_json(info.config);
    const Json all = config.is_object() ? config.value("reference_samples", Json()) : Json();
    const Json sets = all.is_object() ? all.value("sets", Json()) : Json();
    return sets.is_object() ? sets : Json();
}

std::optional<ReferenceSamples> of_set(const Json& set) {
    const Json count = set.is_object() ? set.value("count", Json()) : Json();
    if (!count.is_number_integer() || count.get<std::int64_t>() < 0) {
        return std::nullopt;
    }
    ReferenceSamples out;
    out.count = count.get<std::int64_t>();
    const Json ids = set.value("ids", Json::array());
    for (const Json& id : ids.is_array() ? ids : Json::array()) {
        out.ids.push_back(id.is_string() ? id.get<std::string>() : id.dump());
    }
    return out;
}

}  // namespace

std::string ReferenceSamples::text() const {
    constexpr std::size_t kNamed = 5;
    if (count == 0) {
        return {};
    }
    std::string out = std::to_string(count) + (count == 1 ? " is a reference too" : " are references too");
    const std::size_t named = std::min(kNamed, ids.size());
    for (std::size_t i = 0; i < named; ++i) {
        out += (i == 0 ? " (" : ", ") + ids[i];
    }
    const std::int64_t more = count - static_cast<std::int64_t>(named);
    out += named == 0 ? "" : more > 0 ? " and " + std::to_string(more) + " more)" : ")";
    return out + (count == 1 ? ", not its own neighbour" : ", none its own neighbour");
}

std::optional<ReferenceSamples> reference_samples(const RunInfo& info) {
    const Json sets = stored_sets(info);
    if (!sets.is_object()) {
        return std::nullopt;
    }
    ReferenceSamples all;
    for (const auto& [name, set] : sets.items()) {
        const std::optional<ReferenceSamples> one = of_set(set);
        if (!one) {
            return std::nullopt;
        }
        all.count += one->count;
        for (const std::string& id : one->ids) {
            all.ids.push_back(sets.size() == 1 ? id : name + ": " + id);
        }
    }
    return all;
}

std::optional<ReferenceSamples> reference_samples_of(const RunInfo& info, const std::string& set) {
    const Json sets = stored_sets(info);
    return sets.is_object() && sets.contains(set) ? of_set(sets[set]) : std::nullopt;
}

}  // namespace r2t2
