#include "core/process/kept_choice.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/user_directories.h"

namespace r2t2 {

namespace {

constexpr const char* kForm = "r2t2 blas-kernels 1";  ///< changes with the checks: what older ones found sound is checked again

std::string processor_key(const CpuidWords& words) {
    std::ostringstream out;
    out << words.vendor << std::hex << ' ' << words.signature << ' ' << words.leaf1_ecx << ' ' << words.leaf7_ebx << ' ' << words.leaf7_1_eax << ' ' << words.saved_state;
    return out.str();
}

/// What a file is now: where a link leads to, how long it is, when it was written.
std::string file_key(const std::string& path) {
    std::error_code code;
    const std::string real = std::filesystem::canonical(path, code).string();
    struct stat info {};
    if (code || ::stat(path.c_str(), &info) != 0) {
        return "none";
    }
    return real + " " + std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec);
}

/// Where the dynamic linker looks first.
std::string search_key() {
    std::string key;
    for (const char* name : {"LD_LIBRARY_PATH", "LD_PRELOAD"}) {
        const char* value = std::getenv(name);
        key += (key.empty() ? "" : "|") + std::string(value == nullptr ? "" : value);
    }
    return key;
}

}  // namespace

std::filesystem::path kept_choice_file() {
    const Result<std::filesystem::path> folder = cache_directory();
    return folder ? *folder / "blas-kernels" : std::filesystem::path();
}

std::optional<KernelChoice> kept_choice(const CpuidWords& words) {
    std::ifstream stream(kept_choice_file());
    std::string line;
    if (!std::getline(stream, line) || line != kForm) {
        return std::nullopt;
    }
    KernelChoice choice;
    bool processor = false, search = false, ended = false;
    while (std::getline(stream, line) && !ended) {
        const auto blank = line.find(' ');
        const std::string key = line.substr(0, blank);
        const std::string value = blank == std::string::npos ? "" : line.substr(blank + 1);
        if (key == "processor") {
            processor = value == processor_key(words);
        } else if (key == "search") {
            search = value == search_key();
        } else if (key == "library") {
            choice.libraries.push_back(value);
        } else if (key == "file" && (choice.libraries.empty() || value != file_key(choice.libraries.back()))) {
            return std::nullopt;
        } else if (key == "own") {
            choice.own = value;
        } else if (key == "version") {
            choice.version = value;
        } else if (key == "kernels") {
            choice.kernels = value;
        } else if (key == "refused") {
            choice.refused.push_back(value);
        }
        ended = key == "end";
    }
    choice.settled = true;
    const std::vector<KernelSet> possible = kernel_sets_for(features_of(words));
    processor = processor && (choice.kernels.empty() || std::any_of(possible.begin(), possible.end(), [&](const KernelSet& set) { return set.name == choice.kernels; }));
    return processor && search && ended && !choice.libraries.empty() ? std::optional(choice) : std::nullopt;
}

void keep_choice(const CpuidWords& words, const KernelChoice& choice) {
    const std::filesystem::path file = kept_choice_file();
    if (file.empty()) {
        return;
    }
    std::string text = std::string(kForm) + "\nprocessor " + processor_key(words) + "\nsearch " + search_key() + "\n";
    for (const std::string& library : choice.libraries) {
        text += "library " + library + "\nfile " + file_key(library) + "\n";
    }
    text += "own " + choice.own + "\nversion " + choice.version + "\nkernels " + choice.kernels + "\n";
    for (const std::string& refused : choice.refused) {
        text += "refused " + refused + "\n";
    }
    std::error_code code;
    std::filesystem::create_directories(file.parent_path(), code);
    (void)write_file_atomically(file, text + "end\n", Durability::Buffered);
}

}  // namespace r2t2
