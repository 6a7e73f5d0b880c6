#include "core/base/user_directories.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace r2t2 {

namespace {

/// Empty: none.
std::string home_of_user() {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(16384);
    const bool known = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return known && entry.pw_dir != nullptr && entry.pw_dir[0] == '/' && entry.pw_dir[1] != '\0' ? entry.pw_dir : "";
}

Result<std::filesystem::path> user_directory(const char* variable, const char* below_home) {
    if (const char* named = std::getenv(variable); named != nullptr && *named == '/') {
        return std::filesystem::path(named) / "r2t2";
    }
    const char* named = std::getenv("HOME");
    const std::string home = named != nullptr && *named == '/' ? named : home_of_user();
    if (home.empty()) {
        return Error{ErrorKind::NotFound, variable, {}, "not set, and no home folder (HOME is not set, the user database knows none)", "an absolute path in HOME or " + std::string(variable)};
    }
    return std::filesystem::path(home) / below_home / "r2t2";
}

}  // namespace

Result<std::filesystem::path> cache_directory() { return user_directory("XDG_CACHE_HOME", ".cache"); }

Result<std::filesystem::path> data_directory() { return user_directory("XDG_DATA_HOME", ".local/share"); }

}  // namespace r2t2
