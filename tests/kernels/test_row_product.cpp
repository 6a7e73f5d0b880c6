// y = x W^T + b and y = x W: right, and the same bits for a row whatever stands beside it.
#include <QTest>

#include <cmath>
#include <vector>

#include "core/base/random.h"
#include "kernels/row_product.h"

namespace {

using namespace r2t2;
using Numbers = std::vector<float>;

Numbers random_numbers(std::int64_t count, std::uint64_t seed) {
    RandomStream random(seed);
    Numbers out(static_cast<std::size_t>(count));
    for (float& value : out) {
        value = static_cast<float>(random.normal());
    }
    return out;
}

struct Product {
    std::int64_t inner = 0, columns = 0;
    Numbers weight, bias;  ///< [columns, inner], [columns]

    Product(std::int64_t k, std::int64_t n) : inner(k), columns(n), weight(random_numbers(k * n, 1)), bias(random_numbers(n, 2)) {}

    [[nodiscard]] Numbers panels() const {
        Numbers out(kernels::panel_numbers(inner, columns), NAN);
        kernels::pack_transposed_panels(weight.data(), inner, columns, out.data());
        return out;
    }
    [[nodiscard]] Numbers of(const float* x, std::int64_t rows, const Numbers& packed) const {
        Numbers out(std::size_t(rows * columns), NAN);
        kernels::row_product(x, rows, inner, packed.data(), columns, bias.data(), out.data());
        return out;
    }
};

class RowProductTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// Against sums in double; no number beyond y is touched; both ways of storing W give the same bits.
    void values() {
        for (const std::int64_t inner : {0, 1, 3, 16, 65}) {
            for (const std::int64_t columns : {1, 2, 15, 16, 17, 33, 48}) {
                const Product product(inner, columns);
                const Numbers packed = product.panels();
                Numbers turned(product.weight.size()), plain(packed.size(), NAN);
                for (std::int64_t c = 0; c < columns; ++c) {
                    for (std::int64_t k = 0; k < inner; ++k) {
                        turned[std::size_t(k * columns + c)] = product.weight[std::size_t(c * inner + k)];
                    }
                }
                kernels::pack_panels(turned.data(), inner, columns, plain.data());
                QVERIFY(plain == packed);
                for (std::int64_t rows = 0; rows <= 29; ++rows) {
                    const Numbers x = random_numbers(rows * inner, 3);
                    Numbers with(std::size_t(rows * columns + 1), 7.0F), without = with;
                    kernels::row_product(x.data(), rows, inner, packed.data(), columns, product.bias.data(), with.data());
                    kernels::row_product(x.data(), rows, inner, packed.data(), columns, nullptr, without.data());
                    QCOMPARE(with.back(), 7.0F);
                    QCOMPARE(without.back(), 7.0F);
                    for (std::int64_t i = 0; i < rows; ++i) {
                        for (std::int64_t c = 0; c < columns; ++c) {
                            double sum = 0.0, size = 0.0;
                            for (std::int64_t k = 0; k < inner; ++k) {
                                const double term = double(x[std::size_t(i * inner + k)]) * product.weight[std::size_t(c * inner + k)];
                                sum += term;
                                size += std::abs(term);
                            }
                            const double bias = product.bias[std::size_t(c)], bound = 6e-8 * double(inner + 2) * (size + std::abs(bias));
                            QVERIFY(std::abs(without[std::size_t(i * columns + c)] - sum) <= bound);
                            QVERIFY(std::abs(with[std::size_t(i * columns + c)] - sum - bias) <= bound);
                        }
                    }
                }
            }
        }
    }

    /// Every row alone, and in every group of neighbours from every place.
    void a_row_does_not_depend_on_its_neighbours() {
        for (const std::int64_t columns : {3, 16, 50}) {
            const Product product(67, columns);
            const Numbers packed = product.panels(), x = random_numbers(40 * product.inner, 4), all = product.of(x.data(), 40, packed);
            for (std::int64_t first = 0; first < 40; ++first) {
                for (std::int64_t rows = 1; rows <= 40 - first; ++rows) {
                    const Numbers some = product.of(x.data() + first * product.inner, rows, packed);
                    QVERIFY(std::equal(some.begin(), some.end(), all.begin() + first * columns));
                }
            }
        }
    }

    /// A number that is none stays in its row; one in W in its column.
    void what_is_no_number_stays_where_it_is() {
        Product product(20, 18);
        Numbers x = random_numbers(14 * 20, 5);
        const Numbers before = product.of(x.data(), 14, product.panels());
        x[5 * 20 + 3] = NAN;
        product.weight[17 * 20 + 1] = INFINITY;
        const Numbers after = product.of(x.data(), 14, product.panels());
        for (std::size_t i = 0; i < after.size(); ++i) {
            QCOMPARE(std::isfinite(after[i]), i / 18 != 5 && i % 18 != 17);
            QVERIFY(!std::isfinite(after[i]) || after[i] == before[i]);
        }
    }
};

}  // namespace

QTEST_APPLESS_MAIN(RowProductTest)
#include "test_row_product.moc"
