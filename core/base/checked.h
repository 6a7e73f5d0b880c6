// Integer arithmetic that says when it would overflow. Used wherever sizes come out of a file.
#pragma once

#include <optional>

namespace r2t2 {

template <typename T>
[[nodiscard]] std::optional<T> checked_add(T a, T b) {
    T out{};
    return __builtin_add_overflow(a, b, &out) ? std::nullopt : std::optional<T>(out);
}

template <typename T>
[[nodiscard]] std::optional<T> checked_multiply(T a, T b) {
    T out{};
    return __builtin_mul_overflow(a, b, &out) ? std::nullopt : std::optional<T>(out);
}

}  // namespace r2t2
