// Rows of numbers that are done, in a file that a killed program leaves behind and its successor goes on with. Internal to core/run.
//
// A line says what the rows are of; behind it each row stands with its number and a checksum. What does not hold at the end of the file was being
// written when the program was ended, and is cut off. Thread rule: one writer; `add` from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

class SurfaceRows {
public:
    /// Goes on with a file of the same `what`; one of anything else begins anew. Errors: it cannot be read or written.
    [[nodiscard]] static Result<std::unique_ptr<SurfaceRows>> open(const std::filesystem::path& file, const std::string& what, std::size_t numbers);

    [[nodiscard]] const std::map<std::size_t, std::vector<float>>& found() const { return found_; }
    [[nodiscard]] Status add(std::size_t row, std::span<const float> numbers);

private:
    SurfaceRows(std::filesystem::path file, std::map<std::size_t, std::vector<float>> found) : file_(std::move(file)), found_(std::move(found)) {}

    std::filesystem::path file_;
    std::map<std::size_t, std::vector<float>> found_;
    std::mutex mutex_;
    std::ofstream out_;
};

}  // namespace r2t2
