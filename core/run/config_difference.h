// Where the configurations of two runs part. Private to core/run. Thread rule: pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace r2t2 {

/// "scoring", "parameters: seed", "data: sets[1]" (empty: the whole, where one of the two is no object), with what is asked and what is there.
struct ConfigDifference {
    std::string name, asked, there;
};

/// The first field that is another, in the order of `there`, then of `asked`; the order of fields is no difference. Of a field that one of the two
/// lacks the other says "not there". `above`: the name of what is compared.
[[nodiscard]] std::optional<ConfigDifference> first_config_difference(const nlohmann::ordered_json& asked, const nlohmann::ordered_json& there,
                                                               const std::string& above = {});

}  // namespace r2t2
