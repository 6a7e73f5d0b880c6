// A generated answer without what is not the answer: special tokens that leaked, and reasoning in tags.
//
//   tokens     <|name|> (also with full-width bars), <s>, </s>, <bos>, <eos>, <pad>, <unk>, <start_of_turn>, <end_of_turn>. Those at both ends go, a
//              role behind one that opens a turn with them ("<|im_start|>assistant"); the answer ends before the first one that
//              ends a text (</s>, <eos>, <end_of_turn>, <|im_end|>, <|endoftext|>, <|eot_id|> ...). Others inside stay.
//   channels   the answer is what stands behind the last <|channel|>final<|message|> (its header may say <|constrain|>json), or behind the last "assistantfinal" of a text that begins with
//              "analysis" (gpt-oss without its tokens); channels without a final one are reasoning alone.
//   reasoning  <think>, <thinking>, <reasoning>, <seed:think>, [THINK], <|begin_of_thought|>, Kimi's think between U+25C1 and U+25B7, <mm:think>, <longcat_think>,
//              <|START_THINKING|>, <|inner_prefix|>, <|channel>thought, [unused16], in either case: the answer stands behind the last closing tag, and before one
//              that is opened there and never closed.
//
// An answer of tokens alone stays as it is: "</s>" may be an option's text. Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace r2t2 {

struct BareAnswer {
    std::string text;
    bool without_tokens = false;
    bool without_reasoning = false;
};

[[nodiscard]] BareAnswer bare_answer(std::string_view answer);
/// Special tokens and nothing else: kept by bare_answer, for an option may be one.
[[nodiscard]] bool is_tokens_alone(std::string_view answer);
/// ", special tokens cut off", ", without its reasoning": for reasons; empty where nothing was.
[[nodiscard]] std::string left_out_text(const BareAnswer& bare);

}  // namespace r2t2
