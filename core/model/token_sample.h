// The words of one sample as ids.
#pragma once

#include <cstdint>
#include <vector>

namespace r2t2 {

/// prompt: BOS, template and question, with the image token once; answer: target ids, the end of text last, empty without a label.
struct TokenSample {
    std::vector<std::int64_t> prompt;
    std::vector<std::int64_t> answer;
};

}  // namespace r2t2
