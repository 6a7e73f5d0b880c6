#include "core/process/processor.h"

#include <fstream>
#include <string_view>
#include <utility>

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace r2t2 {

namespace {

constexpr bool has(std::uint32_t word, int bit) { return (word >> bit & 1u) != 0; }

}  // namespace

CpuidWords read_cpuid() {
    CpuidWords words;
#ifdef __x86_64__
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(0, &a, &b, &c, &d) != 0) {
        for (const unsigned part : {b, d, c}) {
            for (int shift = 0; shift < 32; shift += 8) {
                words.vendor += static_cast<char>(part >> shift & 0xFFu);
            }
        }
    }
    if (__get_cpuid(1, &a, &b, &c, &d) != 0) {
        words.signature = a;
        words.leaf1_ecx = c;
    }
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 0) {
        words.leaf7_ebx = b;
        const bool more = a >= 1;
        words.leaf7_1_eax = more && __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 ? a : 0;
    }
    if (has(words.leaf1_ecx, 27)) {  // OSXSAVE: XGETBV may be asked
        unsigned low = 0, high = 0;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        words.saved_state = std::uint64_t{high} << 32 | low;
    }
#endif
    return words;
}

ProcessorFeatures features_of(const CpuidWords& words) {
    constexpr std::uint64_t kAvxState = 0x6, kAvx512State = 0xE6;  // XMM and YMM; and masks, upper halves, registers 16 to 31
    ProcessorFeatures out;
    out.ssse3 = has(words.leaf1_ecx, 9);
    out.sse42 = out.ssse3 && has(words.leaf1_ecx, 20);
    out.avx = out.sse42 && has(words.leaf1_ecx, 27) && has(words.leaf1_ecx, 28) && (words.saved_state & kAvxState) == kAvxState;
    out.avx2 = out.avx && has(words.leaf7_ebx, 5) && has(words.leaf1_ecx, 12);
    out.avx512 = out.avx2 && (words.saved_state & kAvx512State) == kAvx512State;
    for (const int bit : {16, 17, 28, 30, 31}) {  // F, DQ, CD, BW, VL
        out.avx512 = out.avx512 && has(words.leaf7_ebx, bit);
    }
    out.avx512_bf16 = out.avx512 && has(words.leaf7_1_eax, 5);
    return out;
}

std::string to_string(const ProcessorFeatures& features) {
    std::string text;
    const std::pair<bool, const char*> all[] = {{features.ssse3, "ssse3"}, {features.sse42, "sse4.2"},   {features.avx, "avx"},
                                                {features.avx2, "avx2"},   {features.avx512, "avx512"}, {features.avx512_bf16, "avx512_bf16"}};
    for (const auto& [there, name] : all) {
        text += there ? (text.empty() ? "" : " ") + std::string(name) : "";
    }
    return text.empty() ? "none" : text;
}

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    std::string name, family, model;
    for (std::string line; std::getline(info, line) && !line.empty();) {  // the first processor's lines end with an empty one
        const auto colon = line.find(": ");
        const std::string key = line.substr(0, line.find_last_not_of(" \t:", colon) + 1);
        const std::string value = colon == std::string::npos ? "" : line.substr(colon + 2);
        for (const auto& [wanted, out] : {std::pair{"model name", &name}, {"cpu family", &family}, {"model", &model}}) {
            if (key == wanted) {
                *out = value;
            }
        }
    }
    if (name.empty()) {
        return "unknown";
    }
    return family.empty() || model.empty() ? name : name + " (family " + family + ", model " + model + ")";
}

}  // namespace r2t2
