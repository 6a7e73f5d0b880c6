#include "core/checkpoint/safetensors_header.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <set>

#include "core/base/quoted_name.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/text_window.h"
#include "core/json/parse_json.h"

namespace r2t2::safetensors {

namespace {

constexpr std::size_t max_string_bytes = 1 << 20;  // metadata values; names are far shorter
constexpr std::size_t max_name_bytes = 1024;
constexpr std::size_t max_shard_name_bytes = 255;
constexpr std::size_t max_dtype_bytes = 32;
constexpr std::size_t max_number_bytes = 40;
constexpr std::size_t max_depth = 3;
constexpr std::size_t max_metadata_bytes = 8 << 20;
constexpr std::size_t max_names_bytes = 8 << 20;  // all tensor names together

/// Walks the text once and refuses what a small parser should never see: long tokens, deep nesting, NUL bytes
/// (which the JSON library takes for the end). Returns the length without trailing white space.
Result<std::size_t> measure(TextWindow& text, const std::string& where, const std::string& what) {
    const auto refuse = [&](std::size_t at, const std::string& found, const std::string& allowed) {
        return invalid_input(where, what + " byte " + std::to_string(at), found, allowed);
    };
    std::size_t depth = 0;
    std::size_t token = 0;
    std::size_t used = 0;
    bool in_string = false;
    bool escaped = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (text.error()) {
            return *text.error();
        }
        if (in_string) {
            used = i + 1;
            if (++token > max_string_bytes) {
                return refuse(i, "a string of more than " + std::to_string(max_string_bytes) + " bytes",
                              "shorter strings");
            }
            if (escaped) {
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == '"') {
                in_string = false;
                token = 0;
            }
            continue;
        }
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            token = 0;
            continue;
        }
        if (i - used > max_string_bytes) {  // the JSON library keeps white space until the next token
            return refuse(i, std::to_string(i - used) + " bytes of white space", "padding only behind the text");
        }
        used = i + 1;
        if (static_cast<unsigned char>(c) < 0x20) {
            return refuse(i, "control byte " + std::to_string(static_cast<int>(c)), "JSON text");
        }
        if (c == '"') {
            in_string = true;
            token = 0;
        } else if (c == '{' || c == '[') {
            token = 0;
            if (++depth > max_depth) {
                return refuse(i, "nesting deeper than " + std::to_string(max_depth) + " levels", "flat entries");
            }
        } else if (c == '}' || c == ']') {
            token = 0;
            depth -= depth > 0 ? 1 : 0;
        } else if (c == ',' || c == ':') {
            token = 0;
        } else if (++token > max_number_bytes) {
            return refuse(i, "a number or word of more than " + std::to_string(max_number_bytes) + " bytes",
                          "shorter tokens");
        }
    }
    return used;
}

/// What both texts share: every event is an error until a derived class says otherwise. Returning false stops.
class StrictSax : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit StrictSax(std::string where, std::string what) : where_(std::move(where)), what_(std::move(what)) {}
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    bool null() override { return unexpected("null"); }
    bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return unexpected(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return unexpected(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return unexpected("number " + text); }
    bool string(string_t& value) override { return unexpected("text " + quoted_name(value)); }
    bool binary(binary_t&) override { return unexpected("binary"); }
    bool start_object(std::size_t) override { return unexpected("an object"); }
    bool start_array(std::size_t) override { return unexpected("a list"); }
    bool end_object() override { return true; }
    bool end_array() override { return true; }
    bool key(string_t&) override { return true; }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& problem) override {
        const std::string text = problem.what();
        const std::size_t colon = text.find(": ");  // drop the library's own prefix and position
        return refuse(what_ + " byte " + std::to_string(position),
                      "malformed JSON" + (colon == std::string::npos ? "" : text.substr(colon).substr(0, 200)),
                      "one JSON object");
    }

protected:
    virtual bool unexpected(const std::string& found) = 0;
    bool refuse(std::string field, std::string found, std::string allowed) {
        if (!error_) {
            error_ = invalid_input(where_, std::move(field), std::move(found), std::move(allowed));
        }
        return false;
    }
    const std::string& what() const { return what_; }

private:
    std::string where_;
    std::string what_;
    std::optional<Error> error_;
};

class HeaderSax : public StrictSax {
public:
    using StrictSax::StrictSax;
    Header header;

    bool start_object(std::size_t) override {
        switch (place_) {
            case Place::Start:
                place_ = Place::Root;
                return true;
            case Place::Root:
                place_ = name_ == "__metadata__" ? Place::Metadata : Place::Tensor;
                return true;
            default:
                return unexpected("an object");
        }
    }

    bool end_object() override {
        if (place_ == Place::Tensor) {
            const HeaderEntry& entry = header.tensors[name_];
            for (const char* field : {"dtype", "shape", "data_offsets"}) {
                if (fields_.count(field) == 0) {
                    return refuse(tensor_field(field), "nothing", "dtype, shape and data_offsets");
                }
            }
            if (entry.data_offsets.size() != 2) {
                return refuse(tensor_field("data_offsets"), std::to_string(entry.data_offsets.size()) + " numbers",
                              "[begin, end]");
            }
            fields_.clear();
        }
        place_ = place_ == Place::Root ? Place::End : Place::Root;
        return true;
    }

    bool key(string_t& text) override {
        if (text.size() > max_name_bytes) {
            return refuse(what() + " key " + quoted_name(text), std::to_string(text.size()) + " bytes",
                          "at most " + std::to_string(max_name_bytes) + " bytes");
        }
        switch (place_) {
            case Place::Root:
                return tensor_key(text);
            case Place::Tensor:
                if (text != "dtype" && text != "shape" && text != "data_offsets") {
                    return refuse(tensor_field(quoted_name(text)), "an unknown field", "dtype, shape, data_offsets");
                }
                field_ = text;
                return fields_.insert(text).second ? true : refuse(tensor_field(text), "the field twice", "once");
            default:
                field_ = text;
                return header.metadata.count(text) == 0
                           ? true
                           : refuse("__metadata__: " + quoted_name(text), "the key twice", "once");
        }
    }

    bool string(string_t& value) override {
        if (place_ == Place::Tensor && field_ == "dtype") {
            if (value.size() > max_dtype_bytes) {
                return refuse(tensor_field(field_), std::to_string(value.size()) + " bytes", "a dtype's name");
            }
            header.tensors[name_].dtype = std::move(value);
            return true;
        }
        if (place_ == Place::Metadata) {
            metadata_bytes_ += value.size() + field_.size();
            if (metadata_bytes_ > max_metadata_bytes) {
                return refuse("__metadata__", "more than " + std::to_string(max_metadata_bytes) + " bytes", "less");
            }
            header.metadata[field_] = std::move(value);
            return true;
        }
        return unexpected("text " + quoted_name(value));
    }

    bool start_array(std::size_t) override {
        if (place_ != Place::Tensor || field_ == "dtype") {
            return unexpected("a list");
        }
        place_ = Place::List;
        return true;
    }

    bool end_array() override {
        place_ = Place::Tensor;
        return true;
    }

    bool number_unsigned(number_unsigned_t value) override {
        if (place_ != Place::List) {
            return unexpected(std::to_string(value));
        }
        const bool is_shape = field_ == "shape";
        auto& list = is_shape ? header.tensors[name_].shape : header.tensors[name_].data_offsets;
        if (list.size() == (is_shape ? SafetensorsFile::max_rank : 2)) {
            return refuse(tensor_field(field_), "more than " + std::to_string(list.size()) + " numbers",
                          is_shape ? "at most " + std::to_string(list.size()) + " dimensions" : "[begin, end]");
        }
        list.push_back(value);
        return true;
    }

protected:
    bool unexpected(const std::string& found) override {
        switch (place_) {
            case Place::Root:
                return refuse(name_ == "__metadata__" ? name_ : "tensor " + quoted_name(name_), found, "an object");
            case Place::Metadata:
                return refuse("__metadata__: " + quoted_name(field_), found, "text");
            case Place::Tensor:
                return refuse(tensor_field(field_), found, field_ == "dtype" ? "text" : "a list of whole numbers");
            case Place::List:
                return refuse(tensor_field(field_), found, "whole numbers of at least 0");
            default:
                return refuse(what(), found, "one JSON object");
        }
    }

private:
    enum class Place { Start, Root, Metadata, Tensor, List, End };

    bool tensor_key(string_t& text) {
        name_ = std::move(text);
        if (name_ == "__metadata__") {
            return seen_metadata_ ? refuse(name_, "the key twice", "once") : (seen_metadata_ = true);
        }
        if (header.tensors.size() == SafetensorsFile::max_tensors) {
            return refuse(what(), "more than " + std::to_string(SafetensorsFile::max_tensors) + " tensors", "fewer");
        }
        names_bytes_ += name_.size();
        if (names_bytes_ > max_names_bytes) {
            return refuse(what(), "more than " + std::to_string(max_names_bytes) + " bytes of names", "less");
        }
        if (!header.tensors.try_emplace(name_).second) {
            return refuse("tensor " + quoted_name(name_), "the name twice", "once");
        }
        return true;
    }
    [[nodiscard]] std::string tensor_field(const std::string& field) const {
        return "tensor " + quoted_name(name_) + ": " + field;
    }

    Place place_ = Place::Start;
    std::string name_;
    std::string field_;
    std::set<std::string> fields_;
    bool seen_metadata_ = false;
    std::size_t metadata_bytes_ = 0;
    std::size_t names_bytes_ = 0;
};

/// {"metadata": {anything flat}, "weight_map": {tensor: shard}}
class IndexSax : public StrictSax {
public:
    using StrictSax::StrictSax;
    Index index;
    bool has_weight_map = false;

    bool null() override { return scalar("null"); }
    bool boolean(bool) override { return scalar("a truth value"); }
    bool number_integer(number_integer_t) override { return scalar("a number"); }
    bool number_unsigned(number_unsigned_t value) override {
        if (depth_ == 2 && section_ == "metadata" && name_ == "total_size") {
            index.total_size = value;
        }
        return scalar("a number");
    }
    bool number_float(number_float_t, const string_t&) override { return scalar("a number"); }
    bool start_object(std::size_t) override {
        ++depth_;
        return depth_ == 1 || section_ == "metadata" || (depth_ == 2 && section_ == "weight_map")
                   ? true
                   : unexpected("an object");
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override {
        ++depth_;
        return depth_ > 1 && section_ == "metadata" ? true : unexpected("a list");
    }
    bool end_array() override { return end_object(); }
    bool key(string_t& text) override {
        if (depth_ == 1) {
            if (text != "metadata" && text != "weight_map") {
                return refuse(quoted_name(text), "an unknown key", "metadata, weight_map");
            }
            if (!sections_.insert(text).second) {
                return refuse(text, "the key twice", "once");
            }
            has_weight_map = has_weight_map || text == "weight_map";
            section_ = text;
            name_.clear();
        } else if (section_ == "weight_map") {
            if (index.weight_map.size() == SafetensorsFile::max_tensors) {
                return refuse("weight_map", "more than " + std::to_string(index.weight_map.size()) + " tensors", "fewer");
            }
            names_bytes_ += text.size();
            if (names_bytes_ > max_names_bytes) {
                return refuse("weight_map", "more than " + std::to_string(max_names_bytes) + " bytes of names", "less");
            }
            if (text.size() > max_name_bytes || !index.weight_map.try_emplace(text).second) {
                return refuse("weight_map: " + quoted_name(text),
                              text.size() > max_name_bytes ? "an overlong name" : "the tensor twice", "one short name");
            }
            name_ = text;
        } else {
            name_ = depth_ == 2 ? text : "";
        }
        return true;
    }
    bool string(string_t& value) override {
        if (depth_ == 2 && section_ == "weight_map" && value.size() <= max_shard_name_bytes) {
            index.weight_map[name_] = std::move(value);
            return true;
        }
        return scalar("text " + quoted_name(value));
    }

protected:
    bool unexpected(const std::string& found) override {
        if (depth_ == 0 || section_.empty()) {
            return refuse(what(), found, "an object with weight_map");
        }
        return section_ == "weight_map" && !name_.empty()
                   ? refuse("weight_map: " + quoted_name(name_), found, "a shard's file name")
                   : refuse(section_, found, "an object");
    }

private:
    bool scalar(const std::string& found) { return depth_ >= 2 && section_ == "metadata" ? true : unexpected(found); }

    int depth_ = 0;
    std::size_t names_bytes_ = 0;
    std::string section_;
    std::string name_;
    std::set<std::string> sections_;
};

Status parse(const FileReader& file, std::size_t begin, std::size_t count, StrictSax& sax, const std::string& where,
             const std::string& what) {
    TextWindow text(file, begin, count);
    const auto used = measure(text, where, what);
    if (!used.ok()) {
        return used.error();
    }
    const bool complete = nlohmann::json::sax_parse(TextIterator(text, 0), TextIterator(text, *used), &sax);
    if (text.error()) {
        return *text.error();
    }
    if (sax.error()) {
        return *sax.error();
    }
    return complete ? Status() : Status(invalid_input(where, what, "malformed JSON", "one JSON object"));
}

/// The index is a file of its own, which Python writes: NaN in its metadata, which nobody reads, is no error.
Status parse_index_text(const FileReader& file, IndexSax& sax, const std::string& where) {
    TextWindow text(file, 0, static_cast<std::size_t>(file.size()));
    const auto byte = [&text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0x20; };
    if ((byte(0) == 0xff && byte(1) == 0xfe) || (byte(0) == 0xfe && byte(1) == 0xff) || (byte(0) == 0) != (byte(1) == 0)) {
        return invalid_input(where, "index", "text in UTF-16", "UTF-8");
    }
    const auto used = measure(text, where, "index");
    if (!used.ok()) {
        return used.error();
    }
    JsonLimits limits;
    limits.depth = max_depth;
    std::size_t at = 0;
    const auto block = [&]() {
        const std::string_view window = at < *used ? text.window(at, *used) : std::string_view();
        at += window.size();
        return window;
    };
    JsonSource source(block, where, limits);
    const Result<bool> complete = read_json_events(source, sax);
    if (text.error()) {
        return *text.error();
    }
    if (sax.error()) {
        return *sax.error();
    }
    R2T2_TRY(complete);
    return *complete ? Status() : Status(invalid_input(where, "index", "malformed JSON", "one JSON object"));
}

}  // namespace

Result<Header> parse_header(const FileReader& file, std::size_t begin, std::size_t count, const std::string& where) {
    HeaderSax sax(where, "header");
    R2T2_TRY(parse(file, begin, count, sax, where, "header"));
    return std::move(sax.header);
}

Result<Index> parse_index(const FileReader& file, const std::string& where) {
    IndexSax sax(where, "index");
    R2T2_TRY(parse_index_text(file, sax, where));
    if (!sax.has_weight_map) {
        return invalid_input(where, "weight_map", "nothing", "an object of tensor names and shards");
    }
    return std::move(sax.index);
}

bool is_plain_shard_name(const std::string& name) {
    return name.ends_with(".safetensors") && name.size() > std::string_view(".safetensors").size() &&
           name.find('/') == std::string::npos && name.find('\\') == std::string::npos &&
           name.find('\0') == std::string::npos && name.front() != '.';
}

}  // namespace r2t2::safetensors
