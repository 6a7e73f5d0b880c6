#include "core/benchmarks/json_stream.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

namespace r2t2 {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxLevels = 32;

/// The bytes of a file for the parser, a block at a time.
class FileBytes {
public:
    explicit FileBytes(std::FILE* file) : file_(file), block_(1 << 18) {}
    [[nodiscard]] bool ends() {
        if (at_ == filled_) {
            before_ += filled_;
            filled_ = std::fread(block_.data(), 1, block_.size(), file_);
            at_ = 0;
        }
        return filled_ == 0;
    }
    [[nodiscard]] const char& byte() const { return block_[at_]; }
    void advance() { ++at_; }
    [[nodiscard]] std::uint64_t position() const { return before_ + at_; }

private:
    std::FILE* file_;
    std::vector<char> block_;
    std::size_t at_ = 0, filled_ = 0;
    std::uint64_t before_ = 0;
};

/// The iterator over them that the parser asks for; null is the end.
class ByteIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    explicit ByteIterator(FileBytes* bytes) : bytes_(bytes) {}
    reference operator*() const { return bytes_->byte(); }
    ByteIterator& operator++() {
        bytes_->advance();
        return *this;
    }
    bool operator==(const ByteIterator& other) const { return ended() == other.ended(); }
    bool operator!=(const ByteIterator& other) const { return !(*this == other); }

private:
    [[nodiscard]] bool ended() const { return bytes_ == nullptr || bytes_->ends(); }
    FileBytes* bytes_;
};

/// One value out of the parser's events.
class ValueBuilder {
public:
    [[nodiscard]] bool busy() const { return !open_.empty(); }
    [[nodiscard]] std::size_t depth() const { return open_.size(); }
    void key(std::string& name) { key_ = std::move(name); }
    /// Puts a scalar or opens a container; true: the whole value is there.
    bool put(Json&& value, bool opens) {
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
        return open_.empty();
    }
    bool close() {
        open_.pop_back();
        return open_.empty();
    }
    Json take() { return std::move(root_); }

private:
    Json root_;
    std::vector<Json*> open_;
    std::string key_;
};

/// Finds the level at which records lie and builds one after the other.
class RecordEvents final : public nlohmann::json_sax<Json> {
public:
    RecordEvents(const FileBytes& bytes, std::string where, const std::string& member, const std::function<Status(JsonRecord&)>& each)
        : bytes_(bytes), where_(std::move(where)), member_(member), level_(member.empty() ? 1 : 2), each_(each) {}

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
        }
        return true;
    }
    bool end_object() override { return end(); }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
        const std::string what = error.what();
        const std::size_t reason = what.find("syntax error");
        failure_ = invalid_input(where_ + ": record " + std::to_string(result_.records), {},
                                 "broken JSON at byte " + std::to_string(position) + ": " +
                                     (reason == std::string::npos ? what : what.substr(reason)).substr(0, 200),
                                 "a whole JSON file in UTF-8");
        return false;
    }

    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    [[nodiscard]] const JsonStreamResult& result() const { return result_; }

private:
    bool value(Json&& json, bool opens) {
        if (builder_.busy() || (inside_ && depth_ == level_)) {
            if (opens && builder_.depth() >= kMaxLevels) {
                failure_ = invalid_input(where_ + ": record " + std::to_string(result_.records), {},
                                         "JSON nested deeper than " + std::to_string(kMaxLevels), "less");
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
    bool finished() {
        JsonRecord record{result_.records, std::move(key_), bytes_.position(), builder_.take()};
        key_.clear();
        ++result_.records;
        const Status status = each_(record);
        if (!status.ok()) {
            failure_ = status.error();
        }
        return status.ok();
    }

    const FileBytes& bytes_;
    std::string where_;
    const std::string& member_;
    std::size_t level_;  ///< containers that are open where a record begins
    const std::function<Status(JsonRecord&)>& each_;
    ValueBuilder builder_;
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
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file) {
        return Error{errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Io, path.string(), {}, std::strerror(errno), "a JSON file"};
    }
    FileBytes bytes(file.get());
    RecordEvents events(bytes, path.string(), member, each);
    try {
        Json::sax_parse(ByteIterator(&bytes), ByteIterator(nullptr), &events);
    } catch (const Json::exception& error) {  // a number that no double holds
        return invalid_input(path.string() + ": record " + std::to_string(events.result().records), {}, error.what(), "JSON");
    }
    if (std::ferror(file.get()) != 0) {
        return io_error(path.string(), "cannot be read to its end");
    }
    if (events.failure()) {
        return *events.failure();
    }
    return events.result();
}

Result<JsonStreamResult> stream_json_lines(const std::filesystem::path& path, const std::function<Status(JsonRecord&)>& each,
                                           const std::function<Status(std::int64_t, const Error&)>& broken) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return Error{ErrorKind::NotFound, path.string(), {}, "no such file, or it cannot be read", "a file of JSON lines"};
    }
    JsonStreamResult result{0, true};
    std::string text;
    for (std::int64_t line = 1; std::getline(in, text); ++line) {
        if (text.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        JsonRecord record{result.records++, {}, 0, Json::parse(text, nullptr, false)};
        if (record.json.is_discarded()) {
            R2T2_TRY(broken(line, invalid_input(path.string() + ": line " + std::to_string(line), {}, "broken JSON", "a JSON object")));
            continue;
        }
        R2T2_TRY(each(record));
    }
    return result;
}

}  // namespace r2t2
