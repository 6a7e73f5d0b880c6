#include "core/run/lockstep_model.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace r2t2 {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

/// Hands the request over and blocks until it is served; what served others is not this client's time.
void LockstepModel::Client::ask(Request& request) const {
    const auto start = std::chrono::steady_clock::now();
    owner_.ask(id_, request);
    passes_.waited += seconds_since(start) - request.seconds;
}

Result<std::vector<LossGradient>> LockstepModel::Client::loss_and_gradient(std::span<const RoutedQuery> queries,
                                                                           bool gradient) const {
    Request request;
    request.queries = queries;
    request.gradient = gradient;
    ask(request);
    passes_.forward += static_cast<std::int64_t>(queries.size());
    passes_.backward += gradient ? static_cast<std::int64_t>(queries.size()) : 0;
    return std::move(*request.losses);
}

Result<std::vector<Answer>> LockstepModel::Client::answer(std::span<const RoutedQuery> queries) const {
    Request request;
    request.queries = queries;
    request.answers = true;
    ask(request);
    passes_.forward += static_cast<std::int64_t>(queries.size());
    return std::move(*request.texts);
}

void LockstepModel::ask(std::size_t client, Request& request) {
    std::unique_lock lock(mutex_);
    slots_[client] = &request;
    ++waiting_;
    asked_.notify_one();
    answered_.wait(lock, [&request] { return request.done; });
}

void LockstepModel::leave() {
    const std::lock_guard lock(mutex_);
    --live_;
    asked_.notify_one();
}

void LockstepModel::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return waiting_ == live_; });
        if (live_ == 0) {
            return;
        }
        std::vector<Request*> requests;
        for (Request*& slot : slots_) {
            if (slot != nullptr) {
                requests.push_back(slot);
                slot = nullptr;
            }
        }
        lock.unlock();  // all clients are waiting
        answer_all(requests);
        lock.lock();
        waiting_ = 0;
        for (Request* request : requests) {
            request->done = true;
        }
        answered_.notify_all();
    }
}

/// Actions of one batch share a mode and a granularity (RoutedModel); all queries of a request do already.
bool LockstepModel::may_share(const Request& a, const Request& b) {
    if (a.answers != b.answers || a.gradient != b.gradient || a.queries.empty() || b.queries.empty()) {
        return false;
    }
    const RoutingAction& x = a.queries.front().action;
    const RoutingAction& y = b.queries.front().action;
    return x.native() == y.native() && (x.native() || (x.mode == y.mode && x.values.rows() == y.values.rows()));
}

void LockstepModel::answer_all(const std::vector<Request*>& requests) {
    std::vector<Request*> left = requests;
    while (!left.empty()) {
        const Request& first = *left.front();
        const auto rest = std::stable_partition(left.begin() + 1, left.end(),
                                                [&first](const Request* each) { return may_share(first, *each); });
        answer_merged({left.begin(), rest});
        left.erase(left.begin(), rest);
    }
}

void LockstepModel::answer_merged(std::span<Request* const> requests) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<RoutedQuery> queries;
    for (const Request* request : requests) {
        queries.insert(queries.end(), request->queries.begin(), request->queries.end());
    }
    const auto deal = [&](auto result, auto member) {
        if (!result && requests.size() > 1) {  // one client's bad sample is not the others' fault
            for (Request* const& request : requests) {
                answer_merged({&request, 1});
            }
            return;
        }
        const double seconds = seconds_since(start) / double(std::max<std::size_t>(queries.size(), 1));
        std::size_t next = 0;
        for (Request* request : requests) {
            request->seconds += seconds * double(request->queries.size());
            if (!result) {
                (request->*member).emplace(result.error());
                continue;
            }
            const auto begin = std::make_move_iterator(result->begin() + static_cast<std::ptrdiff_t>(next));
            next += request->queries.size();
            const auto end = std::make_move_iterator(result->begin() + static_cast<std::ptrdiff_t>(next));
            (request->*member).emplace(typename std::remove_reference_t<decltype(*result)>(begin, end));
        }
    };
    if (requests.front()->answers) {
        deal(inner_.answer(queries), &Request::texts);
    } else {
        deal(inner_.loss_and_gradient(queries, requests.front()->gradient), &Request::losses);
    }
}

void run_in_lockstep(const RoutedModel& inner, std::size_t count,
                     const std::function<void(const RoutedModel& model, std::size_t i)>& work) {
    if (count <= 1) {
        if (count == 1) {
            work(inner, 0);
        }
        return;
    }
    LockstepModel model(inner, count);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&model, &work, i] {
            LockstepModel::Client client(model, i);
            work(client, i);
            client.leave();
        });
    }
    model.serve();
    for (std::thread& thread : threads) {
        thread.join();
    }
}

}  // namespace r2t2
