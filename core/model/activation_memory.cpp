#include "core/model/activation_memory.h"

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <list>
#include <mutex>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace r2t2 {

#ifdef __linux__

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLarge = std::size_t{4} << 20;  // below, malloc keeps what is freed (configure_torch)

#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kWaitingLimit = 0;  // what is freed is gone, or its use would not be seen
#else
constexpr std::size_t kWaitingLimit = std::size_t{512} << 20;
#endif

struct Block {
    void* data;
    std::size_t bytes;  // a multiple of kHugePage
};

/// Large blocks in use, and freed ones that wait, the latest first. A request is served by the latest that is at most an eighth
/// too large.
class LargeBlocks {
public:
    /// Null: the system has no more.
    void* take(std::size_t bytes) {
        const std::size_t rounded = (bytes + kHugePage - 1) / kHugePage * kHugePage;
        const std::lock_guard lock(mutex_);
        const auto fits = std::find_if(waiting_.begin(), waiting_.end(),
                                       [rounded](const Block& b) { return b.bytes >= rounded && b.bytes <= rounded + rounded / 8; });
        if (fits != waiting_.end()) {
            sum_ -= fits->bytes;
            in_use_.splice(in_use_.begin(), waiting_, fits);
        } else {
            in_use_.push_front({nullptr, rounded});
            if (posix_memalign(&in_use_.front().data, kHugePage, rounded) != 0) {
                in_use_.pop_front();
                return nullptr;
            }
            // Advice: without huge pages everything is as right, and slower. None for the rest of less than a page.
            madvise(in_use_.front().data, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
        }
        return in_use_.front().data;
    }

    /// False: no large block. Needs no memory itself.
    bool put(void* data) noexcept {
        std::list<Block> driven_out;
        {
            const std::lock_guard lock(mutex_);
            const auto found = std::find_if(in_use_.begin(), in_use_.end(), [data](const Block& b) { return b.data == data; });
            if (found == in_use_.end()) {
                return false;
            }
            sum_ += found->bytes;
            waiting_.splice(waiting_.begin(), in_use_, found);
            shrink(limit_, driven_out);
        }
        give_back(driven_out);
        return true;
    }

    void set_limit(std::size_t bytes) {
        std::list<Block> driven_out;
        {
            const std::lock_guard lock(mutex_);
            limit_ = bytes;
            shrink(limit_, driven_out);
        }
        give_back(driven_out);
    }

    void release() {
        std::list<Block> driven_out;
        {
            const std::lock_guard lock(mutex_);
            shrink(0, driven_out);
        }
        give_back(driven_out);
    }

    std::size_t sum() {
        const std::lock_guard lock(mutex_);
        return sum_;
    }

private:
    void shrink(std::size_t limit, std::list<Block>& out) {
        while (sum_ > limit) {
            sum_ -= waiting_.back().bytes;
            out.splice(out.end(), waiting_, std::prev(waiting_.end()));
        }
    }
    static void give_back(const std::list<Block>& blocks) {
        for (const Block& block : blocks) {
            std::free(block.data);
        }
    }

    std::mutex mutex_;
    std::list<Block> in_use_, waiting_;  // in use: some hundreds at most
    std::size_t sum_ = 0;
    std::size_t limit_ = kWaitingLimit;
};

/// Never destroyed: tensors may outlive every static object.
LargeBlocks& large_blocks() {
    static auto* blocks = new LargeBlocks;
    return *blocks;
}

void free_block(void* data) {
    if (data != nullptr && !large_blocks().put(data)) {
        c10::GetDefaultCPUAllocator()->raw_deleter()(data);
    }
}

class ActivationAllocator final : public c10::Allocator {
public:
    // LibTorch 1.13 asks a const allocator, 2.x one that is not, and 2.x for copies too: no `override` fits both.
    c10::DataPtr allocate(std::size_t bytes) const { return serve(bytes); }
    c10::DataPtr allocate(std::size_t bytes) { return serve(bytes); }
    void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }
    c10::DeleterFnPtr raw_deleter() const override { return &free_block; }

private:
    static c10::DataPtr serve(std::size_t bytes) {
        if (bytes >= kLarge && bytes < std::size_t(-1) / 2) {
            if (void* data = large_blocks().take(bytes)) {
                return {data, data, &free_block, c10::Device(c10::DeviceType::CPU)};
            }
            large_blocks().release();
        }
        return c10::GetDefaultCPUAllocator()->allocate(bytes);  // where there is no memory, it says how much was asked for
    }
};

}  // namespace

void pool_activation_memory() {
    static ActivationAllocator allocator;
    c10::SetCPUAllocator(&allocator, /*priority=*/1);
}

void release_activation_memory() {
    large_blocks().release();
}

std::size_t waiting_activation_memory() {
    return large_blocks().sum();
}

void limit_activation_memory(std::size_t bytes) {
    large_blocks().set_limit(bytes);
}

#else

void pool_activation_memory() {}
void release_activation_memory() {}
std::size_t waiting_activation_memory() {
    return 0;
}
void limit_activation_memory(std::size_t) {}

#endif

}  // namespace r2t2
