// What a linear layer costs in every form its weight may have: decoding alone, forward and backward for a few numbers of
// tokens, against float32. One MoAI-7B feed-forward matrix by default.
//
//   bench_linear [rows=14336] [columns=4096] [threads=1]
#include <ATen/Parallel.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "core/model/weight_matrix.h"
#include "tests/benchmarks/machine.h"

namespace {

using namespace r2t2;

/// Best of three, in milliseconds.
template <typename Function>
double milliseconds(Function&& function) {
    double best = 1e30;
    for (int i = 0; i < 3; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        function();
        best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    const auto argument = [&](int i, std::int64_t fallback) { return argc > i ? std::stoll(argv[i]) : fallback; };
    const std::int64_t rows = argument(1, 14336), columns = argument(2, 4096);
    configure_torch();
    at::set_num_threads(static_cast<int>(argument(3, 1)));
    bench::print_machine(at::get_num_threads());
    const at::Tensor dense = at::randn({rows, columns}) * 0.02;
    std::printf("[%lld, %lld], ms   MB    quantise  decode", static_cast<long long>(rows), static_cast<long long>(columns));
    const std::int64_t token_counts[] = {1, 64, 1300};
    for (const std::int64_t tokens : token_counts) {
        std::printf("   %4lld forward  backward", static_cast<long long>(tokens));
    }
    std::printf("\n");
    struct Form {
        const char* name;
        at::ScalarType type;
        WeightFormat format;
    };
    for (const Form& form : {Form{"fp32", at::kFloat, WeightFormat::Dense}, Form{"bf16", at::kBFloat16, WeightFormat::Dense},
                             Form{"int8", at::kFloat, WeightFormat::Int8}, Form{"nf4", at::kFloat, WeightFormat::Nf4}}) {
        WeightMatrix w;
        const double quantise = milliseconds([&] { w = WeightMatrix::quantise(dense.to(form.type), form.format); });
        const double decode = milliseconds([&] {
            for (std::int64_t row = 0; row + 256 <= rows; row += 256) {
                (void)w.dequantised_rows(row, row + 256, at::kFloat);
            }
        });
        std::printf("%-16s %6.0f %10.1f %7.1f", form.name, double(w.nbytes()) / 1e6, quantise, decode);
        for (const std::int64_t tokens : token_counts) {
            at::Tensor x = at::randn({1, tokens, columns}).to(form.type).requires_grad_(true);
            at::Tensor y;
            const double forward = milliseconds([&] { y = linear_layer(x, w, {}); });
            const at::Tensor dy = at::ones_like(y);
            const double backward = milliseconds([&] { linear_layer(x, w, {}).backward(dy); }) - forward;
            std::printf("   %12.1f  %8.1f", forward, backward);
        }
        std::printf("\n");
    }
    return 0;
}
