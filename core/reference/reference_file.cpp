#include "core/reference/reference_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/base/git_lfs.h"

namespace r2t2::reference_file {

Result<std::string> read(const std::string& path, std::uint64_t limit) {
    std::error_code code;
    const auto status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status)) {
        return Error{ErrorKind::NotFound, path, {}, "no such file", {}};
    }
    if (!std::filesystem::is_regular_file(status)) {
        return invalid_input(path, {}, "not a regular file", "a file");
    }
    const std::uint64_t size = std::filesystem::file_size(path, code);
    if (code) {
        return io_error(path, code.message());
    }
    if (size > limit) {
        return invalid_input(path, "size", std::to_string(size) + " bytes",
                             "at most " + std::to_string(limit) + " bytes");
    }
    std::ifstream in(path, std::ios::binary);
    std::string bytes(size, '\0');
    if (!in.read(bytes.data(), static_cast<std::streamsize>(size)) && size != 0) {
        return io_error(path, std::string("cannot read: ") + std::strerror(errno));
    }
    return is_git_lfs_pointer(bytes) ? Result<std::string>(git_lfs_error(path)) : Result<std::string>(std::move(bytes));
}

}  // namespace r2t2::reference_file
