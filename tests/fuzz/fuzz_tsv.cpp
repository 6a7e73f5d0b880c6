// Any bytes as a tab-separated table: rows or an error, and no more cells than there are bytes.
#include <cstdint>
#include <cstdlib>

#include "core/benchmarks/tsv_reader.h"
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const r2t2::FuzzFolder folder;
    folder.write("table.tsv", data, size);
    auto table = r2t2::TsvReader::open(folder.path("table.tsv"));
    if (!table.ok()) {
        return table.error().message().empty() ? std::abort(), 0 : 0;
    }
    std::size_t cells = 0;
    for (;;) {
        const auto row = table->next();
        if (!row.ok() || !*row) {
            return 0;
        }
        for (const std::string& cell : **row) {
            (void)r2t2::whole_number(cell);
            cells += 1 + cell.size();
        }
        if (cells > 2 * size + 2) {
            std::abort();
        }
    }
}
