// Large blocks of torch on the CPU: what was freed is used again, within a limit, and given back when asked for. And loops shared out
// among threads.
#include <ATen/Parallel.h>

#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <set>
#include <thread>

#include "core/checkpoint/model_presets.h"
#include "core/checkpoint/random_checkpoint.h"
#include "core/model/activation_memory.h"
#include "core/model/moai_model.h"
#include "core/model/torch_shim.h"
#include "core/model/worker_threads.h"

using namespace r2t2;

namespace {

constexpr std::int64_t kMega = std::int64_t{1} << 20;

at::Tensor bytes_of(std::int64_t mega) {
    return at::empty({mega * kMega}, at::kByte);
}

}  // namespace

class TestActivationMemory final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        configure_torch();
#ifndef __linux__
        QSKIP("blocks are kept on Linux alone");
#endif
    }
    void init() {
        limit_activation_memory(64 * kMega);
        release_activation_memory();
        QCOMPARE(waiting_activation_memory(), std::size_t{0});
    }

    void freed_blocks_serve_the_next_request() {
        at::Tensor a = bytes_of(10);
        void* place = a.data_ptr();
        QCOMPARE(reinterpret_cast<std::uintptr_t>(place) % (2 * kMega), std::uintptr_t{0});
        a = at::Tensor();
        QCOMPARE(waiting_activation_memory(), std::size_t(10 * kMega));
        const at::Tensor larger = bytes_of(12);  // does not fit
        QVERIFY(larger.data_ptr() != place);
        const at::Tensor much_smaller = bytes_of(6);  // would waste two fifths
        QVERIFY(much_smaller.data_ptr() != place);
        const at::Tensor same = at::empty({10 * kMega - 17}, at::kByte);
        QCOMPARE(same.data_ptr(), place);
        QCOMPARE(waiting_activation_memory(), std::size_t{0});
    }

    void blocks_keep_their_size_however_little_is_asked_for() {
        at::Tensor a = bytes_of(18);
        void* place = a.data_ptr();
        a = at::Tensor();
        a = bytes_of(16);
        QCOMPARE(a.data_ptr(), place);
        a = at::Tensor();
        QCOMPARE(waiting_activation_memory(), std::size_t(18 * kMega));
        a = bytes_of(18);
        QCOMPARE(a.data_ptr(), place);
    }

    void small_blocks_are_torchs_own() {
        at::Tensor a = bytes_of(3);
        a = at::Tensor();
        QCOMPARE(waiting_activation_memory(), std::size_t{0});
    }

    void the_oldest_go_first() {
        limit_activation_memory(30 * kMega);
        std::vector<at::Tensor> blocks = {bytes_of(10), bytes_of(12), bytes_of(14)};
        void* last = blocks[2].data_ptr();
        for (at::Tensor& block : blocks) {
            block = at::Tensor();
        }
        QCOMPARE(waiting_activation_memory(), std::size_t(26 * kMega));  // 12 and 14
        const at::Tensor again = bytes_of(14);
        QCOMPARE(again.data_ptr(), last);
        limit_activation_memory(0);
        QCOMPARE(waiting_activation_memory(), std::size_t{0});
    }

    void a_block_above_the_limit_goes_at_once() {
        at::Tensor a = bytes_of(80);
        a = at::Tensor();
        QCOMPARE(waiting_activation_memory(), std::size_t{0});
    }

    void what_is_freed_elsewhere_comes_back_whole() {
        std::vector<std::thread> threads;
        std::atomic<int> wrong = 0;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&wrong, t] {
                for (int i = 0; i < 200; ++i) {
                    const at::Tensor a = at::full({(4 + (i * 7 + t) % 5) * kMega}, t + 1, at::kByte);
                    wrong += a[0].item<int>() != t + 1 || a[-1].item<int>() != t + 1 ? 1 : 0;
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(waiting_activation_memory() <= std::size_t(64 * kMega));
    }

    void more_than_there_is_stays_an_error() {
        bool thrown = false;
        try {
            const at::Tensor a = at::empty({std::int64_t{1} << 60}, at::kByte);
        } catch (const c10::Error& error) {
            thrown = std::string(error.what()).find("can't allocate memory") != std::string::npos;
        }
        QVERIFY(thrown);
    }

    void loops_are_shared_out_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("count");
        for (const int threads : {1, 2, 5}) {
            for (const int count : {0, 1, 3, 100}) {
                QTest::addRow("%d threads, %d pieces", threads, count) << threads << count;
            }
        }
    }
    void loops_are_shared_out() {
        QFETCH(int, threads);
        QFETCH(int, count);
        at::set_num_threads(threads);
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(count));
        std::atomic<int> recording = 0, wide = 0;
        share_out(count, [&](std::int64_t i) {
            ++seen[static_cast<std::size_t>(i)];
            recording += at::GradMode::is_enabled() ? 1 : 0;
            wide += threads > 1 && count > 1 && at::get_num_threads() != 1 ? 1 : 0;
        });
        for (const std::atomic<int>& times : seen) {
            QCOMPARE(times.load(), 1);
        }
        QCOMPARE(recording.load(), 0);
        QCOMPARE(wide.load(), 0);
        QCOMPARE(at::get_num_threads(), threads);
        QVERIFY(at::GradMode::is_enabled());
        at::set_num_threads(1);
    }

    /// Automatic: all processors from 256 image tokens on; one for smaller pictures, and for workers side by side.
    void processors_are_used_where_operations_are_long() {
        QTemporaryDir root;
        ModelConfig config = find_model_preset("small")->config;
        const auto losses = [&](const MoaiModel& model) {
            ModelInput input;
            const auto side = static_cast<std::size_t>(model.info().image_size);
            for (std::size_t i = 0; i < side * side * 3; ++i) {
                input.rgb.push_back(static_cast<std::uint8_t>(i * 31 % 251));
            }
            input.question = "what is it?";
            input.answer = "bus";
            const PreparedSamplePtr sample = model.prepare(input).value();
            const RoutedQuery query{sample.get(), RoutingAction::fixed(RoutingMatrix(1, 6, {.2, .3, .5, .3, .3, .4}))};
            return model.loss_and_gradient({&query, 1}, true).value()[0];
        };
        const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
        for (const int tokens : {225, 256}) {
            config.vision.image_size = (tokens == 225 ? 15 : 16) * config.vision.patch_size;
            const std::filesystem::path folder = root.filePath(QString::number(tokens)).toStdString();
            QVERIFY(write_random_checkpoint(config, folder, {}));
            ModelOptions options;
            options.intra_op_threads = 0;
            const auto model = MoaiModel::open(folder, options).value();
            const LossGradient wide = losses(*model);
            QCOMPARE(at::get_num_threads(), tokens == 256 ? processors : 1);
            model->work_side_by_side(true);
            const LossGradient narrow = losses(*model);
            QCOMPARE(at::get_num_threads(), 1);
            model->work_side_by_side(false);
            (void)losses(*model);
            QCOMPARE(at::get_num_threads(), tokens == 256 ? processors : 1);
            QVERIFY(std::abs(wide.loss - narrow.loss) < 1e-5);
            for (std::size_t e = 0; e < 6; ++e) {
                QVERIFY(std::abs(wide.gradient(0, e) - narrow.gradient(0, e)) < 1e-5);
            }
        }
        at::set_num_threads(1);
    }

    void a_failure_stops_the_loop_and_is_thrown_on() {
        at::set_num_threads(3);
        std::atomic<int> done = 0;
        QVERIFY_EXCEPTION_THROWN(share_out(100'000,
                                           [&](std::int64_t i) {
                                               if (i == 10) {
                                                   throw std::bad_alloc();
                                               }
                                               ++done;
                                           }),
                                 std::bad_alloc);
        QVERIFY(done < 100'000);
        QCOMPARE(at::get_num_threads(), 3);
        at::set_num_threads(1);
    }
};

QTEST_GUILESS_MAIN(TestActivationMemory)
#include "test_activation_memory.moc"
