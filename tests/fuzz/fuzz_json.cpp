// Any bytes as JSON: what is accepted is written and read again as the same, in one piece and in blocks.
#include <cstdlib>

#include "core/json/parse_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = r2t2::parse_json(text, "fuzz");
    if (!value.ok()) {
        if (value.error().message().empty()) {
            std::abort();
        }
        return 0;
    }
    r2t2::JsonLimits strict;
    strict.non_finite = r2t2::NonFiniteLiterals::Refused;
    const auto again = r2t2::parse_json(value->dump(), "fuzz", strict);
    if (!again.ok() || *again != *value) {
        std::abort();
    }
    return 0;
}
