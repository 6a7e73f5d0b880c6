// Text as sentencepiece sees it before segmentation: character map, spaces, U+2581. Internal to the tokenizer.
//
// Thread rule: const after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/tokenizer/sentencepiece_model.h"

namespace r2t2::sentencepiece {

inline constexpr std::string_view space_symbol = "\xe2\x96\x81";           // U+2581
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";  // U+FFFD

/// Length of the character at the front of `text` by its first byte alone, at most text.size(). Non-empty text.
[[nodiscard]] std::size_t character_length(std::string_view text);
/// Bytes of the valid UTF-8 character at the front, 0 when it is malformed (surrogates and overlong forms are).
[[nodiscard]] std::size_t valid_character_length(std::string_view text);

/// Byte strings with values, walked a byte at a time. Nodes lie breadth first, children of a node side by side.
class ByteTrie {
public:
    static constexpr std::int32_t none = -1;

    ByteTrie() = default;
    /// Keys must be unique and not empty.
    explicit ByteTrie(std::vector<std::pair<std::string_view, std::int32_t>> keys);

    /// The child of `node` by `byte`, or `none`. The root is 0.
    [[nodiscard]] std::int32_t child(std::int32_t node, char byte) const;
    [[nodiscard]] std::int32_t value(std::int32_t node) const { return nodes_[static_cast<std::size_t>(node)].value; }
    /// Bytes of the longest key that `text` begins with; 0 when there is none.
    [[nodiscard]] std::size_t longest_prefix(std::string_view text) const;

private:
    struct Node {
        std::uint32_t first_child = 0;
        std::uint16_t children = 0;
        unsigned char label = 0;
        std::int32_t value = none;
    };
    std::vector<Node> nodes_;
};

/// The replacement rules of a precompiled character map: longest prefix -> replacement.
class CharacterMap {
public:
    static constexpr std::size_t max_replacement_bytes = 256;  ///< keeps hostile maps from blowing text up

    static Result<CharacterMap> open(std::string_view blob, const std::string& where);

    /// Bytes of the longest rule at the front of `text` (0: none); `replacement` is set when there is one.
    [[nodiscard]] std::size_t match(std::string_view text, std::string_view& replacement) const;

private:
    std::vector<std::uint32_t> units_;  ///< Darts-clone double array
    std::string replacements_;          ///< NUL-terminated, addressed by the trie's values
};

class Normalizer {
public:
    static Result<Normalizer> open(const SentencePieceNormalizerSpec& spec, bool whitespace_as_suffix,
                                   const std::string& where);

    /// `symbols` (user-defined pieces) pass through untouched.
    [[nodiscard]] std::string normalize(std::string_view text, const ByteTrie& symbols) const;

private:
    struct Step {
        std::string_view text;
        std::size_t consumed = 0;
    };
    [[nodiscard]] Step step(std::string_view text, const ByteTrie& symbols) const;

    CharacterMap map_;
    bool add_dummy_prefix_ = true;
    bool remove_extra_whitespaces_ = true;
    bool escape_whitespaces_ = true;
    bool whitespace_as_suffix_ = false;
};

}  // namespace r2t2::sentencepiece
