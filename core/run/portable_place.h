// Places of records without this machine's folders: what goes into a session is the same on every machine that has the data.
// Thread rule: pure functions.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/run/sample_set.h"

namespace r2t2 {

/// `text` with the folder of the set's files taken out of it wherever it stands; a path in front that lies elsewhere is left with its
/// file's name: "/home/me/sets/own.json: record 3" -> "own.json: record 3".
[[nodiscard]] std::string portable_text(const std::string& text, const SampleSet& set);
[[nodiscard]] Error portable(const Error& error, const SampleSet& set);

}  // namespace r2t2
