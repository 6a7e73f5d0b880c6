// Weights in 8 and 4 bits against the formulas: levels from the normal distribution, nearest codes, scales by rows and blocks.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/base/random.h"
#include "kernels/quantised_weights.h"

namespace {

using namespace r2t2;
using kernels::nf4_block;
using kernels::nf4_row_blocks;
using kernels::nf4_row_bytes;

std::vector<float> normal_values(std::int64_t count, std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<float> out(static_cast<std::size_t>(count));
    for (float& value : out) {
        value = static_cast<float>(random.normal());
    }
    return out;
}

/// x with P(normal <= x) = p, by bisection.
double normal_quantile(double p) {
    double low = -10, high = 10;
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high);
        (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
    }
    return low;
}

/// The level that code `i` of a row stands for.
double level(const std::vector<std::uint8_t>& codes, std::size_t i) {
    return kernels::r2t2_nf4_levels[i % 2 == 0 ? codes[i / 2] >> 4 : codes[i / 2] & 15];
}

}  // namespace

class TestQuantisedWeights : public QObject {
    Q_OBJECT

private Q_SLOTS:
    /// QLoRA's construction: 8 quantiles above zero, 7 below, zero itself; divided by the largest.
    void levels() {
        const double outermost = 0.9677083;
        std::vector<double> wanted{0.0};
        for (int i = 0; i < 8; ++i) {
            wanted.push_back(normal_quantile(outermost + (0.5 - outermost) * i / 8));
        }
        for (int i = 0; i < 7; ++i) {
            wanted.push_back(-normal_quantile(outermost + (0.5 - outermost) * i / 7));
        }
        std::sort(wanted.begin(), wanted.end());
        const double largest = wanted.back();
        QCOMPARE(wanted.size(), std::size_t(16));
        for (std::size_t i = 0; i < 16; ++i) {
            // the constants were made in float32
            QVERIFY2(std::abs(wanted[i] / largest - kernels::r2t2_nf4_levels[i]) < 1e-6, qPrintable(QString::number(i)));
        }
    }

    void nf4_data() {
        QTest::addColumn<int>("columns");
        for (const int columns : {1, 2, 63, 64, 65, 160, 4096}) {
            QTest::newRow(qPrintable(QString::number(columns))) << columns;
        }
    }
    void nf4() {
        QFETCH(int, columns);
        const std::int64_t rows = 5;
        const std::vector<float> w = normal_values(rows * columns, 3);
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(rows * nf4_row_bytes(columns)), 0xEE);
        std::vector<float> scales(static_cast<std::size_t>(rows * nf4_row_blocks(columns)));
        std::vector<float> back(w.size());
        kernels::r2t2_nf4_quantise(w.data(), rows, columns, codes.data(), scales.data());
        kernels::r2t2_nf4_dequantise(codes.data(), scales.data(), rows, columns, back.data());
        for (std::int64_t row = 0; row < rows; ++row) {
            const std::vector<std::uint8_t> row_codes(codes.begin() + row * nf4_row_bytes(columns),
                                                      codes.begin() + (row + 1) * nf4_row_bytes(columns));
            for (std::int64_t i = 0; i < columns; ++i) {
                const std::int64_t begin = i / nf4_block * nf4_block;
                const std::int64_t end = std::min<std::int64_t>(columns, begin + nf4_block);
                float largest = 0;
                for (std::int64_t j = begin; j < end; ++j) {
                    largest = std::max(largest, std::abs(w[std::size_t(row * columns + j)]));
                }
                QCOMPARE(scales[std::size_t(row * nf4_row_blocks(columns) + i / nf4_block)], largest);
                const double x = double(w[std::size_t(row * columns + i)]) / largest;
                double nearest = 10;
                for (const float candidate : kernels::r2t2_nf4_levels) {
                    nearest = std::min(nearest, std::abs(x - candidate));
                }
                const double chosen = level(row_codes, std::size_t(i));
                QVERIFY(std::abs(x - chosen) < nearest + 1e-7);  // as near as any, to a rounding of x
                QCOMPARE(back[std::size_t(row * columns + i)], largest * float(chosen));
            }
        }
    }

    /// Half way between two levels the lower one; levels themselves, blocks of zeros and the extremes exactly.
    void nf4Exact() {
        std::vector<float> w(2 * nf4_block, 0.0F);
        std::copy(std::begin(kernels::r2t2_nf4_levels), std::end(kernels::r2t2_nf4_levels), w.begin());
        for (std::size_t i = 0; i < 15; ++i) {
            w[16 + i] = 0.5F * (kernels::r2t2_nf4_levels[i] + kernels::r2t2_nf4_levels[i + 1]);
        }
        std::vector<std::uint8_t> codes(nf4_block);
        std::vector<float> scales(2), back(w.size());
        kernels::r2t2_nf4_quantise(w.data(), 1, 2 * nf4_block, codes.data(), scales.data());
        kernels::r2t2_nf4_dequantise(codes.data(), scales.data(), 1, 2 * nf4_block, back.data());
        for (std::size_t i = 0; i < 16; ++i) {
            QCOMPARE(back[i], w[i]);
        }
        for (std::size_t i = 0; i < 15; ++i) {
            QCOMPARE(back[16 + i], kernels::r2t2_nf4_levels[i]);
        }
        QCOMPARE(codes[0], std::uint8_t(0x01));  // the first code in the high half
        QCOMPARE(scales[1], 0.0F);
        QCOMPARE(std::count(back.begin() + nf4_block, back.end(), 0.0F), std::ptrdiff_t(nf4_block));
    }

    /// Mean squared error of a normal weight, both formats: what rounding costs, and a bound that a wrong level would break.
    void errorOfNormalWeights() {
        const std::int64_t rows = 64, columns = 1024;
        const std::vector<float> w = normal_values(rows * columns, 11);
        std::vector<float> back(w.size());
        const auto error = [&] {
            double sum = 0;
            for (std::size_t i = 0; i < w.size(); ++i) {
                sum += (double(w[i]) - back[i]) * (double(w[i]) - back[i]);
            }
            return std::sqrt(sum / double(w.size()));
        };
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(rows * nf4_row_bytes(columns)));
        std::vector<float> scales(static_cast<std::size_t>(rows * nf4_row_blocks(columns)));
        kernels::r2t2_nf4_quantise(w.data(), rows, columns, codes.data(), scales.data());
        kernels::r2t2_nf4_dequantise(codes.data(), scales.data(), rows, columns, back.data());
        const double nf4 = error();
        QVERIFY2(nf4 > 0.08 && nf4 < 0.10, qPrintable(QString::number(nf4)));
        std::vector<std::int8_t> bytes(w.size());
        std::vector<float> row_scales(static_cast<std::size_t>(rows));
        kernels::r2t2_int8_quantise(w.data(), rows, columns, bytes.data(), row_scales.data());
        kernels::r2t2_int8_dequantise(bytes.data(), row_scales.data(), rows, columns, back.data());
        // uniform rounding: step / sqrt(12) with steps of about 3.3 / 127
        const double mean_scale = std::accumulate(row_scales.begin(), row_scales.end(), 0.0) / double(rows);
        QVERIFY(std::abs(error() / (mean_scale / std::sqrt(12.0)) - 1) < 0.02);
    }

    void int8() {
        const std::int64_t rows = 7, columns = 33;
        std::vector<float> w = normal_values(rows * columns, 5);
        std::fill(w.begin(), w.begin() + columns, 0.0F);       // a row of zeros
        std::fill_n(w.begin() + columns, columns, 1e-44F);     // a row so small that its scale rounds
        w[2 * columns] = 127.0F;                               // scale 1: halves go to the even code
        w[2 * columns + 1] = 2.5F;
        w[2 * columns + 2] = -3.5F;
        std::vector<std::int8_t> codes(w.size());
        std::vector<float> scales(rows), back(w.size());
        kernels::r2t2_int8_quantise(w.data(), rows, columns, codes.data(), scales.data());
        kernels::r2t2_int8_dequantise(codes.data(), scales.data(), rows, columns, back.data());
        QCOMPARE(scales[0], 0.0F);
        QCOMPARE(std::count(back.begin(), back.begin() + columns, 0.0F), std::ptrdiff_t(columns));
        QCOMPARE(int(codes[2 * columns]), 127);
        QCOMPARE(int(codes[2 * columns + 1]), 2);
        QCOMPARE(int(codes[2 * columns + 2]), -4);
        for (std::int64_t row = 2; row < rows; ++row) {
            const auto begin = w.begin() + row * columns;
            float largest = 0;
            std::for_each(begin, begin + columns, [&](float x) { largest = std::max(largest, std::abs(x)); });
            QCOMPARE(scales[std::size_t(row)], largest / 127.0F);
            for (std::int64_t i = 0; i < columns; ++i) {
                const auto at = std::size_t(row * columns + i);
                QVERIFY(std::abs(w[at] - back[at]) <= scales[std::size_t(row)] * 0.500001F);
                QVERIFY(std::abs(int(codes[at])) <= 127);
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestQuantisedWeights)
#include "test_quantised_weights.moc"
