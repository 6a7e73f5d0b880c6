// A model whose losses of references come from their surfaces: what a descent on neighbours' losses needs, without a pass.
//
// A SurfaceSample stands for a reference where its loss is asked for; everything else goes to the model behind. So every rule of a descent
// (ngd.h), frames and modes, works on surfaces as it does on the model. Source: surface_form.h. Thread rule: as RoutedModel.
#pragma once

#include "core/routing/surface_form.h"

namespace r2t2 {

/// A reference known by its table and its native routing alone.
class SurfaceSample : public PreparedSample {
public:
    /// `native`: [mixers, experts]. `table`: a loss a node of the form, made in this mode; whoever keeps the sample keeps it too (`owner`).
    SurfaceSample(SurfaceFormPtr form, RoutingMode mode, RoutingMatrix native, std::span<const float> table, std::shared_ptr<const void> owner)
        : form_(std::move(form)), mode_(mode), native_(std::move(native)), table_(table), owner_(std::move(owner)) {}

    [[nodiscard]] std::size_t bytes() const override { return sizeof *this + native_.values().size() * sizeof(double); }
    [[nodiscard]] bool has_label() const override { return true; }
    [[nodiscard]] const RoutingMatrix& native_routing() const override { return native_; }
    [[nodiscard]] const SurfaceForm& form() const { return *form_; }
    [[nodiscard]] RoutingMode mode() const { return mode_; }
    [[nodiscard]] std::span<const float> table() const { return table_; }

private:
    SurfaceFormPtr form_;
    RoutingMode mode_;
    RoutingMatrix native_;
    std::span<const float> table_;
    std::shared_ptr<const void> owner_;
};
using SurfaceSamplePtr = std::shared_ptr<const SurfaceSample>;

/// What trajectories say whose neighbours' losses are those of surfaces.
[[nodiscard]] std::string surface_note(const SurfaceForm& form);

/// `model` must outlive it.
class SurfaceModel : public RoutedModel {
public:
    explicit SurfaceModel(const RoutedModel& model) : model_(model) {}

    [[nodiscard]] const RoutingSpace& routing_space() const override { return model_.routing_space(); }
    /// All queries are of SurfaceSamples, or none is. Errors: a mode that the surface was not made in, a routing of its own for every mixer.
    [[nodiscard]] Result<std::vector<LossGradient>> loss_and_gradient(std::span<const RoutedQuery> queries, bool gradient) const override;
    [[nodiscard]] Result<std::vector<Answer>> answer(std::span<const RoutedQuery> queries) const override { return model_.answer(queries); }
    [[nodiscard]] Passes passes() const override { return model_.passes(); }

private:
    const RoutedModel& model_;
};

}  // namespace r2t2
