// Internal to core/reference: one record to and from JSON. Keeps the JSON library out of public headers.
#pragma once

#include <nlohmann/json.hpp>

#include "core/reference/reference_record.h"
#include "core/routing/routing_space.h"

namespace r2t2::record_json {

using Json = nlohmann::ordered_json;

/// core/json/parse_json.h, without a limit of its own for the size: NaN and Infinity are null, and the record that needs the number is named.
[[nodiscard]] Result<Json> parse(std::string_view text, const std::string& where);

/// Strict: every published key, right types, weights on their simplices (tolerance 1e-4); extended keys if present.
[[nodiscard]] Result<ReferenceRecord> read_record(const Json& json, const RoutingSpace& space,
                                                  const std::string& where);

/// `extended` adds set, tags, options, pixels_hash, weights_per_mixer and refined where they say something.
[[nodiscard]] Json write_record(const ReferenceRecord& record, const RoutingSpace& space, bool extended);

/// How a value is quoted in messages: brief_json.
[[nodiscard]] std::string shown(const Json& json);

/// Serialise; error: text that is not UTF-8.
[[nodiscard]] Result<std::string> dump(const Json& json, const std::string& where);

}  // namespace r2t2::record_json
