// Is a file of embeddings the one that a reference set was built with? Names and sizes of two tables may be the same.
//
// Thread rule: pure function.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/reference/reference_store.h"
#include "core/run/question_embedder.h"

namespace r2t2 {

/// Compares, of every reference that the file has a row for, that row with what the store keeps of the one it was built with: the direction of
/// its question part. A file that has more rows than then is the same to it. `set`: the references', as their ids are looked up. Of an embedder
/// that computes there is nothing to compare. Error: names the first that differs. A warning is logged where references have no row to tell by.
[[nodiscard]] Status check_embedding_rows(const ReferenceStore& store, const QuestionEmbedder& embedder, const std::string& set);

}  // namespace r2t2
