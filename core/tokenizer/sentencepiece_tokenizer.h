// Text to token ids and back, exactly as sentencepiece does it (checked against its command line tools).
//
// Unigram (best path), BPE (merges by score, leftmost first), word and character models; byte fallback,
// user-defined symbols, unused pieces. Time is near-linear in the text: a megabyte line takes about a second.
// Thread rule: const after open; encode and decode from any thread. Copies share the model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tokenizer/added_tokens.h"
#include "core/tokenizer/sentencepiece_model.h"

namespace r2t2 {

class Tokenizer {
public:
    /// A sentencepiece model file. InvalidInput names the file and the piece or field.
    static Result<Tokenizer> open(const std::filesystem::path& path);
    static Result<Tokenizer> create(SentencePieceModel model, const std::string& where = "tokenizer");

    /// No <s> or </s> is added. Malformed UTF-8 counts as U+FFFD.
    [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;

    /// InvalidInput for an id that is no piece. Control pieces vanish, byte pieces join to characters (malformed
    /// ones become U+FFFD), unknown becomes the model's unknown surface.
    [[nodiscard]] Result<std::string> decode(std::span<const std::int32_t> ids) const;

    [[nodiscard]] std::int32_t piece_count() const;
    [[nodiscard]] const SentencePiece& piece(std::int32_t id) const;  ///< 0 <= id < piece_count()
    [[nodiscard]] std::optional<std::int32_t> id_of(std::string_view piece) const;
    [[nodiscard]] std::int32_t unk_id() const;
    [[nodiscard]] std::optional<std::int32_t> bos_id() const;  ///< of the model's control piece, usually <s>
    [[nodiscard]] std::optional<std::int32_t> eos_id() const;
    [[nodiscard]] const SentencePieceModel& model() const;

private:
    struct State;
    explicit Tokenizer(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

/// A tokenizer with added tokens, which are cut out of the text before sentencepiece sees the rest.
/// Each remaining segment is encoded on its own, verbatim: nothing is stripped around an added token that does not eat blanks.
class PromptTokenizer {
public:
    /// `added` maps text to token, for example <unk> 0, <s> 1, </s> 2, <image> 92544. InvalidInput for an empty text.
    static Result<PromptTokenizer> create(Tokenizer tokenizer, AddedTokenMap added);

    enum class CutOut { EveryToken, WordsAlone };  ///< words: added tokens that are not special
    /// Added tokens match leftmost first, the longest of those that start together.
    [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text, CutOut cut_out = CutOut::EveryToken) const;
    /// Drops the ids of special tokens, shows added words by their text, and decodes what stands between those together.
    [[nodiscard]] Result<std::string> decode(std::span<const std::int32_t> ids) const;

    [[nodiscard]] const Tokenizer& tokenizer() const { return tokenizer_; }
    [[nodiscard]] const AddedTokenMap& added() const { return added_; }

private:
    PromptTokenizer(Tokenizer tokenizer, AddedTokenMap added) : tokenizer_(std::move(tokenizer)), added_(std::move(added)) {}
    Tokenizer tokenizer_;
    AddedTokenMap added_;
};

}  // namespace r2t2
