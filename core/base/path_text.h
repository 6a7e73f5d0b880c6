// Paths as text in UTF-8, for JSON: a path is any bytes, a JSON text is not.
//
// A path that is UTF-8 stands as it is. One that is not, and one that begins as a "file:" name does, becomes "file:" and its bytes, those that
// are not plain ASCII as %E9 (RFC 8089, RFC 3986). Reading either gives the path. Thread rule: pure functions.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace r2t2 {

[[nodiscard]] std::string path_text(const std::filesystem::path& path);
/// The path that such a text stands for. "file:///home/me" is "/home/me".
[[nodiscard]] std::filesystem::path path_of_text(std::string_view text);

/// Of each, as they are opened: names that are no paths are their own text.
[[nodiscard]] std::vector<std::string> paths_of_texts(std::vector<std::string> texts);

/// A name that is shown and compared, not opened: bytes that are no UTF-8 as "\xe9".
[[nodiscard]] std::string utf8_name(std::string_view name);

}  // namespace r2t2
