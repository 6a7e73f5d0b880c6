#include "core/tokenizer/synthetic_tokenizer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/base/random.h"

namespace r2t2 {

namespace {

using Type = SentencePiece::Type;

constexpr std::string_view kSpace = "\xe2\x96\x81";  // U+2581
constexpr std::size_t kLongestWord = 15;             // bytes, with the space's three

// Most frequent first: an earlier merge goes first.
constexpr std::string_view kWords =
    "the of and a to in is are what which how many where who why when does do there this that it on at by with from or "
    "not "
    "yes no left right above below behind front inside outside near between under over next image picture photo "
    "question "
    "answer option letter choices directly following given single word phrase using object objects color colour shape "
    "size "
    "material red green blue yellow black white brown gray orange purple pink large small round square circle triangle "
    "cube "
    "ball sphere cylinder box man woman child person people dog cat bird horse car bus train truck boat plane tree "
    "grass sky "
    "sea water road street building house window door table chair sofa bed book cup plate bottle food fruit apple "
    "banana "
    "hand head face hat shirt number text sign line first second third one two three four five six seven eight nine "
    "ten "
    "holding wearing standing sitting riding eating looking same different more less most least other after before "
    "because "
    "AI assistant should give helpful and detailed answers to user after fully understanding an image The Answer What "
    "Is Are "
    "includes bounding coordinates their relationships descriptions";

class Vocabulary {
public:
    explicit Vocabulary(std::int32_t pieces) : wanted_(static_cast<std::size_t>(pieces)) {
        model_.trainer.model_type = SentencePieceTrainerSpec::ModelType::Bpe;
        model_.trainer.byte_fallback = true;
        model_.normalizer.name = "identity";
        model_.normalizer.add_dummy_prefix = false;
        model_.normalizer.remove_extra_whitespaces = false;
        model_.pieces.reserve(wanted_);
    }

    void add_special(std::string text, Type type) { model_.pieces.push_back({std::move(text), 0.0F, type}); }

    /// A piece that BPE may make; its rank is its place. Does nothing when the piece is there or the vocabulary is
    /// full.
    bool add_merge(const std::string& text, bool in_words) {
        if (full() || !texts_.insert(text).second) {
            return false;
        }
        model_.pieces.push_back({text, -static_cast<float>(texts_.size()), Type::Normal});
        if (in_words) {
            in_words_.push_back(text);
        }
        return true;
    }

    /// Two pieces of words become one, until the vocabulary is full.
    void fill_up(std::uint64_t seed) {
        RandomStream random = RandomStream::fork(seed, "synthetic tokenizer");
        const auto pick = [&] {  // early pieces are short: of two, the earlier
            const auto bound = static_cast<std::int64_t>(in_words_.size());
            return in_words_[static_cast<std::size_t>(std::min(random.below(bound), random.below(bound)))];
        };
        while (!full()) {
            const std::string first = pick();
            const std::string second = pick();
            if (!second.starts_with(kSpace) && first.size() + second.size() <= kLongestWord) {
                add_merge(first + second, true);
            }
        }
    }

    [[nodiscard]] bool full() const { return model_.pieces.size() + kPromptPieces >= wanted_; }
    [[nodiscard]] SentencePieceModel take() { return std::move(model_); }

private:
    static constexpr std::size_t kPromptPieces = 2;
    std::size_t wanted_;
    SentencePieceModel model_;
    std::unordered_set<std::string> texts_;
    std::vector<std::string> in_words_;
};

void add_characters(Vocabulary& vocabulary) {
    vocabulary.add_merge(std::string(kSpace), true);
    for (char c = '!'; c <= '~'; ++c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        vocabulary.add_merge(std::string(1, c), letter);
    }
}

/// Every beginning of " word" is a piece, so that merging from the left arrives at the word.
void add_words(Vocabulary& vocabulary) {
    for (std::size_t begin = 0; begin < kWords.size();) {
        const std::size_t end = std::min(kWords.find(' ', begin), kWords.size());
        const std::string_view word = kWords.substr(begin, end - begin);
        for (std::size_t length = 1; length <= word.size(); ++length) {
            vocabulary.add_merge(std::string(kSpace) + std::string(word.substr(0, length)), true);
        }
        begin = end + 1;
    }
}

}  // namespace

Result<SentencePieceModel> synthetic_tokenizer(std::int32_t pieces, std::uint64_t seed) {
    constexpr auto most = static_cast<std::int32_t>(SentencePieceModel::max_pieces);
    if (pieces < min_synthetic_pieces || pieces > most) {
        return invalid_input("tokenizer", "vocab_size", std::to_string(pieces),
                             std::to_string(min_synthetic_pieces) + " to " + std::to_string(most));
    }
    Vocabulary vocabulary(pieces);
    vocabulary.add_special("<unk>", Type::Unknown);
    vocabulary.add_special("<s>", Type::Control);
    vocabulary.add_special("</s>", Type::Control);
    for (int byte = 0; byte < 256; ++byte) {
        vocabulary.add_special(piece_of_byte(static_cast<unsigned char>(byte)), Type::Byte);
    }
    add_characters(vocabulary);
    add_words(vocabulary);
    vocabulary.fill_up(seed);
    vocabulary.add_special("[UNUSED_TOKEN_145]", Type::UserDefined);
    vocabulary.add_special("[UNUSED_TOKEN_146]", Type::UserDefined);
    return vocabulary.take();
}

}  // namespace r2t2
