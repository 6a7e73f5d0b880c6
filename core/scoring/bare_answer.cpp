#include "core/scoring/bare_answer.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/scoring/text.h"

namespace r2t2 {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kLongestName = 40;
constexpr std::string_view kFullBar = "\uFF5C", kWordGap = "\u2581", kTriangle = "\u25C1";

/// What opens reasoning and what closes it, in small letters.
struct ThoughtTags {
    std::string_view open, close;
};
constexpr std::array<ThoughtTags, 13> kThoughtTags = {{{"<think>", "</think>"},
                                                       {"<thinking>", "</thinking>"},
                                                       {"<reasoning>", "</reasoning>"},
                                                       {"<|begin_of_thought|>", "<|end_of_thought|>"},
                                                       {"<seed:think>", "</seed:think>"},
                                                       {"[think]", "[/think]"},
                                                       {"\u25C1think\u25B7", "\u25C1/think\u25B7"},          // Kimi
                                                       {"<mm:think>", "</mm:think>"},                          // MiniMax
                                                       {"<longcat_think>", "</longcat_think>"},                // LongCat
                                                       {"<|start_thinking|>", "<|end_thinking|>"},             // Command A
                                                       {"<|inner_prefix|>", "<|inner_suffix|>"},               // Apertus
                                                       {"<|channel>thought", "<channel|>"},                    // Gemma 4
                                                       {"[unused16]", "[unused17]"}}};                         // openPangu

struct Token {
    std::size_t end = 0;  ///< 0: none here
    bool ends_text = false;
    bool opens_turn = false;
    bool is_thought = false;  ///< a tag of reasoning, cut elsewhere
};

template <std::size_t size>
bool has_name(std::string_view name, const std::array<std::string_view, size>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What stands between "<|" and "|>" at `at`; empty: no token.
std::string_view barred_name(std::string_view text, std::size_t at, std::size_t& end) {
    for (const std::string_view bar : {"|"sv, kFullBar}) {
        const std::size_t begin = at + 1 + bar.size();
        if (text.substr(at + 1, bar.size()) != bar) {
            continue;
        }
        const std::size_t close = text.substr(0, begin + kLongestName).find(bar, begin);
        const std::string_view name = close == std::string_view::npos ? std::string_view() : text.substr(begin, close - begin);
        if (name.empty() || name.find_first_of("<> \t\r\n") != std::string_view::npos || text.substr(close + bar.size(), 1) != ">") {
            return {};
        }
        end = close + bar.size() + 1;
        return name;
    }
    return {};
}

Token token_at(std::string_view text, std::size_t at) {
    static constexpr std::array kPlain = {"<s>"sv, "<bos>"sv, "<pad>"sv, "<unk>"sv};
    static constexpr std::array kPlainEnds = {"</s>"sv, "<eos>"sv, "<end_of_turn>"sv};
    static constexpr std::array kEnds = {"im_end"sv, "endoftext"sv, "eot_id"sv,    "eom_id"sv,          "end_of_text"sv, "end"sv, "EOT"sv,
                                         "return"sv, "eos"sv,       "endofturn"sv, "end_of_sentence"sv, "end_of_turn"sv};
    static constexpr std::array kTurns = {"im_start"sv, "start_header_id"sv};
    static constexpr std::array kThoughts = {"begin_of_thought"sv, "end_of_thought"sv, "START_THINKING"sv, "END_THINKING"sv, "inner_prefix"sv, "inner_suffix"sv};
    if (at >= text.size() || text[at] != '<') {
        return {};
    }
    const auto plain = [&](std::string_view token) { return text.substr(at).starts_with(token); };
    if (const auto found = std::find_if(kPlain.begin(), kPlain.end(), plain); found != kPlain.end()) {
        return {at + found->size(), false, false, false};
    }
    if (const auto found = std::find_if(kPlainEnds.begin(), kPlainEnds.end(), plain); found != kPlainEnds.end()) {
        return {at + found->size(), true, false, false};
    }
    if (plain("<start_of_turn>")) {
        return {at + 15, false, true, false};
    }
    Token token;
    const std::string name = replace_all(std::string(barred_name(text, at, token.end)), kWordGap, "_");
    token.ends_text = has_name(name, kEnds);
    token.opens_turn = has_name(name, kTurns);
    token.is_thought = has_name(name, kThoughts);
    return token;
}

std::size_t behind_space(std::string_view text, std::size_t at) {
    while (at < text.size() && std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
        ++at;
    }
    return at;
}

/// Behind the tokens, roles and blanks at the beginning.
std::size_t behind_first_tokens(std::string_view text) {
    std::size_t begin = 0;
    for (;;) {
        const std::size_t at = behind_space(text, begin);
        const Token token = token_at(text, at);
        if (token.end == 0 || token.is_thought) {
            return begin;
        }
        begin = token.end;
        for (const std::string_view role : {"assistant"sv, "model"sv}) {
            const std::size_t behind = begin + role.size();
            const bool ended = behind >= text.size() || text[behind] == '\n' || text[behind] == '<';
            begin = token.opens_turn && text.substr(begin).starts_with(role) && ended ? behind : begin;
        }
    }
}

/// Where the tokens at the end begin.
std::size_t before_last_tokens(std::string_view text) {
    std::size_t end = text.size();
    for (;;) {
        const std::size_t last = text.substr(0, end).find_last_not_of(" \t\r\n");
        const std::size_t open = last == std::string_view::npos ? last : text.substr(0, last + 1).rfind('<');
        const Token token = open == std::string_view::npos ? Token() : token_at(text.substr(0, last + 1), open);
        if (token.end == 0 || token.end != last + 1 || token.is_thought) {
            return end;
        }
        end = open;
    }
}

std::string_view without_end_tokens(std::string_view text) {
    text = text.substr(0, before_last_tokens(text));
    return text.substr(std::min(behind_first_tokens(text), text.size()));
}

/// Before the first token that ends a text.
std::string_view first_text(std::string_view text) {
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
        if (token_at(text, at).ends_text) {
            return text.substr(0, at);
        }
    }
    return text;
}

std::string_view behind_reasoning(std::string_view text) {
    std::string small(text);
    std::transform(small.begin(), small.end(), small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    std::size_t begin = 0, end = text.size();
    for (const ThoughtTags& tags : kThoughtTags) {
        const std::size_t at = small.rfind(tags.close);
        begin = at == std::string::npos ? begin : std::max(begin, at + tags.close.size());
    }
    for (const ThoughtTags& tags : kThoughtTags) {
        end = std::min(end, small.find(tags.open, begin));
    }
    return text.substr(begin, end - begin);
}

/// Behind "<|channel|>final<|message|>" at the text's beginning, or with "<|constrain|>json" in the header; npos: it is no final channel's header.
std::size_t behind_final_header(std::string_view text) {
    std::size_t at = 0;
    const auto take = [&](std::string_view word) {
        at = std::min(text.find_first_not_of(" \t", at), text.size());
        const bool there = text.substr(at).starts_with(word);
        at += there ? word.size() : 0;
        return there;
    };
    if (!take("<|channel|>") || !take("final")) {
        return std::string_view::npos;
    }
    if (take("<|constrain|>")) {
        (void)take("");
        at = std::min(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/.-", at), text.size());
    }
    return take("<|message|>") ? at : std::string_view::npos;
}

/// gpt-oss speaks in channels, the answer in the last "final" one; decoded without its tokens their names stand in the text. What never came to
/// a final one is reasoning alone.
std::string_view final_channel(std::string_view text) {
    constexpr std::string_view channel = "<|channel|>", bare_final = "assistantfinal";
    for (std::size_t at = text.rfind(channel); at != std::string_view::npos; at = at > 0 ? text.rfind(channel, at - 1) : std::string_view::npos) {
        if (const std::size_t behind = behind_final_header(text.substr(at)); behind != std::string_view::npos) {
            return text.substr(at + behind);
        }
    }
    if (const std::size_t at = text.rfind(bare_final); at != std::string_view::npos && text.starts_with("analysis")) {
        return text.substr(at + bare_final.size());
    }
    return text.substr(0, text.find(channel));
}

}  // namespace

BareAnswer bare_answer(std::string_view whole) {
    if (whole.find_first_of("<[") == std::string_view::npos && whole.find(kTriangle) == std::string_view::npos && !whole.starts_with("analysis")) {
        return {std::string(whole), false, false};
    }
    const std::string_view answer = final_channel(whole);
    BareAnswer out;
    out.without_reasoning = answer.size() != whole.size();
    if (out.without_reasoning && answer.empty()) {
        return out;
    }
    std::string_view text = first_text(answer.substr(behind_first_tokens(answer)));
    text = without_end_tokens(text);
    if (strip(text).empty()) {
        text = answer;
    }
    out.without_tokens = text.size() != answer.size();
    const std::string_view spoken = behind_reasoning(text);
    out.without_reasoning = out.without_reasoning || spoken.size() != text.size();
    const std::string_view bare = without_end_tokens(spoken);
    out.without_tokens = out.without_tokens || bare.size() != spoken.size();
    out.text = std::string(strip(bare).empty() && !out.without_reasoning ? spoken : bare);
    return out;
}

bool is_tokens_alone(std::string_view answer) { return !strip(answer).empty() && strip(without_end_tokens(answer)).empty(); }

std::string left_out_text(const BareAnswer& bare) {
    return std::string(bare.without_tokens ? ", special tokens cut off" : "") + (bare.without_reasoning ? ", without its reasoning" : "");
}

}  // namespace r2t2
