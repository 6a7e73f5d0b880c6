#include "core/json/parse_json.h"

#include "core/base/file_reader.h"

namespace r2t2 {

namespace {

template <typename Json>
Result<Json> parsed(std::string_view text, const std::string& where, const JsonLimits& limits) {
    JsonSource source(text, where, limits);
    try {
        Json json = Json::parse(JsonIterator(&source), JsonIterator(nullptr));
        return source.failure() ? Result<Json>(*source.failure()) : Result<Json>(std::move(json));
    } catch (const nlohmann::json::exception& error) {
        return source.error(error.what());
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, where, {}, "not enough memory", {}};
    }
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, const std::string& where, const JsonLimits& limits) {
    return parsed<nlohmann::json>(text, where, limits);
}

Result<nlohmann::ordered_json> parse_ordered_json(std::string_view text, const std::string& where, const JsonLimits& limits) {
    return parsed<nlohmann::ordered_json>(text, where, limits);
}

nlohmann::ordered_json stored_json(std::string_view text) {
    Result<nlohmann::ordered_json> json = parse_ordered_json(text, "stored JSON");
    return json ? *std::move(json) : nlohmann::ordered_json();
}

Result<nlohmann::json> read_json_file(const std::filesystem::path& path, const JsonLimits& limits) {
    const Result<std::string> text = read_whole_file(path, limits.bytes);
    return text ? parse_json(*text, path.string(), limits) : text.error();
}

Result<bool> read_json_events(JsonSource& source, nlohmann::json_sax<nlohmann::json>& events) {
    try {
        const bool whole = nlohmann::json::sax_parse(JsonIterator(&source), JsonIterator(nullptr), &events);
        return whole && source.failure() ? Result<bool>(*source.failure()) : Result<bool>(whole);
    } catch (const nlohmann::json::exception& error) {
        return source.error(error.what());
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, source.where(), {}, "not enough memory", {}};
    }
}

}  // namespace r2t2
