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

bool ends_in(const fs::path& file, std::string_view ending) { return file.filename().string().ends_with(ending); }

bool is_checkpoint(const fs::path& folder) {
    std::error_code code;
    return fs::exists(folder / "model.safetensors", code) || fs::exists(folder / "model.safetensors.index.json", code);
}

/// Files of ours and of models that begin as any JSON does: "" otherwise.
const char* kind_of_json(const fs::path& file, const std::string& text, OutputKind kind) {
    std::error_code code;
    fs::path real = fs::canonical(file, code);
    real = code ? file : real;
    if (real.filename() == "records.json" && text.find("\"r2t2-reference\"") != std::string::npos) {
        return "a reference set's records";
    }
    if (ends_in(real, ".facts.json")) {
        return "facts of a picture";
    }
    const bool its_own = (kind == OutputKind::Parameters && real.filename() == "rerouting.json") || (kind == OutputKind::Tuning && ends_in(real, ".tuning.json"));
    return real.extension() == ".json" && !its_own && is_checkpoint(real.parent_path()) ? "a file of a checkpoint" : "";
}

/// The cells of the first line hold this one.
bool has_column(std::string_view text, std::string_view name) {
    std::string_view line = text.substr(0, std::min(text.find('\n'), text.size()));
    while (!line.empty()) {
        const std::size_t end = std::min(line.find('\t'), line.size());
        if (line.substr(0, end) == name) {
            return true;
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return false;
}

/// A figure as ui/plots writes it, or its numbers.
bool is_drawing_of_ours(const fs::path& file, std::string_view text) {
    using std::string_view_literals::operator""sv;
    const auto holds = [&text](std::string_view part) { return text.find(part) != std::string_view::npos; };
    const std::string ending = file.extension().string();
    if (ending == ".png") {
        return holds("tEXtSoftware\0R2-T2 Studio"sv);
    }
    if (ending == ".pdf") {
        return text.starts_with("%PDF") && holds("/Producer (\xfe\xff\0Q\0t"sv);
    }
    if (ending == ".svg") {
        return holds("\n<title>") && holds("</title>\n<desc>");
    }
    const std::size_t end = text.find('\n');
    const bool is_text = text.find('\0') == std::string_view::npos && end != std::string_view::npos;
    return is_text && (ending == ".csv" ? end > 0 && text[end - 1] == '\r' : !has_column(text, "question"));
}

/// Where a name leads to, link by link, also where nothing is there yet.
fs::path place_of(const fs::path& file) {
    std::error_code code;
    fs::path path = fs::absolute(file, code);
    for (int links = 0; links < 40 && fs::is_symlink(fs::symlink_status(path, code)); ++links) {
        path = path.parent_path() / fs::read_symlink(path, code);
    }
    const fs::path place = fs::weakly_canonical(path, code);
    return code ? path.lexically_normal() : place;
}

bool is_one_file(const fs::path& a, const fs::path& b) {
    std::error_code code;
    return place_of(a) == place_of(b) || (fs::exists(a, code) && fs::exists(b, code) && fs::equivalent(a, b, code));
}

}  // namespace

Status check_replaceable(const fs::path& file, OutputKind kind) {
    std::error_code code;
    if (!fs::is_regular_file(file, code)) {
        return {};  // asked elsewhere
    }
    constexpr std::string_view kDatabase = "SQLite format 3";
    const std::string text = beginning(file, kind == OutputKind::Drawing ? 1 << 16 : 512);
    if (text.empty()) {
        return {};
    }
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool is_json = first != std::string::npos && (text[first] == '{' || text[first] == '[');
    const std::string what = text.starts_with(kDatabase) ? "a session, or another SQLite database"
                             : kind == OutputKind::Drawing ? is_drawing_of_ours(file, text) ? "" : "a file that r2t2 did not draw"
                             : is_json                     ? kind_of_json(file, text, kind)
                             : first != std::string::npos  ? "a file that is no JSON"
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

Status check_not_inside(const fs::path& output, const fs::path& folder) {
    std::error_code code;
    if (folder.empty() || !fs::is_directory(folder, code) || !fs::is_regular_file(output, code)) {
        return {};
    }
    const fs::path relative = place_of(output).lexically_relative(place_of(folder));
    const bool inside = !relative.empty() && *relative.begin() != ".." && *relative.begin() != ".";
    return inside ? Status(invalid_input(output.string(), "output", "a file of the folder that the command reads", "another name: " + folder.string() + " would not be what it was")) : Status();
}

namespace {

/// "-wal", "-shm", "-journal", "-run3.lock": what stands behind a session's name in those of the files beside it.
bool is_beside_a_session(std::string_view ending) {
    if (ending == "-wal" || ending == "-shm" || ending == "-journal") {
        return true;
    }
    constexpr std::string_view kRun = "-run", kLock = ".lock";
    return ending.starts_with(kRun) && ending.ends_with(kLock) && ending.size() > kRun.size() + kLock.size() &&
           ending.substr(kRun.size(), ending.size() - kRun.size() - kLock.size()).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Status check_apart(std::span<const NamedOutput> outputs, const fs::path& session) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const NamedOutput& one = outputs[i];
        for (std::size_t j = 0; j < i && !one.file.empty(); ++j) {
            if (!outputs[j].file.empty() && is_one_file(one.file, outputs[j].file)) {
                return invalid_input(one.file.string(), one.option, std::string("the file of ") + outputs[j].option, "another name: one of the two would be lost");
            }
        }
        if (one.file.empty() || session.empty()) {
            continue;
        }
        const fs::path place = place_of(one.file), of_session = place_of(session);
        const std::string name = place.filename().string(), of = of_session.filename().string();
        if (place.parent_path() == of_session.parent_path() && name.starts_with(of) && is_beside_a_session(std::string_view(name).substr(of.size()))) {
            return invalid_input(one.file.string(), one.option, "a name of the files beside the session " + session.string(), "another name");
        }
    }
    return {};
}

Status check_reference_folder(const fs::path& folder) {
    std::error_code code;
    if (!fs::is_directory(folder, code) || (fs::exists(folder / "records.json", code) && !is_checkpoint(folder))) {
        return {};
    }
    for (fs::directory_iterator each(folder, code), end; !code && each != end; each.increment(code)) {
        const std::string name = each->path().filename().string();
        if (!name.ends_with(".part") && !(name.starts_with("embeddings-") && name.ends_with(".safetensors"))) {
            return invalid_input(folder.string(), "folder", "no reference set, but " + name + " in it", "a new or an empty folder, or one that holds a reference set");
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
