#include "core/base/device_name.h"

#include <charconv>

#include "core/base/quoted_name.h"

namespace r2t2 {

Result<DeviceName> parse_device(const std::string& text) {
    if (text == "cpu") {
        return DeviceName{};
    }
    if (text == "cuda") {
        return DeviceName{true, 0};
    }
    constexpr std::string_view prefix = "cuda:";
    if (text.rfind(prefix, 0) == 0) {
        DeviceName device{true, 0};
        const char* const end = text.data() + text.size();
        const auto [rest, code] = std::from_chars(text.data() + prefix.size(), end, device.index);
        if (code == std::errc() && rest == end && device.index >= 0 && device.index < 128) {
            return device;
        }
    }
    return invalid_input("device", {}, quoted_name(text), "cpu, cuda, or cuda:1 and so on");
}

}  // namespace r2t2
