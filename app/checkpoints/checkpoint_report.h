// What `r2t2 model check` and `info` print, as JSON and as text. Pure functions.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/checkpoint/checkpoint_check.h"

namespace r2t2::cli {

/// At most `shown` problems; the counts are of all.
[[nodiscard]] nlohmann::ordered_json check_json(const CheckpointReport& report, std::size_t shown);
[[nodiscard]] std::string check_text(const CheckpointReport& report, std::size_t shown);

/// `report.config` must be there.
[[nodiscard]] nlohmann::ordered_json info_json(const CheckpointReport& report);
[[nodiscard]] std::string info_text(const CheckpointReport& report);

}  // namespace r2t2::cli
