// Internal to core/vision: how a picture file says that it has to be turned, wherever in the file that stands.
//
// Exif (tag 0x0112 of its first directory, any whole number type, either byte order) in a JPEG's APP1, a PNG's eXIf or a WebP's EXIF;
// of two of them the first is read. Where no Exif holds the tag, the tiff:Orientation of XMP counts, as in Pillow's exif_transpose.
// What is damaged, or none of 1 .. 8, says nothing. A TIFF is refused before anybody asks for its orientation.
// Sources: EXIF 2.3; PNG third edition (eXIf); WebP container specification; XMP specification part 3.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "core/vision/load_image.h"

namespace r2t2 {

/// Exif's 1 .. 8; 1 = as stored, also where the file says nothing.
[[nodiscard]] int stored_orientation(ImageFormat format, std::span<const std::uint8_t> file);

}  // namespace r2t2
