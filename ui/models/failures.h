// Why samples failed: a reason, how many, and the first of them. Thread rule: values.
#pragma once

#include <QString>
#include <cstdint>
#include <string>
#include <vector>

namespace r2t2::ui {

class Failures {
public:
    /// `message` as it is stored, "SET: sample KEY: why": those with the same why are counted together.
    void add(const std::string& set, const std::string& key, const std::string& message);
    [[nodiscard]] std::int64_t count() const;
    [[nodiscard]] bool empty() const { return reasons_.empty(); }
    /// "mode-finding: reference sample 5: ... (12 samples, the first G-noise/3)": a line each of the most frequent, and how many more there are.
    [[nodiscard]] QString lines(std::size_t most = 3) const;

private:
    struct Reason {
        std::string why, first;
        std::int64_t count = 0;
    };
    std::vector<Reason> reasons_;
};

}  // namespace r2t2::ui
