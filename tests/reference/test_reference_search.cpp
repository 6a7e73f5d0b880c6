#include <QtTest>
#include <cmath>
#include <thread>

#include "core/base/random.h"
#include "core/reference/reference_search.h"
#include "tests/support/golden_file.h"

using namespace r2t2;

namespace {

/// Rows of length 1, as a store holds them.
std::vector<float> unit_rows(const std::vector<float>& rows, std::size_t dimension) {
    std::vector<float> result;
    for (std::size_t i = 0; i < rows.size(); i += dimension) {
        double squares = 0.0;
        for (std::size_t d = 0; d < dimension; ++d) {
            squares += static_cast<double>(rows[i + d]) * static_cast<double>(rows[i + d]);
        }
        for (std::size_t d = 0; d < dimension; ++d) {
            result.push_back(static_cast<float>(static_cast<double>(rows[i + d]) / std::sqrt(squares)));
        }
    }
    return result;
}

std::vector<float> random_rows(std::size_t count, std::size_t dimension, std::uint64_t seed) {
    RandomStream random(seed);
    std::vector<float> rows(count * dimension);
    for (float& value : rows) {
        value = static_cast<float>(random.normal());
    }
    return unit_rows(rows, dimension);
}

std::span<const float> row(const std::vector<float>& rows, std::size_t dimension, std::size_t i) {
    return std::span<const float>(rows).subspan(i * dimension, dimension);
}

/// All rows in final order, in double.
std::vector<Candidate> brute_force(const std::vector<float>& rows, std::span<const float> query) {
    std::vector<Candidate> all;
    for (std::size_t i = 0; i < rows.size() / query.size(); ++i) {
        double sum = 0.0;
        for (std::size_t d = 0; d < query.size(); ++d) {
            sum += static_cast<double>(query[d]) * static_cast<double>(rows[i * query.size() + d]);
        }
        all.push_back({i, sum});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& a, const Candidate& b) { return a.similarity > b.similarity; });
    return all;
}

}  // namespace

class TestReferenceSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void golden_with_planted_ties();
    void equals_brute_force_data();
    void equals_brute_force();
    void ties_at_the_cut();
    void exclusion();
    void ball_equals_brute_force();
    void empty_ball();
    void refusals();
    void threads_agree();
};

void TestReferenceSearch::golden_with_planted_ties() {
    const auto golden = golden::File::load("algo/knn");
    constexpr std::size_t dimension = 64;
    const std::vector<float> vectors = unit_rows(golden["vectors"].floats(), dimension);
    const std::vector<float> queries = unit_rows(golden["queries"].floats(), dimension);
    const auto indices = golden["indices"].integers();
    const std::vector<double> similarities = golden["similarities"].doubles();
    const auto search = ReferenceSearch::create(vectors, dimension);
    QVERIFY(search.ok());
    for (std::size_t q = 0; q < 6; ++q) {
        const auto found = search->nearest(row(queries, dimension, q), 10);
        QVERIFY(found.ok());
        for (std::size_t i = 0; i < 10; ++i) {
            QCOMPARE(static_cast<std::int64_t>((*found)[i].index), indices[q * 10 + i]);
            // float32 unit vectors against float64 cosines: 64 roundings of 6e-8 / sqrt(64)
            QVERIFY(std::abs((*found)[i].similarity - similarities[q * 10 + i]) < 2e-7);
        }
    }
}

void TestReferenceSearch::equals_brute_force_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<int>("dimension");
    QTest::addColumn<int>("k");
    QTest::newRow("one") << 1 << 3 << 1;
    QTest::newRow("small") << 17 << 5 << 17;
    QTest::newRow("middle") << 500 << 96 << 20;
    QTest::newRow("wide") << 300 << 2048 << 5;
    QTest::newRow("all") << 400 << 32 << 400;
}

void TestReferenceSearch::equals_brute_force() {
    QFETCH(int, count);
    QFETCH(int, dimension);
    QFETCH(int, k);
    const auto d = static_cast<std::size_t>(dimension);
    const auto rows = random_rows(static_cast<std::size_t>(count), d, 3);
    const auto queries = random_rows(10, d, 4);
    const auto search = ReferenceSearch::create(rows, d);
    QVERIFY(search.ok());
    for (std::size_t q = 0; q < 10; ++q) {
        const auto found = search->nearest(row(queries, d, q), static_cast<std::size_t>(k));
        const auto expected = brute_force(rows, row(queries, d, q));
        QVERIFY(found.ok());
        QCOMPARE(found->size(), static_cast<std::size_t>(k));
        for (std::size_t i = 0; i < found->size(); ++i) {
            QCOMPARE((*found)[i].index, expected[i].index);
            QCOMPARE((*found)[i].similarity, expected[i].similarity);
        }
    }
}

// Forty equal rows and k in their midst: the lowest indices win, whatever FAISS's heap kept.
void TestReferenceSearch::ties_at_the_cut() {
    constexpr std::size_t d = 24;
    auto rows = random_rows(200, d, 5);
    for (std::size_t copy = 0; copy < 40; ++copy) {
        std::copy_n(rows.begin() + 3 * d, d, rows.begin() + static_cast<std::ptrdiff_t>((199 - 4 * copy) * d));
    }
    const auto search = ReferenceSearch::create(rows, d);
    for (std::size_t k = 1; k <= 60; ++k) {
        const auto found = search->nearest(row(rows, d, 3), k);
        const auto expected = brute_force(rows, row(rows, d, 3));
        QVERIFY(found.ok());
        for (std::size_t i = 0; i < k; ++i) {
            QCOMPARE((*found)[i].index, expected[i].index);
        }
    }
}

void TestReferenceSearch::exclusion() {
    constexpr std::size_t d = 16;
    const auto rows = random_rows(100, d, 6);
    const auto search = ReferenceSearch::create(rows, d);
    const auto query = row(rows, d, 42);
    const auto expected = brute_force(rows, query);
    // leave out the best sixty: FAISS has to be asked more than once
    std::vector<std::size_t> left_out;
    for (std::size_t i = 0; i < 60; ++i) {
        left_out.push_back(expected[i].index);
    }
    const auto exclude = exclude_indices(left_out);
    QVERIFY(exclude(42));
    const auto found = search->nearest(query, 5, exclude);
    QVERIFY(found.ok());
    for (std::size_t i = 0; i < 5; ++i) {
        QCOMPARE((*found)[i].index, expected[60 + i].index);
    }
    QVERIFY(search->nearest(query, 40, exclude).ok());
    const auto too_many = search->nearest(query, 41, exclude);
    QVERIFY(!too_many.ok());
    QCOMPARE(too_many.error().field, std::string("k"));
    QCOMPARE(too_many.error().found, std::string("41"));
    QVERIFY(too_many.error().allowed.starts_with("1 to 40"));
}

void TestReferenceSearch::ball_equals_brute_force() {
    constexpr std::size_t d = 8;
    const auto rows = random_rows(400, d, 7);
    const auto queries = random_rows(20, d, 8);
    const auto search = ReferenceSearch::create(rows, d);
    for (const double epsilon : {0.1, 0.3, 0.6, 1.0, 2.0, 5.0}) {
        for (std::size_t q = 0; q < 20; ++q) {
            const auto expected = brute_force(rows, row(queries, d, q));
            const auto found = search->ball(row(queries, d, q), epsilon, [](std::size_t i) { return i % 7 == 0; });
            QVERIFY(found.ok());
            std::vector<std::size_t> want;
            for (const Candidate& candidate : expected) {
                if (1.0 - candidate.similarity <= epsilon + 1e-6 && candidate.index % 7 != 0) {
                    want.push_back(candidate.index);
                }
            }
            QCOMPARE(found->size(), want.size());
            for (std::size_t i = 0; i < want.size(); ++i) {
                QCOMPARE((*found)[i].index, want[i]);
            }
        }
    }
}

void TestReferenceSearch::empty_ball() {
    const std::vector<float> rows = {1, 0, 0, 1};
    const auto search = ReferenceSearch::create(rows, 2);
    const std::vector<float> query = {-1, 0};
    const auto found = search->ball(query, 0.5);
    QVERIFY(found.ok());
    QVERIFY(found->empty());
    const std::vector<float> same = {0, 1};
    QCOMPARE(search->ball(same, 0.0)->size(), std::size_t{1});
}

void TestReferenceSearch::refusals() {
    const std::vector<float> rows = {1, 0, 0, 1};
    QVERIFY(!ReferenceSearch::create(rows, 3).ok());
    QVERIFY(!ReferenceSearch::create(std::vector<float>{}, 2).ok());
    QVERIFY(!ReferenceSearch::create(std::vector<float>{1, std::nanf("")}, 2).ok());
    const auto search = ReferenceSearch::create(rows, 2);
    QVERIFY(search.ok());
    const std::vector<float> query = {1, 0};
    QCOMPARE(search->nearest(query, 0).error().field, std::string("k"));
    QCOMPARE(search->nearest(query, 3).error().allowed, std::string("1 to 2"));
    QCOMPARE(search->nearest(std::vector<float>{1, 0, 0}, 1).error().field, std::string("query"));
    QCOMPARE(search->nearest(std::vector<float>{1, INFINITY}, 1).error().field, std::string("query"));
    QCOMPARE(search->ball(query, -0.1).error().field, std::string("epsilon"));
    QCOMPARE(search->ball(query, std::nan("")).error().field, std::string("epsilon"));
}

void TestReferenceSearch::threads_agree() {
    constexpr std::size_t d = 32;
    const auto rows = random_rows(1000, d, 9);
    const auto search = ReferenceSearch::create(rows, d);
    std::vector<std::vector<Candidate>> found(4);
    std::vector<std::thread> threads;
    for (auto& own : found) {
        threads.emplace_back([&] {
            for (std::size_t q = 0; q < 50; ++q) {
                const auto nearest = search->nearest(row(rows, d, q), 5);
                own.insert(own.end(), nearest->begin(), nearest->end());
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (const auto& own : found) {
        QCOMPARE(own.size(), found[0].size());
        for (std::size_t i = 0; i < own.size(); ++i) {
            QCOMPARE(own[i].index, found[0][i].index);
            QCOMPARE(own[i].similarity, found[0][i].similarity);
        }
    }
}

QTEST_APPLESS_MAIN(TestReferenceSearch)
#include "test_reference_search.moc"
