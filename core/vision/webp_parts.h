// Internal to core/vision: what a WebP file is made of, where the decoder asks too little: animation.
//
// Source: WebP container specification (developers.google.com/speed/webp/docs/riff_container).
// Thread rule: callable from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

struct WebpParts {
    std::int64_t width = 0, height = 0;
    bool animated = false;
    std::span<const std::uint8_t> frame;  ///< of an animation: the chunks of its first picture, which covers the canvas
};

/// Errors: ends early, an unknown kind, an animation whose first picture is missing or covers a part of the canvas only.
[[nodiscard]] Result<WebpParts> webp_parts(std::span<const std::uint8_t> file, const std::string& where);

/// The first picture of an animation as a file of its own, which is what Pillow shows of it.
[[nodiscard]] std::vector<std::uint8_t> still_webp(const WebpParts& parts);

}  // namespace r2t2
