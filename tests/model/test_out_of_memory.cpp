// Memory that runs out at any allocation of the engine: batches are halved, then an error says what was attempted; nothing
// crashes, nothing leaks, and the model goes on as if nothing had been.
#include <c10/core/CPUAllocator.h>

#include <QtTest>
#include <atomic>

#include "core/miniature/sample.h"
#include "core/model/moai_model.h"

using namespace r2t2;

namespace {

/// torch's memory on the CPU, with failures on demand: from the n-th allocation on, `failures` of them; or beyond a budget.
class FailingAllocator final : public c10::Allocator {
public:
    // LibTorch 1.13 asks a const allocator, 2.x one that is not, and 2.x for copies too: no `override` fits both.
    c10::DataPtr allocate(std::size_t bytes) const { return take(bytes); }
    c10::DataPtr allocate(std::size_t bytes) { return take(bytes); }
    void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }

    void forget() {
        count = 0, fail_at = 0, failures = 0, budget = 0, refused = 0;
        failed = false;
    }

    mutable std::int64_t count = 0;
    std::int64_t fail_at = 0, failures = 0, budget = 0;
    bool as_bad_alloc = false;
    mutable bool failed = false;
    mutable std::int64_t refused = 0;
    static inline std::atomic<std::int64_t> live = 0, live_bytes = 0, peak_bytes = 0;

private:
    struct Block {
        c10::DataPtr data;
        std::int64_t bytes;
    };
    c10::DataPtr take(std::size_t bytes) const {
        ++count;
        const bool unlucky = fail_at > 0 && count >= fail_at && count < fail_at + failures;
        if (unlucky || (budget > 0 && live_bytes + std::int64_t(bytes) > budget)) {
            failed = true;
            ++refused;
            if (as_bad_alloc) {
                throw std::bad_alloc();
            }
            TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ", bytes, " bytes.");
        }
        auto* block = new Block{c10::GetDefaultCPUAllocator()->allocate(bytes), std::int64_t(bytes)};
        live_bytes += block->bytes;
        peak_bytes = std::max<std::int64_t>(peak_bytes, live_bytes);
        ++live;
        return {block->data.get(), block, &release, c10::Device(c10::DeviceType::CPU)};
    }
    static void release(void* context) {
        auto* block = static_cast<Block*>(context);
        live_bytes -= block->bytes;
        --live;
        delete block;
    }
};

FailingAllocator& allocator() {
    static FailingAllocator one;
    return one;
}

ModelInput input_of(int i) {
    const MiniatureSample sample = make_sample(default_world(), "test", 7, i).value();
    ModelInput input;
    input.rgb = sample.image.rgb;
    input.question = sample.question;
    input.facts_text = facts_text(sample);
    input.answer = sample.answer;
    return input;
}

double largest_difference(const std::vector<LossGradient>& a, const std::vector<LossGradient>& b) {
    double worst = a.size() == b.size() ? 0 : 1e30;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, std::abs(a[i].loss - b[i].loss));
        for (std::size_t e = 0; e < a[i].gradient.values().size(); ++e) {
            worst = std::max(worst, std::abs(a[i].gradient.values()[e] - b[i].gradient.values()[e]));
        }
    }
    return worst;
}

bool same_answers(const std::vector<Answer>& a, const std::vector<Answer>& b, double tolerance) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].tokens != b[i].tokens || std::abs(a[i].confidence - b[i].confidence) > tolerance) {
            return false;
        }
    }
    return a.size() == b.size();
}

constexpr double batch_tolerance = 2e-5;  // losses and gradients in float32: sums in another order (test_model_batches)

}  // namespace

class TestOutOfMemory : public QObject {
    Q_OBJECT

    std::shared_ptr<const MoaiModel> model_;
    std::vector<PreparedSamplePtr> samples_;
    std::vector<RoutedQuery> queries_;
    std::vector<LossGradient> losses_;
    std::vector<Answer> answers_;

    [[nodiscard]] Result<std::vector<LossGradient>> losses() const { return model_->loss_and_gradient(queries_, true); }
    [[nodiscard]] Result<std::vector<Answer>> answers() const { return model_->answer(queries_); }

    /// Runs `call` with a failure at allocation 1, 2, ... until it gets by without one; `check` sees every outcome.
    template <typename Call, typename Check>
    void at_every_allocation(std::int64_t failures, Call&& call, Check&& check) {
        int tried = 0;
        for (std::int64_t n = 1;; ++n) {
            allocator().forget();
            allocator().as_bad_alloc = n % 2 == 0;
            allocator().fail_at = n;
            allocator().failures = failures;
            model_->forget_failed_batches();
            const auto result = call();
            const bool failed = allocator().failed;
            allocator().forget();
            if (!failed) {
                QVERIFY(result.ok());
                break;
            }
            ++tried;
            check(result);
            if (QTest::currentTestFailed()) {
                qInfo("at allocation %lld", static_cast<long long>(n));
                return;
            }
        }
        qInfo("%d places of failure", tried);
        QVERIFY(tried > 20);
    }

    void check_message(const Error& error, const char* what) const {
        QCOMPARE(error.kind, ErrorKind::OutOfMemory);
        const std::string text = error.message();
        for (const char* part : {what, "not enough memory for", "tokens in fp32 on cpu", "--precision int8 or nf4", "--side-by-side 1"}) {
            QVERIFY2(text.find(part) != std::string::npos, text.c_str());
        }
    }
    void check_unharmed() const {
        model_->forget_failed_batches();
        QVERIFY(largest_difference(losses().value(), losses_) == 0);
        QVERIFY(same_answers(answers().value(), answers_, 0));
    }

private Q_SLOTS:
    void initTestCase() {
        c10::SetCPUAllocator(&allocator(), /*priority=*/100);
        model_ = MoaiModel::open(R2T2_SOURCE_DIR "/resources/miniature", {}).value();
        for (int i = 0; i < 4; ++i) {
            samples_.push_back(model_->prepare(input_of(i)).value());
            RoutingMatrix weights(1, 6, std::vector<double>{0.5, 0.3, 0.2, 0.1, 0.2, 0.7});
            queries_.push_back({samples_.back().get(), RoutingAction::fixed(weights)});
        }
        losses_ = losses().value();
        answers_ = answers().value();
        QVERIFY(FailingAllocator::live > 0);
        check_unharmed();
    }

    /// One failure: the halves give what the whole batch gives.
    void oneFailure() {
        at_every_allocation(1, [this] { return losses(); }, [this](const auto& result) {
            QVERIFY2(result.ok(), result.ok() ? "" : result.error().message().c_str());
            QVERIFY(largest_difference(*result, losses_) < batch_tolerance);
        });
        at_every_allocation(1, [this] { return answers(); }, [this](const auto& result) {
            QVERIFY2(result.ok(), result.ok() ? "" : result.error().message().c_str());
            QVERIFY(same_answers(*result, answers_, batch_tolerance));
        });
        check_unharmed();
    }

    /// No memory from there on: an error that says what was attempted; afterwards every bit as before, and no byte more in use.
    void noMemoryAtAll() {
        check_unharmed();
        const std::int64_t live = FailingAllocator::live, bytes = FailingAllocator::live_bytes;
        constexpr std::int64_t for_good = 1'000'000'000;
        at_every_allocation(for_good, [this] { return losses(); }, [&](const auto& result) {
            QVERIFY(!result.ok());
            check_message(result.error(), "loss and gradient");
            QVERIFY(result.error().message().find("4 samples") != std::string::npos);
        });
        at_every_allocation(for_good, [this] { return answers(); }, [&](const auto& result) {
            QVERIFY(!result.ok());
            check_message(result.error(), "answer");
        });
        check_unharmed();
        QCOMPARE(FailingAllocator::live.load(), live);
        QCOMPARE(FailingAllocator::live_bytes.load(), bytes);
    }

    void preparation() {
        const ModelInput input = input_of(9);
        ModelInput shared = input;
        shared.image_key = "kept";  // features in the cache, which is dropped
        const auto loss_of = [this](const PreparedSamplePtr& sample) {
            const RoutedQuery query{sample.get(), {}};
            return model_->loss_and_gradient({&query, 1}, false).value()[0].loss;
        };
        const double exact = loss_of(model_->prepare(input).value());
        at_every_allocation(1, [&] { return model_->prepare(shared); }, [&](const auto& result) {
            QVERIFY2(result.ok(), result.ok() ? "" : result.error().message().c_str());
            QCOMPARE(loss_of(*result), exact);
        });
        at_every_allocation(1'000'000'000, [&] { return model_->prepare(input); }, [&](const auto& result) {
            QVERIFY(!result.ok());
            check_message(result.error(), "prepare sample");
        });
        at_every_allocation(1'000'000'000, [&] { return model_->look(*samples_[0], {}); }, [&](const auto& result) {
            QVERIFY(!result.ok());
            check_message(result.error(), "look");
        });
        QCOMPARE(loss_of(model_->prepare(input).value()), exact);
        check_unharmed();
    }

    /// While weights are read, stacked and merged.
    void opening() {
        const std::int64_t live = FailingAllocator::live;
        for (const Precision precision : {Precision::Float32, Precision::Nf4}) {
            ModelOptions options;
            options.precision = precision;
            at_every_allocation(1, [&] { return MoaiModel::open(R2T2_SOURCE_DIR "/resources/miniature", options); }, [&](const auto& result) {
                QVERIFY(!result.ok());
                QCOMPARE(result.error().kind, ErrorKind::OutOfMemory);
                const std::string text = result.error().message();
                QVERIFY2(text.find("resources/miniature: open model") != std::string::npos, text.c_str());
                QVERIFY2(text.find(precision == Precision::Nf4 ? "in nf4 on cpu" : "allowed: --precision int8 or nf4") != std::string::npos, text.c_str());
            });
        }
        QCOMPARE(FailingAllocator::live.load(), live);
    }

    /// A budget that four samples exceed and two keep: no error at all. One that none keeps: an error.
    void budget() {
        check_unharmed();
        const auto peak_of = [this](std::size_t count) {
            FailingAllocator::peak_bytes = FailingAllocator::live_bytes.load();
            const bool ok = model_->loss_and_gradient(std::span(queries_).first(count), true).ok();
            return ok ? FailingAllocator::peak_bytes.load() : 0;
        };
        (void)peak_of(1), (void)peak_of(2);  // packs of four are forgotten
        const std::int64_t one = peak_of(1), two = peak_of(2), four = peak_of(4);
        QVERIFY(one < two && two < four);
        (void)peak_of(1), (void)peak_of(2);
        allocator().forget();
        allocator().budget = (two + four) / 2;
        const auto halved = losses();
        QVERIFY(allocator().failed);
        allocator().forget();
        QVERIFY2(halved.ok(), halved.ok() ? "" : halved.error().message().c_str());
        QVERIFY(largest_difference(*halved, losses_) < batch_tolerance);
        (void)peak_of(1), (void)model_->answer(std::span(queries_).first(1));  // packs of one hold next to nothing that could be dropped
        allocator().budget = FailingAllocator::live_bytes + 1000;
        const auto none = losses();
        allocator().forget();
        QVERIFY(!none.ok());
        check_message(none.error(), "loss and gradient");
        check_unharmed();
    }

    /// A descent on a device that holds two of four samples: the first step finds that out, the others know it, to the same bits.
    /// Once there is memory again whole batches come back by themselves.
    void whatFailedIsRemembered() {
        const auto peak_of = [this](std::size_t count) {
            FailingAllocator::peak_bytes = FailingAllocator::live_bytes.load();
            return model_->loss_and_gradient(std::span(queries_).first(count), true).ok() ? FailingAllocator::peak_bytes.load() : 0;
        };
        check_unharmed();
        (void)peak_of(1), (void)peak_of(2);
        const std::int64_t two = peak_of(2), four = peak_of(4);
        (void)peak_of(1), (void)peak_of(2);
        allocator().forget();
        allocator().budget = (two + four) / 2;
        const auto first = losses();
        QVERIFY(first.ok());
        QCOMPARE(allocator().refused, std::int64_t(1));
        for (int step = 1; step < 10; ++step) {
            const auto next = losses();
            QVERIFY(next.ok());
            QVERIFY(largest_difference(*next, *first) == 0);
        }
        QCOMPARE(allocator().refused, std::int64_t(1));
        allocator().forget();
        const auto is_whole = [&] {  // its numbers are those of halves: only what it needs at once tells them apart
            FailingAllocator::peak_bytes = FailingAllocator::live_bytes.load();
            return losses().ok() && FailingAllocator::peak_bytes.load() > (two + four) / 2;
        };
        int calls = 0;
        while (!is_whole() && calls < 100) {
            ++calls;
        }
        QVERIFY2(calls > 0 && calls < BatchLimit::kSkipsBeforeTry, qPrintable(QString::number(calls)));
        check_unharmed();
    }

    /// Passes are counted once, whatever was tried again.
    void passes() {
        const RoutedModel::Passes before = model_->passes();
        allocator().forget();
        allocator().fail_at = 50;
        allocator().failures = 1;
        QVERIFY(losses().ok());
        allocator().forget();
        QCOMPARE(model_->passes().forward - before.forward, std::int64_t(4));
        QCOMPARE(model_->passes().backward - before.backward, std::int64_t(4));
    }
};

QTEST_GUILESS_MAIN(TestOutOfMemory)
#include "test_out_of_memory.moc"
