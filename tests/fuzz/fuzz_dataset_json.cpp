// Any bytes as a data set: samples or errors. What was read is a sample that a model may be asked about.
#include <cstdlib>

#include "core/dataset/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    r2t2::JsonReaderOptions options;
    options.images_must_exist = false;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto dataset = r2t2::parse_dataset_json(text, "/fuzz/set.json", options);
    if (!dataset.ok()) {
        if (dataset.error().message().empty()) {
            std::abort();
        }
        return 0;
    }
    for (const r2t2::Sample& sample : dataset->samples) {
        if (sample.id.empty() || sample.ground_truth.empty() || !r2t2::check_question(sample.question, "sample").ok()) {
            std::abort();
        }
    }
    return 0;
}
