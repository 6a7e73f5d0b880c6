#include "kernels/row_product.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/vector_math.h"

// A version for each width of registers, where the compiler can choose between them when the program starts (vector_math.h says where
// it cannot). Rows of a tile: as many as keep both multiply-add units busy without running out of registers.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define R2T2_WIDTHS 1
#endif

namespace r2t2::kernels {

namespace {

constexpr std::int64_t panel_width = 16;

template <int Numbers>
struct Register {
    typedef float Type __attribute__((vector_size(Numbers * sizeof(float))));
};

/// `Rows` rows against one panel: every sum stays in a register.
template <int Numbers, int Rows>
R2T2_INLINE void tile(const float* x, std::int64_t inner, const float* panel, const float* bias, std::int64_t width, float* y,
                      std::int64_t y_row) {
    using Vector = typename Register<Numbers>::Type;
    constexpr int parts = panel_width / Numbers;
    Vector sums[Rows][parts];
    for (auto& row : sums) {
        for (Vector& part : row) {
            part = Vector{};
        }
    }
    for (std::int64_t k = 0; k < inner; ++k) {
        Vector w[parts];
#pragma GCC unroll 4
        for (int p = 0; p < parts; ++p) {
            std::memcpy(&w[p], panel + k * panel_width + p * Numbers, sizeof w[p]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < Rows; ++i) {
            const float value = x[i * inner + k];
#pragma GCC unroll 4
            for (int p = 0; p < parts; ++p) {
                sums[i][p] += w[p] * value;
            }
        }
    }
    if (bias) {
        std::array<float, panel_width> added{};
        std::copy_n(bias, width, added.begin());
        Vector b[parts];
        std::memcpy(b, added.data(), sizeof b);
        for (auto& row : sums) {
            for (int p = 0; p < parts; ++p) {
                row[p] += b[p];
            }
        }
    }
    for (int i = 0; i < Rows; ++i) {
        if (width == panel_width) {
            std::memcpy(y + i * y_row, sums[i], sizeof sums[i]);
        } else {
            std::array<float, panel_width> whole{};
            std::memcpy(whole.data(), sums[i], sizeof sums[i]);
            std::copy_n(whole.begin(), width, y + i * y_row);
        }
    }
}

struct PanelProduct {
    std::int64_t inner = 0;
    const float* panels = nullptr;
    std::int64_t columns = 0;
    const float* bias = nullptr;
};

/// Rows from `i` on, `Rows` at a time while there are as many; returns the first row that is left.
template <int Numbers, int Rows>
R2T2_INLINE std::int64_t bands(const PanelProduct& p, const float* x, std::int64_t i, std::int64_t rows, float* y) {
    for (; i + Rows <= rows; i += Rows) {
        for (std::int64_t j = 0; j < p.columns; j += panel_width) {
            tile<Numbers, Rows>(x + i * p.inner, p.inner, p.panels + j * p.inner, p.bias ? p.bias + j : nullptr,
                                std::min(panel_width, p.columns - j), y + i * p.columns + j, p.columns);
        }
    }
    return i;
}

template <int Numbers, int Rows>
R2T2_INLINE void all_rows(const PanelProduct& p, const float* x, std::int64_t rows, float* y) {
    std::int64_t i = bands<Numbers, Rows>(p, x, 0, rows, y);
    if constexpr (Rows > 8) {
        i = bands<Numbers, 8>(p, x, i, rows, y);
    }
    if constexpr (Rows > 4) {
        i = bands<Numbers, 4>(p, x, i, rows, y);
    }
    i = bands<Numbers, 2>(p, x, i, rows, y);
    bands<Numbers, 1>(p, x, i, rows, y);
}

#ifdef R2T2_WIDTHS
__attribute__((target("default"))) void product_of_rows(const PanelProduct& p, const float* x, std::int64_t rows, float* y) {
    all_rows<4, 2>(p, x, rows, y);
}
__attribute__((target("arch=x86-64-v3"))) void product_of_rows(const PanelProduct& p, const float* x, std::int64_t rows, float* y) {
    all_rows<8, 6>(p, x, rows, y);
}
__attribute__((target("arch=x86-64-v4"))) void product_of_rows(const PanelProduct& p, const float* x, std::int64_t rows, float* y) {
    all_rows<16, 12>(p, x, rows, y);
}
#else
void product_of_rows(const PanelProduct& p, const float* x, std::int64_t rows, float* y) {
    all_rows<4, 4>(p, x, rows, y);
}
#endif

}  // namespace

std::size_t panel_numbers(std::int64_t inner, std::int64_t columns) {
    return static_cast<std::size_t>((columns + panel_width - 1) / panel_width * panel_width * inner);
}

void pack_transposed_panels(const float* w, std::int64_t inner, std::int64_t columns, float* panels) {
    for (std::int64_t j = 0; j < columns; j += panel_width) {
        float* panel = panels + j * inner;
        const std::int64_t width = std::min(panel_width, columns - j);
        for (std::int64_t k = 0; k < inner; ++k) {
            for (std::int64_t c = 0; c < panel_width; ++c) {
                panel[k * panel_width + c] = c < width ? w[(j + c) * inner + k] : 0.0F;
            }
        }
    }
}

void pack_panels(const float* w, std::int64_t inner, std::int64_t columns, float* panels) {
    for (std::int64_t j = 0; j < columns; j += panel_width) {
        float* panel = panels + j * inner;
        const std::int64_t width = std::min(panel_width, columns - j);
        for (std::int64_t k = 0; k < inner; ++k) {
            std::copy_n(w + k * columns + j, width, panel + k * panel_width);
            std::fill(panel + k * panel_width + width, panel + (k + 1) * panel_width, 0.0F);
        }
    }
}

void row_product(const float* x, std::int64_t rows, std::int64_t inner, const float* panels, std::int64_t columns, const float* bias, float* y) {
    product_of_rows({inner, panels, columns, bias}, x, rows, y);
}

}  // namespace r2t2::kernels
