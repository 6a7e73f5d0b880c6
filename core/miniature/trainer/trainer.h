// Trains the bundled model: the same network code as inference, on the bundled world. See docs/miniature.md.
#pragma once

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/miniature/train_request.h"

namespace r2t2 {

/// Stages 0 (wake-up), 1 (experts), 2 (gates), then writes config.json, model.safetensors, tokenizer.model and
/// training.json into `request.directory`. Resumable: state is written every few hundred steps and on cancel.
/// Repeatable: the same seed, thread count and machine give the same weights. Looks at `cancel` once a step.
[[nodiscard]] Status train(const TrainRequest& request, const ProgressCallback& progress, const CancelToken& cancel);

}  // namespace r2t2
