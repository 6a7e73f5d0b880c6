// The sentencepiece model file: a protobuf message, read and written here without the protobuf library
//
//
// Field numbers: sentencepiece_model.proto of google/sentencepiece. Fields that do not change encoding or decoding
// are skipped when reading and not written back.
// Thread rule: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct SentencePiece {
    enum class Type { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

    std::string text;    ///< spaces stand as U+2581
    float score = 0.0F;  ///< log probability (unigram) or minus merge rank (BPE); finite
    Type type = Type::Normal;
};

struct SentencePieceTrainerSpec {
    enum class ModelType { Unigram = 1, Bpe = 2, Word = 3, Char = 4 };

    ModelType model_type = ModelType::Unigram;
    bool byte_fallback = false;               ///< unknown characters become their UTF-8 bytes; needs 256 byte pieces
    bool treat_whitespace_as_suffix = false;  ///< the dummy space goes to the end
    std::int32_t unk_id = 0, bos_id = 1, eos_id = 2, pad_id = -1;
    std::string unk_piece = "<unk>", bos_piece = "<s>", eos_piece = "</s>", pad_piece = "<pad>";
    std::optional<std::string> unk_surface;  ///< what an unknown decodes to; unset: " U+2047 "
};

struct SentencePieceNormalizerSpec {
    std::string name;                  ///< "identity", "nmt_nfkc", ...; for people only
    std::string precompiled_charsmap;  ///< u32 trie bytes, double-array trie, NUL-terminated replacements; or empty
    bool add_dummy_prefix = true;
    bool remove_extra_whitespaces = true;
    bool escape_whitespaces = true;  ///< spaces become U+2581
};

struct SentencePieceModel {
    static constexpr std::uint64_t max_file_bytes = 64 << 20;
    static constexpr std::size_t max_pieces = 1 << 20;
    static constexpr std::size_t max_piece_bytes = 4096;
    static constexpr std::size_t max_text_bytes = 8 << 20;  ///< all pieces together

    std::vector<SentencePiece> pieces;  ///< index = token id
    SentencePieceTrainerSpec trainer;
    SentencePieceNormalizerSpec normalizer;
    std::optional<SentencePieceNormalizerSpec> denormalizer;

    /// InvalidInput names the file, the piece or field and the byte. What is returned has passed `check`.
    static Result<SentencePieceModel> read(const std::filesystem::path& path);
    static Result<SentencePieceModel> parse(std::span<const std::byte> bytes, const std::string& where);

    /// The rules a usable model obeys: exactly one unknown piece, no empty or duplicate piece, finite scores,
    /// byte pieces if and only if byte_fallback, all 256 of them.
    [[nodiscard]] Status check(const std::string& where) const;

    [[nodiscard]] std::string serialize() const;
    [[nodiscard]] Status write(const std::filesystem::path& path) const;  ///< checked and atomic
};

/// 0..255 for "<0x00>".."<0xFF>", -1 for any other text.
[[nodiscard]] int byte_of_piece(const std::string& text);
[[nodiscard]] std::string piece_of_byte(unsigned char byte);

}  // namespace r2t2
