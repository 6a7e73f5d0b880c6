// BERT's tokenizer: basic cleaning and splitting, then the longest pieces of a vocabulary (WordPiece).
//
// Steps: control characters and U+FFFD go, white space becomes a space; CJK ideographs stand alone; with `lower_case` accents
// are taken off (canonical decomposition, non-spacing marks dropped) and letters made small; words are cut at white space and
// at punctuation; each word is cut greedily into the longest pieces, those that continue a word written "##piece"; a word
// without pieces, or of more than 100 characters, is [UNK]. Markers such as "[SEP]" in a text are plain characters here.
// Source: BERT (arXiv 1810.04805) and the tokenizer.json / vocab.txt that BERT-family checkpoints come with.
// Torch-free. Thread rule: immutable; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct WordPieceOptions {
    bool lower_case = true;
    bool strip_accents = true;
    bool split_ideographs = true;
};

class WordPieceTokenizer {
public:
    static constexpr std::size_t max_vocabulary = 1'000'000;
    static constexpr std::uint64_t max_file_bytes = 64ull << 20;
    static constexpr int max_word_characters = 100;

    /// `tokenizer.json` of the directory, else `vocab.txt` (lower case unless tokenizer_config.json says otherwise).
    /// Errors name file and field or line: no such file, another kind of tokenizer, a piece twice or missing, gaps in ids.
    [[nodiscard]] static Result<WordPieceTokenizer> open(const std::filesystem::path& directory);
    /// One piece a line; the line's number from 0 is its id.
    [[nodiscard]] static Result<WordPieceTokenizer> from_vocabulary(std::string_view text, const WordPieceOptions& options,
                                                                    const std::string& where);
    [[nodiscard]] static Result<WordPieceTokenizer> from_tokenizer_json(const std::string& text, const std::string& where);

    /// [CLS], pieces, [SEP]; pieces are cut so that there are at most `max_length` ids (at least 2). Invalid UTF-8 is
    /// dropped as U+FFFD is.
    [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text, std::size_t max_length) const;

    [[nodiscard]] std::size_t size() const { return ids_.size(); }
    [[nodiscard]] const WordPieceOptions& options() const { return options_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Vocabulary = std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>>;

    [[nodiscard]] static Result<WordPieceTokenizer> from_ids(Vocabulary ids, const WordPieceOptions& options,
                                                             const std::string& where);
    /// False: no pieces for it.
    [[nodiscard]] bool add_pieces(std::string_view word, std::vector<std::int32_t>& out) const;

    Vocabulary ids_;
    WordPieceOptions options_;
    std::int32_t unknown_ = 0, first_ = 0, last_ = 0;
};

/// The words that WordPiece cuts further: cleaned, lower-cased, split at white space, punctuation and ideographs.
[[nodiscard]] std::vector<std::string> bert_words(std::string_view text, const WordPieceOptions& options);

}  // namespace r2t2
