#include "core/json/parse_json.h"

#include <optional>
#include <set>
#include <vector>

#include "core/base/file_reader.h"

namespace r2t2 {

namespace {

/// The first key that stands twice in one object.
class KeyCounter {
public:
    template <typename Json>
    typename Json::parser_callback_t callback() {
        return [this](int, typename Json::parse_event_t event, Json& value) {
            if (event == Json::parse_event_t::object_start) {
                open_.emplace_back();
            } else if (event == Json::parse_event_t::object_end) {
                open_.pop_back();
            } else if (event == Json::parse_event_t::key && !open_.back().insert(value.template get<std::string>()).second && !repeated_) {
                repeated_ = value.template get<std::string>();
            }
            return true;
        };
    }
    [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }

private:
    std::vector<std::set<std::string>> open_;  ///< keys of the objects that have begun
    std::optional<std::string> repeated_;
};

template <typename Json>
Result<Json> parsed(std::string_view text, const std::string& where, const JsonLimits& limits) {
    JsonSource source(text, where, limits);
    try {
        KeyCounter keys;
        const bool counted = limits.repeated_keys == RepeatedKeys::Refused;
        Json json = Json::parse(JsonIterator(&source), JsonIterator(nullptr), counted ? keys.callback<Json>() : typename Json::parser_callback_t());
        if (keys.repeated() && !source.failure()) {
            return invalid_input(where, *keys.repeated(), "the field a second time", "each field once");
        }
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
