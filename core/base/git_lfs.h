// A Git LFS pointer: the few lines of text that stand for a large file which was cloned and never fetched.
//
// Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md. Thread rule: callable from any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/result.h"

namespace r2t2 {

inline constexpr std::size_t kGitLfsBytes = 1024;  ///< a pointer is shorter

/// Does a file that begins with these bytes only stand for another one?
[[nodiscard]] inline bool is_git_lfs_pointer(std::string_view head) {
    return head.starts_with("version https://git-lfs.github.com/spec");
}

/// What is said of such a file, whatever was expected of it.
[[nodiscard]] inline Error git_lfs_error(std::string where) {
    return invalid_input(std::move(where), {}, "a Git LFS pointer, which only stands for the file",
                         "the file itself (`git lfs pull` in the folder it was cloned into fetches it)");
}

}  // namespace r2t2
