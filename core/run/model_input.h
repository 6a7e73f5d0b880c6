// From a picture, its auxiliary facts and a question to what the model wants.
//
// The picture is resized as MoAI's evaluation does it (Pillow's bilinear filter); facts become one text and a map of
// segment ids. Thread rule: pure functions; pictures are read from disk.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/dataset/dataset.h"
#include "core/miniature/sample.h"
#include "core/model/engine.h"
#include "core/vision/load_image.h"
#include "core/vision/sample_picture.h"

namespace r2t2 {

struct PictureInput {
    ModelInput input;         ///< ready for Model::prepare
    std::string pixels_hash;  ///< of the decoded pixels, before resizing; 32 hexadecimal digits
    std::string facts_source;  ///< who found what the model is told; empty: nothing is told, or the source is not stated
};

enum class SampleFile { Picture, Facts };
/// Looks at what was read of a sample's file before it is decoded; an error ends the loading. `bytes` null: no file of facts lies beside the picture.
using FileCheck = std::function<Status(SampleFile which, const std::filesystem::path& file, const std::string* bytes)>;

/// The sample's picture and its facts (inline ones, else the stated file's, else those of the file beside the picture).
/// Errors name the file. Each file is read once.
[[nodiscard]] Result<SamplePicture> load_picture(const Sample& sample, const ImageLimits& limits = {}, const FileCheck& check = {});

/// Hash of width, height and pixels: the same picture in two file formats has one hash.
[[nodiscard]] std::string hash_pixels(const Image& image);

/// `facts` may be null. `question` has passed `check_question`. An empty `answer` means "no label".
[[nodiscard]] PictureInput make_picture_input(const Image& image, const AuxiliaryFacts* facts,
                                              const std::string& question, const std::string& answer,
                                              const ModelInfo& model);

/// Loads the picture and the facts file, if any. Errors name the file, or "id ..." and the question.
[[nodiscard]] Result<PictureInput> make_picture_input(const Sample& sample, const ModelInfo& model,
                                                      const ImageLimits& limits = {}, const FileCheck& check = {});

[[nodiscard]] PictureInput make_picture_input(const MiniatureSample& sample, const ModelInfo& model);

}  // namespace r2t2
