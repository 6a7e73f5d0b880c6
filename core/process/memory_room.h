// Whether there is room for memory and threads before somebody asks who does not take no for an answer.
//
// Thread rule: any thread.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

namespace r2t2 {

/// Whether `bytes` could be mapped at this moment, under limits of addresses (ulimit -v) and of data (ulimit -d) and the system's own. Mapped
/// and given back, never touched.
[[nodiscard]] bool can_map(std::size_t bytes);

/// Whether dlerror() speaks of memory or addresses that were missing.
[[nodiscard]] bool tells_of_memory(std::string_view linker_message);

/// While it lives, an allocation that fails where nobody can catch it (a library's start inside dlopen) ends the program with exit code 1 and
/// "r2t2: error: WHAT: not enough memory or addresses", not by a signal.
class EndsInWords {
public:
    explicit EndsInWords(const std::string& what);
    ~EndsInWords();
    EndsInWords(const EndsInWords&) = delete;
    EndsInWords& operator=(const EndsInWords&) = delete;

private:
    std::terminate_handler before_;
};

/// How many of `wanted` threads could run beside each other at this moment, the caller among them: 1 to `wanted`. They are made and end.
[[nodiscard]] int possible_threads(int wanted);

}  // namespace r2t2
