#include "core/base/output_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "core/base/atomic_file.h"
#include "core/base/temporary_file.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

std::string reason(int number) { return std::generic_category().message(number); }

/// "" is where the program stands.
fs::path or_here(const fs::path& folder) { return folder.empty() ? fs::path(".") : folder; }

/// Files can be made in it. Errors name `asked`.
Status try_folder(const fs::path& folder, const fs::path& asked) {
    const Result<TemporaryFile> tried = create_temporary(folder / "r2t2");
    if (!tried.ok()) {
        Error error = tried.error();
        error.where = asked.string();
        error.found = folder == asked ? "the folder cannot be written into" + error.found.substr(std::min(error.found.find(": "), error.found.size())) : error.found + " in " + folder.string();
        return error;
    }
    ::unlink(tried->path.c_str());
    ::close(tried->descriptor);
    forget_temporary(tried->note);
    return {};
}

}  // namespace

Status check_output_file(const fs::path& file) {
    struct stat there {};
    if (::stat(file.c_str(), &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode) && !S_ISBLK(there.st_mode)) {
        return ::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) == 0 ? Status() : Status(io_error(file.string(), "cannot write: " + reason(errno)));
    }
    const Result<AtomicFile> tried = AtomicFile::create(file);  // gone at once
    return tried.ok() ? Status() : Status(tried.error());
}

namespace {

/// What a file begins with, or nothing where it cannot be read.
std::string beginning(const fs::path& file, std::size_t bytes) {
    std::string text(bytes, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    return text;
}

/// Files of ours and of models that begin as any JSON does: "" otherwise.
const char* kind_of_json(const fs::path& file, const std::string& text) {
    std::error_code code;
    fs::path real = fs::canonical(file, code);
    real = code ? file : real;
    if (real.filename() == "records.json" && text.find("\"r2t2-reference\"") != std::string::npos) {
        return "a reference set's records";
    }
    if (real.extension() == ".json" && fs::exists(real.parent_path() / "model.safetensors", code)) {
        return "a file of a checkpoint";
    }
    return "";
}

}  // namespace

Status check_replaceable(const fs::path& file, OutputKind kind) {
    std::error_code code;
    if (!fs::is_regular_file(file, code)) {
        return {};  // asked elsewhere
    }
    constexpr std::string_view kDatabase = "SQLite format 3";
    const std::string text = beginning(file, 512);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool is_json = first != std::string::npos && (text[first] == '{' || text[first] == '[');
    const std::string what = text.starts_with(kDatabase) ? "a session, or another SQLite database"
                             : is_json                   ? kind_of_json(file, text)
                             : kind == OutputKind::Json && first != std::string::npos ? "a file that is no JSON"
                                                                                      : "";
    return what.empty() ? Status() : Status(invalid_input(file.string(), "file", what, "a new name, or a file of the kind that is written"));
}

Status check_no_input(const fs::path& output, std::span<const fs::path> inputs) {
    std::error_code code;
    for (const fs::path& input : inputs) {
        if (!input.empty() && fs::exists(input, code) && fs::exists(output, code) && fs::equivalent(input, output, code)) {
            return invalid_input(output.string(), "output", "what the command reads", "another name: " + input.string() + " would be lost");
        }
    }
    return {};
}

Status check_output_folder(const fs::path& folder) {
    fs::path path = or_here(folder);
    for (;;) {
        struct stat there {};
        if (::stat(path.c_str(), &there) == 0) {
            return S_ISDIR(there.st_mode) ? try_folder(path, or_here(folder))
                                          : Status(invalid_input(folder.string(), "folder", path == folder ? "a file" : path.string() + ", which is a file", "a folder, or a name that is free"));
        }
        const int number = errno;
        if ((number != ENOENT && number != ENOTDIR) || (number == ENOENT && ::lstat(path.c_str(), &there) == 0)) {
            return io_error(folder.string(), "the folder cannot be made: " + (number == ENOENT ? path.string() + " is a link to nothing" : reason(number)));
        }
        const fs::path parent = path.parent_path();
        path = parent == path ? fs::path("/") : or_here(parent);
    }
}

Status check_new_folder(const fs::path& folder) {
    const fs::path named = folder.has_filename() ? folder : folder.parent_path();  // "model/" means "model"
    struct stat there {};
    if (::stat(named.c_str(), &there) == 0 && !S_ISDIR(there.st_mode)) {
        return invalid_input(folder.string(), "folder", "a file", "a folder, or a name that is free");
    }
    const fs::path parent = or_here(named.parent_path());
    if (::stat(parent.c_str(), &there) != 0) {
        return io_error(folder.string(), "cannot create: " + reason(errno));
    }
    return check_output_folder(parent);
}

Status check_free_name(const fs::path& file) {
    struct stat itself {}, there {};
    if (::lstat(file.c_str(), &itself) != 0) {
        return {};  // why it cannot be made is asked elsewhere
    }
    const bool leads = ::stat(file.c_str(), &there) == 0;
    const char* what = !leads ? errno == ELOOP ? "a link that leads to itself" : "a link to nothing"
                       : S_ISDIR(there.st_mode)  ? "a folder"
                       : S_ISFIFO(there.st_mode) ? "a FIFO"
                       : S_ISREG(there.st_mode)  ? "a file that is there already"
                                                 : "a device or a socket";
    return invalid_input(file.string(), "--out", what, "a new name");
}

Status check_database_name(const fs::path& file) {
    constexpr std::string_view kLongest = "-run999999.lock";  // of the names beside it
    errno = 0;
    const long most = ::pathconf(or_here(file.parent_path()).c_str(), _PC_NAME_MAX);
    const std::size_t limit = static_cast<std::size_t>(most > 0 ? most : 255) - kLongest.size();
    const std::size_t size = file.filename().string().size();
    return size <= limit ? Status()
                         : Status(invalid_input(file.string(), "session", "a name of " + std::to_string(size) + " bytes",
                                                "at most " + std::to_string(limit) + ": files of longer names (-journal, -wal, -run1.lock) have to stand beside it"));
}

Status check_database_place(const fs::path& file) {
    struct stat there {};
    if (::stat(file.c_str(), &there) == 0) {
        if (!S_ISREG(there.st_mode)) {
            return invalid_input(file.string(), "session", S_ISDIR(there.st_mode) ? "a folder" : "no regular file", "an R2-T2 session, or a new name");
        }
        if ( ::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) != 0) {
            return Error{ErrorKind::Io, file.string(), "session", "the file cannot be written: " + reason(errno), "a session that can be written: copy it into a folder of yours"};
        }
        return {};
    }
    R2T2_TRY(check_database_name(file));
    const fs::path folder = or_here(file.parent_path());
    if (::stat(folder.c_str(), &there) != 0 || !S_ISDIR(there.st_mode)) {
        return Error{ErrorKind::NotFound, file.string(), "session", "no such file: there is no folder " + folder.string(), "a file in a folder that is there"};
    }
    return try_folder(folder, file);
}

}  // namespace r2t2
