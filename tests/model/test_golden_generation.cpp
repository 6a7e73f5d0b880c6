// Case 3: greedy and beam decoding with cached keys after a routed prefill.
#include "core/model/generation.h"
#include "tests/model/golden_case.h"

using namespace r2t2;
using namespace r2t2::golden;

namespace {

constexpr std::int64_t steps = 12;

struct Setup {
    GoldenModel model;
    CaseInput input;
    Decoder decoder;
    Prepared prepared;

    Setup(const std::string& variant, at::ScalarType type, const File& inputs, const File& aux)
        : model(GoldenModel::load(variant, type)),
          input(case_input(model, inputs, aux)),
          decoder(model.config, model.weights),
          prepared(decoder, input) {}
};

GenerationOptions options(std::vector<int> stop = {}) {
    GenerationOptions o;
    o.max_new_tokens = steps;
    o.stop_ids = std::move(stop);
    return o;
}

/// [step, B, vocab]
at::Tensor step_logits(const std::vector<Generated>& rows) {
    std::vector<at::Tensor> by_row;
    for (const Generated& row : rows) {
        by_row.push_back(at::stack(row.step_logits));
    }
    return at::stack(by_row, 1);
}

at::Tensor tokens(const std::vector<Generated>& rows) {
    std::vector<at::Tensor> out;
    for (const Generated& row : rows) {
        out.push_back(at::tensor(at::ArrayRef<std::int64_t>(row.tokens)));
    }
    return at::stack(out);
}

/// Keys of ours stand at true positions, upstream's at slots that count padding: turn ours by the padding.
at::Tensor shifted_keys(const Setup& s, const at::Tensor& key, std::int64_t slots) {
    const ModelConfig& config = s.model.config;
    const RotaryTable table = rotary_table(config.head_dim(), config.rope_theta, 0, config.max_position_embeddings, slots, key.options());
    std::vector<at::Tensor> rows;
    const std::vector<RowLengths> lengths = s.input.rows(config);
    for (std::size_t b = 0; b < lengths.size(); ++b) {
        const std::int64_t pad = slots - lengths[b].before - lengths[b].after - config.vision.patches();
        const at::Tensor heads = key[std::int64_t(b)].view({-1, config.kv_heads, config.head_dim()});
        rows.push_back(rotate(heads, table.cos[pad], table.sin[pad]).flatten(1));
    }
    return at::stack(rows);
}

void check_greedy(CaseCheck& check, const Setup& s, bool gate_half, double limit) {
    const std::int64_t slots = check.file["prefill.last_layer.k"].shape[2];
    MixerRouting routing;
    routing.gate_half = gate_half;
    RoutedPass prefill;
    const PackedBatch batch = s.prepared.packed(s.decoder, false);
    const std::vector<Generated> rows = generate_greedy(s.decoder, batch, routing, options(), true, &prefill);
    check.compare("tokens", tokens(rows), 0);
    const at::Tensor logits = step_logits(rows);
    check.compare("step_logits", logits, limit);
    const at::Tensor top = std::get<0>(logits.topk(2, -1));
    check.compare("margin", top.select(-1, 0) - top.select(-1, 1), 2 * limit);
    // [B, kv heads, tokens, d] -> [B, tokens, kv heads * d]
    const RowMap map = merged_rows(batch.layout, s.input.rows(s.model.config), slots);
    const auto compare_cache = [&](const std::string& name, const at::Tensor& actual) {
        const at::Tensor expected = check.expected(name).transpose(1, 2).flatten(2);
        check.note(name, worst(rows_at(actual, map.canonical), rows_at(expected, map.merged)), limit);
    };
    const KeyValue& last = prefill.cache.back();
    compare_cache("prefill.last_layer.k", shifted_keys(s, last.key, slots));
    compare_cache("prefill.last_layer.v", last.value);
}

}  // namespace

class TestGoldenGeneration : public QObject {
    Q_OBJECT

    static void cases() {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("name");
        for (const char* variant : {"A", "B"}) {
            for (const char* name : {"case3_greedy_", "case3_greedy_batch_"}) {
                QTest::newRow(qPrintable(QString("%1 %2").arg(variant, name))) << variant << name;
            }
        }
    }
    static void variants() {
        QTest::addColumn<QString>("variant");
        QTest::newRow("A") << "A";
        QTest::newRow("B") << "B";
    }

private Q_SLOTS:
    void greedy_data() { cases(); }
    void greedy() {
        QFETCH(QString, variant);
        QFETCH(QString, name);
        CaseCheck check(variant.toStdString(), name.toStdString() + "clean");
        check.used({"input_ids", "attention_mask", "image_u8", "aux_embeds", "verb_ids"});
        const Setup s(variant.toStdString(), at::kFloat, check.file, check.file);
        check_greedy(check, s, false, check.limit("step_logits"));
        // The masks of a prompt without an answer.
        const PackedBatch batch = s.prepared.packed(s.decoder, false);
        const std::int64_t length = check.file["im_mask"].shape[1];
        const RowMap map = merged_rows(batch.layout, s.input.rows(s.model.config), length);
        const at::Tensor image = map.canonical.remainder(batch.layout.length()).lt(batch.layout.image);
        const auto merged = [&](const at::Tensor& values) {
            at::Tensor out = at::zeros({batch.layout.batch * length}, at::kBool);
            return out.index_copy_(0, map.merged, values).view({batch.layout.batch, length});
        };
        check.compare("im_mask", merged(image), 0);
        check.compare("lang_mask", merged(image.logical_not()), 0);
        // float64: the first sample's logits are stored.
        const Setup wide(variant.toStdString(), at::kDouble, check.file, check.file);
        const auto rows = generate_greedy(wide.decoder, wide.prepared.packed(wide.decoder, false), {}, options(), true);
        check.compare("f64.step_logits", step_logits(rows).slice(1, 0, 1), 1e-12);
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }

    void greedyUpstream_data() { cases(); }
    void greedyUpstream() {
        QFETCH(QString, variant);
        QFETCH(QString, name);
        const File inputs = File::load(variant.toStdString() + "/" + name.toStdString() + "clean");
        CaseCheck check(variant.toStdString(), name.toStdString() + "upstream");
        check.used({"aux_embeds"});
        const Setup s(variant.toStdString(), at::kFloat, inputs, check.file);
        check_greedy(check, s, true, 1e-2);
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }

    /// Upstream hands back the stop id and pads what follows with it (as -100 and 2); we end before it.
    void stopId_data() { variants(); }
    void stopId() {
        QFETCH(QString, variant);
        const File inputs = File::load(variant.toStdString() + "/case3_greedy_batch_clean");
        CaseCheck check(variant.toStdString(), "case3_eos_clean");
        check.used({"aux_embeds", "eos_id", "sequences"});
        const Setup s(variant.toStdString(), at::kFloat, inputs, check.file);
        const std::int64_t stop = check.file["eos_id"].integers()[0];
        const auto rows = generate_greedy(s.decoder, s.prepared.packed(s.decoder, false), {}, options({static_cast<int>(stop)}));
        const std::vector<std::int64_t> all = check.file["sequences"].integers();
        const std::int64_t width = check.file["sequences"].shape[1];
        int stopped = 0;
        for (std::size_t b = 0; b < rows.size(); ++b) {
            std::vector<std::int64_t> expected(all.begin() + std::int64_t(b + 1) * width - steps, all.begin() + std::int64_t(b + 1) * width);
            const auto end = std::find(expected.begin(), expected.end(), stop);
            stopped += end != expected.end();
            expected.erase(end, expected.end());
            QCOMPARE(rows[b].tokens, expected);
            QCOMPARE(rows[b].log_probabilities.size(), expected.size());
        }
        QVERIFY2(stopped >= 1 && stopped < 3, "the case has a row that stops and rows that go on");
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }

    /// Case eos-list: any of several ids ends an answer, and only those do.
    void anyOfSeveralIdsStops() {
        const File inputs = File::load("A/case3_greedy_batch_clean");
        const Setup s("A", at::kDouble, inputs, inputs);
        const PackedBatch batch = s.prepared.packed(s.decoder, false);
        const auto free = generate_greedy(s.decoder, batch, {}, options());
        const int first = static_cast<int>(free[0].tokens[1]), second = static_cast<int>(free[1].tokens[2]);
        for (const std::vector<int>& stops : {std::vector<int>{first, second}, std::vector<int>{second, first}, std::vector<int>{second}}) {
            const auto rows = generate_greedy(s.decoder, batch, {}, options(stops));
            for (std::size_t b = 0; b < rows.size(); ++b) {
                const auto is_stop = [&](std::int64_t id) { return std::find(stops.begin(), stops.end(), id) != stops.end(); };
                const auto end = std::find_if(free[b].tokens.begin(), free[b].tokens.end(), is_stop);
                QCOMPARE(rows[b].tokens, std::vector<std::int64_t>(free[b].tokens.begin(), end));
            }
        }
    }

    /// However many of the best candidates are ends, every beam goes on with a word that is none.
    void beamsFindWordsBesideManyEnds() {
        const File inputs = File::load("A/case3_greedy_batch_clean");
        const Setup s("A", at::kDouble, inputs, inputs);
        const MoaiSample* one = s.prepared.pointers[0];
        const PackedBatch batch = pack(s.model.config, {&one, 1}, false, s.model.weights.embedding.options());
        GenerationOptions many = options();
        many.candidates = 12;
        const Generated free = generate_beam(s.decoder, batch, {}, many, 1);
        for (const auto& [id, probability] : free.candidates) {
            many.stop_ids.push_back(static_cast<int>(id));  // the twelve best first words
        }
        const Generated best = generate_beam(s.decoder, batch, {}, many, 3);
        for (const std::int64_t id : best.tokens) {
            QVERIFY(std::find(many.stop_ids.begin(), many.stop_ids.end(), id) == many.stop_ids.end());
        }
    }

    void beams_data() { variants(); }
    void beams() {
        QFETCH(QString, variant);
        const File inputs = File::load(variant.toStdString() + "/case3_greedy_batch_clean");
        CaseCheck check(variant.toStdString(), "case3_beam3_clean");
        check.used({"aux_embeds"});
        const double limit = Limits(variant.toStdString()).of("case3_greedy_batch_clean", "step_logits");
        for (const auto type : {at::kFloat, at::kDouble}) {
            const Setup s(variant.toStdString(), type, inputs, check.file);
            at::Tensor sequences = check.expected("sequences").clone();
            at::Tensor scores = at::zeros({3}, at::kDouble);
            for (std::int64_t b = 0; b < 3; ++b) {
                const MoaiSample* one = s.prepared.pointers[std::size_t(b)];
                const PackedBatch batch = pack(s.model.config, {&one, 1}, false, s.model.weights.embedding.options());
                double score = 0;
                const Generated best = generate_beam(s.decoder, batch, {}, options(), 3, &score);
                sequences[b].slice(0, sequences.size(1) - steps).copy_(at::tensor(at::ArrayRef<std::int64_t>(best.tokens)));
                scores[b] = score;
                double sum = 0;
                for (const double p : best.log_probabilities) {
                    sum += p;
                }
                QVERIFY(std::abs(sum / steps - score) < 1e-6);
            }
            check.compare("sequences", sequences, 0);
            // The float64 scores are stored in float32: their last bit is 2.4e-7 at 2 to 4.
            check.compare(type == at::kDouble ? "f64.sequences_scores" : "sequences_scores", scores,
                          type == at::kDouble ? 2.4e-7 : limit);
        }
        const std::string problems = check.problems();
        QVERIFY2(problems.empty(), problems.c_str());
    }

    /// One beam is greedy decoding.
    void oneBeamIsGreedy() {
        const File inputs = File::load("A/case3_greedy_batch_clean");
        const Setup s("A", at::kDouble, inputs, inputs);
        const auto greedy = generate_greedy(s.decoder, s.prepared.packed(s.decoder, false), {}, options());
        for (std::size_t b = 0; b < 3; ++b) {
            const MoaiSample* one = s.prepared.pointers[b];
            const PackedBatch batch = pack(s.model.config, {&one, 1}, false, s.model.weights.embedding.options());
            QCOMPARE(generate_beam(s.decoder, batch, {}, options(), 1).tokens, greedy[b].tokens);
        }
    }

    /// Decoding with cached keys equals feeding the generated tokens as an answer.
    void cachedEqualsTeacherForced() {
        for (const char* variant : {"A", "B"}) {
            const File inputs = File::load(std::string(variant) + "/case3_greedy_batch_clean");
            const Setup s(variant, at::kDouble, inputs, inputs);
            const auto rows = generate_greedy(s.decoder, s.prepared.packed(s.decoder, false), {}, options(), true);
            CaseInput forced = s.input;
            for (std::size_t b = 0; b < rows.size(); ++b) {
                forced.samples[b].answer = rows[b].tokens;
            }
            const at::NoGradGuard no_grad;
            const NetworkOutput out = forward_network(s.model.config, s.model.weights, forced.network()).value();
            QVERIFY(worst(out.logits.transpose(0, 1), step_logits(rows)) < 1e-12);
        }
    }
};

QTEST_GUILESS_MAIN(TestGoldenGeneration)
#include "test_golden_generation.moc"
