// with_kernels PROGRAM ARGUMENTS: runs it with the OpenBLAS kernels that r2t2 and r2t2-studio choose (core/process/blas_kernels.h). A test that opens the
// engine in its own process has loaded the library before it could choose; beside the programs that it starts it would compute with other kernels.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/process/blas_kernels.h"

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("with_kernels PROGRAM ARGUMENTS\n", stderr);
        return 2;
    }
    const char* const users = std::getenv("XDG_CACHE_HOME");
    const std::string cache = users != nullptr ? users : "";
    ::setenv("XDG_CACHE_HOME", R2T2_TEST_CACHE, 1);  // the choice is kept with the build, not with whoever runs the tests
    r2t2::choose_blas_kernels();
    if (users != nullptr) {
        ::setenv("XDG_CACHE_HOME", cache.c_str(), 1);
    } else {
        ::unsetenv("XDG_CACHE_HOME");
    }
    ::execv(argv[1], argv + 1);
    std::perror(argv[1]);
    return 127;
}
