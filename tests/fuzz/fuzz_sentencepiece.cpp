// Any bytes as a sentencepiece model; an accepted one encodes and decodes a text without a crash.
#include "core/tokenizer/sentencepiece_model.h"
#include "core/tokenizer/sentencepiece_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    auto model = r2t2::SentencePieceModel::parse(bytes, "fuzz");
    if (!model.ok()) {
        return 0;
    }
    const auto tokenizer = r2t2::Tokenizer::create(std::move(*model), "fuzz");
    if (!tokenizer.ok()) {
        return 0;
    }
    const std::string text = "What is  left of the \xE2\x96\x81\xC3\xA9 red box?\n\xFF" + std::string(bytes.size() % 7, 'a');
    (void)tokenizer->decode(tokenizer->encode(text));
    return 0;
}
