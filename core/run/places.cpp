#include "core/run/places.h"

#include <cstdlib>
#include <ctime>

namespace r2t2 {

std::filesystem::path resources_directory() {
    if (const char* named = std::getenv("R2T2_RESOURCES"); named != nullptr && *named != '\0') {
        return named;
    }
    std::error_code code;
    const std::filesystem::path installed =
        std::filesystem::read_symlink("/proc/self/exe", code).parent_path().parent_path() / "share" / "r2t2";
    return std::filesystem::is_directory(installed, code) ? installed : std::filesystem::path(R2T2_SOURCE_RESOURCES);
}

std::filesystem::path bundled_model_directory() { return resources_directory() / "miniature"; }

Result<std::filesystem::path> new_session_path(const std::string& what) {
    const Result<std::filesystem::path> data = data_directory();
    if (!data) {
        return data.error();
    }
    const std::filesystem::path directory = *data / "sessions";
    std::error_code code;
    std::filesystem::create_directories(directory, code);
    if (code) {
        return io_error(directory.string(), code.message());
    }
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char stamp[32];
    std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &local);
    for (int number = 1; number < 1000; ++number) {
        const std::string name = what + "-" + stamp + (number > 1 ? "-" + std::to_string(number) : "") + ".sqlite";
        if (!std::filesystem::exists(directory / name, code)) {
            return directory / name;
        }
    }
    return io_error(directory.string(), "no free session name");
}

}  // namespace r2t2
