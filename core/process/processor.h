// What the processor can do, as the processor itself and the operating system say it: features, not model numbers.
//
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace r2t2 {

/// The words of CPUID that matter here; zero where the processor does not have the leaf, all zero where it is no x86.
struct CpuidWords {
    std::string vendor;             ///< "GenuineIntel", "AuthenticAMD", ...
    std::uint32_t signature = 0;    ///< leaf 1, eax: family, model, stepping
    std::uint32_t leaf1_ecx = 0;
    std::uint32_t leaf7_ebx = 0;
    std::uint32_t leaf7_1_eax = 0;
    std::uint64_t saved_state = 0;  ///< XCR0: registers that the operating system saves
};
[[nodiscard]] CpuidWords read_cpuid();

/// Groups of instructions that may be used: the processor has them, and the operating system keeps their registers.
struct ProcessorFeatures {
    bool ssse3 = false, sse42 = false, avx = false;
    bool avx2 = false;    ///< with FMA3
    bool avx512 = false;  ///< F, CD, BW, DQ and VL
    bool avx512_bf16 = false;
};
[[nodiscard]] ProcessorFeatures features_of(const CpuidWords& words);

/// "ssse3 sse4.2 avx avx2 avx512"; "none" where there are none of those.
[[nodiscard]] std::string to_string(const ProcessorFeatures& features);
/// "Intel(R) Xeon(R) Processor (family 6, model 207)": the operating system's name and the numbers, which tell more where a name is a general one.
[[nodiscard]] std::string processor_name();

}  // namespace r2t2
