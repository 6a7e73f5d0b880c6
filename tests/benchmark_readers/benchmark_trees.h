// Copies of the trees of tests/data/benchmarks to break. Tests only.
#pragma once

#include <QTemporaryDir>

#include "core/benchmarks/benchmarks.h"
#include "tests/benchmark_readers/benchmark_tree_list.h"

namespace r2t2 {

/// A copy of a tree that a test may break, with a cache of its own.
class BrokenTree {
public:
    explicit BrokenTree(const BenchmarkTree& tree) : tree_(tree) {
        std::filesystem::copy(benchmark_data(tree.folder), root(), std::filesystem::copy_options::recursive);
    }
    [[nodiscard]] std::filesystem::path root() const { return std::filesystem::path(directory_.path().toStdString()) / "tree"; }
    [[nodiscard]] std::filesystem::path file() const { return root() / tree_.file; }
    [[nodiscard]] Result<Dataset> read(BenchmarkOptions options = {}) const {
        options.cache = root().parent_path() / "cache";
        return read_benchmark(tree_.name, root(), options);
    }

private:
    BenchmarkTree tree_;
    QTemporaryDir directory_;
};

}  // namespace r2t2
