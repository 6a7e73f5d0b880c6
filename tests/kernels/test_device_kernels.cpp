// The CUDA kernels' own code on the CPU (cuda_on_cpu), and on a device where there is one: the same table.
#include <QtTest>

#include "cuda_bf16.h"
#include "cuda_fp16.h"
#include "kernels/cuda/device_kernels.h"
#include "kernels/kernel_checks.h"

using namespace r2t2::kernels;

class TestDeviceKernels final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void half_and_bfloat16_round_as_they_must();
    void every_kernel_is_its_cpu_version_data();
    void every_kernel_is_its_cpu_version();
    void sizes_that_are_not_served_launch_nothing();

private:
    static const DeviceCheck& check() {
        static const DeviceCheck once = check_device_kernels(0, 1, false);
        return once;
    }
};

/// The stand-ins' conversions: every float16 and back, and halfway cases.
void TestDeviceKernels::half_and_bfloat16_round_as_they_must() {
    for (unsigned bits = 0; bits < 0x10000U; ++bits) {
        const __half half{static_cast<std::uint16_t>(bits)};
        const float value = __half2float(half);
        if (!std::isnan(value)) {
            QCOMPARE(__float2half(value).bits, half.bits);
        }
        const __nv_bfloat16 brain{static_cast<std::uint16_t>(bits)};
        if (!std::isnan(__bfloat162float(brain))) {
            QCOMPARE(__float2bfloat16(__bfloat162float(brain)).bits, brain.bits);
        }
    }
    QCOMPARE(__float2half(1.0F + 0x1p-11F).bits, std::uint16_t{0x3c00});             // ties to even
    QCOMPARE(__float2half(1.0F + 0x1p-11F + 0x1p-20F).bits, std::uint16_t{0x3c01});
    QCOMPARE(__float2half(65519.0F).bits, std::uint16_t{0x7bff});
    QCOMPARE(__float2half(65520.0F).bits, std::uint16_t{0x7c00});
    QCOMPARE(__float2half(0x1p-25F).bits, std::uint16_t{0});
    QCOMPARE(__float2bfloat16(1.0F + 0x1p-8F).bits, std::uint16_t{0x3f80});
}

void TestDeviceKernels::every_kernel_is_its_cpu_version_data() {
    QTest::addColumn<std::size_t>("row");
    QVERIFY2(check().error.empty(), check().error.c_str());
    for (std::size_t i = 0; i < check().kernels.size(); ++i) {
        const KernelCheck& each = check().kernels[i];
        QTest::newRow((each.kernel + ", " + each.shape).c_str()) << i;
    }
}

void TestDeviceKernels::every_kernel_is_its_cpu_version() {
    QFETCH(std::size_t, row);
    const KernelCheck& one = check().kernels[row];
    QVERIFY2(one.error.empty(), one.error.c_str());
    QVERIFY(!one.reason.empty() && one.tolerance > 0.0);
    QVERIFY2(one.ok(), qPrintable(QStringLiteral("%1, allowed %2").arg(one.difference).arg(one.tolerance)));
}

void TestDeviceKernels::sizes_that_are_not_served_launch_nothing() {
    float number = 7.0F;
    QCOMPARE(cuda::mix_rows({2, 3, 4, 1, 5, 3}, cuda::Element::F32, &number, &number, &number, nullptr), cuda::kUnsupported);
    QCOMPARE(cuda::mix_rows({2, 2, 4, 3, 5, 3}, cuda::Element::F32, &number, &number, &number, nullptr), cuda::kUnsupported);
    QCOMPARE(cuda::mix_rows({2, 2, 4, 1, 5, 17}, cuda::Element::F32, &number, &number, &number, nullptr), cuda::kUnsupported);
    QCOMPARE(cuda::mix_rows_gradient({2, 2, 4, 1, 5, 3}, cuda::Element::F32, &number, &number, nullptr, &number, nullptr), cuda::kUnsupported);
    QCOMPARE(cuda::multiply_nf4(nullptr, nullptr, 4, 4, 9, cuda::Element::F32, &number, &number, nullptr), cuda::kUnsupported);
    QCOMPARE(cuda::mean_shift({1, 4, 6, 5, 1, ShiftKernel::Gaussian, 2, 1, 1}, &number, &number, &number, &number, nullptr), cuda::kUnsupported);
    QCOMPARE(number, 7.0F);
    QVERIFY(std::string(cuda::error_text(cuda::kUnsupported)).find("does not serve") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestDeviceKernels)
#include "test_device_kernels.moc"
