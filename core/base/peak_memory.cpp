#include "core/base/peak_memory.h"

#include <sys/resource.h>

namespace r2t2 {

std::int64_t peak_memory() {
    rusage usage{};
    return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::int64_t>(usage.ru_maxrss) * 1024 : 0;
}

}  // namespace r2t2
