// Several samples' re-routings side by side, their model calls merged into one batch.
//
// A small model spends much of its time between operations; four samples in one batch cost far less than four batches.
// Each client is a thread that runs a method on one sample and blocks in its model calls; the serving thread waits
// until every client that is still there has asked, merges what may share a batch (in the clients' order) and answers.
// So the batches, and with them every last bit, depend on the group alone, never on timing.
// Thread rule: one `Client` belongs to one thread; `serve` runs on the thread that owns the group.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "core/routing/routed_model.h"

namespace r2t2 {

/// Calls work(model, i) for i = 0 .. count-1, each on a thread of its own with merged model calls; one alone runs
/// here, on `inner` itself. Returns when all have, or throws what one threw (memory that ran out). Where the system has no more
/// threads, those that got none run here afterwards, one by one: the last digits are then those of another group.
void run_in_lockstep(const RoutedModel& inner, std::size_t count,
                     const std::function<void(const RoutedModel& model, std::size_t i)>& work);

class LockstepModel {
    struct Request;

public:
    LockstepModel(const RoutedModel& inner, std::size_t clients) : inner_(inner), slots_(clients), live_(clients) {}

    class Client final : public RoutedModel {
    public:
        Client(LockstepModel& owner, std::size_t id) : owner_(owner), id_(id) {}
        [[nodiscard]] const RoutingSpace& routing_space() const override { return owner_.inner_.routing_space(); }
        [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                          bool gradient) const override;
        [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override;
        [[nodiscard]] Passes passes() const override { return passes_; }
        /// The client asks no more. Must be called once, last.
        void leave() { owner_.leave(); }

    private:
        LockstepModel& owner_;
        std::size_t id_;
        void ask(Request& request) const;
        mutable Passes passes_;
    };

    /// Until every client has left.
    void serve();
    void leave();

private:
    struct Request {
        std::span<const RoutedQuery> queries;
        bool answers = false;
        bool gradient = false;
        std::optional<Result<std::vector<LossGradient>>> losses;
        std::optional<Result<std::vector<Answer>>> texts;
        double seconds = 0;  ///< this request's part of the batches it was in, by rows
        bool done = false;
    };
    void ask(std::size_t client, Request& request);
    static void give_up(const std::vector<Request*>& requests);
    void answer_all(const std::vector<Request*>& requests);
    void answer_merged(std::span<Request* const> requests);
    [[nodiscard]] static bool may_share(const Request& a, const Request& b);

    const RoutedModel& inner_;
    std::mutex mutex_;
    std::condition_variable asked_;
    std::condition_variable answered_;
    std::vector<Request*> slots_;  ///< by client
    std::size_t waiting_ = 0;
    std::size_t live_;
};

}  // namespace r2t2
