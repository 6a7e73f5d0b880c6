#include "core/process/memory_room.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <condition_variable>
#include <cstring>
#include <mutex>
#include <vector>

namespace r2t2 {

namespace {

char last_words[512];  // written before memory is short

/// Held open until all have been made: threads that end at once would not be beside each other.
struct Gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
};

void* wait_at(void* gate_of) {
    Gate& gate = *static_cast<Gate*>(gate_of);
    std::unique_lock lock(gate.mutex);
    gate.opened.wait(lock, [&] { return gate.open; });
    return nullptr;
}

}  // namespace

bool can_map(std::size_t bytes) {
    void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        return false;
    }
    ::munmap(at, bytes);
    return true;
}

bool tells_of_memory(std::string_view linker_message) {
    for (const char* words : {"failed to map segment", "annot allocate memory", "cannot map zero-fill pages", "cannot create"}) {
        if (linker_message.find(words) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

EndsInWords::EndsInWords(const std::string& what) {
    const std::string text = "r2t2: error: " + what + ": not enough memory or addresses (ulimit -v, ulimit -d)\n";
    text.copy(last_words, sizeof last_words - 1);
    before_ = std::set_terminate([] {
        (void)!::write(STDERR_FILENO, last_words, std::strlen(last_words));
        ::_exit(1);
    });
}

EndsInWords::~EndsInWords() {
    std::set_terminate(before_);
}

int possible_threads(int wanted) {
    Gate gate;
    std::vector<pthread_t> threads;
    for (int i = 1; i < wanted; ++i) {
        pthread_t thread{};
        if (::pthread_create(&thread, nullptr, wait_at, &gate) != 0) {
            break;
        }
        threads.push_back(thread);
    }
    {
        const std::lock_guard lock(gate.mutex);
        gate.open = true;
    }
    gate.opened.notify_all();
    for (const pthread_t thread : threads) {
        ::pthread_join(thread, nullptr);
    }
    return 1 + static_cast<int>(threads.size());
}

}  // namespace r2t2
