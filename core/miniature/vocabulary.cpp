#include "core/miniature/vocabulary.h"

#include <set>
#include <sstream>

#include "core/base/number_text.h"
#include "core/miniature/question.h"
#include "core/vision/verbalise.h"

namespace r2t2 {

namespace {

constexpr std::string_view kMark = "\u2581";
constexpr float kWordScore = -1.0F;
constexpr float kCharacterScore = -10.0F;

class Builder {
public:
    void add(std::string text, float score, PieceType type) {
        if (seen_.insert(text).second) {
            pieces_.push_back({std::move(text), score, type});
        }
    }
    void phrase(std::string_view text) { add(with_space_marks(text), 0.0F, PieceType::UserDefined); }
    void symbol(std::string text) { add(std::move(text), 0.0F, PieceType::UserDefined); }
    /// Words of a text with the space mark in front; trailing "?" and ":" are pieces of their own.
    void words(std::string_view text) {
        std::istringstream stream{std::string(text)};
        for (std::string word; stream >> word;) {
            while (!word.empty() && (word.back() == '?' || word.back() == '.' || word.back() == ',')) {
                word.pop_back();
            }
            if (!word.empty()) {
                add(std::string(kMark) + word, kWordScore, PieceType::Normal);
            }
        }
    }
    std::vector<VocabularyPiece> take() { return std::move(pieces_); }

private:
    std::set<std::string> seen_;
    std::vector<VocabularyPiece> pieces_;
};

std::string trimmed(std::string_view text) {
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return std::string(text);
}

void add_phrases(Builder& builder) {
    for (const auto prefix : {kBoxesPrefix, kRelationsPrefix, kTextsPrefix}) {
        builder.phrase(trimmed(prefix));
    }
    for (const auto colour : kColours) {
        for (const auto shape : kShapes) {
            builder.phrase(std::string(colour) + " " + std::string(shape));
        }
    }
    for (const std::string predicate : {"left of", "above"}) {
        for (const auto a : kShapes) {
            for (const auto b : kShapes) {
                if (a != b) {
                    builder.phrase(std::string(a) + " is " + predicate + " " + std::string(b));
                }
            }
        }
    }
    for (const auto shape : kShapes) {
        for (const auto word : kWords) {
            builder.phrase(std::string(shape) + " is carrying " + std::string(word));
        }
    }
    builder.symbol("," + with_space_marks("and"));
    builder.phrase("[");
    builder.symbol("]");
    for (int i = 0; i <= 8; ++i) {
        const std::string number = fixed_text(i / 8.0, 2);
        builder.symbol(number);
        builder.phrase(number);
    }
    for (const auto instruction : kInstructions) {
        builder.phrase(instruction);
    }
    builder.phrase("USER:");
    builder.phrase("ASSISTANT:");
}

std::vector<VocabularyPiece> build() {
    Builder builder;
    builder.add("<unk>", 0.0F, PieceType::Unknown);
    builder.add("<s>", 0.0F, PieceType::Control);
    builder.add("</s>", 0.0F, PieceType::Control);
    add_phrases(builder);
    builder.add("\uE000", 0.0F, PieceType::Normal);  // the anchor, see the header
    WorldConfig config = default_world();
    config.max_count = 5;  // the most `validate` allows
    for (const std::string& answer : all_answers(config)) {
        builder.words(answer);
    }
    for (const std::string& question : all_question_texts()) {
        builder.words(question);
    }
    for (const auto* text :
         {"AI assistant should give helpful and detailed answers to user after fully understanding an image",
          "Answer the question using a single word or phrase"}) {
        builder.words(text);
    }
    for (const char* mark : {"?", ".", ",", ":"}) {
        builder.add(mark, kWordScore, PieceType::Normal);
    }
    builder.add(std::string(kMark), kCharacterScore, PieceType::Normal);
    builder.add("\n", kCharacterScore, PieceType::Normal);
    for (char c = '!'; c <= '~'; ++c) {
        builder.add(std::string(1, c), kCharacterScore, PieceType::Normal);
    }
    return builder.take();
}

}  // namespace

std::string with_space_marks(std::string_view text) {
    std::string marked(kMark);
    for (const char c : text) {
        if (c == ' ') {
            marked += kMark;
        } else {
            marked += c;
        }
    }
    return marked;
}

const std::vector<VocabularyPiece>& world_vocabulary() {
    static const std::vector<VocabularyPiece> pieces = build();
    return pieces;
}

}  // namespace r2t2
