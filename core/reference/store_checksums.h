// Internal to core/reference: the checksums of a store's records.json.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/reference/record_json.h"

namespace r2t2::store_checksums {

/// The object "checksums": one for each part of `document` but its records, and one for theirs together.
[[nodiscard]] record_json::Json of(const record_json::Json& document, const std::vector<std::string>& of_records);

/// What each record's checksum says; none in stores from before they were kept. Errors: one that does not hold, is missing or no text.
[[nodiscard]] Result<std::vector<std::string>> read(const record_json::Json& document, const std::vector<ReferenceRecord>& records,
                                                    const std::string& where);

}  // namespace r2t2::store_checksums
