// Any bytes as .npy: an accepted header describes exactly the bytes that are there.
#include <cstdlib>

#include "core/reference/npy_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto header = r2t2::read_npy_header({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!header.ok()) {
        if (header.error().message().empty()) {
            std::abort();
        }
        return 0;
    }
    const std::size_t step = r2t2::float_size(header->kind);
    if (header->data_at + header->rows * header->columns * step != size) {
        std::abort();
    }
    float sum = 0;
    for (std::size_t at = header->data_at; at < size; at += step) {
        sum += r2t2::float_at(reinterpret_cast<const std::byte*>(data) + at, header->kind);
    }
    volatile float used = sum;
    (void)used;
    return 0;
}
