// Tokens that a checkpoint's files add to those of tokenizer.model: whole words that are cut out of a text before sentencepiece sees the rest.
//
// Read as Transformers reads them for a sentencepiece tokenizer: "added_tokens_decoder" of tokenizer_config.json, and where there is none,
// added_tokens.json and special_tokens_map.json; then the special tokens that tokenizer_config.json names (bos_token, pad_token,
// additional_special_tokens, ...), which have the id of their piece. An id may be a piece's that has another text (InternLM2 gives unused
// pieces a meaning so): it is used, and remarked. <image> is the row behind the vocabulary and nothing else is; there are no further rows,
// so a token that has its id there is an error. tokenizer.json is not read: it is a remark where it stands alone.
// Thread rule: pure function of what lies on the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

class Tokenizer;

struct AddedToken {
    AddedToken() = default;
    AddedToken(std::int32_t its_id) : id(its_id) {}  // NOLINT: implicit by design; a special token that leaves blanks alone

    std::int32_t id = 0;
    bool special = true;      ///< stands for no text: a question may not contain it, an answer does not show it
    bool eats_left = false;   ///< blanks before it ("lstrip")
    bool eats_right = false;  ///< and behind it ("rstrip")

    bool operator==(const AddedToken&) const = default;
};
using AddedTokenMap = std::map<std::string, AddedToken>;  ///< by their text

struct AddedTokens {
    AddedTokenMap tokens;          ///< those of the files; <image> too where they name it
    std::vector<Error> problems;   ///< the checkpoint cannot be used: file, token, id, what is allowed
    std::vector<Error> remarks;    ///< it can; file, token, what it means
};

/// The files that are read where they are there.
inline constexpr const char* added_token_files[] = {"tokenizer_config.json", "added_tokens.json", "special_tokens_map.json"};

/// `vocab_size`: the embedding has one row more, that of <image>.
[[nodiscard]] AddedTokens read_added_tokens(const std::filesystem::path& directory, const Tokenizer& pieces, std::int32_t vocab_size);

/// What of them changes the ids of a text, on one line; empty where nothing does (<unk>, <s>, </s> as the program has them).
[[nodiscard]] std::string added_tokens_text(const AddedTokenMap& tokens);

}  // namespace r2t2
