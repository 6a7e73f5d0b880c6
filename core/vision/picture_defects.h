// Internal to core/vision: what decoders pass over. OpenCV draws a JPEG whose data end in the middle, a PNG whose pixels name colours that
// its palette does not have and a BMP without a palette, and says so to nobody or, without a name, on stderr.
//
// Source: libjpeg-turbo's and libpng's own warnings; the BMP format as Windows writes it. Thread rule: callable from any thread.
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/vision/load_image.h"
#include "core/vision/picture_bytes.h"

namespace r2t2 {

struct PictureDefect {
    enum class Effect {
        Pixels,  ///< what is drawn is not what was stored
        None     ///< every pixel is as it was stored; the file holds more than the picture
    };
    Effect effect = Effect::Pixels;
    Error error;  ///< InvalidInput with the file's name, OutOfMemory
};

/// The first one. `bytes` passed read_image_header. Reads all of the file's data once, at a fraction of what decoding takes.
[[nodiscard]] std::optional<PictureDefect> find_defect(ImageFormat format, picture_bytes::Bytes bytes, const std::string& where);

namespace picture_defects {
/// Number of the colour of one pixel of a row: 1, 2, 4 or 8 bits, the first pixel in the highest bits.
inline std::size_t index_at(picture_bytes::Bytes row, std::size_t x, std::size_t bits) {
    const std::size_t bit = x * bits;
    return row[bit / 8] >> (8 - bits - bit % 8) & ((1U << bits) - 1U);
}
[[nodiscard]] std::optional<PictureDefect> of_jpeg(picture_bytes::Bytes bytes, const std::string& where);
[[nodiscard]] std::optional<PictureDefect> of_png(picture_bytes::Bytes bytes, const std::string& where);
[[nodiscard]] std::optional<PictureDefect> of_bmp(picture_bytes::Bytes bytes, const std::string& where);
}  // namespace picture_defects

}  // namespace r2t2
