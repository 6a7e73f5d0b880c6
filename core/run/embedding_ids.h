// Whose questions do the rows of an embedding file belong to? An id without its set's name is the id of any set that has one like it.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/run/reference_set.h"
#include "core/run/sample_set.h"

namespace r2t2 {

/// What is to be said with a run's numbers: sets that find embeddings by bare ids and are not the set that the references came from, a line
/// each. Errors: two different questions, of a reference and of a sample or of two sets, by one row.
[[nodiscard]] Result<std::vector<std::string>> check_embedding_ids(const QuestionEmbedder* embedder, const std::vector<ReferenceRecord>& references,
                                                                   const std::vector<SampleSetPtr>& sets);

}  // namespace r2t2
