// Names of devices, as options spell them: cpu, cuda (the first card), cuda:1.
// Thread rule: pure function.
#pragma once

#include <string>

#include "core/base/result.h"

namespace r2t2 {

struct DeviceName {
    bool cuda = false;
    int index = 0;  ///< of the card, counted from 0
};

/// Error: InvalidInput; whether there is such a card only the engine knows.
[[nodiscard]] Result<DeviceName> parse_device(const std::string& text);

}  // namespace r2t2
