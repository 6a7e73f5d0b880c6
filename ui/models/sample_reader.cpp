#include "ui/models/sample_reader.h"

#include <QElapsedTimer>
#include <algorithm>

namespace r2t2::ui {

namespace {

constexpr qint64 kPostMilliseconds = 30;

Result<SampleChunkPtr> read_chunk(const SampleSource& source, std::size_t number, const CancelToken& cancel) {
    const std::size_t end = std::min((number + 1) * kChunkRows, source.size());
    std::vector<SampleRow> rows;
    rows.reserve(end - number * kChunkRows);
    std::size_t list = source.list_of(number * kChunkRows);
    for (std::size_t sample = number * kChunkRows; sample < end; ++sample) {
        if (cancel.cancelled()) {
            return cancelled();
        }
        while (sample >= source.begins[list + 1]) {
            ++list;
        }
        rows.push_back(make_row(source.lists[list]->summary(sample - source.begins[list])));
    }
    return make_chunk(std::move(rows));
}

}  // namespace

Result<int> read_samples(const SampleSource& source, std::atomic<int>& wanted, const JobRunner::Context& context,
                         const std::function<void(ReadChunks)>& take) {
    const std::size_t chunks = (source.size() + kChunkRows - 1) / kChunkRows;
    std::vector<bool> done(chunks, false);
    ReadChunks part;
    QElapsedTimer since;
    since.start();
    std::size_t next = 0;
    for (std::size_t count = 0; count < chunks; ++count) {
        while (done[next]) {
            ++next;
        }
        const int asked = wanted.exchange(-1, std::memory_order_relaxed);
        const bool jump = asked >= 0 && static_cast<std::size_t>(asked) < chunks && !done[static_cast<std::size_t>(asked)];
        const std::size_t number = jump ? static_cast<std::size_t>(asked) : next;
        auto chunk = read_chunk(source, number, context.cancel);
        if (!chunk) {
            return chunk.error();
        }
        done[number] = true;
        part.emplace_back(number, std::move(chunk).value());
        if (since.elapsed() >= kPostMilliseconds || count + 1 == chunks) {
            context.post([take, ready = std::exchange(part, {})] { take(ready); });
            context.progress({"samples", static_cast<std::int64_t>((count + 1) * kChunkRows),
                              static_cast<std::int64_t>(source.size()), ""});
            since.start();
        }
    }
    return static_cast<int>(chunks);
}

}  // namespace r2t2::ui
