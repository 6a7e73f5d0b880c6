// Products of a BLAS against plain loops: kernels for a processor may be wrong on it, or may not run on it at all.
//
// Thread rule: pure; the functions of the library are called from the calling thread.
#pragma once

#include <string>

namespace r2t2 {

/// Fortran functions of a BLAS with 32-bit integers, by dlsym; null where the library lacks one.
struct BlasFunctions {
    void* sgemm = nullptr;
    void* dgemm = nullptr;
    void* sgemv = nullptr;
    void* dgemv = nullptr;
};
/// Of a handle of dlopen.
[[nodiscard]] BlasFunctions blas_functions(void* library);

/// Empty: every product of single and double precision (all transpositions, sizes of 1 to 300 that divide by no block, alpha and beta,
/// rows that are longer than the matrix, products of a matrix and a vector) is right; else which one is wrong and by how much. Right is
/// what rounding can explain: k products summed in any order differ by at most (k + 3) u (|alpha| sum |a||b| + |beta c|) (Higham,
/// Accuracy and Stability of Numerical Algorithms, 3.1), u half a unit of the last place. Nothing beside the result may be written.
[[nodiscard]] std::string check_products(const BlasFunctions& blas);

}  // namespace r2t2
