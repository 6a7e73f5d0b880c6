// A file that appears whole or not at all: written beside its target, synced, then renamed over it.
//
// Dropped without `commit`, it leaves nothing behind. Thread rule: one thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

class ReplacingFile {
public:
    static Result<ReplacingFile> create(const std::filesystem::path& target);
    ReplacingFile(ReplacingFile&& other) noexcept;
    ReplacingFile& operator=(ReplacingFile&&) = delete;
    ~ReplacingFile();

    [[nodiscard]] Status write(std::span<const std::byte> bytes);
    [[nodiscard]] Status write(std::string_view text) { return write(std::as_bytes(std::span(text))); }
    [[nodiscard]] Status commit();

private:
    ReplacingFile() = default;
    [[nodiscard]] Status failure() const;

    std::filesystem::path target_;
    std::string temporary_;
    int descriptor_ = -1;
};

}  // namespace r2t2
