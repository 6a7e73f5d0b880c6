#include "core/json/parse_json.h"

#include <optional>
#include <utility>

#include "core/base/file_reader.h"

namespace r2t2 {

namespace {

template <typename Json>
class ValueEvents final : public nlohmann::json_sax<nlohmann::json> {
public:
    ValueEvents(const JsonSource& source, LongNumbers long_numbers) : source_(source), long_numbers_(long_numbers) {}

    bool null() override { return put(nullptr, false); }
    bool boolean(bool each) override { return put(each, false); }
    bool number_integer(number_integer_t each) override { return put(each, false); }
    bool number_unsigned(number_unsigned_t each) override { return put(each, false); }
    bool number_float(number_float_t each, const string_t& digits) override {
        const bool whole = digits.find_first_not_of("-0123456789") == std::string::npos;
        return whole && long_numbers_ == LongNumbers::AsDigits ? put(digits, false) : put(each, false);
    }
    bool string(string_t& each) override { return put(std::move(each), false); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return put(Json::object(), true); }
    bool start_array(std::size_t) override { return put(Json::array(), true); }
    bool key(string_t& name) override {
        builder_.key(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        failure_ = source_.error(error.what());
        return false;
    }

    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    [[nodiscard]] JsonBuilder<Json>& builder() { return builder_; }

private:
    bool put(Json value, bool opens) {
        (void)builder_.put(std::move(value), opens);
        return true;
    }
    bool close() {
        (void)builder_.close();
        return true;
    }

    const JsonSource& source_;
    LongNumbers long_numbers_;
    JsonBuilder<Json> builder_;
    std::optional<Error> failure_;
};

template <typename Json>
Result<Json> parsed(std::string_view text, const std::string& where, const JsonLimits& limits) {
    JsonSource source(text, where, limits);
    ValueEvents<Json> events(source, limits.long_numbers);
    const Result<bool> whole = read_json_events(source, events);
    if (events.failure()) {
        return *events.failure();
    }
    if (!whole) {
        return whole.error();
    }
    if (limits.repeated_keys == RepeatedKeys::Refused && events.builder().repeated()) {
        return invalid_input(where, *events.builder().repeated(), kRepeated, "each field once");
    }
    return events.builder().take();
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
