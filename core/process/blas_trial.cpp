// try_blas_kernels: a child that opens the library, says what it took and checks its products. What is started before any thread and any
// library may do so after fork() without exec().
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "core/process/blas_check.h"
#include "core/process/blas_kernels.h"
#include "core/process/blas_library.h"

namespace r2t2 {

namespace {

constexpr rlim_t kSeconds = 30;  ///< of processor time; a trial takes a tenth of one

void say(int pipe, const std::string& key, const std::string& value) {
    const std::string line = key + " " + value + "\n";
    (void)!::write(pipe, line.data(), line.size());
}

[[noreturn]] void try_in_child(const std::string& name, int pipe) {
    for (const int number : {SIGILL, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGXCPU, SIGINT, SIGTERM, SIGHUP}) {
        std::signal(number, SIG_DFL);  // a handler of the parent's would go on for ever
    }
    const rlimit none{0, 0}, seconds{kSeconds, kSeconds};
    ::setrlimit(RLIMIT_CORE, &none);
    ::setrlimit(RLIMIT_CPU, &seconds);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(null, STDOUT_FILENO);  // what libraries print about themselves
    ::dup2(null, STDERR_FILENO);
    name.empty() ? ::unsetenv("OPENBLAS_CORETYPE") : ::setenv("OPENBLAS_CORETYPE", name.c_str(), 1);
    ::setenv("OMP_NUM_THREADS", "1", 1);
    ::setenv("OPENBLAS_NUM_THREADS", "1", 1);
    if (!room_for_blas(1)) {
        ::_exit(3);
    }
    void* const library = open_blas_library();
    if (library == nullptr) {
        say(pipe, "none", "");
        ::_exit(0);
    }
    const BlasLibrary about = about_blas(library);
    for (const std::string& file : about.files) {
        say(pipe, "library", file);
    }
    say(pipe, "version", about.version);
    say(pipe, "kernels", about.kernels);
    if (!about.kernels.empty()) {
        const std::string wrong = check_products(blas_functions(library));
        say(pipe, wrong.empty() ? "sound" : "wrong", wrong);
    }
    ::_exit(0);
}

/// Until the child has closed its end.
std::string read_all(int pipe) {
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(pipe, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR);) {
        text.append(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return text;
}

KernelTrial trial_of(const std::string& text, int status) {
    using Outcome = KernelTrial::Outcome;
    KernelTrial trial;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        const std::string key = line.substr(0, line.find(' ')), value = line.substr(std::min(line.size(), key.size() + 1));
        begin = end + 1;
        if (key == "library") {
            trial.libraries.push_back(value);
        } else if (key == "version") {
            trial.version = value;
        } else if (key == "kernels") {
            trial.kernels = value;
        } else if (key == "none") {
            trial.outcome = Outcome::NoLibrary;
        } else if (key == "sound" || key == "wrong") {
            trial.outcome = key == "sound" ? Outcome::Sound : Outcome::Wrong;
            trial.wrong = value;
        }
    }
    if (WIFSIGNALED(status)) {  // from outside: not the kernels' doing
        const int number = WTERMSIG(status);
        trial.outcome = number == SIGTERM || number == SIGKILL || number == SIGINT || number == SIGHUP ? Outcome::Unknown : Outcome::Crashed;
    }
    return trial;
}

}  // namespace

KernelTrial try_blas_kernels(const std::string& name) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return {};
    }
    const pid_t child = ::fork();
    if (child < 0) {
        ::close(ends[0]);
        ::close(ends[1]);
        return {};
    }
    if (child == 0) {
        ::close(ends[0]);
        try_in_child(name, ends[1]);
    }
    ::close(ends[1]);
    const std::string text = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return trial_of(text, status);
}

}  // namespace r2t2
