#include "kernels/kernel_checks.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "kernels/cuda/device_types.h"
#include "kernels/decoder_rows.h"
#include "kernels/quantised_weights.h"

namespace r2t2::kernels {

namespace {

using cuda::Element;

/// Normal-looking numbers from a counter, the same everywhere.
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : state_(seed) {}
    float next() {
        float sum = 0.0F;
        for (int i = 0; i < 4; ++i) {
            state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
            sum += static_cast<float>(state_ >> 40U) / 8388608.0F - 1.0F;
        }
        return sum;
    }
    std::vector<float> some(std::int64_t count, float scale = 1.0F) {
        std::vector<float> out(static_cast<std::size_t>(count));
        std::generate(out.begin(), out.end(), [&] { return scale * next(); });
        return out;
    }
    std::vector<float> positive(std::int64_t count) {
        std::vector<float> out = some(count);
        std::transform(out.begin(), out.end(), out.begin(), [](float value) { return std::fabs(value) + 0.01F; });
        return out;
    }

private:
    std::uint64_t state_;
};

/// Device memory that goes with its scope. The first error of a check is kept.
class Memory {
public:
    explicit Memory(std::string& error) : error_(error) {}
    ~Memory() {
        for (void* each : held_) {
            cudaFree(each);
        }
    }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    void* take(std::size_t bytes) {
        void* out = nullptr;
        note(cudaMalloc(&out, std::max<std::size_t>(bytes, 1)));
        if (out != nullptr) {
            held_.push_back(out);
        }
        return out;
    }
    template <typename T>
    T* copy(const std::vector<T>& values) {
        void* out = take(values.size() * sizeof(T));
        if (error_.empty()) {
            note(cudaMemcpy(out, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
        }
        return static_cast<T*>(out);
    }
    template <typename T>
    std::vector<T> back(const void* from, std::int64_t count) {
        std::vector<T> out(static_cast<std::size_t>(count));
        if (error_.empty()) {
            note(cudaDeviceSynchronize());
            note(cudaMemcpy(out.data(), from, out.size() * sizeof(T), cudaMemcpyDeviceToHost));
        }
        return out;
    }
    void note(cudaError_t code) { note(static_cast<int>(code)); }
    void note(int code) {
        if (code != 0 && error_.empty()) {
            error_ = cuda::error_text(code);
        }
    }

private:
    std::string& error_;
    std::vector<void*> held_;
};

template <typename T>
std::vector<T> narrowed(const std::vector<float>& values) {
    std::vector<T> out;
    for (const float value : values) {
        out.push_back(cuda::from_float<T>(value));
    }
    return out;
}

template <typename T>
std::vector<float> widened(const std::vector<T>& values) {
    std::vector<float> out;
    for (const T& value : values) {
        out.push_back(cuda::as_float(value));
    }
    return out;
}

double largest_difference(const std::vector<float>& found, const std::vector<float>& expected) {
    double largest = 0.0, worst = found.size() == expected.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < std::min(found.size(), expected.size()); ++i) {
        largest = std::max(largest, std::fabs(double(expected[i])));
        const double gap = std::fabs(double(found[i]) - double(expected[i]));
        worst = gap <= worst ? worst : gap;  // NaN counts as the worst
        worst = std::isnan(gap) ? INFINITY : worst;
    }
    return largest > 0.0 ? worst / largest : worst;
}

/// Half a unit in the last place of a result of the element's type, relative; with float32 the order of the sum decides.
struct Rounding {
    Element type;
    const char* name;
    double tolerance;
    const char* reason;
};
constexpr Rounding kF32{Element::F32, "f32", 2e-6, "order of float32 sums"};
constexpr Rounding kF16{Element::F16, "f16", 6e-4, "one rounding to float16 (2^-11), sums in float32"};
constexpr Rounding kBf16{Element::BF16, "bf16", 5e-3, "one rounding to bfloat16 (2^-8), sums in float32"};

template <typename T>
constexpr Rounding rounding_of() {
    return std::is_same_v<T, float> ? kF32 : std::is_same_v<T, __half> ? kF16 : kBf16;
}

class Table {
public:
    explicit Table(std::uint64_t seed) : numbers_(seed) {}
    [[nodiscard]] std::vector<KernelCheck> take() { return std::move(checks_); }

    template <typename T>
    void mixing(const cuda::MixShape& shape) {
        const Rounding rounding = rounding_of<T>();
        const std::string size = std::to_string(shape.batch) + " gates on " + std::to_string(shape.row_batch) + " x " + std::to_string(shape.tokens) +
                                 " tokens, " + std::to_string(shape.experts) + " experts, " + std::to_string(shape.width) + " wide" +
                                 (shape.gate_tokens == 1 ? "" : ", a gate a token");
        const std::vector<T> rows = narrowed<T>(numbers_.some(shape.row_batch * shape.tokens * shape.experts * shape.width));
        const std::vector<float> gates = numbers_.positive(shape.batch * shape.gate_tokens * shape.experts);
        const std::vector<T> dout = narrowed<T>(numbers_.some(shape.batch * shape.tokens * shape.width, 0.1F));
        const std::int64_t outputs = shape.batch * shape.tokens * shape.width, gradients = std::int64_t(gates.size());
        // The CPU's version, a batch row at a time: it knows no shared rows.
        const std::vector<float> wide = widened(rows), wide_dout = widened(dout);
        std::vector<float> out(static_cast<std::size_t>(outputs)), dgates(gates.size());
        const std::int64_t row_size = shape.tokens * shape.experts * shape.width, out_size = shape.tokens * shape.width;
        const std::int64_t gate_size = shape.gate_tokens * shape.experts, shared = shape.gate_tokens == 1 ? shape.tokens : 1;
        for (std::int64_t b = 0; b < shape.batch; ++b) {
            const float* own = wide.data() + (shape.row_batch == 1 ? 0 : b * row_size);
            mix_rows_forward<float>(own, gates.data() + b * gate_size, shape.tokens, shared, shape.experts, shape.width, out.data() + b * out_size);
            mix_rows_backward<float>(wide_dout.data() + b * out_size, own, shape.tokens, shared, shape.experts, shape.width, dgates.data() + b * gate_size);
        }
        add(std::string("mix_rows ") + rounding.name, size, rounding, out, [&](Memory& memory) {
            void* result = memory.take(out.size() * sizeof(T));
            const void *a = memory.copy(rows);
            const float* g = memory.copy(gates);
            memory.note(cuda::mix_rows(shape, rounding.type, a, g, result, nullptr));
            return widened(memory.template back<T>(result, outputs));
        });
        const Rounding sums{rounding.type, rounding.name, 2e-5, "order of float32 sums over tokens and columns; inputs exact"};
        add(std::string("mix_rows_gradient ") + rounding.name, size, sums, dgates, [&](Memory& memory) {
            void* result = memory.take(dgates.size() * sizeof(float));
            auto* partial = static_cast<float*>(memory.take(static_cast<std::size_t>(shape.batch * shape.tokens * shape.experts) * sizeof(float)));
            const void *a = memory.copy(rows), *d = memory.copy(dout);
            memory.note(cuda::mix_rows_gradient(shape, rounding.type, a, d, partial, static_cast<float*>(result), nullptr));
            return memory.back<float>(result, gradients);
        });
    }

    template <typename T>
    void quantised(std::int64_t rows, std::int64_t columns, std::int64_t m) {
        const std::vector<float> w = numbers_.some(rows * columns, 0.02F);
        std::vector<std::int8_t> eight(w.size());
        std::vector<float> eight_scales(static_cast<std::size_t>(rows));
        r2t2_int8_quantise(w.data(), rows, columns, eight.data(), eight_scales.data());
        std::vector<std::uint8_t> four(static_cast<std::size_t>(rows * nf4_row_bytes(columns)));
        std::vector<float> four_scales(static_cast<std::size_t>(rows * nf4_row_blocks(columns)));
        r2t2_nf4_quantise(w.data(), rows, columns, four.data(), four_scales.data());
        const std::vector<T> x = narrowed<T>(numbers_.some(m * columns));
        const std::string size = std::to_string(rows) + " x " + std::to_string(columns);
        std::vector<float> plain(w.size());
        r2t2_int8_dequantise(eight.data(), eight_scales.data(), rows, columns, plain.data());
        quantised_format<T>("int8", size, plain, x, rows, columns, m, eight, eight_scales, cuda::dequantise_int8, cuda::multiply_int8);
        r2t2_nf4_dequantise(four.data(), four_scales.data(), rows, columns, plain.data());
        quantised_format<T>("nf4", size, plain, x, rows, columns, m, four, four_scales, cuda::dequantise_nf4, cuda::multiply_nf4);
    }

    void mean_shifts(const MeanShiftShape& shape) {
        const std::vector<float> points = simplex_rows(shape.points, shape.experts), start = simplex_rows(shape.samples, shape.experts);
        const std::vector<float> bandwidth(static_cast<std::size_t>(shape.samples), 0.15F);
        std::vector<float> at = start, density(bandwidth.size());
        mean_shift_batch(shape, points.data(), bandwidth.data(), at.data(), density.data());
        at.insert(at.end(), density.begin(), density.end());
        const Rounding rounding{Element::F32, "", 2e-4, "float32 sums, and the device's exp and pow, over all rounds"};
        const std::string size = std::to_string(shape.samples) + " samples, " + std::to_string(shape.points) + " points, k " + std::to_string(shape.k) +
                                 ", " + std::to_string(shape.rounds) + " rounds, kernel " + std::to_string(static_cast<int>(shape.kernel));
        add("mean_shift", size, rounding, at, [&](Memory& memory) {
            float* moved = memory.copy(start);
            auto* values = static_cast<float*>(memory.take(density.size() * sizeof(float)));
            memory.note(cuda::mean_shift(shape, memory.copy(points), memory.copy(bandwidth), moved, values, nullptr));
            std::vector<float> out = memory.back<float>(moved, std::int64_t(start.size()));
            const std::vector<float> more = memory.back<float>(values, std::int64_t(density.size()));
            out.insert(out.end(), more.begin(), more.end());
            return out;
        });
    }

    void means(std::int64_t samples, int k, int experts, std::int64_t count) {
        const std::vector<float> points = simplex_rows(count, experts);
        std::vector<float> w = numbers_.positive(samples * k);
        std::fill(w.begin(), w.begin() + k, 0.0F);  // the first sample has no usable weight
        std::vector<std::int32_t> index(w.size());
        for (std::size_t i = 0; i < index.size(); ++i) {
            index[i] = static_cast<std::int32_t>((i * 7919) % static_cast<std::size_t>(count));
        }
        std::vector<float> out(static_cast<std::size_t>(samples * experts));
        weighted_means(samples, k, experts, index.data(), w.data(), points.data(), out.data());
        add("weighted_means", std::to_string(samples) + " samples, k " + std::to_string(k), kF32, out, [&](Memory& memory) {
            void* result = memory.take(out.size() * sizeof(float));
            memory.note(cuda::means(samples, k, experts, memory.copy(index), memory.copy(w), memory.copy(points), static_cast<float*>(result), nullptr));
            return memory.back<float>(result, std::int64_t(out.size()));
        });
    }

    void projection(std::int64_t n, std::int64_t d) {
        const std::vector<float> rows = numbers_.some(n * d), mean = numbers_.some(d), axes = numbers_.some(2 * d, 0.1F);
        std::vector<float> out(static_cast<std::size_t>(2 * n));
        project_points(n, d, rows.data(), mean.data(), axes.data(), out.data());
        const Rounding rounding{Element::F32, "", 1e-5, "order of float32 sums over the dimensions"};
        add("project_points", std::to_string(n) + " x " + std::to_string(d), rounding, out, [&](Memory& memory) {
            void* result = memory.take(out.size() * sizeof(float));
            memory.note(cuda::project(n, d, memory.copy(rows), memory.copy(mean), memory.copy(axes), static_cast<float*>(result), nullptr));
            return memory.back<float>(result, 2 * n);
        });
    }

private:
    template <typename Run>
    void add(std::string kernel, std::string shape, const Rounding& rounding, const std::vector<float>& expected, Run&& run) {
        KernelCheck check{std::move(kernel), std::move(shape), 0.0, rounding.tolerance, rounding.reason, {}};
        Memory memory(check.error);
        const std::vector<float> found = run(memory);
        check.difference = check.error.empty() ? largest_difference(found, expected) : 0.0;
        checks_.push_back(std::move(check));
    }

    template <typename T, typename Code, typename Decode, typename Multiply>
    void quantised_format(const std::string& format, const std::string& size, const std::vector<float>& plain, const std::vector<T>& x, std::int64_t rows,
                          std::int64_t columns, std::int64_t m, const std::vector<Code>& codes, const std::vector<float>& scales, Decode decode, Multiply multiply) {
        const Rounding rounding = rounding_of<T>();
        add("dequantise_" + format + " " + rounding.name, size, rounding, plain, [&](Memory& memory) {
            void* result = memory.take(plain.size() * sizeof(T));
            memory.note(decode(memory.copy(codes), memory.copy(scales), rows, columns, rounding.type, result, nullptr));
            return widened(memory.template back<T>(result, rows * columns));
        });
        const std::vector<float> wide = widened(x);
        std::vector<float> y(static_cast<std::size_t>(m * rows));
        for (std::int64_t i = 0; i < m; ++i) {
            for (std::int64_t o = 0; o < rows; ++o) {
                double sum = 0.0;
                for (std::int64_t c = 0; c < columns; ++c) {
                    sum += double(plain[static_cast<std::size_t>(o * columns + c)]) * wide[static_cast<std::size_t>(i * columns + c)];
                }
                y[static_cast<std::size_t>(i * rows + o)] = static_cast<float>(sum);
            }
        }
        const Rounding product{rounding.type, rounding.name, rounding.tolerance + 1e-5, rounding.reason};
        add("multiply_" + format + " " + rounding.name, std::to_string(m) + " rows by " + size, product, y, [&](Memory& memory) {
            void* result = memory.take(y.size() * sizeof(T));
            memory.note(multiply(memory.copy(codes), memory.copy(scales), rows, columns, m, rounding.type, memory.copy(x), result, nullptr));
            return widened(memory.template back<T>(result, m * rows));
        });
    }

    std::vector<float> simplex_rows(std::int64_t count, int experts) {
        std::vector<float> out = numbers_.positive(count * experts);
        for (std::int64_t i = 0; i < count; ++i) {
            float sum = 0.0F;
            for (int e = 0; e < experts; ++e) {
                sum += out[static_cast<std::size_t>(i * experts + e)];
            }
            for (int e = 0; e < experts; ++e) {
                out[static_cast<std::size_t>(i * experts + e)] *= 2.0F / sum;
            }
        }
        return out;
    }

    Numbers numbers_;
    std::vector<KernelCheck> checks_;
};

template <typename T>
void by_type(Table& table, bool large) {
    table.mixing<T>({2, 2, 5, 1, 130, 3});
    table.mixing<T>({7, 1, 4, 1, 64, 3});    // one sample under many gates
    table.mixing<T>({2, 2, 3, 3, 33, 6});    // a gate a token; odd width
    table.mixing<T>({1, 1, 1, 1, 1, 16});
    table.quantised<T>(9, 130, 3);           // blocks that do not divide
    table.quantised<T>(4, 65, 8);            // an odd number of columns
    table.quantised<T>(1, 1, 1);
    if (large) {
        table.mixing<T>({5, 5, 1225, 1, 6144, 3});
        table.mixing<T>({32, 1, 1225, 1, 6144, 3});
        table.quantised<T>(6144, 4096, 1);
    }
}

}  // namespace

DeviceCheck check_device_kernels(int device, std::uint64_t seed, bool large) {
    DeviceCheck out;
    int count = 0;
    cudaError_t code = cudaGetDeviceCount(&count);
    code = code == cudaSuccess && device < count ? cudaSetDevice(device) : code;
    cudaDeviceProp properties{};
    code = code == cudaSuccess && device < count ? cudaGetDeviceProperties(&properties, device) : code;
    if (code != cudaSuccess || device >= count) {
        (void)cudaGetLastError();  // it would be the next launch's
        out.error = code != cudaSuccess ? cudaGetErrorString(code) : "device " + std::to_string(device) + " of " + std::to_string(count);
        return out;
    }
    out.device = std::string(properties.name) + ", compute capability " + std::to_string(properties.major) + "." + std::to_string(properties.minor);
    Table table(seed);
    by_type<float>(table, large);
    by_type<__half>(table, large);
    by_type<__nv_bfloat16>(table, large);
    for (const ShiftKernel kernel : {ShiftKernel::Gaussian, ShiftKernel::Linear, ShiftKernel::Polynomial, ShiftKernel::Matern32}) {
        table.mean_shifts({3, 40, 6, 5, 4, kernel, 2.0F, 1.0F, 0.7F});
    }
    table.mean_shifts({2, 7, 7, 7, 3, ShiftKernel::Gaussian, 2.0F, 1.0F, 1.0F});  // every point is a neighbour; seven experts
    table.means(6, 5, 6, 40);
    table.projection(9, 75);
    if (large) {
        table.mean_shifts({64, 45'000, 6, 20, 5, ShiftKernel::Gaussian, 2.0F, 1.0F, 1.0F});
        table.means(45'000, 20, 6, 45'000);
        table.projection(45'000, 1024);
    }
    out.kernels = table.take();
    return out;
}

}  // namespace r2t2::kernels
