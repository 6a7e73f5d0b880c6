#include "core/run/model_input.h"

#include "core/base/sha256.h"
#include "core/vision/facts_json.h"
#include "core/vision/resize_bilinear_pillow.h"
#include "core/vision/verbalise.h"

namespace r2t2 {

namespace {

/// Ids of every pixel of a side x side picture: the nearest pixel of the map (ids must not be blended).
std::vector<std::uint8_t> segment_ids(const SegmentMap& map, int side) {
    if (map.ids.empty()) {
        return {};
    }
    std::vector<std::uint8_t> ids(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    for (int y = 0; y < side; ++y) {
        const std::int64_t from_y = (2LL * y + 1) * map.height / (2LL * side);
        for (int x = 0; x < side; ++x) {
            const std::int64_t from_x = (2LL * x + 1) * map.width / (2LL * side);
            ids[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)] =
                map.ids[static_cast<std::size_t>(from_y * map.width + from_x)];
        }
    }
    return ids;
}

std::string image_key(const ModelInput& input) {
    Sha256 hash;
    hash.update(input.rgb.data(), input.rgb.size());
    hash.update(std::to_string(input.segment_ids.size()) + "|" + input.facts_text);
    hash.update(input.segment_ids.data(), input.segment_ids.size());
    return hash.hex().substr(0, 32);
}

Result<std::string> checked_file(SampleFile which, const std::filesystem::path& file, std::uint64_t max_bytes, const FileCheck& check) {
    Result<std::string> bytes = read_limited_file(file, max_bytes);
    if (bytes && check) {
        R2T2_TRY(check(which, file, &*bytes));
    }
    return bytes;
}

/// Of the stated file, else of the one beside the picture, if there is one.
Result<std::optional<AuxiliaryFacts>> facts_in_file(const Sample& sample, const std::filesystem::path& picture, const FileCheck& check) {
    const std::filesystem::path& stated = sample.extras().facts_path;
    const std::filesystem::path file = stated.empty() ? facts_file_beside(picture) : stated;
    std::error_code code;
    if (stated.empty() && !std::filesystem::exists(file, code)) {
        R2T2_TRY(check ? check(SampleFile::Facts, file, nullptr) : Status());
        return std::optional<AuxiliaryFacts>();
    }
    const Result<std::string> bytes = checked_file(SampleFile::Facts, file, FactsReadOptions().max_file_bytes, check);
    if (!bytes) {
        return bytes.error();
    }
    Result<AuxiliaryFacts> facts = facts_of_file(*bytes, file);
    return facts ? Result<std::optional<AuxiliaryFacts>>(std::optional(std::move(*facts))) : Result<std::optional<AuxiliaryFacts>>(facts.error());
}

}  // namespace

std::string hash_pixels(const Image& image) {
    Sha256 hash;
    hash.update(std::to_string(image.width) + "x" + std::to_string(image.height) + "|");
    hash.update(image.rgb.data(), image.rgb.size());
    return hash.hex().substr(0, 32);
}

PictureInput make_picture_input(const Image& image, const AuxiliaryFacts* facts, const std::string& question,
                                const std::string& answer, const ModelInfo& model) {
    const int side = model.image_size;
    PictureInput out;
    out.pixels_hash = hash_pixels(image);
    out.input.rgb = image.width == side && image.height == side ? image.rgb
                                                                : resize_bilinear_pillow(image, side, side).rgb;
    if (facts != nullptr) {
        out.input.facts_text =
            verbalise(*facts, model.miniature ? VerbaliseOptions::bundled_world() : VerbaliseOptions::upstream());
        out.input.segment_ids = segment_ids(facts->map, side);
        out.facts_source = facts->source;
    }
    out.input.image_key = image_key(out.input);
    out.input.question = question;
    if (!answer.empty()) {
        out.input.answer = answer;
    }
    return out;
}

Result<SamplePicture> load_picture(const Sample& sample, const ImageLimits& limits, const FileCheck& check) {
    const std::filesystem::path file = sample.image_path.path();
    const Result<std::string> bytes = checked_file(SampleFile::Picture, file, limits.max_file_bytes, check);
    if (!bytes) {
        return bytes.error();
    }
    Result<Image> image = decode_image({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()}, file.string(), limits);
    if (!image) {
        return image.error();
    }
    SamplePicture picture{std::move(*image), sample.extras().facts};
    if (!picture.facts) {
        Result<std::optional<AuxiliaryFacts>> facts = facts_in_file(sample, file, check);
        if (!facts) {
            return facts.error();
        }
        picture.facts = std::move(*facts);
    }
    return picture;
}

Result<PictureInput> make_picture_input(const Sample& sample, const ModelInfo& model, const ImageLimits& limits, const FileCheck& check) {
    R2T2_TRY(check_question(sample.prompt(), "sample " + sample.id));
    const Result<SamplePicture> picture = load_picture(sample, limits, check);
    if (!picture) {
        return picture.error();
    }
    PictureInput out = make_picture_input(picture->image, picture->facts ? &*picture->facts : nullptr, sample.prompt(),
                                          sample.ground_truth, model);
    out.input.instruction = sample.labels().instruction;
    return out;
}

PictureInput make_picture_input(const MiniatureSample& sample, const ModelInfo& model) {
    PictureInput out = make_picture_input(sample.image, &sample.facts, sample.question, sample.answer, model);
    out.input.instruction = sample.instruction;
    return out;
}

}  // namespace r2t2
