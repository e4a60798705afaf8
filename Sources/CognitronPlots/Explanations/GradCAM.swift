import Cognitron

extension Model {
    /// Which places of a picture speak for a class, by the feature maps A (h, w, K) of one layer.
    ///
    ///     weight[k] = mean over (y, x) of ∂ score / ∂ A[y, x, k]
    ///     map[y, x] = max(0, Σ weight[k] · A[y, x, k])
    ///
    /// - Parameters:
    ///   - picture: (H, W, C), as the model takes it.
    ///   - classIndex: by default the class that the model predicts.
    ///   - layer: one that gives maps; by default the last that does, pooling aside.
    /// - Returns: (h, w), the layer's size.
    /// - Throws: `CognitronError` where the model does not take the picture, or has no such class or layer.
    /// - Source: Selvaraju et al., "Grad-CAM" (2017).
    public func gradCAM(of picture: Tensor, classIndex: Int? = nil, layer: String? = nil) throws -> Tensor {
        let score = try ClassScore(self, picture, classIndex)
        let layer = try layer ?? lastMapLayer()
        let (head, tail, index) = try split(after: layer)
        let values = try head.predict([score.input] as [any Samples])
        let maps = values[index]
        guard maps.rank == 4 else {
            throw CognitronError(
                .argument, layer, "gives no maps", expected: "an output of height × width × channels",
                got: "\(maps.shape.sample)")
        }
        let gradient = try score.gradients(of: tail, values)[index]
        let weights = gradient.mean(axes: [1, 2], keepingDimensions: true)
        return (maps * weights).sum(axis: -1)[0].maximum(0)
    }

    /// The last layer before the output that gives maps, and does not only pool, reshape or drop them.
    func lastMapLayer() throws -> String {
        let layers = try mapLayers()
        let passive = ["Pooling", "Dropout", "ZeroPadding", "Cropping", "UpSampling"]
        guard let layer = layers.last(where: { use in !passive.contains { use.typeName.contains($0) } })
        else {
            throw CognitronError(
                .model, name ?? "the model", "has no layer that gives maps",
                expected: "a layer with an output of height × width × channels, such as a convolution",
                advice: "use saliency or occlusion, which need none")
        }
        return layer.name
    }

    /// The layers that give maps (H, W, C) of more than one pixel and are followed by others.
    func mapLayers() throws -> [LayerUse] {
        guard let wiring = try expanded().wiring else { return [] }
        return wiring.layers.filter { use in
            let shape = use.outputShapes[0]
            return use.outputs.count == 1 && shape.rank == 3 && shape[0] * shape[1] > 1
                && !(use.layer is Input) && !wiring.outputs.contains(use.outputs.lowerBound)
        }
    }
}
