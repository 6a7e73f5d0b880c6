// Colours of a PNG with a palette, compared with the palette.
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "core/vision/picture_defects.h"

namespace r2t2 {

namespace {

struct Source {
    picture_bytes::Bytes bytes;
    std::size_t at = 0;
};

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
    auto& source = *static_cast<Source*>(png_get_io_ptr(png));
    if (count > source.bytes.size() - source.at) {
        png_error(png, "the data end early");
    }
    std::memcpy(out, source.bytes.data() + source.at, count);
    source.at += count;
}

void say_nothing(png_structp, png_const_charp) {}

struct Found {
    int colours = 0;
    int highest = -1;  ///< colour that a pixel names; -1: it could not be read to the end, and the decoder says why
};

/// Objects with destructors stay outside: longjmp passes over what is in here.
void read_all(png_structp png, png_infop info, Source& source, std::vector<png_byte>& row, Found& found) {
    if (setjmp(png_jmpbuf(png)) != 0) {  // NOLINT: the library's way
        return;
    }
    png_set_read_fn(png, &source, read_bytes);
    png_read_info(png, info);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    row.resize(png_get_rowbytes(png, info));
    png_colorp palette = nullptr;
    png_get_PLTE(png, info, &palette, &found.colours);
    const png_uint_32 width = png_get_image_width(png, info);
    const std::size_t bits = png_get_bit_depth(png, info);
    int highest = 0;
    for (int pass = 0; pass < passes; ++pass) {
        for (png_uint_32 y = 0; y < png_get_image_height(png, info); ++y) {
            png_read_row(png, row.data(), nullptr);  // of an interlaced one with pixels of rows before: those are the file's too
            for (png_uint_32 x = 0; x < width; ++x) {
                highest = std::max(highest, static_cast<int>(picture_defects::index_at(row, x, bits)));
            }
        }
    }
    found.highest = highest;
}

}  // namespace

std::optional<PictureDefect> picture_defects::of_png(picture_bytes::Bytes bytes, const std::string& where) {
    constexpr std::uint8_t kPalette = 3;
    if (bytes[25] != kPalette) {
        return std::nullopt;
    }
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, say_nothing);
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    if (info == nullptr) {
        png_destroy_read_struct(&png, nullptr, nullptr);
        return PictureDefect{PictureDefect::Effect::Pixels, Error{ErrorKind::OutOfMemory, where, "image", "not enough memory to decode", {}}};
    }
    Source source{bytes};
    std::vector<png_byte> row;
    Found found;
    read_all(png, info, source, row, found);
    png_destroy_read_struct(&png, &info, nullptr);
    if (found.highest < found.colours) {
        return std::nullopt;
    }
    return PictureDefect{PictureDefect::Effect::Pixels,
                         invalid_input(where, "palette",
                                       "a pixel of colour " + std::to_string(found.highest) + " where there are " + std::to_string(found.colours),
                                       "a colour for every pixel")};
}

}  // namespace r2t2
