// Which of MMBench's tables lies in a folder. Its authors have given one file many names: mmbench_dev_20230712.tsv, MMBench_DEV_EN.tsv,
// MMBench_DEV_EN_V11.tsv, mmbench_dev_en_20231003.tsv, MMBench_TEST_CN_legacy.tsv, CCBench.tsv.
//
// A name is taken apart at "_" and "-", without regard to case: the part of the set (dev, test), the language (en, cn, cc; none is English),
// and what may follow (V10, V11, legacy, a date). Thread rule: callable from any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace r2t2 {

/// "dev", "dev-cn", "test", "test-cn", "cc"; none: no table of MMBench by its name.
[[nodiscard]] std::optional<std::string> mmbench_split_of(const std::string& file_name);

/// The split's tables in `folder` and in its MMBench/, the one to read first: that of the name first published, else in natural order.
[[nodiscard]] std::vector<std::filesystem::path> mmbench_files(const std::filesystem::path& folder, const std::string& split);

/// The names that a split's table may have, for the layout error; the first published one leads.
[[nodiscard]] const std::vector<std::string>& mmbench_names(const std::string& split);

}  // namespace r2t2
