#include "core/benchmarks/json_stream.h"

#include <limits>

#include "core/base/text_file.h"
#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxLevels = 32;  ///< below a record

/// Finds the level at which records lie and builds one after the other.
class RecordEvents final : public nlohmann::json_sax<Json> {
public:
    RecordEvents(const JsonSource& source, const std::string& member, const std::function<Status(JsonRecord&)>& each)
        : source_(source), member_(member), level_(member.empty() ? 1 : 2), each_(each) {}

    bool null() override { return value(Json(nullptr), false); }
    bool boolean(bool each) override { return value(Json(each), false); }
    bool number_integer(number_integer_t each) override { return value(Json(each), false); }
    bool number_unsigned(number_unsigned_t each) override { return value(Json(each), false); }
    bool number_float(number_float_t each, const string_t&) override { return value(Json(each), false); }
    bool string(string_t& each) override { return value(Json(std::move(each)), false); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return value(Json::object(), true); }
    bool start_array(std::size_t) override { return value(Json::array(), true); }
    bool key(string_t& name) override {
        if (builder_.busy()) {
            builder_.key(name);
        } else if (inside_ && depth_ == level_) {
            key_ = std::move(name);
        } else if (depth_ == 1) {
            wanted_ = name == member_;
            if (wanted_ && result_.found) {
                failure_ = invalid_input(source_.where(), member_, kRepeated, "each field once");
                return false;
            }
        }
        return true;
    }
    bool end_object() override { return end(); }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        fail(source_.error(error.what()));
        return false;
    }

    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    [[nodiscard]] const JsonStreamResult& result() const { return result_; }

private:
    bool value(Json&& json, bool opens) {
        if (builder_.busy() || (inside_ && depth_ == level_)) {
            if (opens && builder_.depth() >= kMaxLevels) {
                fail(invalid_input(source_.where(), {}, "JSON nested deeper than " + std::to_string(kMaxLevels), "less"));
                return false;
            }
            return !builder_.put(std::move(json), opens) || finished();
        }
        if (opens) {
            ++depth_;
            inside_ = inside_ || (depth_ == level_ && (member_.empty() || wanted_));
            result_.found = result_.found || inside_;
        }
        return true;
    }
    bool end() {
        if (builder_.busy()) {
            return !builder_.close() || finished();
        }
        inside_ = inside_ && depth_ != level_;
        --depth_;
        return true;
    }
    void fail(Error error) {
        error.where += ": record " + std::to_string(result_.records);
        failure_ = std::move(error);
    }
    bool finished() {
        JsonRecord record{result_.records, std::move(key_), source_.position(), builder_.take()};
        key_.clear();
        ++result_.records;
        const Status status = each_(record);
        if (!status.ok()) {
            failure_ = status.error();
        }
        return status.ok();
    }

    const JsonSource& source_;
    const std::string& member_;
    std::size_t level_;  ///< containers that are open where a record begins
    const std::function<Status(JsonRecord&)>& each_;
    JsonBuilder<Json> builder_;
    std::string key_;
    std::size_t depth_ = 0;
    bool wanted_ = false;
    bool inside_ = false;
    JsonStreamResult result_;
    std::optional<Error> failure_;
};

}  // namespace

Result<JsonStreamResult> stream_json(const std::filesystem::path& path, const std::string& member,
                                     const std::function<Status(JsonRecord&)>& each) {
    TextFile file(path, "a JSON file");
    R2T2_TRY(file.status());
    JsonLimits limits;
    limits.depth = kMaxLevels + 4;  // of the whole file: the events count below a record
    limits.bytes = std::numeric_limits<std::uint64_t>::max();
    JsonSource source([&file] { return file.next(); }, path.string(), limits);
    RecordEvents events(source, member, each);
    const Result<bool> whole = read_json_events(source, events);
    R2T2_TRY(file.status());
    if (events.failure()) {
        return *events.failure();
    }
    if (!whole) {
        return whole.error();
    }
    return events.result();
}

Result<JsonStreamResult> stream_json_lines(const std::filesystem::path& path, const std::function<Status(JsonRecord&)>& each,
                                           const std::function<Status(std::int64_t, const Error&)>& broken) {
    JsonStreamResult result{0, true};
    TextLines lines(path, "a file of JSON lines");
    for (std::string text; lines.next(text);) {
        if (text.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        JsonLimits limits;
        limits.depth = kMaxLevels;
        limits.first_line = lines.number();
        Result<Json> json = parse_json(text, path.string(), limits);
        JsonRecord record{result.records++, {}, 0, {}};
        if (!json) {
            R2T2_TRY(broken(lines.number(), json.error()));
            continue;
        }
        record.json = std::move(*json);
        R2T2_TRY(each(record));
    }
    R2T2_TRY(lines.status());
    return result;
}

}  // namespace r2t2
