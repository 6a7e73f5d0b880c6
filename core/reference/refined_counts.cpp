#include "core/reference/refined_counts.h"

#include "core/routing/routing_matrix.h"

namespace r2t2 {

RefinedCounts refined_counts(std::span<const ReferenceRecord> records) {
    RefinedCounts out;
    for (const ReferenceRecord& record : records) {
        if (!record.refined) {
            continue;
        }
        const RefinedRouting& refined = *record.refined;
        ++out.refined;
        out.right_before += record.is_correct ? 1 : 0;
        out.right_after += refined.is_correct ? 1 : 0;
        out.mended += !record.is_correct && refined.is_correct ? 1 : 0;
        out.harmed += record.is_correct && !refined.is_correct ? 1 : 0;
        out.loss_before += refined.loss_before;
        out.loss_after += refined.loss_after;
        out.moved += distance(record.routing, refined.routing);
    }
    if (out.refined > 0) {
        const auto count = static_cast<double>(out.refined);
        out.loss_before /= count;
        out.loss_after /= count;
        out.moved /= count;
    }
    return out;
}

}  // namespace r2t2
