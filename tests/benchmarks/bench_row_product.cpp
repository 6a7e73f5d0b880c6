// Products with small weight matrices: kernels/row_product.h, its packing included, against at::mm (the BLAS that LibTorch brings), both
// as x W^T and as x W, by the shapes of the bundled model. Ratio below 1: ours takes less.
//
//   bench_row_product [threads=1]; OPENBLAS_CORETYPE=Haswell bench_row_product
#include <ATen/Parallel.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include "core/model/steady_product.h"
#include "core/model/torch_shim.h"
#include "tests/benchmarks/machine.h"

namespace {

using namespace r2t2;

/// Best of seven times two hundred, in microseconds.
template <typename Function>
double microseconds(Function&& function) {
    double best = 1e30;
    for (int i = 0; i < 7; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        for (int call = 0; call < 200; ++call) {
            function();
        }
        best = std::min(best, std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count() / 200);
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    configure_torch();
    at::set_num_threads(argc > 1 ? std::stoi(argv[1]) : 1);
    bench::print_machine(at::get_num_threads());
    const at::NoGradGuard no_grad;
    std::printf(" rows    K    N   x W^T: BLAS   ours ratio     x W: BLAS   ours ratio   us\n");
    constexpr std::array<std::array<std::int64_t, 3>, 9> shapes{
        {{480, 64, 64}, {480, 64, 192}, {480, 64, 8}, {480, 16, 64}, {240, 64, 160}, {240, 160, 64}, {120, 64, 366}, {40, 64, 64}, {8, 64, 64}}};
    for (const auto& [rows, inner, columns] : shapes) {
        const at::Tensor x = at::randn({rows, inner}), weight = at::randn({columns, inner}), plain = at::randn({inner, columns});
        const double blas = microseconds([&] { (void)at::mm(x, weight.t()); }), ours = microseconds([&] { (void)steady_product(x, weight); });
        const double blas_back = microseconds([&] { (void)at::mm(x, plain); }), ours_back = microseconds([&] { (void)steady_product_back(x, plain); });
        std::printf("%5lld %4lld %4lld %13.1f %6.1f %5.2f %13.1f %6.1f %5.2f\n", static_cast<long long>(rows), static_cast<long long>(inner),
                    static_cast<long long>(columns), blas, ours, ours / blas, blas_back, ours_back, ours_back / blas_back);
    }
    return 0;
}
