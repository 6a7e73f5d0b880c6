#include "core/run/prediction_json.h"

#include <optional>
#include <utility>
#include <vector>

#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::ordered_json;

/// Builds a value out of the parser's events.
class RecordEvents final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit RecordEvents(const JsonSource& source) : source_(source) {}

    bool null() override { return put(nullptr, false); }
    bool boolean(bool each) override { return put(each, false); }
    bool number_integer(number_integer_t each) override { return put(each, false); }
    bool number_unsigned(number_unsigned_t each) override { return put(each, false); }
    bool number_float(number_float_t each, const string_t& digits) override {
        const bool whole = digits.find_first_not_of("-0123456789") == std::string::npos;
        return whole ? put(digits, false) : put(each, false);
    }
    bool string(string_t& each) override { return put(std::move(each), false); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return put(Json::object(), true); }
    bool start_array(std::size_t) override { return put(Json::array(), true); }
    bool key(string_t& name) override {
        if (open_.back()->contains(name)) {
            failure_ = invalid_input(source_.where() + ": line " + std::to_string(source_.line()), name.substr(0, 60), "a second time in one object", "a key once");
            return false;
        }
        key_ = std::move(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        failure_ = source_.error(error.what());
        return false;
    }

    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    Json take() { return std::move(root_); }

private:
    bool put(Json value, bool opens) {
        Json* place = &root_;
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back()->is_array()) {
            open_.back()->push_back(std::move(value));
            place = &open_.back()->back();
        } else {
            place = &((*open_.back())[key_] = std::move(value));
        }
        if (opens) {
            open_.push_back(place);
        }
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    const JsonSource& source_;
    Json root_;
    std::vector<Json*> open_;
    std::string key_;
    std::optional<Error> failure_;
};

}  // namespace

Result<nlohmann::ordered_json> parse_prediction_json(RecordText record, const std::string& file) {
    JsonLimits limits;
    limits.first_line = record.line;
    JsonSource source(record.text, file, limits);
    RecordEvents events(source);
    const Result<bool> whole = read_json_events(source, events);
    if (events.failure()) {
        return *events.failure();
    }
    if (!whole) {
        return whole.error();
    }
    return events.take();
}

}  // namespace r2t2
