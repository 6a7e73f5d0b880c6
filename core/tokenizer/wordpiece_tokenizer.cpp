#include "core/tokenizer/wordpiece_tokenizer.h"

#include <algorithm>
#include <optional>

#include "core/base/file_reader.h"
#include "core/base/utf8_text.h"
#include "core/json/parse_json.h"

namespace r2t2 {

namespace {

using Json = nlohmann::json;

Result<std::string> text_of(const std::filesystem::path& path) { return read_whole_file(path, WordPieceTokenizer::max_file_bytes); }

/// A true or false of an object; null and missing give the default.
Result<bool> flag(const Json& json, const char* key, bool fallback, const std::string& where, const std::string& prefix) {
    if (!json.is_object() || !json.contains(key) || json[key].is_null()) {
        return fallback;
    }
    if (!json[key].is_boolean()) {
        return invalid_input(where, prefix + key, brief_json(json[key]), "true, false or null");
    }
    return json[key].get<bool>();
}

/// `strip_accents` follows `lower_case` where it is not stated.
Result<WordPieceOptions> options_of(const Json& json, const char* lower_key, const char* ideographs_key, const std::string& where,
                                    const std::string& prefix) {
    const Result<bool> lower = flag(json, lower_key, true, where, prefix);
    const Result<bool> accents = flag(json, "strip_accents", !lower || *lower, where, prefix);
    const Result<bool> ideographs = flag(json, ideographs_key, true, where, prefix);
    for (const Result<bool>* each : {&lower, &accents, &ideographs}) {
        if (!*each) {
            return each->error();
        }
    }
    return WordPieceOptions{*lower, *accents, *ideographs};
}

Result<Json> parsed(const std::string& text, const std::string& where) {
    JsonLimits limits;
    limits.depth = 64;
    Result<Json> json = parse_json(text, where, limits);
    if (json && !json->is_object()) {
        return invalid_input(where, {}, brief_json(*json), "a JSON object");
    }
    return json;
}

/// The kind of one stage of the pipeline.
Status require_type(const Json& json, const char* stage, const char* type, const std::string& where) {
    const auto part = json.find(stage);
    if (part == json.end()) {
        return invalid_input(where, stage, "missing", std::string("an object of type ") + type);
    }
    const bool is_it = part->is_object() && part->value("type", Json()) == type;
    return is_it ? Status() : Status(invalid_input(where, std::string(stage) + ".type", brief_field(*part, "type"), type));
}

}  // namespace

Result<WordPieceTokenizer> WordPieceTokenizer::from_ids(Vocabulary ids, const WordPieceOptions& options, const std::string& where) {
    WordPieceTokenizer tokenizer;
    tokenizer.options_ = options;
    for (const auto& [piece, place] : {std::pair{"[UNK]", &tokenizer.unknown_}, {"[CLS]", &tokenizer.first_}, {"[SEP]", &tokenizer.last_}}) {
        const auto found = ids.find(piece);
        if (found == ids.end()) {
            return invalid_input(where, piece, "missing", "[UNK], [CLS] and [SEP] among the pieces");
        }
        *place = found->second;
    }
    tokenizer.ids_ = std::move(ids);
    return tokenizer;
}

Result<WordPieceTokenizer> WordPieceTokenizer::from_vocabulary(std::string_view text, const WordPieceOptions& options,
                                                               const std::string& where) {
    Vocabulary ids;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view piece = text.substr(at, end - at);
        piece.remove_suffix(piece.ends_with('\r') ? 1 : 0);
        const std::string line = "line " + std::to_string(ids.size() + 1);
        if (ids.size() == max_vocabulary) {
            return invalid_input(where, line, "more pieces", "at most " + std::to_string(max_vocabulary));
        }
        if (!ids.emplace(piece, static_cast<std::int32_t>(ids.size())).second) {
            return invalid_input(where, line, "\"" + std::string(piece.substr(0, 40)) + "\" a second time", "pieces that differ");
        }
        at = end + 1;
    }
    return from_ids(std::move(ids), options, where);
}

Result<WordPieceTokenizer> WordPieceTokenizer::from_tokenizer_json(const std::string& text, const std::string& where) {
    const Result<Json> json = parsed(text, where);
    if (!json) {
        return json.error();
    }
    R2T2_TRY(require_type(*json, "model", "WordPiece", where));
    R2T2_TRY(require_type(*json, "normalizer", "BertNormalizer", where));
    R2T2_TRY(require_type(*json, "pre_tokenizer", "BertPreTokenizer", where));
    const Result<WordPieceOptions> options =
        options_of((*json)["normalizer"], "lowercase", "handle_chinese_chars", where, "normalizer.");
    if (!options) {
        return options.error();
    }
    const Json& model = (*json)["model"];
    const Json prefix = model.value("continuing_subword_prefix", Json("##"));
    if (prefix != "##") {
        return invalid_input(where, "model.continuing_subword_prefix", brief_json(prefix), "\"##\"");
    }
    if (!model.contains("vocab") || !model["vocab"].is_object() || model["vocab"].size() > max_vocabulary) {
        return invalid_input(where, "model.vocab", "missing, another kind, or too large",
                             "an object of at most " + std::to_string(max_vocabulary) + " pieces");
    }
    Vocabulary ids;
    std::vector<bool> used(model["vocab"].size(), false);
    for (const auto& [piece, value] : model["vocab"].items()) {
        const bool good = value.is_number_unsigned() && value.get<std::uint64_t>() < used.size() && !used[value.get<std::size_t>()];
        if (!good) {
            return invalid_input(where, "model.vocab[\"" + piece.substr(0, 40) + "\"]", brief_json(value),
                                 "each of 0 .. " + std::to_string(used.size() - 1) + " once");
        }
        used[value.get<std::size_t>()] = true;
        ids.emplace(piece, value.get<std::int32_t>());
    }
    return from_ids(std::move(ids), *options, where);
}

Result<WordPieceTokenizer> WordPieceTokenizer::open(const std::filesystem::path& directory) {
    std::error_code code;
    const std::filesystem::path whole = directory / "tokenizer.json";
    if (std::filesystem::exists(whole, code)) {
        const Result<std::string> text = text_of(whole);
        return text ? from_tokenizer_json(*text, whole.string()) : Result<WordPieceTokenizer>(text.error());
    }
    WordPieceOptions options;
    const std::filesystem::path settings = directory / "tokenizer_config.json";
    if (std::filesystem::exists(settings, code)) {
        const Result<std::string> text = text_of(settings);
        const Result<Json> json = text ? parsed(*text, settings.string()) : Result<Json>(text.error());
        if (!json) {
            return json.error();
        }
        const Result<WordPieceOptions> stated = options_of(*json, "do_lower_case", "tokenize_chinese_chars", settings.string(), "");
        if (!stated) {
            return stated.error();
        }
        options = *stated;
    }
    const std::filesystem::path vocabulary = directory / "vocab.txt";
    const Result<std::string> bytes = text_of(vocabulary);
    const Result<std::string> text = bytes ? utf8_text(*bytes, vocabulary.string()) : bytes;
    return text ? from_vocabulary(*text, options, vocabulary.string()) : Result<WordPieceTokenizer>(text.error());
}

bool WordPieceTokenizer::add_pieces(std::string_view word, std::vector<std::int32_t>& out) const {
    // Ends of characters; words are valid UTF-8.
    std::vector<std::size_t> ends;
    for (std::size_t i = 1; i <= word.size(); ++i) {
        if (i == word.size() || (static_cast<unsigned char>(word[i]) & 0xC0) != 0x80) {
            ends.push_back(i);
        }
    }
    if (ends.size() > static_cast<std::size_t>(max_word_characters)) {
        return false;
    }
    std::vector<std::int32_t> pieces;
    std::size_t begin = 0;
    std::size_t first_end = 0;  // index into ends of the shortest piece from here
    while (begin < word.size()) {
        bool found = false;
        for (std::size_t e = ends.size(); e-- > first_end;) {
            const std::string piece = (begin > 0 ? "##" : "") + std::string(word.substr(begin, ends[e] - begin));
            if (const auto id = ids_.find(piece); id != ids_.end()) {
                pieces.push_back(id->second);
                begin = ends[e];
                first_end = e + 1;
                found = true;
                break;
            }
        }
        if (!found) {
            return false;
        }
    }
    out.insert(out.end(), pieces.begin(), pieces.end());
    return true;
}

std::vector<std::int32_t> WordPieceTokenizer::encode(std::string_view text, std::size_t max_length) const {
    std::vector<std::int32_t> ids{first_};
    for (const std::string& word : bert_words(text, options_)) {
        if (ids.size() + 1 >= max_length) {
            break;
        }
        if (!add_pieces(word, ids)) {
            ids.push_back(unknown_);
        }
    }
    ids.resize(std::min(ids.size(), std::max<std::size_t>(max_length, 2) - 1));
    ids.push_back(last_);
    return ids;
}

}  // namespace r2t2
