#include "ui/models/sample_order.h"

#include <algorithm>
#include <functional>

#include "ui/models/cell_order.h"

namespace r2t2::ui {

namespace {

constexpr std::size_t kCancelEvery = 4096;

bool digit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view take_number(std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && digit(text[length])) {
        ++length;
    }
    std::string_view number = text.substr(0, length);
    text.remove_prefix(length);
    number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    return number;
}

/// Rows with the same outcome or text are equal, so that the sort before this one shows through.
template <typename Key, typename Less>
void sort_by(std::vector<int>& order, const std::vector<Key>& keys, Qt::SortOrder direction, const Less& less) {
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const auto& left = keys[static_cast<std::size_t>(direction == Qt::AscendingOrder ? a : b)];
        const auto& right = keys[static_cast<std::size_t>(direction == Qt::AscendingOrder ? b : a)];
        return less(left, right);
    });
}

/// The part that has been read is sorted; the rest stays behind it.
void sort_samples(std::vector<int>& order, const SampleSnapshot& samples, const SampleSort& sort) {
    const auto unread = std::stable_partition(order.begin(), order.end(), [&samples](int sample) {
        return samples.row(static_cast<std::size_t>(sample)) != nullptr;
    });
    std::vector<int> rest(unread, order.end());
    order.erase(unread, order.end());
    const auto column = static_cast<SampleColumn>(sort.column);
    if (column == SampleColumn::Outcome) {
        std::vector<SampleOutcome> keys(samples.size);
        for (const int sample : order) {
            keys[static_cast<std::size_t>(sample)] = samples.row(static_cast<std::size_t>(sample))->outcome;
        }
        sort_by(order, keys, sort.order, std::less<>());
    } else {
        std::vector<CellKey> keys(samples.size);
        for (const int sample : order) {
            const auto number = static_cast<std::size_t>(sample);
            keys[number].text = folded(column_text(samples.row(number)->summary, column));
            keys[number].number = leading_number(keys[number].text);
        }
        sort_by(order, keys, sort.order, [](const CellKey& a, const CellKey& b) { return compare(a, b) < 0; });
    }
    order.insert(order.end(), rest.begin(), rest.end());
}

std::vector<OrderChange::Range> ranges_outside(const std::vector<int>& order, const std::vector<bool>& other,
                                               std::size_t most) {
    std::vector<OrderChange::Range> ranges;
    for (int row = 0; row < static_cast<int>(order.size()) && ranges.size() <= most; ++row) {
        if (other[static_cast<std::size_t>(order[static_cast<std::size_t>(row)])]) {
            continue;
        }
        if (!ranges.empty() && ranges.back().last + 1 == row) {
            ranges.back().last = row;
        } else {
            ranges.push_back({row, row});
        }
    }
    return ranges;
}

std::vector<bool> members(const std::vector<int>& order, std::size_t total) {
    std::vector<bool> in(total, false);
    for (const int sample : order) {
        in[static_cast<std::size_t>(sample)] = true;
    }
    return in;
}

}  // namespace

const std::string& column_text(const SampleSummary& summary, SampleColumn column) {
    static const std::string none;
    switch (column) {
        case SampleColumn::Id:
            return summary.id;
        case SampleColumn::Set:
            return summary.set;
        case SampleColumn::Question:
            return summary.question;
        case SampleColumn::Truth:
            return summary.truth;
        case SampleColumn::NativeAnswer:
            return summary.native_answer;
        case SampleColumn::FinalAnswer:
            return summary.final_answer;
        case SampleColumn::Family:
            return summary.family;
        case SampleColumn::Domain:
            return summary.domain;
        case SampleColumn::Outcome:
            break;
    }
    return none;
}

int natural_compare(std::string_view a, std::string_view b) {
    while (true) {
        // What is common is skipped, but for digits at its end: they may be the beginning of two numbers.
        const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
        auto skip = static_cast<std::size_t>(differ - a.begin());
        while (skip > 0 && digit(a[skip - 1])) {
            --skip;
        }
        a.remove_prefix(skip);
        b.remove_prefix(skip);
        if (a.empty() || b.empty()) {
            return static_cast<int>(!a.empty()) - static_cast<int>(!b.empty());
        }
        if (!digit(a.front()) || !digit(b.front())) {
            return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front()) ? -1 : 1;
        }
        const std::string_view x = take_number(a);
        const std::string_view y = take_number(b);
        if (x.size() != y.size()) {
            return x.size() < y.size() ? -1 : 1;
        }
        if (const int order = x.compare(y); order != 0) {
            return order < 0 ? -1 : 1;
        }
    }
}

Result<std::vector<int>> arrange(const SampleSnapshot& samples, const SampleFilter& filter, const SampleSort& sort,
                                 const CancelToken& cancel) {
    std::vector<int> order;
    for (std::size_t sample = 0; sample < samples.size; ++sample) {
        if (sample % kCancelEvery == 0 && cancel.cancelled()) {
            return cancelled();
        }
        const SampleRow* row = samples.row(sample);
        if (filter.empty() || (row && filter.accepts(*row))) {
            order.push_back(static_cast<int>(sample));
        }
    }
    if (sort.column >= 0 && sort.column < kSampleColumns) {
        sort_samples(order, samples, sort);
    }
    return cancel.cancelled() ? Result<std::vector<int>>(cancelled()) : Result<std::vector<int>>(std::move(order));
}

OrderChange compare_orders(const std::vector<int>& before, const std::vector<int>& after, std::size_t total,
                           std::size_t most_ranges) {
    if (before == after) {
        return {};
    }
    const std::vector<bool> was = members(before, total);
    const std::vector<bool> is = members(after, total);
    if (was == is) {
        return {OrderChange::Kind::Permuted, {}, {}};
    }
    OrderChange change{OrderChange::Kind::Rows, ranges_outside(before, is, most_ranges),
                       ranges_outside(after, was, most_ranges)};
    if (change.removed.size() + change.inserted.size() > most_ranges) {
        return {OrderChange::Kind::Other, {}, {}};
    }
    const auto skip = [](const std::vector<int>& order, std::size_t row, const std::vector<bool>& other) {
        while (row < order.size() && !other[static_cast<std::size_t>(order[row])]) {
            ++row;
        }
        return row;
    };
    std::size_t i = skip(before, 0, is);
    for (std::size_t j = skip(after, 0, was); i < before.size() && j < after.size();
         i = skip(before, i + 1, is), j = skip(after, j + 1, was)) {
        if (before[i] != after[j]) {
            return {OrderChange::Kind::Other, {}, {}};
        }
    }
    return change;
}

}  // namespace r2t2::ui
