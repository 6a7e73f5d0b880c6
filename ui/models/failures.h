// Why samples failed: a reason, how many, and the first of them. Thread rule: values.
#pragma once

#include <QString>
#include <cstdint>
#include <string>
#include <vector>

namespace r2t2::ui {

class Failures {
public:
    /// `message` as it is stored, "SET: sample KEY: why", or "KEY: why" of a record that could not be read, whose key is its place ("file: record 3"):
    /// those with the same why are counted together.
    void add(const std::string& set, const std::string& key, const std::string& message);
    [[nodiscard]] std::int64_t count() const;
    [[nodiscard]] std::int64_t unread() const { return unread_; }  ///< of them: records that could not be read; the others could not be run
    /// "2 of 9 samples failed: <lines(most), in one>"; with records that could not be read "5 of 12 samples failed: 3 could not be read, 2 could not be
    /// run; <...>". `of`: samples that are finished, these included.
    [[nodiscard]] QString summary(std::int64_t of, std::size_t most = 1) const;
    [[nodiscard]] QString count_words(std::int64_t of) const;  ///< the part before the reasons
    [[nodiscard]] bool empty() const { return reasons_.empty(); }
    /// "mode-finding: reference sample 5: ... (12 samples, the first G-noise/3)": a line each of the most frequent, and how many more there are.
    [[nodiscard]] QString lines(std::size_t most = 3) const;

private:
    struct Reason {
        std::string why, first;
        std::int64_t count = 0;
    };
    std::vector<Reason> reasons_;
    std::int64_t unread_ = 0;
};

}  // namespace r2t2::ui
