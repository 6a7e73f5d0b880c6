#include "core/model/steady_product.h"

#include <vector>

#include "core/model/torch_shim.h"
#include "core/model/worker_threads.h"
#include "kernels/row_product.h"

namespace r2t2 {

namespace {

enum class Stored { Transposed, Plain };

/// Multiply-adds of a piece that is worth a thread.
constexpr std::int64_t work_of_a_thread = 1 << 25;

bool is_plain(const at::Tensor& t) { return t.device().is_cpu() && t.scalar_type() == at::kFloat; }

bool is_steady(const at::Tensor& x, const at::Tensor& matrix) {
    return is_plain(x) && is_plain(matrix) && matrix.size(-1) * matrix.size(-2) <= kernels::row_product_weights;
}

/// One matrix's panels, in memory that a thread keeps.
const float* panels_of(const float* matrix, Stored stored, std::int64_t inner, std::int64_t columns) {
    thread_local std::vector<float> panels;
    panels.resize(std::max(panels.size(), kernels::panel_numbers(inner, columns)));
    if (stored == Stored::Transposed) {
        kernels::pack_transposed_panels(matrix, inner, columns, panels.data());
    } else {
        kernels::pack_panels(matrix, inner, columns, panels.data());
    }
    return panels.data();
}

at::Tensor by_panels(const at::Tensor& x_any, const at::Tensor& matrix_any, Stored stored, const at::Tensor& bias_any) {
    const at::Tensor x = x_any.contiguous(), matrix = matrix_any.contiguous();
    const at::Tensor bias = bias_any.defined() ? bias_any.contiguous() : bias_any;
    const std::int64_t inner = x.size(-1), rows = x.size(-2), columns = matrix.size(stored == Stored::Transposed ? -2 : -1);
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = columns;
    at::Tensor y = at::empty(shape, x.options());
    const std::int64_t products = x.dim() == 3 ? x.size(0) : 1;
    for (std::int64_t b = 0; b < products; ++b) {
        const float* panels = panels_of(matrix.data_ptr<float>() + b * inner * columns, stored, inner, columns);
        const float* from = x.data_ptr<float>() + b * rows * inner;
        float* to = y.data_ptr<float>() + b * rows * columns;
        share_out_rows(rows, std::max<std::int64_t>(1, work_of_a_thread / std::max<std::int64_t>(1, inner * columns)),
                       [&](std::int64_t begin, std::int64_t end) {
                           kernels::row_product(from + begin * inner, end - begin, inner, panels, columns,
                                                bias.defined() ? bias.data_ptr<float>() : nullptr, to + begin * columns);
                       });
    }
    return y;
}

}  // namespace

at::Tensor steady_product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    if (is_steady(x, weight) && (!bias.defined() || is_plain(bias))) {
        return by_panels(x, weight, Stored::Transposed, bias);
    }
    const at::Tensor turned = weight.transpose(-2, -1);
    return bias.defined() ? at::addmm(bias, x, turned) : x.dim() == 2 ? at::mm(x, turned) : at::bmm(x, turned);
}

at::Tensor steady_product_back(const at::Tensor& x, const at::Tensor& matrix) {
    if (is_steady(x, matrix)) {
        return by_panels(x, matrix, Stored::Plain, {});
    }
    return x.dim() == 2 ? at::mm(x, matrix) : at::bmm(x, matrix);
}

}  // namespace r2t2
