// First byte: kind of file (0: vocabulary, else tokenizer.json), the file up to a zero byte, then a text to encode.
#include <cstdlib>

#include "core/tokenizer/wordpiece_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::string all(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t zero = std::min(all.find('\0'), all.size());
    const std::string file = all.substr(0, zero);
    const std::string text = zero < all.size() ? all.substr(zero + 1) : "What is LEFT of it?";
    const auto tokenizer = data[0] == '0' ? r2t2::WordPieceTokenizer::from_vocabulary(file, {}, "fuzz")
                                          : r2t2::WordPieceTokenizer::from_tokenizer_json(file, "fuzz");
    if (!tokenizer.ok()) {
        if (tokenizer.error().message().empty()) {
            std::abort();
        }
        return 0;
    }
    const std::vector<std::int32_t> ids = tokenizer->encode(text, 64);
    for (const std::int32_t id : ids) {
        if (id < 0 || static_cast<std::size_t>(id) >= tokenizer->size() || ids.size() > 64 || ids.size() < 2) {
            std::abort();
        }
    }
    return 0;
}
