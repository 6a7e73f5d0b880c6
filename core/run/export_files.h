// The files in an export's folder: their names, and what becomes of those that are there. Private to core/run.
// Thread rule: whoever holds the folder's claim.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/run/session_export.h"

namespace r2t2 {

inline constexpr const char* kResults = "results.json";

/// "samples_<number>_<method>.jsonl". A method's name comes from the file: nothing of it may lead out of the folder.
[[nodiscard]] std::string samples_file_name(const StoredRun& run);

/// Errors: the name is a file's, the folder cannot be made.
[[nodiscard]] Status make_folder(const std::filesystem::path& directory);

/// Files that are there under the names that are written now: what an export wrote is replaced, told by how it begins (of samples also by the
/// results.json beside them); the session and files of others are not.
[[nodiscard]] Status check_files_there(const std::filesystem::path& directory, const std::string& session, const std::vector<StoredRun>& runs);

/// results.json says what the folder holds, and is written last: where an export is cut short there is none, and files of two exports are
/// never taken for one. Until then what an earlier export wrote goes by another name, which remove_earlier() reads.
[[nodiscard]] Status begin_anew(const std::filesystem::path& directory);

/// Before results.json is written: a folder with it holds one export, and nothing of another.
[[nodiscard]] Status remove_earlier(const std::filesystem::path& directory, ExportedSession& exported);

}  // namespace r2t2
