#include "core/tokenizer/added_tokens.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/base/quoted_name.h"
#include "core/json/parse_json.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t max_file_bytes = 8 << 20;
constexpr std::size_t max_tokens = 4096, max_text_bytes = 1024;
constexpr const char* image_text = "<image>";
constexpr const char* own_texts[] = {"<unk>", "<s>", "</s>", image_text};  // special whatever a file says
constexpr const char* decoder_key = "added_tokens_decoder";
constexpr const char* special_keys[] = {"bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"};

/// What one place of a file says of a token.
struct Said {
    std::string where;  ///< file
    std::string field;
    std::string text;
    json id;  ///< null: the id of its piece
    AddedToken token;
};

class Reading {
public:
    Reading(const fs::path& directory, const Tokenizer& pieces, std::int32_t vocab_size)
        : directory_(directory), pieces_(pieces), vocab_size_(vocab_size) {}

    AddedTokens run() {
        const json config = object_of("tokenizer_config.json"), added = object_of("added_tokens.json");
        const bool decodes = config.contains(decoder_key) && config[decoder_key].is_object();
        if (config.contains(decoder_key) && !decodes && !config[decoder_key].is_null()) {
            problem(invalid_input(path("tokenizer_config.json"), decoder_key, brief_json(config[decoder_key]), "an object of ids"));
        }
        if (decodes) {
            read_decoder(config[decoder_key]);
            compare_with(added);
        } else {
            read_added(added);
            read_special(object_of("special_tokens_map.json"), "special_tokens_map.json");
        }
        read_special(config, "tokenizer_config.json");
        compare_frame(config);
        std::error_code code;
        if (fs::exists(directory_ / "tokenizer.json", code) && !fs::exists(directory_ / "tokenizer_config.json", code) &&
            !fs::exists(directory_ / "added_tokens.json", code)) {
            remark(invalid_input(path("tokenizer.json"), {}, "a tokenizer that is not read", "tokens that are added stand in tokenizer_config.json or added_tokens.json"));
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string path(const char* name) const { return (directory_ / name).string(); }
    void problem(Error error) { out_.problems.push_back(std::move(error)); }
    void remark(Error error) { out_.remarks.push_back(std::move(error)); }

    /// Empty where there is no such file, and where it cannot be read, which is a problem.
    json object_of(const char* name) {
        std::error_code code;
        if (!fs::exists(directory_ / name, code)) {
            return json::object();
        }
        JsonLimits limits;
        limits.non_finite = NonFiniteLiterals::AsTexts;
        limits.bytes = max_file_bytes;
        limits.depth = 64;
        limits.repeated_keys = RepeatedKeys::Refused;
        const Result<json> read = read_json_file(directory_ / name, limits);
        if (!read) {
            problem(read.error());
            return json::object();
        }
        if (!read->is_object()) {
            problem(invalid_input(path(name), {}, brief_json(*read), "an object"));
            return json::object();
        }
        return *read;
    }

    /// The prompt is MoAI's whatever stands here: <s> in front of it, nothing behind.
    void compare_frame(const json& config) {
        for (const auto& [key, ours] : {std::pair{"add_bos_token", true}, {"add_eos_token", false}}) {
            const auto at = config.find(key);
            if (at != config.end() && at->is_boolean() && at->get<bool>() != ours) {
                remark(invalid_input(path("tokenizer_config.json"), key, brief_json(*at), std::string(ours ? "true" : "false") + ": it is not looked at, prompts begin with <s> and do not end with </s>, as MoAI's"));
            }
        }
    }

    void read_decoder(const json& decoder) {
        for (const auto& [key, value] : decoder.items()) {
            const std::string where = path("tokenizer_config.json"), field = std::string(decoder_key) + ": " + quoted_name(key);
            std::int32_t id = -1;
            const auto end = std::from_chars(key.data(), key.data() + key.size(), id);
            if (end.ec != std::errc() || end.ptr != key.data() + key.size() || id < 0) {
                problem(invalid_input(where, field, quoted_name(key), "an id of at least 0"));
                continue;
            }
            if (const std::optional<Said> said = object_token(where, field, value)) {
                Said whole = *said;
                whole.id = id;
                take(whole);
            }
        }
    }

    /// {"content": TEXT, "special": ..., "lstrip": ..., ...}, or the text alone.
    std::optional<Said> object_token(const std::string& where, const std::string& field, const json& value) {
        const json text = value.is_object() ? value.value("content", json()) : value;
        if (!text.is_string()) {
            problem(invalid_input(where, field, brief_json(value), "a text, or an object with \"content\""));
            return std::nullopt;
        }
        Said said{where, field, text.get<std::string>(), json(), AddedToken()};
        bool single_word = false;
        said.token.special = !value.is_object();
        for (const auto& [key, flag] : {std::pair{"special", &said.token.special}, {"lstrip", &said.token.eats_left}, {"rstrip", &said.token.eats_right}, {"single_word", &single_word}}) {
            const json* found = value.is_object() && value.contains(key) ? &value[key] : nullptr;
            if (found != nullptr && !found->is_boolean() && !found->is_null()) {
                problem(invalid_input(where, field + ": " + key, brief_json(*found), "true or false"));
                return std::nullopt;
            }
            *flag = found != nullptr && found->is_boolean() ? found->get<bool>() : *flag;
        }
        if (single_word) {
            problem(invalid_input(where, field + ": single_word", "true of " + quoted_name(said.text), "false: a token is cut out wherever its text stands"));
            return std::nullopt;
        }
        return said;
    }

    void read_added(const json& added) {
        for (const auto& [text, id] : added.items()) {
            Said said{path("added_tokens.json"), quoted_name(text), text, id, AddedToken()};
            said.token.special = false;  // those that a map of special tokens names become so
            take(said);
        }
    }

    /// Beside a decoder the other file does not count; where it says something else, somebody may have meant it.
    void compare_with(const json& added) {
        for (const auto& [text, id] : added.items()) {
            const auto known = out_.tokens.find(text);
            if (text == image_text && id == json(vocab_size_)) {
                continue;  // what the program adds itself
            }
            if (known == out_.tokens.end() || json(known->second.id) != id) {
                remark(invalid_input(path("added_tokens.json"), quoted_name(text), "id " + brief_json(id),
                                     (known == out_.tokens.end() ? std::string("no such token") : "id " + std::to_string(known->second.id)) +
                                         ", as added_tokens_decoder of tokenizer_config.json says, which is what counts"));
            }
        }
    }

    void read_special(const json& object, const char* file) {
        for (const char* key : special_keys) {
            if (object.contains(key) && !object[key].is_null()) {
                special(path(file), key, object[key]);
            }
        }
        if (const json more = object.value("additional_special_tokens", json()); more.is_array()) {
            for (std::size_t i = 0; i < more.size(); ++i) {
                special(path(file), "additional_special_tokens[" + std::to_string(i) + "]", more[i]);
            }
        } else if (!more.is_null()) {
            problem(invalid_input(path(file), "additional_special_tokens", brief_json(more), "a list of texts"));
        }
    }

    void special(const std::string& where, const std::string& field, const json& value) {
        std::optional<Said> said = object_token(where, field, value);
        if (!said || said->text.empty()) {
            return;  // "": none
        }
        if (const auto known = out_.tokens.find(said->text); known != out_.tokens.end()) {
            known->second.special = true;
            return;
        }
        said->token.special = true;
        take(*said);
    }

    /// A token into the list, or what is wrong with it.
    void take(const Said& said) {
        const auto fail = [&](const std::string& found, const std::string& allowed) { problem(invalid_input(said.where, said.field, found, allowed)); };
        if (said.text.empty() || said.text.size() > max_text_bytes || out_.tokens.size() >= max_tokens) {
            return fail(std::to_string(said.text.size()) + " bytes of text, token " + std::to_string(out_.tokens.size() + 1),
                        "1 to " + std::to_string(max_text_bytes) + " bytes, " + std::to_string(max_tokens) + " tokens at most");
        }
        const std::string token = quoted_name(said.text);
        const std::string rows = std::to_string(vocab_size_ + 1) + " rows in the embedding";
        AddedToken added = said.token;
        added.special = added.special || std::find(std::begin(own_texts), std::end(own_texts), said.text) != std::end(own_texts);
        if (said.id.is_null()) {  // a special token without an id of its own
            const std::optional<std::int32_t> piece = pieces_.id_of(said.text);
            if (said.text != image_text && !piece) {
                return fail(token + ", which is no piece of tokenizer.model and gets the next free id, " + std::to_string(vocab_size_) + " or more",
                            "a piece, or a token that is added with its id: " + rows + ", the last is <image>");
            }
            added.id = said.text == image_text ? vocab_size_ : *piece;
        } else if (!is_whole_number(said.id) || said.id.get<double>() < 0 || said.id.get<double>() > 1 << 30) {
            return fail(token + " with the id " + brief_json(said.id), "an id from 0 to " + std::to_string(vocab_size_ - 1));
        } else {
            added.id = said.id.get<std::int32_t>();
        }
        if ((said.text == image_text) != (added.id == vocab_size_) || added.id > vocab_size_) {
            return fail(token + " with the id " + std::to_string(added.id),
                        said.text == image_text ? std::to_string(vocab_size_) + ", the row behind the vocabulary; " + rows
                                                : "ids from 0 to " + std::to_string(vocab_size_ - 1) + "; " + rows + ", the last is <image>");
        }
        if (const auto [other, fresh] = texts_.emplace(added.id, said.text); !fresh && other->second != said.text) {
            return fail(token + " with the id " + std::to_string(added.id) + ", which " + quoted_name(other->second) + " has too", "one token an id");
        }
        if (added.id < pieces_.piece_count() && pieces_.piece(added.id).text != said.text) {
            remark(invalid_input(said.where, said.field, token + " with the id " + std::to_string(added.id) + ", which is the piece " +
                                     quoted_name(pieces_.piece(added.id).text) + " of tokenizer.model",
                                 "the text of the piece; both texts become this id"));
        }
        out_.tokens.emplace(said.text, added);
    }

    const fs::path& directory_;
    const Tokenizer& pieces_;
    std::int32_t vocab_size_;
    AddedTokens out_;
    std::map<std::int32_t, std::string> texts_;
};

}  // namespace

AddedTokens read_added_tokens(const fs::path& directory, const Tokenizer& pieces, std::int32_t vocab_size) {
    return Reading(directory, pieces, vocab_size).run();
}

std::string added_tokens_text(const AddedTokenMap& tokens) {
    static const AddedTokenMap own = {{"<unk>", 0}, {"<s>", 1}, {"</s>", 2}};
    std::string out;
    for (const auto& [text, token] : tokens) {
        const auto known = own.find(text);
        if (text == image_text || (known != own.end() && known->second.id == token.id && !token.eats_left && !token.eats_right)) {
            continue;
        }
        out += (out.empty() ? "" : ", ") + quoted_name(text) + " " + std::to_string(token.id) + (token.special ? "" : " shown") +
               (token.eats_left ? " lstrip" : "") + (token.eats_right ? " rstrip" : "");
    }
    return out;
}

}  // namespace r2t2
