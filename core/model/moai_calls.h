// What every entry of the model does first and last: threads, queries in torch's terms, pass counts, no exception past
// this room.
// Thread rule: thread-local state only.
#pragma once

#include <ATen/Parallel.h>

#include <functional>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "core/model/batch_limit.h"
#include "core/model/prepared_sample.h"
#include "core/process/loaded_blas.h"
#include "core/process/memory_room.h"
#include "core/routing/routed_model.h"

namespace r2t2 {

/// Model passes of this thread so far, all models together.
[[nodiscard]] RoutedModel::Passes& passes_of_this_thread();

/// The actions of a batch, values [B, 1 or mixers, experts], float32 or wider whatever the model's type. Internal error: modes or shapes that do not go together.
[[nodiscard]] Result<MixerRouting> mixer_routing(std::span<const RoutedQuery> queries, const RoutingSpace& space,
                                                 const at::TensorOptions& options);

/// The samples of a batch. Internal error: prepared by another model than the one with serial `model`; InvalidInput: no
/// answer where `need_labels`.
[[nodiscard]] Result<std::vector<const MoaiSample*>> samples_of(std::span<const RoutedQuery> queries, std::uint64_t model,
                                                                bool need_labels);

/// Without white space at both ends.
[[nodiscard]] std::string strip(const std::string& text);

/// Whether this thread is one of several workers (Model::work_side_by_side).
[[nodiscard]] inline bool& side_by_side() {
    thread_local bool value = false;
    return value;
}

/// Each calling thread computes with its own number of threads: torch's default differs per thread.
/// Throws std::bad_alloc where the BLAS would find no room for a thread's buffer; fewer threads where no more can be made.
inline void use_threads(int wanted) {
    thread_local int asked = 0;
    const int count = side_by_side() ? 1 : wanted;
    if (asked != count) {
        const int possible = count > 1 ? possible_threads(count) : count;
        if (!reserve_blas_buffers(possible)) {
            throw std::bad_alloc();
        }
        at::set_num_threads(possible);
        asked = count;
    }
}

/// Third-party exceptions stop here.
template <typename Function>
auto guarded(const char* what, Function&& function) -> decltype(function()) {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, what, {}, "no host memory left", {}};
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        const bool memory = text.find("out of memory") != std::string::npos ||
                            text.find("can't allocate memory") != std::string::npos;
        return Error{memory ? ErrorKind::OutOfMemory : ErrorKind::Internal, what, {}, text, {}};
    } catch (const std::exception& error) {
        return Error{ErrorKind::Internal, what, {}, error.what(), {}};
    }
}

/// A call whose memory ran out is made once more after `drop_caches`.
template <typename Function>
auto with_second_try(const std::function<void()>& drop_caches, Function&& function) -> decltype(function()) {
    auto result = function();
    if (result || result.error().kind != ErrorKind::OutOfMemory) {
        return result;
    }
    drop_caches();
    return function();
}

/// How a batch is made smaller: what is known of such batches, their size, and what can be given up before the next try.
struct Halving {
    BatchLimit& limit;
    std::function<std::int64_t(std::span<const RoutedQuery>)> tokens;
    std::function<void()> drop_caches;
};

/// `function` on all queries. Where memory runs out caches are dropped and each half is tried by itself, down to one query,
/// which is tried twice. What halves give differs from the whole batch's by the order of sums (tests/model/test_model_batches).
template <typename Item, typename Function>
Result<std::vector<Item>> in_halves(std::span<const RoutedQuery> queries, const Halving& halving, Function&& function) {
    if (queries.size() <= 1) {
        return with_second_try(halving.drop_caches, [&] { return function(queries); });
    }
    const std::int64_t tokens = halving.tokens(queries);
    if (!halving.limit.skips(tokens)) {
        Result<std::vector<Item>> all = function(queries);
        if (all) {
            halving.limit.fitted(tokens);
        }
        if (all || all.error().kind != ErrorKind::OutOfMemory) {
            return all;
        }
        halving.limit.failed(tokens);
        halving.drop_caches();
    }
    const std::size_t half = (queries.size() + 1) / 2;
    Result<std::vector<Item>> first = in_halves<Item>(queries.first(half), halving, function);
    R2T2_TRY(first);
    Result<std::vector<Item>> second = in_halves<Item>(queries.subspan(half), halving, function);
    R2T2_TRY(second);
    first->insert(first->end(), std::make_move_iterator(second->begin()), std::make_move_iterator(second->end()));
    return first;
}

}  // namespace r2t2
