// The order of the sample table: filtered, sorted, and what changed between two orders.
// An order is a list of sample numbers, one a row. Thread rule: pure functions, made for a worker.
#pragma once

#include <QtCore/qnamespace.h>

#include <string_view>
#include <vector>

#include "core/base/cancel.h"
#include "core/base/result.h"
#include "ui/models/sample_filter.h"
#include "ui/models/sample_row.h"

namespace r2t2::ui {

enum class SampleColumn { Id, Set, Question, Truth, NativeAnswer, FinalAnswer, Outcome, Family, Domain };
constexpr int kSampleColumns = 9;

/// Text of a column; empty for Outcome.
[[nodiscard]] const std::string& column_text(const SampleSummary& summary, SampleColumn column);

struct SampleSort {
    int column = -1;  ///< SampleColumn; -1: the lists' own order
    Qt::SortOrder order = Qt::AscendingOrder;
};

/// Samples that pass, sorted; equal ones keep the lists' order whichever the direction. Samples that are not read yet
/// pass only an empty filter and come last. Looks at the token every 4,096 samples, not while it sorts (0.1 s of 100,000).
[[nodiscard]] Result<std::vector<int>> arrange(const SampleSnapshot& samples, const SampleFilter& filter,
                                               const SampleSort& sort, const CancelToken& cancel);

/// "item 9" before "item 10": runs of digits compare as numbers. -1, 0, 1.
[[nodiscard]] int natural_compare(std::string_view a, std::string_view b);

/// How to get from one order to another, in the words of an item model.
struct OrderChange {
    enum class Kind {
        None,
        Permuted,  ///< the same samples
        Rows,      ///< what stays keeps its order; few ranges go, then few come
        Other
    };
    struct Range {
        int first = 0, last = 0;  ///< both included
        bool operator==(const Range&) const = default;
    };
    Kind kind = Kind::None;
    std::vector<Range> removed;   ///< rows of the old order
    std::vector<Range> inserted;  ///< rows of the new order
};
/// `total`: sample numbers are below it. More than `most_ranges` removed and inserted ranges: Other. O(total).
[[nodiscard]] OrderChange compare_orders(const std::vector<int>& before, const std::vector<int>& after, std::size_t total,
                                         std::size_t most_ranges);

}  // namespace r2t2::ui
