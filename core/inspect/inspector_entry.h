// The one symbol that the inspector module exports. Private to the loader and the module.
#pragma once

#include "core/inspect/inspector.h"

namespace r2t2 {

inline constexpr const char* inspector_module_file = "libr2t2_inspector.so";
inline constexpr const char* inspector_entry_name = "r2t2_inspector_entry";
/// Never null; owned by the module.
using InspectorEntry = InspectorModule* (*)();

}  // namespace r2t2
