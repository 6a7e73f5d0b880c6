// Sample lists for tests: summaries that cost time, and who asked for them.
#pragma once

#include <QCoreApplication>
#include <QThread>
#include <atomic>
#include <chrono>
#include <string>

#include "core/inspect/inspector.h"

namespace r2t2::ui {

/// Row i: id "<name>-i"; question in turn about red, green and blue things; outcomes in turns of ten: harmed, mended, wrong, error,
/// unknown, then five times right.
class FakeSamples final : public SampleList {
public:
    FakeSamples(std::string name, std::size_t size, std::chrono::microseconds cost = {})
        : name_(std::move(name)), size_(size), cost_(cost) {}

    [[nodiscard]] std::string name() const override { return name_; }
    [[nodiscard]] std::size_t size() const override { return size_; }
    [[nodiscard]] const std::vector<Error>& problems() const override { return problems_; }
    [[nodiscard]] bool stored() const override { return false; }
    [[nodiscard]] SampleSummary summary(std::size_t i) const override {
        (QThread::currentThread() == QCoreApplication::instance()->thread() ? calls_on_gui : calls_elsewhere)++;
        const auto until = std::chrono::steady_clock::now() + cost_;
        while (cost_.count() > 0 && std::chrono::steady_clock::now() < until) {  // work, not sleep
        }
        static const std::vector<std::string> colours = {"red", "green", "blue"};
        SampleSummary s;
        s.set = name_;
        s.id = name_ + "-" + std::to_string(i);
        s.question = "How many " + colours[i % 3] + " Squares are\nleft of the circle " + std::to_string(i % 7) + "?";
        s.truth = std::to_string(i % 5);
        s.native_answer = std::to_string(i % 4);
        s.final_answer = std::to_string(i % 5);
        s.family = i % 2 == 0 ? "counting" : "Spatial relation";
        s.domain = "shapes";
        const std::size_t turn = i % 10;
        if (turn == 3) {
            s.error = "picture is missing";
        }
        if (turn != 4) {
            s.native_correct = turn == 0 || turn > 4;
            s.final_correct = turn == 1 || turn > 4;
        }
        return s;
    }
    [[nodiscard]] Result<SamplePicture> picture(std::size_t i) const override {
        ++(QThread::currentThread() == QCoreApplication::instance()->thread() ? calls_on_gui : pictures);
        if (i % 10 == 3) {
            return Error{ErrorKind::NotFound, "picture-" + std::to_string(i), "", "nothing", "a file"};
        }
        SamplePicture picture;
        picture.image = {64, 32, std::vector<std::uint8_t>(64 * 32 * 3, 200)};
        return picture;
    }

    void leave_out(Error why) { problems_.push_back(std::move(why)); }

    mutable std::atomic<int> calls_on_gui{0}, calls_elsewhere{0}, pictures{0};

private:
    std::string name_;
    std::size_t size_;
    std::chrono::microseconds cost_;
    std::vector<Error> problems_;
};

}  // namespace r2t2::ui
