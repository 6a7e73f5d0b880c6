#include "core/session/row_checksum.h"

#include <sqlite3.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <map>

#include "core/base/sha256.h"

namespace r2t2::row_checksum {

namespace {

static_assert(std::endian::native == std::endian::little, "the checksum's numbers are little-endian");

template <typename Number>
void update(Sha256& hash, char kind, Number value) {
    static_assert(sizeof(Number) == 8);
    char bytes[9] = {kind};
    std::memcpy(bytes + 1, &value, sizeof(value));
    hash.update(bytes, sizeof(bytes));
}

void update(Sha256& hash, sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            update(hash, 'i', static_cast<std::int64_t>(sqlite3_value_int64(value)));
            break;
        case SQLITE_FLOAT: {
            const double number = sqlite3_value_double(value);
            update(hash, 'r', number == 0.0 ? 0.0 : number);
            break;
        }
        case SQLITE_TEXT:
        case SQLITE_BLOB: {
            const bool text = sqlite3_value_type(value) == SQLITE_TEXT;
            const void* data = text ? static_cast<const void*>(sqlite3_value_text(value)) : sqlite3_value_blob(value);
            const auto size = static_cast<std::int64_t>(sqlite3_value_bytes(value));
            update(hash, text ? 't' : 'b', size);
            hash.update(data, static_cast<std::size_t>(size));
            break;
        }
        default:
            hash.update("n", 1);
    }
}

void compute(sqlite3_context* context, int count, sqlite3_value** values) {
    Sha256 hash;
    for (int i = 0; i < count; ++i) {
        update(hash, values[i]);
    }
    const std::array<std::uint8_t, 32> digest = hash.digest();
    std::int64_t first = 0;
    std::memcpy(&first, digest.data(), sizeof(first));
    sqlite3_result_int64(context, first);
}

}  // namespace

int define(sqlite3* handle) {
    return sqlite3_create_function_v2(handle, "row_checksum", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, nullptr,
                                      compute, nullptr, nullptr, nullptr);
}

const std::vector<std::string>& columns(const std::string& table, std::int64_t version) {
    static const std::map<std::string, std::vector<std::string>> all = {
        {"runs",
         {"id", "name", "method", "config", "space", "seed", "model_name", "model_hash", "data_hash", "reference_hash", "versions",
          "command", "notes", "started", "finished", "state"}},
        {"samples",
         {"id", "run_id", "set_name", "sample_key", "question", "image_path", "ground_truth", "native_answer", "final_answer",
          "native_correct", "final_correct", "outcome", "method", "mode", "granularity", "frame", "variable", "uses_label", "steps",
          "correct_by_step", "bandwidth", "uniform_fallback", "clamped", "seconds", "answer_seconds", "forward_passes",
          "backward_passes", "notes", "error"}},
        {"steps",
         {"sample_id", "step", "correct", "answer", "confidence", "margin", "objective", "learning_rate", "alpha", "routing_json",
          "routing", "action_mode", "action", "gradient", "routing_gradient", "neighbour_losses", "neighbour_shares", "candidates",
          "tokens", "seconds", "forward_passes", "backward_passes"}},
        {"neighbours",
         {"sample_id", "rank", "reference_index", "reference_set", "reference_id", "distance", "similarity", "kernel", "weight",
          "routing", "question", "answer", "image_path"}},
    };
    static const std::vector<std::string> none;
    static const std::vector<std::string> plain_neighbours = {
        "sample_id", "rank", "reference_index", "reference_set", "reference_id", "distance", "similarity", "kernel", "weight"};
    if (table == "neighbours" && version < session_schema::kReferenceDetails) {
        return plain_neighbours;
    }
    const auto found = all.find(table);
    return found == all.end() ? none : found->second;
}

std::string of_row(const std::string& table, const std::string& alias, std::int64_t version) {
    std::string sql = "row_checksum(";
    for (const std::string& column : columns(table, version)) {
        sql += (sql.back() == '(' ? "" : ", ") + alias + column;
    }
    return sql + ")";
}

std::string insert(const std::string& table, const std::vector<std::string>& given) {
    std::string names, parameters, checksum;
    for (std::size_t i = 0; i < given.size(); ++i) {
        names += given[i] + ", ";
        parameters += "?" + std::to_string(i + 1) + ", ";
    }
    for (const std::string& column : columns(table)) {
        const auto at = std::find(given.begin(), given.end(), column);
        checksum += checksum.empty() ? "" : ", ";
        checksum += at == given.end() ? "NULL" : "?" + std::to_string(at - given.begin() + 1);
    }
    return "INSERT INTO " + table + " (" + names + "checksum) VALUES (" + parameters + "row_checksum(" + checksum + "))";
}

}  // namespace r2t2::row_checksum
