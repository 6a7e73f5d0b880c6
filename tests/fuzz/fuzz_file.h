// A folder of this process below the system's for temporary files, for readers that want files. Fuzz targets only.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

namespace r2t2 {

class FuzzFolder {
public:
    FuzzFolder() : root_(std::filesystem::temp_directory_path() / ("r2t2-fuzz-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(root_);
    }
    FuzzFolder(const FuzzFolder&) = delete;
    FuzzFolder& operator=(const FuzzFolder&) = delete;
    ~FuzzFolder() {
        std::error_code code;
        std::filesystem::remove_all(root_, code);
    }

    [[nodiscard]] std::filesystem::path path(const std::filesystem::path& name) const { return root_ / name; }
    void write(const std::filesystem::path& name, const std::uint8_t* data, std::size_t size) const {
        std::ofstream out(path(name), std::ios::binary | std::ios::trunc);
        out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    }

private:
    std::filesystem::path root_;
};

}  // namespace r2t2
