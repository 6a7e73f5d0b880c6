// Neighbour embeddings of the reference set: t-SNE, on what the search index says is near in task space.
#include "core/analysis/neighbour_embedding.h"
#include "core/inspect/opened_inspector.h"

namespace r2t2 {

Result<ProjectionMapPtr> OpenedInspector::embedding_map(const ProjectionRequest& request, const std::vector<double>& rows,
                                                        std::size_t dimension, const ProgressCallback& progress,
                                                        const CancelToken& cancel) const {
    NeighbourEmbeddingOptions options;
    options.seed = request.seed;
    options.iterations = 500;  // enough for a map to look at: exaggeration ends at 250
    const auto tell = [&](const Progress& at, std::span<const double>) {
        if (progress) {
            progress(at);
        }
    };
    Result<NeighbourEmbedding> embedding = embed_neighbours(rows, references_.size(), dimension, options, tell, cancel);
    if (!embedding) {
        return embedding.error().inside("map");
    }
    auto map = std::make_shared<ProjectionMap>();
    map->request = request;
    map->xy.assign(embedding->xy.begin(), embedding->xy.end());
    return ProjectionMapPtr(std::move(map));
}

}  // namespace r2t2
