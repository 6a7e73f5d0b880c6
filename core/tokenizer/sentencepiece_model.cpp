#include "core/tokenizer/sentencepiece_model.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/base/quoted_name.h"
#include "core/base/atomic_file.h"
#include "core/base/file_reader.h"

namespace r2t2 {

namespace {


enum class Wire : std::uint32_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// One field of a protobuf message.
struct Field {
    std::uint32_t number = 0;
    Wire wire = Wire::Varint;
    std::uint64_t value = 0;           ///< varint or fixed
    std::span<const std::byte> bytes;  ///< for Wire::Bytes
};

/// Reads protobuf fields one after the other; never beyond its span.
class WireReader {
public:
    WireReader(std::span<const std::byte> bytes, std::string where, std::string message)
        : bytes_(bytes), where_(std::move(where)), message_(std::move(message)) {}

    [[nodiscard]] bool at_end() const { return position_ == bytes_.size(); }

    Result<Field> next() {
        const auto key = varint();
        if (!key.ok()) {
            return key.error();
        }
        Field field;
        field.number = static_cast<std::uint32_t>(std::min<std::uint64_t>(*key >> 3, 1U << 30));
        if (field.number == 0 || field.number >= 1U << 29) {
            return refuse("field number " + std::to_string(*key >> 3), "1 to 2^29 - 1");
        }
        const auto wire = static_cast<std::uint32_t>(*key & 7);
        field.wire = static_cast<Wire>(wire);
        switch (field.wire) {
            case Wire::Varint: {
                const auto value = varint();
                if (!value.ok()) {
                    return value.error();
                }
                field.value = *value;
                return field;
            }
            case Wire::Fixed32:
            case Wire::Fixed64: {
                const std::size_t size = field.wire == Wire::Fixed32 ? 4 : 8;
                if (bytes_.size() - position_ < size) {
                    return truncated();
                }
                std::memcpy(&field.value, bytes_.data() + position_, size);
                position_ += size;
                return field;
            }
            case Wire::Bytes: {
                const auto length = varint();
                if (!length.ok()) {
                    return length.error();
                }
                if (*length > bytes_.size() - position_) {
                    return refuse("a length of " + std::to_string(*length) + " bytes",
                                  "at most the " + std::to_string(bytes_.size() - position_) + " bytes left");
                }
                field.bytes = bytes_.subspan(position_, static_cast<std::size_t>(*length));
                position_ += field.bytes.size();
                return field;
            }
        }
        return refuse("wire type " + std::to_string(wire), "0, 1, 2 or 5");
    }

    /// The error of a known field that came with another wire type or value than it should.
    [[nodiscard]] Error refuse(const std::string& found, const std::string& allowed) const {
        return invalid_input(where_, message_ + " byte " + std::to_string(position_), found, allowed);
    }

private:
    Result<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (at_end()) {
                return truncated();
            }
            const auto byte = std::to_integer<std::uint64_t>(bytes_[position_++]);
            if (shift == 63 && byte > 1) {
                break;
            }
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        return refuse("a varint of more than 64 bits", "at most 64 bits");
    }
    [[nodiscard]] Error truncated() const { return refuse("the end of the message", "a whole field"); }

    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
    std::string where_;
    std::string message_;
};

/// Calls `take(field, reader)` for every field; it returns a Status.
template <typename Take>
Status each_field(std::span<const std::byte> bytes, const std::string& where, const std::string& message, Take take) {
    WireReader reader(bytes, where, message);
    while (!reader.at_end()) {
        const auto field = reader.next();
        if (!field.ok()) {
            return field.error();
        }
        R2T2_TRY(take(*field, reader));
    }
    return {};
}

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Status need(const Field& field, Wire wire, const WireReader& reader) {
    if (field.wire == wire) {
        return {};
    }
    return reader.refuse("field " + std::to_string(field.number) + " with wire type " +
                             std::to_string(static_cast<std::uint32_t>(field.wire)),
                         "wire type " + std::to_string(static_cast<std::uint32_t>(wire)));
}

Status take_text(const Field& field, const WireReader& reader, std::string& into) {
    R2T2_TRY(need(field, Wire::Bytes, reader));
    into = text_of(field.bytes);
    return {};
}

Status take_bool(const Field& field, const WireReader& reader, bool& into) {
    R2T2_TRY(need(field, Wire::Varint, reader));
    into = field.value != 0;
    return {};
}

Status take_int(const Field& field, const WireReader& reader, std::int32_t& into) {
    R2T2_TRY(need(field, Wire::Varint, reader));
    into = static_cast<std::int32_t>(static_cast<std::uint32_t>(field.value));  // protobuf keeps the low 32 bits
    return {};
}

template <typename Enum>
Status take_enum(const Field& field, const WireReader& reader, int highest, Enum& into) {
    R2T2_TRY(need(field, Wire::Varint, reader));
    if (field.value < 1 || field.value > static_cast<std::uint64_t>(highest)) {
        return reader.refuse("value " + std::to_string(field.value), "1 to " + std::to_string(highest));
    }
    into = static_cast<Enum>(field.value);
    return {};
}

Status parse_piece(std::span<const std::byte> bytes, const std::string& where, std::size_t id, SentencePiece& piece) {
    return each_field(
        bytes, where, "piece " + std::to_string(id), [&piece](const Field& field, const WireReader& reader) -> Status {
            switch (field.number) {
                case 1:
                    if (field.bytes.size() > SentencePieceModel::max_piece_bytes) {
                        return reader.refuse(std::to_string(field.bytes.size()) + " bytes of text",
                                             "at most " + std::to_string(SentencePieceModel::max_piece_bytes));
                    }
                    return take_text(field, reader, piece.text);
                case 2:
                    R2T2_TRY(need(field, Wire::Fixed32, reader));
                    piece.score = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
                    return {};
                case 3:
                    return take_enum(field, reader, 6, piece.type);
                default:
                    return {};
            }
        });
}

Status parse_trainer(std::span<const std::byte> bytes, const std::string& where, SentencePieceTrainerSpec& spec) {
    return each_field(bytes, where, "trainer_spec", [&spec](const Field& field, const WireReader& reader) -> Status {
        switch (field.number) {
            case 3:
                return take_enum(field, reader, 4, spec.model_type);
            case 24:
                return take_bool(field, reader, spec.treat_whitespace_as_suffix);
            case 35:
                return take_bool(field, reader, spec.byte_fallback);
            case 40:
                return take_int(field, reader, spec.unk_id);
            case 41:
                return take_int(field, reader, spec.bos_id);
            case 42:
                return take_int(field, reader, spec.eos_id);
            case 43:
                return take_int(field, reader, spec.pad_id);
            case 44:
                return take_text(field, reader, spec.unk_surface.emplace());
            case 45:
                return take_text(field, reader, spec.unk_piece);
            case 46:
                return take_text(field, reader, spec.bos_piece);
            case 47:
                return take_text(field, reader, spec.eos_piece);
            case 48:
                return take_text(field, reader, spec.pad_piece);
            default:
                return {};
        }
    });
}

Status parse_normalizer(std::span<const std::byte> bytes, const std::string& where, const std::string& message,
                        SentencePieceNormalizerSpec& spec) {
    return each_field(bytes, where, message, [&spec](const Field& field, const WireReader& reader) -> Status {
        switch (field.number) {
            case 1:
                return take_text(field, reader, spec.name);
            case 2:
                return take_text(field, reader, spec.precompiled_charsmap);
            case 3:
                return take_bool(field, reader, spec.add_dummy_prefix);
            case 4:
                return take_bool(field, reader, spec.remove_extra_whitespaces);
            case 5:
                return take_bool(field, reader, spec.escape_whitespaces);
            default:
                return {};
        }
    });
}

class WireWriter {
public:
    std::string bytes;

    void varint(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) {
            bytes += static_cast<char>((value & 0x7f) | 0x80);
        }
        bytes += static_cast<char>(value);
    }
    void number(std::uint32_t field, std::int64_t value) {
        varint(field << 3U);
        varint(static_cast<std::uint64_t>(value));
    }
    void text(std::uint32_t field, const std::string& value) {
        varint(field << 3U | static_cast<std::uint32_t>(Wire::Bytes));
        varint(value.size());
        bytes += value;
    }
    void single(std::uint32_t field, float value) {
        varint(field << 3U | static_cast<std::uint32_t>(Wire::Fixed32));
        char raw[sizeof value];
        std::memcpy(raw, &value, sizeof value);
        bytes.append(raw, sizeof value);
    }
};

std::string serialize_normalizer(const SentencePieceNormalizerSpec& spec) {
    WireWriter out;
    out.text(1, spec.name);
    out.text(2, spec.precompiled_charsmap);
    out.number(3, spec.add_dummy_prefix ? 1 : 0);
    out.number(4, spec.remove_extra_whitespaces ? 1 : 0);
    out.number(5, spec.escape_whitespaces ? 1 : 0);
    return out.bytes;
}

}  // namespace

Result<SentencePieceModel> SentencePieceModel::read(const std::filesystem::path& path) {
    const auto bytes = read_whole_file(path, max_file_bytes);
    if (!bytes.ok()) {
        return bytes.error();
    }
    return parse(std::as_bytes(std::span(*bytes)), path.string());
}

Result<SentencePieceModel> SentencePieceModel::parse(std::span<const std::byte> bytes, const std::string& where) {
    if (bytes.size() > max_file_bytes) {
        return invalid_input(where, "file size", std::to_string(bytes.size()) + " bytes",
                             "at most " + std::to_string(max_file_bytes));
    }
    SentencePieceModel model;
    std::size_t text_bytes = 0;
    const auto take = [&](const Field& field, const WireReader& reader) -> Status {
        if (field.number == 4 || field.number > 5) {
            return {};  // self test data and extensions
        }
        R2T2_TRY(need(field, Wire::Bytes, reader));
        switch (field.number) {
            case 1: {
                const std::size_t id = model.pieces.size();
                if (id == max_pieces) {
                    return reader.refuse("more than " + std::to_string(max_pieces) + " pieces", "fewer");
                }
                R2T2_TRY(parse_piece(field.bytes, where, id, model.pieces.emplace_back()));
                text_bytes += model.pieces.back().text.size();
                if (text_bytes > max_text_bytes) {
                    return reader.refuse("more than " + std::to_string(max_text_bytes) + " bytes of pieces", "less");
                }
                if (model.pieces.back().text.empty()) {  // here, so that a file of empty pieces costs nothing
                    return invalid_input(where, "piece " + std::to_string(id), "no text", "a text");
                }
                return {};
            }
            case 2:
                return parse_trainer(field.bytes, where, model.trainer);
            case 3:
                return parse_normalizer(field.bytes, where, "normalizer_spec", model.normalizer);
            default: {
                if (!model.denormalizer) {
                    model.denormalizer.emplace();
                }
                return parse_normalizer(field.bytes, where, "denormalizer_spec", *model.denormalizer);
            }
        }
    };
    R2T2_TRY(each_field(bytes, where, "model", take));
    R2T2_TRY(model.check(where));
    return model;
}

Status SentencePieceModel::check(const std::string& where) const {
    using Type = SentencePiece::Type;
    if (pieces.empty()) {
        return invalid_input(where, "pieces", "none", "a sentencepiece model with pieces");
    }
    std::unordered_set<std::string_view> ordinary;
    std::unordered_set<std::string_view> reserved;
    std::array<bool, 256> has_byte{};
    bool has_unknown = false;
    for (std::size_t id = 0; id < pieces.size(); ++id) {
        const SentencePiece& piece = pieces[id];
        const auto refuse = [&](const std::string& found, const std::string& allowed) {
            return invalid_input(where, "piece " + std::to_string(id) + " " + quoted_name(piece.text), found, allowed);
        };
        const bool is_ordinary =
            piece.type == Type::Normal || piece.type == Type::UserDefined || piece.type == Type::Unused;
        if (piece.text.empty() || piece.text.size() > max_piece_bytes) {
            return refuse(std::to_string(piece.text.size()) + " bytes", "1 to " + std::to_string(max_piece_bytes));
        }
        if (!(is_ordinary ? ordinary : reserved).insert(piece.text).second) {
            return refuse("the text of an earlier piece", "each text once");
        }
        if (!std::isfinite(piece.score)) {
            return refuse("score " + std::to_string(piece.score), "a finite score");
        }
        if (piece.type == Type::Unknown && std::exchange(has_unknown, true)) {
            return refuse("a second unknown piece", "exactly one");
        }
        if (piece.type == Type::Byte) {
            const int byte = byte_of_piece(piece.text);
            if (byte < 0 || !trainer.byte_fallback) {
                return refuse(byte < 0 ? "a byte piece of that name" : "a byte piece without byte_fallback",
                              "<0x00> to <0xFF>, with byte_fallback");
            }
            has_byte[static_cast<std::size_t>(byte)] = true;
        }
    }
    if (!has_unknown) {
        return invalid_input(where, "pieces", "no unknown piece", "exactly one");
    }
    for (std::size_t byte = 0; trainer.byte_fallback && byte < has_byte.size(); ++byte) {
        if (!has_byte[byte]) {
            return invalid_input(where, "pieces", "no " + piece_of_byte(static_cast<unsigned char>(byte)),
                                 "all 256 byte pieces, because byte_fallback is on");
        }
    }
    if (ordinary.empty() && trainer.model_type == SentencePieceTrainerSpec::ModelType::Unigram) {
        return invalid_input(where, "pieces", "no normal pieces", "a vocabulary");
    }
    return {};
}

std::string SentencePieceModel::serialize() const {
    WireWriter out;
    for (const SentencePiece& piece : pieces) {
        WireWriter one;
        one.text(1, piece.text);
        one.single(2, piece.score);
        one.number(3, static_cast<std::int64_t>(piece.type));
        out.text(1, one.bytes);
    }
    WireWriter spec;
    spec.number(3, static_cast<std::int64_t>(trainer.model_type));
    spec.number(4, static_cast<std::int64_t>(pieces.size()));
    spec.number(24, trainer.treat_whitespace_as_suffix ? 1 : 0);
    spec.number(35, trainer.byte_fallback ? 1 : 0);
    spec.number(40, trainer.unk_id);
    spec.number(41, trainer.bos_id);
    spec.number(42, trainer.eos_id);
    spec.number(43, trainer.pad_id);
    if (trainer.unk_surface) {
        spec.text(44, *trainer.unk_surface);
    }
    spec.text(45, trainer.unk_piece);
    spec.text(46, trainer.bos_piece);
    spec.text(47, trainer.eos_piece);
    spec.text(48, trainer.pad_piece);
    out.text(2, spec.bytes);
    out.text(3, serialize_normalizer(normalizer));
    if (denormalizer) {
        out.text(5, serialize_normalizer(*denormalizer));
    }
    return out.bytes;
}

Status SentencePieceModel::write(const std::filesystem::path& path) const {
    R2T2_TRY(check(path.string()));
    return write_file_atomically(path, serialize());
}

int byte_of_piece(const std::string& text) {
    if (text.size() != 6 || !text.starts_with("<0x") || text[5] != '>') {
        return -1;
    }
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    const int high = digit(text[3]);
    const int low = digit(text[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string piece_of_byte(unsigned char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {'<', '0', 'x', digits[byte / 16], digits[byte % 16], '>'};
}

}  // namespace r2t2
