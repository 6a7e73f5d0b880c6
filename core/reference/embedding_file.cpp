#include "core/reference/embedding_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "core/base/checked.h"
#include "core/json/parse_json.h"

namespace r2t2::embedding_file {

namespace {

static_assert(std::endian::native == std::endian::little, "the file format is little-endian");

using Json = nlohmann::json;
constexpr std::uint64_t kHeaderLimit = 1 << 20;

struct Entry {
    std::string name;
    std::vector<std::size_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

std::optional<std::uint64_t> unsigned_number(const Json& json) {
    return json.is_number_unsigned() ? std::optional(json.get<std::uint64_t>()) : std::nullopt;
}

Result<Entry> read_entry(const std::string& name, const Json& json, const std::string& where) {
    const auto bad = [&](const std::string& field, const std::string& allowed) {
        const std::string found = json.is_object() && json.contains(field) ? json[field].dump() : "missing";
        return invalid_input(where, name + "." + field, found.substr(0, 60), allowed);
    };
    if (!json.is_object() || json.value("dtype", Json()) != "F32") {
        return bad("dtype", "F32");
    }
    Entry entry{name, {}, 0, 0};
    std::optional<std::uint64_t> bytes = sizeof(float);
    const Json shape = json.value("shape", Json());
    for (const Json& extent : shape.is_array() ? shape : Json::array()) {
        const auto size = unsigned_number(extent);
        bytes = bytes && size ? checked_multiply(*bytes, *size) : std::nullopt;
        entry.shape.push_back(size.value_or(0));
    }
    if (!shape.is_array() || !bytes) {
        return bad("shape", "a list of sizes whose product fits in 64 bits");
    }
    const Json offsets = json.value("data_offsets", Json());
    if (!offsets.is_array() || offsets.size() != 2 || !unsigned_number(offsets[0]) || !unsigned_number(offsets[1])) {
        return bad("data_offsets", "[begin, end]");
    }
    entry.begin = *unsigned_number(offsets[0]);
    entry.end = *unsigned_number(offsets[1]);
    if (entry.end < entry.begin || entry.end - entry.begin != *bytes) {
        return bad("data_offsets", std::to_string(*bytes) + " bytes for this shape");
    }
    return entry;
}

Status read_arrays(std::vector<Entry>& entries, std::string_view data, const std::string& where, Contents& contents) {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.begin < b.begin; });
    std::uint64_t expected = 0;
    for (const Entry& entry : entries) {
        if (entry.begin != expected || entry.end > data.size()) {
            return invalid_input(where, entry.name + ".data_offsets",
                                 std::to_string(entry.begin) + " .. " + std::to_string(entry.end),
                                 "begin " + std::to_string(expected) + ", end within " + std::to_string(data.size()));
        }
        expected = entry.end;
        Array array{entry.shape, std::vector<float>((entry.end - entry.begin) / sizeof(float))};
        if (!array.values.empty()) {
            std::memcpy(array.values.data(), data.data() + entry.begin, entry.end - entry.begin);
        }
        const auto broken =
            std::find_if_not(array.values.begin(), array.values.end(), [](float v) { return std::isfinite(v); });
        if (broken != array.values.end()) {
            return invalid_input(where, entry.name + "[" + std::to_string(broken - array.values.begin()) + "]",
                                 std::to_string(*broken), "finite numbers");
        }
        contents.arrays.emplace(entry.name, std::move(array));
    }
    if (expected != data.size()) {
        return invalid_input(where, "length", std::to_string(data.size()) + " bytes of data", std::to_string(expected));
    }
    return {};
}

}  // namespace

std::string encode(const Contents& contents) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!contents.metadata.empty()) {
        header["__metadata__"] = contents.metadata;
    }
    std::string data;
    for (const auto& [name, array] : contents.arrays) {
        const std::size_t begin = data.size();
        data.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float));
        header[name] = {{"dtype", "F32"}, {"shape", array.shape}, {"data_offsets", {begin, data.size()}}};
    }
    std::string text = header.dump(-1, ' ', true);
    text.resize((text.size() + 7) / 8 * 8, ' ');  // data aligned for memory mapping
    const std::uint64_t length = text.size();
    std::string bytes(sizeof(length), '\0');
    std::memcpy(bytes.data(), &length, sizeof(length));
    return bytes + text + data;
}

Result<Contents> decode(std::string_view bytes, const std::string& where) {
    std::uint64_t length = 0;
    if (bytes.size() < sizeof(length)) {
        return invalid_input(where, "length", std::to_string(bytes.size()) + " bytes", "at least 8");
    }
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes.remove_prefix(sizeof(length));
    if (length > kHeaderLimit || length > bytes.size()) {
        return invalid_input(where, "header length", std::to_string(length),
                             "at most " + std::to_string(std::min<std::uint64_t>(kHeaderLimit, bytes.size())));
    }
    JsonLimits limits;
    limits.non_finite = NonFiniteLiterals::Refused;
    const Result<Json> parsed = parse_json(bytes.substr(0, length), where, limits);
    if (!parsed || !parsed->is_object()) {
        return invalid_input(where, "header", parsed ? "not a JSON object" : parsed.error().found, "a JSON object");
    }
    const Json& header = *parsed;
    Contents contents;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") {
            for (const auto& [key, text] : value.items()) {
                if (!text.is_string()) {
                    return invalid_input(where, "__metadata__." + key, "not text", "text");
                }
                contents.metadata[key] = text.get<std::string>();
            }
            continue;
        }
        auto entry = read_entry(name, value, where);
        if (!entry.ok()) {
            return entry.error();
        }
        entries.push_back(std::move(*entry));
    }
    R2T2_TRY(read_arrays(entries, bytes.substr(length), where, contents));
    return contents;
}

}  // namespace r2t2::embedding_file
