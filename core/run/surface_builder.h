// The response surfaces of a reference set: every record's losses at every node, by the model itself (core/reference/surface_tables.h).
//
// One batch of nodes a record. What is done is kept in a file of rows beside the tables, so that a run that was ended at any moment goes on
// where it stopped; the tables that come of it are the same to the last byte, whatever the number of threads and however often it was begun.
// Thread rule: call from one thread; progress is called on worker threads, one at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/cancel.h"
#include "core/base/progress.h"
#include "core/reference/surface_tables.h"
#include "core/run/reference_set.h"

namespace r2t2 {

struct SurfaceOptions {
    std::string form = kSurfaceForm;
    RoutingMode mode = RoutingMode::Offset;
    int threads = 0;                      ///< 0 = as many as the machine has
    std::size_t checked_references = 200; ///< on so many the surfaces are held against the model; 0: they are not
    std::size_t checked_points = 50;      ///< at so many fresh routings each
    std::uint64_t seed = 1;               ///< draws both
};

/// `rows`: the file of what is done, removed by whoever saves the tables. Errors: a space that the form does not serve, a record that cannot be
/// prepared (named), a file of rows that cannot be written, a loss that is no number, Cancelled (looked at once a record).
[[nodiscard]] Result<SurfaceTables> build_surfaces(const ReferenceSet& reference, const SurfaceOptions& options, const std::filesystem::path& rows,
                                                   const ProgressCallback& progress, const CancelToken& cancel);

/// Tables against the model, at fresh points of some references.
[[nodiscard]] Result<SurfaceAccuracy> measure_surfaces(const ReferenceSet& reference, const SurfaceTables& tables, const SurfaceOptions& options,
                                                       const ProgressCallback& progress, const CancelToken& cancel);

/// Where what is done of a file of tables is kept: beside it.
[[nodiscard]] std::filesystem::path rows_of(const std::filesystem::path& directory, const SurfaceOptions& options, const std::string& precision);

}  // namespace r2t2
