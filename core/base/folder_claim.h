// One program writes a folder of files that belong together: a second one that wants to is refused by name, and nothing is mixed.
//
//   const Result<FolderClaim> claim = FolderClaim::take("export");
//   if (!claim) { return claim.error(); }
//
// A claim is an flock on the folder itself; the system drops it when the program ends, however it ends. Where a file system has no such
// locks nobody is refused. For folders that grow file by file; one that can appear as a whole is an AtomicDirectory.
// Thread rule: a value; it may be released on another thread than it was taken on.
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace r2t2 {

class FolderClaim {
public:
    /// The folder must exist. Io: another program writes into it (this process, by another claim, included); it cannot be opened.
    [[nodiscard]] static Result<FolderClaim> take(const std::filesystem::path& folder);

    /// Likewise; makes the folder, and those above it, where it is not there. Those that are empty when the claim ends go again.
    [[nodiscard]] static Result<FolderClaim> make(const std::filesystem::path& folder);

    FolderClaim(FolderClaim&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), made_(std::exchange(other.made_, {})) {}
    FolderClaim& operator=(FolderClaim&&) = delete;
    FolderClaim(const FolderClaim&) = delete;
    FolderClaim& operator=(const FolderClaim&) = delete;
    ~FolderClaim();

private:
    explicit FolderClaim(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;  ///< -1: the file system knows no locks
    std::vector<std::filesystem::path> made_{};  ///< the innermost first
};

}  // namespace r2t2
