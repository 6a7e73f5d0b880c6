// What makes two checkpoints the same model: case fault-config-outside-identity.
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/checkpoint/model_identity.h"

using namespace r2t2;
namespace fs = std::filesystem;

class TestModelIdentity : public QObject {
    Q_OBJECT

    QTemporaryDir directory_;
    nlohmann::json bundled_;

    [[nodiscard]] IdentityParts parts_of(const nlohmann::json& config, int indent = 2, const std::string& generation = {}) const {
        const fs::path folder = directory_.path().toStdString();
        std::ofstream(folder / "config.json") << config.dump(indent);
        fs::remove(folder / "generation_config.json");
        if (!generation.empty()) {
            std::ofstream(folder / "generation_config.json") << generation;
        }
        const auto read = ModelConfig::read(folder / "config.json");
        return read.ok() ? identity_parts(*read, "weights", "tokenizer") : IdentityParts();
    }

private Q_SLOTS:
    void initTestCase() {
        std::ifstream file(R2T2_SOURCE_DIR "/resources/miniature/config.json");
        bundled_ = nlohmann::json::parse(file);
    }

    void how_it_is_written_does_not_matter() {
        const IdentityParts own = parts_of(bundled_);
        QVERIFY(own.size() > 30);
        QCOMPARE(identity_of(parts_of(bundled_, -1)), identity_of(own));
        nlohmann::json other = bundled_;
        other["transformers_version"] = "4.44";
        other["torch_dtype"] = "bfloat16";
        other["moai"]["name"] = "Another name";
        other["moai"]["plora_alpha"] = 8;    // 8.0
        other["rope_theta"] = 1000000;       // 1e6
        other["moai"]["norm_fp16_compat"] = false;  // what it is without being stated
        QVERIFY(parts_of(other) == own);
    }

    /// Every number, switch and text that is read changes the identity, and is named.
    void every_field_that_is_read_counts() {
        const IdentityParts own = parts_of(bundled_);
        int changed = 0;
        const auto try_field = [&](nlohmann::json config, const std::string& field) {
            const IdentityParts parts = parts_of(config);
            if (parts.empty()) {
                return;  // no configuration any more
            }
            const auto differs = first_difference(own, parts);
            QVERIFY2(differs && differs->part == "config.json: " + field, (field + ": " + (differs ? differs->part : "nothing")).c_str());
            QVERIFY(identity_of(parts) != identity_of(own));
            ++changed;
        };
        const auto walk = [&](const auto& self, const nlohmann::json& object, const nlohmann::json::json_pointer& at, const std::string& prefix) -> void {
            for (const auto& item : object.items()) {
                const std::string& key = item.key();
                const nlohmann::json& value = item.value();
                if (value.is_object()) {
                    self(self, value, at / key, prefix + key + ".");
                    continue;
                }
                if (key == "name" || key == "miniature" || key == "hidden_act" || key == "model_type") {
                    continue;  // said, or not read
                }
                nlohmann::json config = bundled_;
                nlohmann::json& place = config[at / key];
                place = value.is_boolean()        ? nlohmann::json(!value.get<bool>())
                        : value.is_number_float() ? nlohmann::json(value.get<double>() * 2)
                        : value.is_number()       ? nlohmann::json(value.get<int>() * 2)
                                                  : nlohmann::json("{image}{question}");
                try_field(std::move(config), prefix + key);
            }
        };
        walk(walk, bundled_, nlohmann::json::json_pointer(), "");
        QVERIFY2(changed >= 20, std::to_string(changed).c_str());
    }

    void ends_of_answers_count_in_any_order() {
        const IdentityParts own = parts_of(bundled_);
        QVERIFY(parts_of(bundled_, 2, R"({"eos_token_id": 2})") == own);
        const IdentityParts more = parts_of(bundled_, 2, R"({"eos_token_id": [2, 7]})");
        QVERIFY(identity_of(more) != identity_of(own));
        QCOMPARE(first_difference(own, more)->there, std::string("2, 7"));
        QVERIFY(parts_of(bundled_, 2, R"({"eos_token_id": [7, 2]})") == more);
        nlohmann::json listed = bundled_;
        listed["eos_token_id"] = {2, 7};
        QVERIFY(parts_of(listed) == more);
    }

    void weights_and_tokenizer_are_parts() {
        const ModelConfig config;
        const IdentityParts a = identity_parts(config, "w", "t");
        QCOMPARE(first_difference(a, identity_parts(config, "w", "u"))->part, std::string("tokenizer.model"));
        QCOMPARE(first_difference(a, identity_parts(config, "v", "t"))->part, std::string("weights"));
        QVERIFY(!first_difference(a, identity_parts(config, "w", "t")));
        QCOMPARE(first_difference(a, identity_parts(config, "w", "t", "\"<x>\" 7"))->part, std::string("added tokens"));
        QVERIFY(identity_parts(config, "w", "t", {}) == a);
        // A value cannot pass for the next part.
        QVERIFY(identity_of({{"a", "1\nb=1:2"}}) != identity_of({{"a", "1"}, {"b", "2"}}));
    }
};

QTEST_APPLESS_MAIN(TestModelIdentity)
#include "test_model_identity.moc"
