#include "core/reference/record_checksum.h"

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/sha256.h"

namespace r2t2::record_checksum {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are hashed as they lie in memory");

constexpr std::size_t kRecordDigits = 12;
constexpr std::size_t kEmbeddingDigits = 8;

std::string bytes_of(std::span<const double> numbers) { return {reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()}; }

using Field = std::pair<const char*, std::string>;

std::vector<Field> fields(const ReferenceRecord& record) {
    std::string tags;
    for (const auto& [key, value] : record.tags) {
        tags += std::to_string(key.size()) + ":" + key + std::to_string(value.size()) + ":" + value;
    }
    std::vector<Field> out{{"id", (record.id_is_number ? "#" : "") + record.id},
            {"question", record.question},
            {"image_path", record.image_path},
            {"model_answer", record.model_answer},
            {"ground_truth", record.ground_truth},
            {"is_correct", record.is_correct ? "true" : "false"},
            {"weights", bytes_of(record.routing.values())},
            {"set", record.set},
            {"tags", std::move(tags)},
            {"pixels_hash", record.pixels_hash},
            {"weights_per_mixer", bytes_of(record.routing_per_mixer.values())}};
    if (record.refined) {  // only then: checksums of records that were never refined stay what they were
        const RefinedRouting& refined = *record.refined;
        const std::array losses = {refined.loss_before, refined.loss_after};
        out.push_back({"refined.weights", bytes_of(refined.routing.values())});
        out.push_back({"refined.weights_per_mixer", bytes_of(refined.routing_per_mixer.values())});
        out.push_back({"refined.loss", bytes_of(losses)});
        out.push_back({"refined.is_correct", refined.is_correct ? "true" : "false"});
    }
    if (!record.options.empty()) {  // likewise
        std::string options;
        for (const std::string& option : record.options) {
            options += std::to_string(option.size()) + ":" + option;
        }
        out.push_back({"options", std::move(options)});
    }
    if (record.asked) {  // likewise
        out.push_back({"asked.instruction", record.asked->instruction});
        out.push_back({"asked.options", record.asked->options});
        out.push_back({"asked.key", record.asked->key});
        out.push_back({"asked.facts", record.asked->facts});
    }
    return out;
}

/// FNV-1a, folded to a byte.
std::uint8_t hint(const std::string& bytes) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : bytes) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
    std::uint8_t folded = 0;
    for (int shift = 0; shift < 64; shift += 8) {
        folded ^= static_cast<std::uint8_t>(hash >> shift);
    }
    return folded;
}

std::string of_fields(const std::vector<Field>& all) {
    constexpr char digits[] = "0123456789abcdef";
    Sha256 hash;
    std::string hints;
    for (const auto& [name, bytes] : all) {
        hash.update(std::string(name) + "=" + std::to_string(bytes.size()) + ":" + bytes);
        const std::uint8_t one = hint(bytes);
        hints += digits[one >> 4];
        hints += digits[one & 15];
    }
    return hash.hex().substr(0, kRecordDigits) + " " + hints;
}

std::string of_embedding(std::span<const float> embedding) {
    return sha256_hex({reinterpret_cast<const char*>(embedding.data()), embedding.size_bytes()}).substr(0, kEmbeddingDigits);
}

}  // namespace

std::string of(const ReferenceRecord& record, std::span<const float> embedding) {
    return of_fields(fields(record)) + (embedding.empty() ? "" : " " + of_embedding(embedding));
}

Status check(const ReferenceRecord& record, const std::string& stored, const std::string& where) {
    const std::vector<Field> all = fields(record);
    const std::string found = of_fields(all);
    if (stored.starts_with(found) && (stored.size() == found.size() || stored[found.size()] == ' ')) {
        return {};
    }
    std::string differs;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::size_t at = kRecordDigits + 1 + 2 * i;
        if (stored.size() < at + 2 || stored.compare(at, 2, found, at, 2) != 0) {
            differs += (differs.empty() ? "" : ", ") + std::string(all[i].first);
        }
    }
    return invalid_input(where, differs.empty() ? "the record or its checksum" : differs, "another value than was written (checksum " + found + ")",
                         "what was written (checksum " + stored.substr(0, 60) + "): the file is damaged or was edited");
}

bool holds_embedding(std::span<const float> embedding, const std::string& stored) {
    return stored.size() > kEmbeddingDigits + 1 && stored.ends_with(" " + of_embedding(embedding));
}

std::string of_text(const std::string& text) { return sha256_hex(text).substr(0, kRecordDigits); }

}  // namespace r2t2::record_checksum
