// Without CUDA.
#include "kernels/kernel_checks.h"

namespace r2t2::kernels {

DeviceCheck check_device_kernels(int, std::uint64_t, bool) {
    DeviceCheck out;
    out.error = "built without CUDA";
    return out;
}

}  // namespace r2t2::kernels
