// The inspector module: what stands behind core/inspect's interface, as one exported symbol.
#include "core/inspect/inspector_data.h"
#include "core/inspect/inspector_entry.h"
#include "core/inspect/inspector_model.h"
#include "core/inspect/opened_inspector.h"
#include "core/inspect/request_command.h"
#include "core/run/sample_set.h"

namespace r2t2 {

namespace {

class Module final : public InspectorModule {
public:
    [[nodiscard]] Result<InspectorPtr> open(const InspectorOptions& options, const ProgressCallback& progress,
                                            const CancelToken& cancel) const override {
        return OpenedInspector::open(options, progress, cancel);
    }
    [[nodiscard]] Result<SamplePicture> picture(const std::string& image_path) const override { return picture_at(image_path); }
    [[nodiscard]] std::vector<DataSetInfo> data_sets() const override { return known_data_sets(); }
    [[nodiscard]] Result<DataReport> check_data(const DataRequest& request, const ProgressCallback& progress,
                                                const CancelToken& cancel) const override {
        return data_report(request, progress, cancel);
    }
    [[nodiscard]] Result<ModelReport> check_model(const std::filesystem::path& directory, const CancelToken& cancel) const override {
        return model_report(directory, cancel);
    }
    [[nodiscard]] DeviceReport devices() const override { return device_report(); }
    [[nodiscard]] std::string command_line(const InspectorOptions& options, const InspectRequest& request) const override {
        return request_command(options, request);
    }
    [[nodiscard]] std::string command_line(const InspectorOptions& options, const BenchmarkRequest& request) const override {
        return benchmark_command(options, request);
    }
    [[nodiscard]] std::string command_line(const InspectorOptions& options, const ReferenceRequest& request) const override {
        return reference_command(options, request);
    }
};

}  // namespace

}  // namespace r2t2

extern "C" __attribute__((visibility("default"))) r2t2::InspectorModule* r2t2_inspector_entry() {
    static r2t2::Module module;
    return &module;
}
