import Cognitron

/// What one layer makes of a picture.
public struct FeatureMaps: Sendable {
    /// The layer's name; its path where it is inside another model.
    public let layer: String
    /// The layer's type, such as `Conv2D`.
    public let typeName: String
    /// (h, w, K): a map for each of the layer's filters.
    public let maps: Tensor
}

extension Model {
    /// The outputs of the layers that give maps, for one picture, in execution order.
    ///
    ///     for layer in try model.featureMaps(of: picture) { print(layer.layer, layer.maps.shape) }
    ///
    /// - Parameters:
    ///   - picture: (H, W, C), as the model takes it.
    ///   - layers: by default all that give maps of more than one pixel.
    /// - Throws: `CognitronError` where the model does not take the picture, or has no such layer.
    public func featureMaps(of picture: Tensor, layers: [String]? = nil) throws -> [FeatureMaps] {
        let known = try mapLayers()
        let names = layers ?? known.map(\.name)
        guard !names.isEmpty else {
            throw CognitronError(
                .model, name ?? "the model", "has no layer that gives maps",
                expected: "a layer with an output of height × width × channels, such as a convolution")
        }
        let batch = picture.expandingDimensions(at: 0)
        return try zip(names, featureExtractor(names).predict([batch] as [any Samples])).map { name, maps in
            guard maps.rank == 4 else {
                throw CognitronError(
                    .argument, name, "gives no maps", expected: "an output of height × width × channels",
                    got: "\(maps.shape.sample)")
            }
            let type = known.first { $0.name == name }?.typeName ?? ""
            return FeatureMaps(layer: name, typeName: type, maps: maps[0])
        }
    }
}
