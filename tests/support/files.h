// Whole files as bytes: what tests cut, flip and compare. Tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace r2t2 {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

inline void write_file(const std::filesystem::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace r2t2
