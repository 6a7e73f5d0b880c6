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

/// A row as the bytes that are hashed.
class RowBytes {
public:
    RowBytes() { bytes_.reserve(1024); }
    void null() { bytes_ += 'n'; }
    void integer(std::int64_t value) { number('i', value); }
    void real(double value) { number('r', value == 0.0 ? 0.0 : value); }
    void bytes(char kind, const void* data, int size) {
        number(kind, static_cast<std::int64_t>(size));
        bytes_.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
    }
    [[nodiscard]] std::int64_t checksum() const {
        Sha256 hash;
        hash.update(bytes_);
        const std::array<std::uint8_t, 32> digest = hash.digest();
        std::int64_t first = 0;
        std::memcpy(&first, digest.data(), sizeof(first));
        return first;
    }

private:
    template <typename Number>
    void number(char kind, Number value) {
        static_assert(sizeof(Number) == 8);
        char bytes[9] = {kind};
        std::memcpy(bytes + 1, &value, sizeof(value));
        bytes_.append(bytes, sizeof(bytes));
    }
    std::string bytes_;
};

void add(RowBytes& row, sqlite3_value* value) {
    switch (sqlite3_value_type(value)) {
        case SQLITE_INTEGER:
            return row.integer(sqlite3_value_int64(value));
        case SQLITE_FLOAT:
            return row.real(sqlite3_value_double(value));
        case SQLITE_TEXT: {
            const unsigned char* text = sqlite3_value_text(value);  // before the length: it may convert
            return row.bytes('t', text, sqlite3_value_bytes(value));
        }
        case SQLITE_BLOB:
            return row.bytes('b', sqlite3_value_blob(value), sqlite3_value_bytes(value));
        default:
            return row.null();
    }
}

void compute(sqlite3_context* context, int count, sqlite3_value** values) {
    RowBytes row;
    for (int i = 0; i < count; ++i) {
        add(row, values[i]);
    }
    sqlite3_result_int64(context, row.checksum());
}

}  // namespace

int define(sqlite3* handle) {
    return sqlite3_create_function_v2(handle, "row_checksum", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, nullptr,
                                      compute, nullptr, nullptr, nullptr);
}

std::int64_t of_columns(sqlite3_stmt* statement, int first, int count) {
    RowBytes row;
    for (int column = first; column < first + count; ++column) {
        add(row, sqlite3_column_value(statement, column));  // as good as protected: a connection belongs to one thread
    }
    return row.checksum();
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
          "backward_passes", "notes", "error", "scoring", "instruction", "suffix", "picture_hash", "scoring_version", "neighbour_count"}},
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
    if (table == "samples" && version < session_schema::kPrompt) {
        static const std::vector<std::string> with_scoring(all.at("samples").begin(), all.at("samples").end() - 5);
        static const std::vector<std::string> plain_samples(with_scoring.begin(), with_scoring.end() - 1);
        return version < session_schema::kScoring ? plain_samples : with_scoring;
    }
    const auto found = all.find(table);
    return found == all.end() ? none : found->second;
}

std::string list(const std::string& table, const std::string& alias, std::int64_t version) {
    std::string names;
    for (const std::string& column : columns(table, version)) {
        names += (names.empty() ? "" : ", ") + alias + column;
    }
    return names;
}

std::string of_row(const std::string& table, const std::string& alias, std::int64_t version) {
    return "row_checksum(" + list(table, alias, version) + ")";
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
