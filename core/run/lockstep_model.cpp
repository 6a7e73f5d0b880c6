#include "core/run/lockstep_model.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <new>

#include "core/base/extra_threads.h"
#include "core/base/log.h"

namespace r2t2 {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A client that threw has left as well.
class Leaving {
public:
    explicit Leaving(LockstepModel::Client& client) : client_(client) {}
    ~Leaving() { client_.leave(); }
    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;

private:
    LockstepModel::Client& client_;
};

void warn_once(std::size_t alone, std::size_t count) {
    static std::atomic<bool> warned{false};
    if (!warned.exchange(true)) {
        log_warning("run", "no more threads can be made: " + std::to_string(alone) + " of " + std::to_string(count) +
                               " samples that belong side by side ran alone, which touches the last digits of their numbers");
    }
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
        try {
            answer_all(requests);
        } catch (const std::bad_alloc&) {  // they must not wait for ever
            give_up(requests);
        }
        lock.lock();
        waiting_ = 0;
        for (Request* request : requests) {
            request->done = true;
        }
        answered_.notify_all();
    }
}

/// Memory ran out outside of the model's own calls: an error for every request that has no answer yet.
void LockstepModel::give_up(const std::vector<Request*>& requests) {
    const Error error{ErrorKind::OutOfMemory, "samples side by side", {}, "not enough memory", "a smaller --side-by-side"};
    for (Request* request : requests) {
        if (request->answers && !request->texts) {
            request->texts.emplace(error);
        } else if (!request->answers && !request->losses) {
            request->losses.emplace(error);
        }
    }
}

/// Actions of one batch share a mode and a granularity (RoutedModel); all queries of a request do already.
bool LockstepModel::may_share(const Request& a, const Request& b) {
    if (a.answers != b.answers || a.gradient != b.gradient || a.queries.empty() || b.queries.empty()) {
        return false;
    }
    if (!a.answers && a.queries.front().loss != b.queries.front().loss) {
        return false;
    }
    const RoutingAction& x = a.queries.front().action;
    const RoutingAction& y = b.queries.front().action;
    return x.native() == y.native() && (x.native() || (x.mode == y.mode && x.reach == y.reach && x.values.rows() == y.values.rows()));
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
    ExtraThreads threads;
    while (threads.count() < count && threads.start([&model, &work, i = threads.count()] {
        LockstepModel::Client client(model, i);
        const Leaving leaving(client);
        work(client, i);
    })) {
    }
    const std::size_t begun = threads.count();
    for (std::size_t i = begun; i < count; ++i) {
        model.leave();
    }
    model.serve();
    threads.join();
    if (begun < count) {
        warn_once(count - begun, count);
    }
    for (std::size_t i = begun; i < count; ++i) {
        work(inner, i);
    }
}

}  // namespace r2t2
