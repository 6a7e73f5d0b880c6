// Any bytes as a picture: what the header promises is what is decoded, whatever else the file holds.
#include <cstdlib>

#include "core/vision/load_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    r2t2::ImageLimits limits;
    limits.max_pixels = 1 << 20;
    const auto header = r2t2::read_image_header({data, size}, "fuzz", limits);
    const auto image = r2t2::decode_image({data, size}, "fuzz", limits);
    if (image.ok() && (!header.ok() || image->rgb.size() != std::size_t(header->width) * std::size_t(header->height) * 3)) {
        std::abort();
    }
    return 0;
}
