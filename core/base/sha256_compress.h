// Internal to core/base: SHA-256's compression function (FIPS 180-4, section 6.2.2), portable and by the processor's own
// instructions, which are some five times as fast. Both give the same state.
//
// Thread rule: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace r2t2::sha256 {

using State = std::array<std::uint32_t, 8>;
using Compress = void (*)(State& state, const std::uint8_t* blocks, std::size_t count);  ///< `count` blocks of 64 bytes

void compress_portable(State& state, const std::uint8_t* blocks, std::size_t count);
/// By x86's SHA instructions; null where this processor has none.
[[nodiscard]] Compress compress_by_instructions();

}  // namespace r2t2::sha256
