#include "core/vision/picture_defects.h"

#include <algorithm>

namespace r2t2 {

using namespace picture_bytes;

namespace picture_defects {

std::optional<PictureDefect> of_bmp(Bytes b, const std::string& where) {
    const std::size_t bits = le16(b, 28);
    if (bits != 1 && bits != 4 && bits != 8) {
        return std::nullopt;
    }
    const std::size_t header_end = 14 + std::size_t{le32(b, 14)}, data = le32(b, 10), stated = le32(b, 46);
    const std::size_t most = std::size_t{1} << bits;
    const std::size_t room = data > header_end ? (data - header_end) / 4 : 0;
    const std::size_t colours = std::min(room, stated == 0 ? most : stated);
    const auto defect = [&](const std::string& found) {
        return PictureDefect{PictureDefect::Effect::Pixels, invalid_input(where, "palette", found, "a colour for every pixel")};
    };
    if (colours == 0) {
        return defect("none");
    }
    if (colours >= most || le32(b, 30) != 0) {  // run lengths: their pixels are not looked at
        return std::nullopt;
    }
    const std::size_t width = le32(b, 18);
    const auto signed_height = std::int64_t{static_cast<std::int32_t>(le32(b, 22))};
    const auto height = static_cast<std::size_t>(signed_height < 0 ? -signed_height : signed_height);
    const std::size_t stride = (width * bits + 31) / 32 * 4;
    for (std::size_t y = 0; y < height && data + (y + 1) * stride <= b.size(); ++y) {
        const Bytes row = b.subspan(data + y * stride, stride);
        for (std::size_t x = 0; x < width; ++x) {
            if (const std::size_t index = index_at(row, x, bits); index >= colours) {
                return defect("a pixel of colour " + std::to_string(index) + " where there are " + std::to_string(colours));
            }
        }
    }
    return std::nullopt;
}

}  // namespace picture_defects

std::optional<PictureDefect> find_defect(ImageFormat format, Bytes bytes, const std::string& where) {
    switch (format) {
        case ImageFormat::Jpeg:
            return picture_defects::of_jpeg(bytes, where);
        case ImageFormat::Png:
            return picture_defects::of_png(bytes, where);
        case ImageFormat::Bmp:
            return picture_defects::of_bmp(bytes, where);
        case ImageFormat::Webp:
            break;  // its decoder refuses what is damaged
    }
    return std::nullopt;
}

}  // namespace r2t2
