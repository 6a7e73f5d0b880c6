#include "core/tokenizer/sentencepiece_tokenizer.h"

#include <algorithm>
#include <cassert>
#include <cfloat>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/tokenizer/sentencepiece_normalizer.h"

namespace r2t2 {

using sentencepiece::ByteTrie;
using sentencepiece::character_length;
using sentencepiece::Normalizer;
using Type = SentencePiece::Type;

struct Tokenizer::State {
    struct Segment {
        std::string_view text;
        std::int32_t id;
    };

    SentencePieceModel model;
    std::unordered_map<std::string_view, std::int32_t> ordinary;  ///< normal, user-defined and unused pieces
    std::unordered_map<std::string_view, std::int32_t> reserved;  ///< unknown, control and byte pieces
    std::int32_t unk = 0;
    float lowest_score = FLT_MAX;
    float highest_score = FLT_MIN;  ///< so in sentencepiece: never below the smallest positive float
    std::size_t longest_piece = 0;  ///< bytes
    ByteTrie symbols;               ///< user-defined pieces
    ByteTrie trie;                  ///< ordinary pieces, for unigram models
    std::optional<Normalizer> normalizer;
    std::optional<Normalizer> denormalizer;

    [[nodiscard]] Type type(std::int32_t id) const { return model.pieces[static_cast<std::size_t>(id)].type; }
    [[nodiscard]] float score(std::int32_t id) const { return model.pieces[static_cast<std::size_t>(id)].score; }
    [[nodiscard]] std::optional<std::int32_t> find(std::string_view text) const {
        if (const auto found = reserved.find(text); found != reserved.end()) {
            return found->second;
        }
        const auto found = ordinary.find(text);
        return found == ordinary.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] std::int32_t id_or_unk(std::string_view text) const { return find(text).value_or(unk); }
    /// A user-defined symbol at the front of `text`, else one character.
    [[nodiscard]] std::size_t symbol_or_character(std::string_view text, bool& is_symbol) const {
        const std::size_t symbol = symbols.longest_prefix(text);
        is_symbol = symbol > 0;
        return is_symbol ? symbol : character_length(text);
    }

    [[nodiscard]] std::vector<Segment> segment(std::string_view text) const;
    [[nodiscard]] std::vector<Segment> segment_unigram(std::string_view text) const;
    [[nodiscard]] std::vector<Segment> segment_bpe(std::string_view text) const;
    [[nodiscard]] std::vector<Segment> segment_words(std::string_view text) const;
    [[nodiscard]] std::vector<Segment> segment_characters(std::string_view text) const;
    void append_bytes(std::string_view bytes, std::string& text) const;
};

/// The path of highest total score over the pieces. Scores of candidates are compared in double precision against
/// the float that the best so far was stored as: ties and near-ties then fall as they do in sentencepiece.
std::vector<Tokenizer::State::Segment> Tokenizer::State::segment_unigram(std::string_view text) const {
    struct Best {
        std::int32_t id = -1;
        float score = 0.0F;
        std::ptrdiff_t begin = -1;
    };
    constexpr float unknown_penalty = 10.0F;
    const float unknown_score = lowest_score - unknown_penalty;
    std::vector<Best> best(text.size() + 1);  // best path that ends before this byte
    for (std::size_t begin = 0; begin < text.size();) {
        const float so_far = best[begin].score;
        const std::size_t character = character_length(text.substr(begin));
        const auto offer = [&](std::size_t end, std::int32_t id, auto candidate) {
            Best& target = best[end];
            if (target.begin == -1 || candidate > target.score) {
                target = {id, static_cast<float>(candidate), static_cast<std::ptrdiff_t>(begin)};
            }
        };
        bool has_single = false;
        std::int32_t node = 0;
        for (std::size_t end = begin; end < text.size();) {
            node = trie.child(node, text[end]);
            if (node == ByteTrie::none) {
                break;
            }
            ++end;
            const std::int32_t id = trie.value(node);
            if (id == ByteTrie::none || type(id) == Type::Unused) {
                continue;
            }
            const std::size_t length = end - begin;
            // A user-defined symbol beats every path through other pieces.
            const double gain = type(id) == Type::UserDefined ? static_cast<float>(length) * highest_score - 0.1
                                                              : static_cast<double>(score(id));
            offer(end, id, gain + static_cast<double>(so_far));
            has_single = has_single || length == character;
        }
        if (!has_single) {
            offer(begin + character, unk, unknown_score + so_far);
        }
        begin += character;
    }
    std::vector<Segment> segments;
    for (std::size_t end = text.size(); end > 0;) {
        const auto begin = static_cast<std::size_t>(best[end].begin);
        segments.push_back({text.substr(begin, end - begin), best[end].id});
        end = begin;
    }
    std::reverse(segments.begin(), segments.end());
    return segments;
}

/// Characters merge pairwise, the pair of highest score first, the leftmost among equals. Unused pieces take part
/// in merging and are taken apart again at the end, along the merge that was last seen to make them.
std::vector<Tokenizer::State::Segment> Tokenizer::State::segment_bpe(std::string_view text) const {
    struct Symbol {
        std::int32_t previous;
        std::int32_t next;
        bool frozen;  ///< a user-defined symbol: never merged
        std::string_view text;
    };
    struct Pair {
        float score;
        std::int32_t left;
        std::int32_t right;
        std::size_t size;
        bool operator<(const Pair& other) const {
            return score < other.score || (score == other.score && left > other.left);
        }
    };
    std::vector<Symbol> symbol_list;
    symbol_list.reserve(text.size());
    while (!text.empty()) {
        Symbol symbol{static_cast<std::int32_t>(symbol_list.size()) - 1, -1, false, {}};
        const std::size_t length = symbol_or_character(text, symbol.frozen);
        symbol.text = text.substr(0, length);
        text.remove_prefix(length);
        symbol.next = text.empty() ? -1 : static_cast<std::int32_t>(symbol_list.size()) + 1;
        symbol_list.push_back(symbol);
    }
    const auto at = [&symbol_list](std::int32_t index) -> Symbol& {
        return symbol_list[static_cast<std::size_t>(index)];
    };
    const auto joined = [&at](std::int32_t left, std::int32_t right) {
        return std::string_view(at(left).text.data(), at(left).text.size() + at(right).text.size());
    };

    std::priority_queue<Pair> agenda;
    std::unordered_map<std::string_view, std::pair<std::string_view, std::string_view>> unused_parts;
    const auto offer = [&](std::int32_t left, std::int32_t right) {
        if (left == -1 || right == -1 || at(left).frozen || at(right).frozen) {
            return;
        }
        const std::string_view piece = joined(left, right);
        if (piece.size() > longest_piece) {
            return;
        }
        const auto found = ordinary.find(piece);
        if (found == ordinary.end()) {
            return;
        }
        agenda.push({score(found->second), left, right, piece.size()});
        if (type(found->second) == Type::Unused) {
            unused_parts[piece] = {at(left).text, at(right).text};
        }
    };
    for (std::size_t i = 1; i < symbol_list.size(); ++i) {
        offer(static_cast<std::int32_t>(i) - 1, static_cast<std::int32_t>(i));
    }
    while (!agenda.empty()) {
        const Pair top = agenda.top();
        agenda.pop();
        Symbol& left = at(top.left);
        Symbol& right = at(top.right);
        if (left.text.empty() || right.text.empty() || left.text.size() + right.text.size() != top.size) {
            continue;  // one of the two has merged with another since
        }
        left.text = joined(top.left, top.right);
        left.next = right.next;
        if (right.next >= 0) {
            at(right.next).previous = top.left;
        }
        right.text = {};
        offer(left.previous, top.left);
        offer(top.left, left.next);
    }

    std::vector<Segment> segments;
    std::vector<std::string_view> pending;
    for (std::int32_t index = 0; index != -1 && !symbol_list.empty(); index = at(index).next) {
        pending.push_back(at(index).text);
        while (!pending.empty()) {
            const std::string_view piece = pending.back();
            pending.pop_back();
            const std::int32_t id = id_or_unk(piece);
            const auto parts = type(id) == Type::Unused ? unused_parts.find(piece) : unused_parts.end();
            if (parts == unused_parts.end()) {
                segments.push_back({piece, id});
            } else {
                pending.push_back(parts->second.second);
                pending.push_back(parts->second.first);
            }
        }
    }
    return segments;
}

std::vector<Tokenizer::State::Segment> Tokenizer::State::segment_words(std::string_view text) const {
    std::vector<Segment> segments;
    while (!text.empty()) {
        const std::size_t next = text.find(sentencepiece::space_symbol, 1);
        const std::string_view word = text.substr(0, next);
        segments.push_back({word, id_or_unk(word)});
        text.remove_prefix(word.size());
    }
    return segments;
}

std::vector<Tokenizer::State::Segment> Tokenizer::State::segment_characters(std::string_view text) const {
    std::vector<Segment> segments;
    while (!text.empty()) {
        bool is_symbol = false;
        const std::string_view character = text.substr(0, symbol_or_character(text, is_symbol));
        segments.push_back({character, id_or_unk(character)});
        text.remove_prefix(character.size());
    }
    return segments;
}

std::vector<Tokenizer::State::Segment> Tokenizer::State::segment(std::string_view text) const {
    using ModelType = SentencePieceTrainerSpec::ModelType;
    switch (model.trainer.model_type) {
        case ModelType::Unigram:
            return segment_unigram(text);
        case ModelType::Bpe:
            return segment_bpe(text);
        case ModelType::Word:
            return segment_words(text);
        case ModelType::Char:
            return segment_characters(text);
    }
    return {};
}

Result<Tokenizer> Tokenizer::open(const std::filesystem::path& path) {
    auto model = SentencePieceModel::read(path);
    if (!model.ok()) {
        return model.error();
    }
    return create(std::move(*model), path.string());
}

Result<Tokenizer> Tokenizer::create(SentencePieceModel model, const std::string& where) {
    R2T2_TRY(model.check(where));
    auto state = std::make_shared<State>();
    state->model = std::move(model);
    const SentencePieceTrainerSpec& trainer = state->model.trainer;
    auto normalizer = Normalizer::open(state->model.normalizer, trainer.treat_whitespace_as_suffix, where);
    if (!normalizer.ok()) {
        return normalizer.error();
    }
    state->normalizer = std::move(*normalizer);
    if (state->model.denormalizer && !state->model.denormalizer->precompiled_charsmap.empty()) {
        auto denormalizer = Normalizer::open(*state->model.denormalizer, false, where);
        if (!denormalizer.ok()) {
            return denormalizer.error();
        }
        state->denormalizer = std::move(*denormalizer);
    }
    std::vector<std::pair<std::string_view, std::int32_t>> symbols;
    for (std::size_t i = 0; i < state->model.pieces.size(); ++i) {
        const SentencePiece& piece = state->model.pieces[i];
        const auto id = static_cast<std::int32_t>(i);
        const bool is_reserved = piece.type == Type::Unknown || piece.type == Type::Control || piece.type == Type::Byte;
        (is_reserved ? state->reserved : state->ordinary).emplace(piece.text, id);
        if (piece.type == Type::Unknown) {
            state->unk = id;
        } else if (piece.type == Type::UserDefined) {
            symbols.emplace_back(piece.text, id);
        } else if (piece.type == Type::Normal) {
            state->lowest_score = std::min(state->lowest_score, piece.score);
            state->highest_score = std::max(state->highest_score, piece.score);
        }
        state->longest_piece = std::max(state->longest_piece, piece.text.size());
    }
    state->symbols = ByteTrie(std::move(symbols));
    if (trainer.model_type == SentencePieceTrainerSpec::ModelType::Unigram) {
        state->trie = ByteTrie({state->ordinary.begin(), state->ordinary.end()});
    }
    return Tokenizer(std::move(state));
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text) const {
    const std::string normalized = state_->normalizer->normalize(text, state_->symbols);
    std::vector<std::int32_t> ids;
    bool after_unknown = false;
    for (const State::Segment& segment : state_->segment(normalized)) {
        // Text that spells a control piece (only a word model can) is unknown; sentencepiece refuses such a line.
        const bool is_control = state_->type(segment.id) == Type::Control;
        const std::int32_t id = is_control ? state_->unk : segment.id;
        const bool is_unknown = id == state_->unk;
        if (is_unknown && state_->model.trainer.byte_fallback) {
            for (const char byte : segment.text) {
                ids.push_back(state_->id_or_unk(piece_of_byte(static_cast<unsigned char>(byte))));
            }
        } else if (!is_unknown || !after_unknown) {  // a run of unknown characters is one token
            ids.push_back(id);
        }
        after_unknown = is_unknown;
    }
    return ids;
}

void Tokenizer::State::append_bytes(std::string_view bytes, std::string& text) const {
    while (!bytes.empty()) {
        const std::size_t length = sentencepiece::valid_character_length(bytes);
        text += length == 0 ? sentencepiece::replacement_character : bytes.substr(0, length);
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

Result<std::string> Tokenizer::decode(std::span<const std::int32_t> ids) const {
    const SentencePieceNormalizerSpec& spec = state_->model.normalizer;
    std::string text;
    std::string bytes;
    bool at_start = true;        // a leading space may still be the dummy prefix
    bool removed_space = false;  // by the piece before
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] < 0 || ids[i] >= piece_count()) {
            return invalid_input("", "token " + std::to_string(i), "id " + std::to_string(ids[i]),
                                 "0 to " + std::to_string(piece_count() - 1));
        }
        const std::string& piece_text = piece(ids[i]).text;
        const std::int32_t id = state_->id_or_unk(piece_text);  // a reserved piece hides an ordinary namesake
        const Type type = state_->type(id);
        if (type == Type::Byte) {
            bytes += static_cast<char>(byte_of_piece(piece_text));
            continue;
        }
        state_->append_bytes(bytes, text);
        bytes.clear();
        at_start = at_start && !removed_space && text.empty();
        removed_space = false;
        if (type == Type::Control) {
            continue;
        }
        if (type == Type::Unknown) {
            text += state_->model.trainer.unk_surface.value_or(" \xe2\x81\x87 ");
            continue;
        }
        std::string_view rest = piece_text;
        if (at_start && (spec.add_dummy_prefix || spec.remove_extra_whitespaces) &&
            rest.starts_with(sentencepiece::space_symbol)) {
            rest.remove_prefix(sentencepiece::space_symbol.size());
            removed_space = !spec.remove_extra_whitespaces;  // with it, all leading spaces go
        }
        while (!rest.empty()) {
            const std::size_t space = rest.find(sentencepiece::space_symbol);
            text += rest.substr(0, space);
            if (space == std::string_view::npos) {
                break;
            }
            text += ' ';
            rest.remove_prefix(space + sentencepiece::space_symbol.size());
        }
    }
    state_->append_bytes(bytes, text);
    return state_->denormalizer ? state_->denormalizer->normalize(text, ByteTrie()) : text;
}

std::int32_t Tokenizer::piece_count() const {
    return static_cast<std::int32_t>(state_->model.pieces.size());
}

const SentencePiece& Tokenizer::piece(std::int32_t id) const {
    assert(id >= 0 && id < piece_count());
    return state_->model.pieces[static_cast<std::size_t>(id)];
}

std::optional<std::int32_t> Tokenizer::id_of(std::string_view piece) const {
    return state_->find(piece);
}

std::int32_t Tokenizer::unk_id() const {
    return state_->unk;
}

std::optional<std::int32_t> Tokenizer::bos_id() const {
    const auto id = state_->find(state_->model.trainer.bos_piece);
    return id && state_->type(*id) == Type::Control ? id : std::nullopt;
}

std::optional<std::int32_t> Tokenizer::eos_id() const {
    const auto id = state_->find(state_->model.trainer.eos_piece);
    return id && state_->type(*id) == Type::Control ? id : std::nullopt;
}

const SentencePieceModel& Tokenizer::model() const {
    return state_->model;
}

Result<PromptTokenizer> PromptTokenizer::create(Tokenizer tokenizer, AddedTokenMap added) {
    for (const auto& [text, token] : added) {
        if (text.empty() || token.id < 0) {
            return invalid_input("added tokens", text, text.empty() ? "an empty text" : "id " + std::to_string(token.id),
                                 "a text and an id of at least 0");
        }
    }
    return PromptTokenizer(std::move(tokenizer), std::move(added));
}

std::vector<std::int32_t> PromptTokenizer::encode(std::string_view text, CutOut cut_out) const {
    constexpr std::string_view blanks = " \t\n\r\f\v";
    std::vector<std::int32_t> ids;
    const auto flush = [&](std::string_view segment) {
        const auto more = tokenizer_.encode(segment);
        ids.insert(ids.end(), more.begin(), more.end());
    };
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const AddedTokenMap::value_type* match = nullptr;
        for (const auto& token : added_) {
            const bool counts = cut_out == CutOut::EveryToken || !token.second.special;
            if (counts && text.substr(i).starts_with(token.first) && (!match || token.first.size() > match->first.size())) {
                match = &token;
            }
        }
        if (match == nullptr) {
            ++i;
            continue;
        }
        std::string_view before = text.substr(begin, i - begin);
        if (match->second.eats_left) {
            before = before.substr(0, before.find_last_not_of(blanks) + 1);
        }
        flush(before);
        ids.push_back(match->second.id);
        i += match->first.size();
        if (match->second.eats_right) {
            i = std::min(text.find_first_not_of(blanks, i), text.size());
        }
        begin = i;
    }
    flush(text.substr(begin));
    return ids;
}

Result<std::string> PromptTokenizer::decode(std::span<const std::int32_t> ids) const {
    std::string text;
    std::vector<std::int32_t> pieces;
    const auto flush = [&]() -> Status {
        const Result<std::string> more = tokenizer_.decode(pieces);
        R2T2_TRY(more);
        text += *more;
        pieces.clear();
        return {};
    };
    for (const std::int32_t id : ids) {
        const auto token = std::find_if(added_.begin(), added_.end(), [id](const auto& each) { return each.second.id == id; });
        if (token == added_.end()) {
            pieces.push_back(id);
        } else if (!token->second.special) {
            R2T2_TRY(flush());
            text += token->first;
        }
    }
    R2T2_TRY(flush());
    return text;
}

}  // namespace r2t2
