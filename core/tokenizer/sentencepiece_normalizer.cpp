#include "core/tokenizer/sentencepiece_normalizer.h"

#include <algorithm>
#include <cstring>

namespace r2t2::sentencepiece {

std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return std::min(length, text.size());
}

std::size_t valid_character_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto trails = [&](std::size_t count) {
        for (std::size_t i = 1; i < count; ++i) {
            if ((byte(i) & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    };
    const unsigned first = byte(0);
    if (first < 0x80) {
        return 1;
    }
    const std::size_t length = first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
    if (length == 0 || text.size() < length || !trails(length)) {
        return 0;
    }
    std::uint32_t point = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        point = point << 6 | (byte(i) & 0x3fU);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool valid = point >= smallest[length] && (point < 0xd800 || point > 0xdfff) && point <= 0x10ffff;
    return valid ? length : 0;
}

ByteTrie::ByteTrie(std::vector<std::pair<std::string_view, std::int32_t>> keys) {
    if (keys.empty()) {
        return;
    }
    std::sort(keys.begin(), keys.end());
    struct Range {
        std::size_t begin, end, depth;
    };
    std::vector<Range> ranges{{0, keys.size(), 0}};  // the keys below each node
    nodes_.emplace_back();
    for (std::size_t node = 0; node < nodes_.size(); ++node) {
        auto [begin, end, depth] = ranges[node];
        if (keys[begin].first.size() == depth) {  // sorted: the key that ends here comes first
            nodes_[node].value = keys[begin].second;
            ++begin;
        }
        nodes_[node].first_child = static_cast<std::uint32_t>(nodes_.size());
        while (begin < end) {
            const char label = keys[begin].first[depth];
            std::size_t next = begin;
            while (next < end && keys[next].first[depth] == label) {
                ++next;
            }
            Node child;
            child.label = static_cast<unsigned char>(label);
            nodes_.push_back(child);
            ranges.push_back({begin, next, depth + 1});
            ++nodes_[node].children;
            begin = next;
        }
    }
}

std::int32_t ByteTrie::child(std::int32_t node, char byte) const {
    if (nodes_.empty()) {
        return none;
    }
    const Node& parent = nodes_[static_cast<std::size_t>(node)];
    const auto begin = nodes_.begin() + parent.first_child;
    const auto end = begin + parent.children;
    const auto wanted = static_cast<unsigned char>(byte);
    const auto found =
        std::lower_bound(begin, end, wanted, [](const Node& one, unsigned char label) { return one.label < label; });
    return found != end && found->label == wanted ? static_cast<std::int32_t>(found - nodes_.begin()) : none;
}

std::size_t ByteTrie::longest_prefix(std::string_view text) const {
    std::size_t longest = 0;
    std::int32_t node = 0;
    for (std::size_t i = 0; i < text.size() && (node = child(node, text[i])) != none; ++i) {
        longest = value(node) != none ? i + 1 : longest;
    }
    return longest;
}

Result<CharacterMap> CharacterMap::open(std::string_view blob, const std::string& where) {
    CharacterMap map;
    if (blob.empty()) {
        return map;
    }
    const auto refuse = [&where](const std::string& found, const std::string& allowed) {
        return invalid_input(where, "precompiled_charsmap", found, allowed);
    };
    std::uint32_t trie_bytes = 0;
    if (blob.size() <= sizeof trie_bytes) {
        return refuse(std::to_string(blob.size()) + " bytes", "a trie and its replacements");
    }
    std::memcpy(&trie_bytes, blob.data(), sizeof trie_bytes);
    blob.remove_prefix(sizeof trie_bytes);
    if (trie_bytes > blob.size() || trie_bytes % sizeof(std::uint32_t) != 0) {
        return refuse("a trie of " + std::to_string(trie_bytes) + " bytes",
                      "a multiple of 4 of at most " + std::to_string(blob.size()));
    }
    map.units_.resize(trie_bytes / sizeof(std::uint32_t));
    std::memcpy(map.units_.data(), blob.data(), trie_bytes);
    map.replacements_ = blob.substr(trie_bytes);
    if (!map.replacements_.empty() && map.replacements_.back() != '\0') {
        return refuse("replacements without an end", "NUL-terminated texts");
    }
    std::size_t begin = 0;
    while (begin < map.replacements_.size()) {
        const std::size_t end = map.replacements_.find('\0', begin);
        if (end - begin > max_replacement_bytes) {
            return refuse("a replacement of " + std::to_string(end - begin) + " bytes",
                          "at most " + std::to_string(max_replacement_bytes));
        }
        begin = end + 1;
    }
    return map;
}

std::size_t CharacterMap::match(std::string_view text, std::string_view& replacement) const {
    // A unit holds: label (bits 0-7 and 31), has_leaf (8), offset (10-30, times 256 when bit 9); a leaf holds a value.
    const auto offset = [](std::uint32_t unit) { return (unit >> 10) << ((unit & (1U << 9)) >> 6); };
    std::size_t longest = 0;
    if (units_.empty()) {
        return longest;
    }
    std::size_t at = offset(units_[0]);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        at ^= byte;
        if (at >= units_.size()) {  // only in a damaged map
            break;
        }
        const std::uint32_t unit = units_[at];
        if ((unit & (1U << 31 | 0xffU)) != byte) {
            break;
        }
        at ^= offset(unit);
        if ((unit >> 8 & 1U) != 0) {
            if (at >= units_.size()) {
                break;
            }
            const std::uint32_t value = units_[at] & 0x7fff'ffffU;
            if (value >= replacements_.size()) {
                break;
            }
            longest = i + 1;
            replacement = std::string_view(replacements_.c_str() + value);
        }
    }
    return longest;
}

Result<Normalizer> Normalizer::open(const SentencePieceNormalizerSpec& spec, bool whitespace_as_suffix,
                                    const std::string& where) {
    auto map = CharacterMap::open(spec.precompiled_charsmap, where);
    if (!map.ok()) {
        return map.error();
    }
    Normalizer normalizer;
    normalizer.map_ = std::move(*map);
    normalizer.add_dummy_prefix_ = spec.add_dummy_prefix;
    normalizer.remove_extra_whitespaces_ = spec.remove_extra_whitespaces;
    normalizer.escape_whitespaces_ = spec.escape_whitespaces;
    normalizer.whitespace_as_suffix_ = whitespace_as_suffix;
    return normalizer;
}

Normalizer::Step Normalizer::step(std::string_view text, const ByteTrie& symbols) const {
    if (const std::size_t symbol = symbols.longest_prefix(text); symbol > 0) {
        return {text.substr(0, symbol), symbol};
    }
    std::string_view replacement;
    if (const std::size_t rule = map_.match(text, replacement); rule > 0) {
        return {replacement, rule};
    }
    const std::size_t length = valid_character_length(text);
    return length == 0 ? Step{replacement_character, 1} : Step{text.substr(0, length), length};
}

std::string Normalizer::normalize(std::string_view text, const ByteTrie& symbols) const {
    std::string out;
    if (remove_extra_whitespaces_) {
        while (!text.empty()) {
            const Step first = step(text, symbols);
            if (first.text != " ") {
                break;
            }
            text.remove_prefix(first.consumed);
        }
    }
    if (text.empty()) {
        return out;
    }
    const std::string_view space = escape_whitespaces_ ? space_symbol : std::string_view(" ");
    out.reserve(text.size() + text.size() / 2 + space.size());
    if (add_dummy_prefix_ && !whitespace_as_suffix_) {
        out += space;
    }
    bool after_space = remove_extra_whitespaces_;
    while (!text.empty()) {
        const Step one = step(text, symbols);
        std::string_view piece = one.text;
        while (after_space && piece.starts_with(' ')) {
            piece.remove_prefix(1);
        }
        for (const char c : piece) {
            if (c == ' ') {
                out += space;
            } else {
                out += c;
            }
        }
        if (!piece.empty()) {
            after_space = remove_extra_whitespaces_ && piece.ends_with(' ');
        }
        text.remove_prefix(one.consumed);
    }
    while (remove_extra_whitespaces_ && out.ends_with(space)) {
        out.erase(out.size() - space.size());
    }
    if (add_dummy_prefix_ && whitespace_as_suffix_) {
        out += space;
    }
    return out;
}

}  // namespace r2t2::sentencepiece
