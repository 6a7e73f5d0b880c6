// Any bytes as auxiliary facts: what was read can be said, and written and read again without a change.
#include <cstdlib>

#include "core/vision/facts_json.h"
#include "core/vision/verbalise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    r2t2::FactsReadOptions options;
    options.directory = "/nonexistent";
    options.map_limits.max_pixels = 1 << 16;
    const auto facts = r2t2::facts_from_json({reinterpret_cast<const char*>(data), size}, "fuzz", options);
    if (!facts.ok()) {
        if (facts.error().message().empty()) {
            std::abort();
        }
        return 0;
    }
    if (r2t2::verbalise(*facts).size() < 3) {
        std::abort();  // three spaces at least
    }
    r2t2::VerbaliseOptions by_id;
    by_id.segment_boxes_by_position = false;
    (void)r2t2::verbalise(*facts, by_id);
    const auto again = r2t2::facts_from_json(r2t2::facts_to_json(*facts), "again", options);
    if (!again.ok() || *again != *facts) {
        std::abort();
    }
    return 0;
}
