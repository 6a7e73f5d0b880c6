#include "core/run/question_embedder.h"

#include <algorithm>
#include <filesystem>

#include "core/base/path_there.h"
#include "core/model/engine.h"
#include "core/model/sentence_encoder.h"
#include "core/run/embedding_table.h"

namespace r2t2 {

namespace {

namespace fs = std::filesystem;

std::string numbers_of(std::size_t dimension) { return ", " + std::to_string(dimension) + " numbers"; }

class EncodedQuestions final : public QuestionEmbedder {
public:
    EncodedQuestions(std::shared_ptr<const SentenceEncoder> encoder, std::string source)
        : encoder_(std::move(encoder)), source_(std::move(source)) {
        const SentenceEncoderInfo& info = encoder_->info();
        const std::string numbers = numbers_of(static_cast<std::size_t>(info.dimension));
        former_identity_ = "sentence encoder " + info.weights_hash.substr(0, 12) + numbers;
        identity_ = "sentence encoder " + info.weights_hash.substr(0, 12) + ", settings " + info.settings_hash.substr(0, 12) + numbers;
    }
    [[nodiscard]] std::string former_identity() const override { return former_identity_; }
    [[nodiscard]] const std::string& identity() const override { return identity_; }
    [[nodiscard]] const std::string& source() const override { return source_; }
    [[nodiscard]] Result<std::vector<float>> embed(const std::string&, const std::string&, const std::string& question) const override {
        return encoder_->embed(question);
    }

private:
    std::shared_ptr<const SentenceEncoder> encoder_;
    std::string source_, identity_, former_identity_;
};

class StoredQuestions final : public QuestionEmbedder {
public:
    StoredQuestions(EmbeddingTable table, std::string source) : table_(std::move(table)), source_(std::move(source)) {
        identity_ = "computed by " + (table_.model().empty() ? "an unnamed model" : table_.model()) + numbers_of(table_.dimension());
        content_ = identity_ + ", " + table_.content_hash().substr(0, 12);
    }
    [[nodiscard]] const std::string& content() const override { return content_; }
    [[nodiscard]] const std::string& identity() const override { return identity_; }
    [[nodiscard]] const std::string& source() const override { return source_; }
    [[nodiscard]] Result<std::vector<float>> embed(const std::string& set, const std::string& id, const std::string&) const override {
        const EmbeddingMatch how = match(set, id);
        if (how == EmbeddingMatch::None) {
            const bool others = !table_.find(id).empty();
            return Error{ErrorKind::NotFound, source_, "id \"" + id + "\" of set " + set, others ? "a row of another set's" : "no such row",
                         "an embedding for every sample: \"" + set + "/" + id + "\"" + (others ? "" : " or \"" + id + "\"")};
        }
        const std::span<const float> row = table_.find(how == EmbeddingMatch::SetAndId ? set + "/" + id : id);
        return std::vector<float>(row.begin(), row.end());
    }
    [[nodiscard]] EmbeddingMatch match(const std::string& set, const std::string& id) const override {
        if (!table_.find(set + "/" + id).empty()) {
            return EmbeddingMatch::SetAndId;
        }
        const std::vector<std::string>& sets = table_.sets();
        const bool its_own = sets.empty() || std::find(sets.begin(), sets.end(), set) != sets.end();
        return its_own && !table_.find(id).empty() ? EmbeddingMatch::BareId : EmbeddingMatch::None;
    }

private:
    EmbeddingTable table_;
    std::string source_, identity_, content_;
};

Result<QuestionEmbedderPtr> open_encoder(const fs::path& directory) {
    const Result<EngineModule*> engine = load_engine();
    if (!engine) {
        return engine.error();
    }
    Result<std::shared_ptr<const SentenceEncoder>> encoder = (*engine)->open_sentence_encoder(directory);
    if (!encoder) {
        return encoder.error();
    }
    return QuestionEmbedderPtr(std::make_shared<EncodedQuestions>(std::move(*encoder), directory.string()));
}

}  // namespace

Result<QuestionEmbedderPtr> open_question_embedder(const std::string& choice) {
    if (choice.empty() || choice == "model") {
        return QuestionEmbedderPtr();
    }
    std::error_code code;
    const fs::path path = fs::absolute(choice, code).lexically_normal();
    if (fs::is_directory(path, code)) {
        return open_encoder(path);
    }
    if (const Status there = check_there(path, "--embedding", "model, the directory of a sentence encoder, or a file of embeddings (.npy, .safetensors)"); !there) {
        Error error = there.error();
        error.where = choice;
        return error;
    }
    Result<EmbeddingTable> table = EmbeddingTable::open(path);
    if (!table) {
        return table.error();
    }
    return QuestionEmbedderPtr(std::make_shared<StoredQuestions>(std::move(*table), path.string()));
}

std::string embedder_content(const QuestionEmbedder* embedder) { return embedder == nullptr ? std::string() : embedder->content(); }

std::string embedder_identity(const QuestionEmbedder* embedder) {
    return embedder == nullptr ? "the model's own" : embedder->identity();
}

}  // namespace r2t2
