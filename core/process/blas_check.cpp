#include "core/process/blas_check.h"

#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace r2t2 {

namespace {

struct Shape {
    int m, n, k;
};

// One, odd sizes, block edges and beyond, long and flat; the last is cut into blocks by every kernel.
constexpr Shape kShapes[] = {{1, 1, 1},    {2, 3, 4},     {5, 1, 7},     {16, 16, 16},  {17, 33, 65},   {64, 64, 64},   {1, 130, 77},
                             {130, 1, 77}, {31, 97, 128}, {100, 6, 300}, {6, 100, 300}, {257, 131, 3}, {100, 99, 101}, {20, 19, 900}, {150, 70, 300}};

template <typename T>
using Gemm = void (*)(const char*, const char*, const int*, const int*, const int*, const T*, const T*, const int*, const T*, const int*, const T*, T*, const int*);
template <typename T>
using Gemv = void (*)(const char*, const int*, const int*, const T*, const T*, const int*, const T*, const int*, const T*, T*, const int*);

/// Between -1 and 1, the same every time.
template <typename T>
std::vector<T> numbers(std::size_t count, std::uint32_t seed) {
    std::vector<T> out(count);
    std::uint32_t state = seed * 2654435761u + 12345u;
    for (T& value : out) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<T>(static_cast<double>(state >> 8) / 8388608.0 - 1.0);
    }
    return out;
}

template <typename T>
struct Operands {
    int rows, columns;  ///< of the product
    int inner;
    T alpha, beta;
};

/// c(i, j) = alpha sum_p a(i, p) b(p, j) + beta c(i, j), summed in double; false: rounding does not explain the difference.
template <typename T, typename A, typename B>
bool near(const Operands<T>& what, const A& a, const B& b, const std::vector<T>& before, const std::vector<T>& after, std::size_t stride, double& worst) {
    const double unit = std::numeric_limits<T>::epsilon() / 2;
    bool sound = true;
    for (int j = 0; j < what.columns; ++j) {
        for (int i = 0; i < what.rows; ++i) {
            double sum = 0, size = 0;
            for (int p = 0; p < what.inner; ++p) {
                const double term = static_cast<double>(a(i, p)) * static_cast<double>(b(p, j));
                sum += term;
                size += std::abs(term);
            }
            const std::size_t at = static_cast<std::size_t>(j) * stride + static_cast<std::size_t>(i);
            const double rest = what.beta == T(0) ? 0.0 : static_cast<double>(what.beta) * static_cast<double>(before[at]);
            const double wanted = static_cast<double>(what.alpha) * sum + rest;
            // The loop here rounds, too: in double precision that counts as much as the product's own.
            const double limit = (sizeof(T) == sizeof(double) ? 2.0 : 1.0) * (what.inner + 3) * unit * (std::abs(static_cast<double>(what.alpha)) * size + std::abs(rest));
            const double error = std::abs(static_cast<double>(after[at]) - wanted);
            worst = std::max(worst, std::isfinite(error) ? error : std::numeric_limits<double>::infinity());
            sound = sound && error <= limit + std::numeric_limits<T>::min();
        }
        for (std::size_t i = static_cast<std::size_t>(what.rows); i < stride; ++i) {  // between the columns: nobody's
            const std::size_t at = static_cast<std::size_t>(j) * stride + i;
            sound = sound && (at >= after.size() || after[at] == before[at]);
        }
    }
    return sound;
}

std::string said(const char* what, const char* transposed, const Shape& shape, double worst) {
    return std::string(what) + " " + transposed + " of " + std::to_string(shape.m) + " x " + std::to_string(shape.k) + " and " + std::to_string(shape.k) + " x " +
           std::to_string(shape.n) + ": off by up to " + std::to_string(worst);
}

template <typename T>
std::string check_gemm(void* function, const char* name) {
    const auto gemm = reinterpret_cast<Gemm<T>>(function);
    std::uint32_t seed = 0;
    for (const Shape& shape : kShapes) {
        for (const char* transposed : {"NN", "NT", "TN", "TT"}) {
            const bool ta = transposed[0] == 'T', tb = transposed[1] == 'T';
            const int lda = (ta ? shape.k : shape.m) + 3, ldb = (tb ? shape.n : shape.k) + 1, ldc = shape.m + 2;
            const auto a = numbers<T>(static_cast<std::size_t>(lda) * static_cast<std::size_t>(ta ? shape.m : shape.k), ++seed);
            const auto b = numbers<T>(static_cast<std::size_t>(ldb) * static_cast<std::size_t>(tb ? shape.k : shape.n), ++seed);
            const auto before = numbers<T>(static_cast<std::size_t>(ldc) * static_cast<std::size_t>(shape.n), ++seed);
            // beta 0 must not read what is there; alpha 1 and beta 0 have kernels of their own.
            const Operands<T> what{shape.m, shape.n, shape.k, seed % 2 == 0 ? T(1) : T(-0.75), seed % 4 < 2 ? T(0) : T(0.5)};
            std::vector<T> after = before;
            gemm(&transposed[0], &transposed[1], &shape.m, &shape.n, &shape.k, &what.alpha, a.data(), &lda, b.data(), &ldb, &what.beta, after.data(), &ldc);
            double worst = 0;
            const auto at = [](const std::vector<T>& v, int stride, bool turned, int i, int j) {
                return v[static_cast<std::size_t>(turned ? i : j) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(turned ? j : i)];
            };
            if (!near<T>(what, [&](int i, int p) { return at(a, lda, ta, i, p); }, [&](int p, int j) { return at(b, ldb, tb, p, j); }, before, after,
                         static_cast<std::size_t>(ldc), worst)) {
                return said(name, transposed, shape, worst);
            }
        }
    }
    return {};
}

template <typename T>
std::string check_gemv(void* function, const char* name) {
    const auto gemv = reinterpret_cast<Gemv<T>>(function);
    std::uint32_t seed = 1000;
    for (const Shape& each : kShapes) {
        for (const char* transposed : {"N", "T"}) {
            const bool turned = transposed[0] == 'T';
            const int m = each.m, n = each.k, lda = m + 3, step_x = 1 + static_cast<int>(seed % 2), one = 1;
            const Shape shape{turned ? n : m, 1, turned ? m : n};
            const auto a = numbers<T>(static_cast<std::size_t>(lda) * static_cast<std::size_t>(n), ++seed);
            const auto x = numbers<T>(static_cast<std::size_t>(shape.k) * static_cast<std::size_t>(step_x), ++seed);
            const auto before = numbers<T>(static_cast<std::size_t>(shape.m), ++seed);
            const Operands<T> what{shape.m, 1, shape.k, seed % 2 == 0 ? T(1) : T(-0.75), seed % 4 < 2 ? T(0) : T(0.5)};
            std::vector<T> after = before;
            gemv(transposed, &m, &n, &what.alpha, a.data(), &lda, x.data(), &step_x, &what.beta, after.data(), &one);
            double worst = 0;
            const auto at = [&](int i, int p) { return a[static_cast<std::size_t>(turned ? i : p) * static_cast<std::size_t>(lda) + static_cast<std::size_t>(turned ? p : i)]; };
            if (!near<T>(what, at, [&](int p, int) { return x[static_cast<std::size_t>(p) * static_cast<std::size_t>(step_x)]; }, before, after,
                         static_cast<std::size_t>(shape.m), worst)) {
                return said(name, transposed, shape, worst);
            }
        }
    }
    return {};
}

}  // namespace

BlasFunctions blas_functions(void* library) {
    return {dlsym(library, "sgemm_"), dlsym(library, "dgemm_"), dlsym(library, "sgemv_"), dlsym(library, "dgemv_")};
}

std::string check_products(const BlasFunctions& blas) {
    if (blas.sgemm == nullptr || blas.dgemm == nullptr || blas.sgemv == nullptr || blas.dgemv == nullptr) {
        return "the library lacks sgemm, dgemm, sgemv or dgemv";
    }
    std::string wrong = check_gemm<float>(blas.sgemm, "sgemm");
    wrong = wrong.empty() ? check_gemm<double>(blas.dgemm, "dgemm") : wrong;
    wrong = wrong.empty() ? check_gemv<float>(blas.sgemv, "sgemv") : wrong;
    return wrong.empty() ? check_gemv<double>(blas.dgemv, "dgemv") : wrong;
}

}  // namespace r2t2
