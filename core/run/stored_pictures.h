// The pictures that a run's finished samples were stored with, against those of the sets in hand. Private to core/run.
//
// A run's data hash is over the bytes of files, a row's hash over what the model got of them. A run whose samples were compared with the
// hashed bytes as they were read (KnownFiles) has the one by the other; of rows of a program that did not, only decoding tells.
// Thread rule: one thread; `check` reads on several.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/run/sample_set.h"
#include "core/session/session_types.h"

namespace r2t2 {

class StoredPictures {
public:
    /// A finished row. One that does not say its picture's hash tells nothing.
    void add(const SampleInfo& info);
    /// Decodes every picture once. Error: names the first row whose picture (or facts) is another, and how many there are. Samples of
    /// generated sets, and those that the sets do not have, are passed over.
    [[nodiscard]] Status check(const std::string& session, const std::vector<SampleSetPtr>& sets, const ModelInfo& model,
                               const ProgressCallback& progress, const CancelToken& cancel);

private:
    std::vector<std::pair<SampleKey, std::string>> stored_;
};

}  // namespace r2t2
