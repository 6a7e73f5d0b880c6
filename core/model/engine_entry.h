// The one symbol that the engine module exports. Private to the loader and the module.
#pragma once

#include "core/model/engine.h"

namespace r2t2 {

inline constexpr const char* engine_module_file = "libr2t2_engine.so";
inline constexpr const char* engine_entry_name = "r2t2_engine_entry";
/// Never null; owned by the module.
using EngineEntry = EngineModule* (*)();

}  // namespace r2t2
