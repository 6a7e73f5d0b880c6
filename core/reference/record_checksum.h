// Internal to core/reference: checksums of reference records, so that one flipped bit is named.
//
// "0123456789ab 00112233445566778899aa 01234567": SHA-256 of the record (12 digits), a byte a field that says where it differs (in the
// order of `fields`), SHA-256 of its row of embeddings (8 digits; absent where the store has none). A refined record has four fields more, one with options one more, one that says what it was asked with four more. Taken over values, not over how
// their JSON is written.
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/reference/reference_record.h"

namespace r2t2::record_checksum {

[[nodiscard]] std::string of(const ReferenceRecord& record, std::span<const float> embedding);

/// The record is the one that `stored` was taken of. Error: `where` and the field that differs.
[[nodiscard]] Status check(const ReferenceRecord& record, const std::string& stored, const std::string& where);
/// Its embedding is. False also where `stored` has none.
[[nodiscard]] bool holds_embedding(std::span<const float> embedding, const std::string& stored);

/// Of any other text: 12 digits.
[[nodiscard]] std::string of_text(const std::string& text);

}  // namespace r2t2::record_checksum
