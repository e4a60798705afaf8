import CognitronKernels

// Distances within masks, whose pixels are numbers of objects or classes.

extension Tensor {
    /// The Euclidean distance of each pixel to the nearest one with a number, in pixels: 0 at those, infinity
    /// in masks that have none.
    ///
    ///     mask.distances(toPixels: 1)         // (N, H, W) → (N, H, W)
    ///
    /// - Source: Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions" (2012).
    public func distances(toPixels number: Float) -> Tensor {
        require(rank == 3, "distances in masks of shape \(shape); expected (N, H, W)")
        var y = Tensor(uninitialized: shape)
        DistanceTransform.squared(
            pointer, of: number, batch: shape[0], height: shape[1], width: shape[2], into: y.mutablePointer)
        withExtendedLifetime(self) {}
        return y.squareRoot
    }

    /// Weights of pixels that make a network learn the gaps between objects that nearly touch.
    ///
    ///     w(x) = w_c(x) + factor · exp(−(d₁(x) + d₂(x))² / (2·sigma²))
    ///
    /// Pixels of the background, with the distances d₁ and d₂ to the two nearest objects, have the whole
    /// weight, those of objects w_c alone. Masks (N, H, W) hold 0 for the background and another whole number
    /// for each object; the result is what `Batch.weights` takes.
    ///
    ///     let cells = scenes.source(count: 1000).map { batch in
    ///         let objects = batch.targets[1]
    ///         return Batch(
    ///             inputs: batch.inputs, targets: [objects .> 0], weights: [objects.boundaryWeights()])
    ///     }
    ///
    /// - Parameters:
    ///   - classWeights: w_c of the background and of objects.
    ///   - factor: the paper's w₀.
    ///   - sigma: in pixels, above 0.
    /// - Source: Ronneberger, Fischer and Brox, "U-Net" (2015).
    public func boundaryWeights(
        classWeights: (background: Float, objects: Float) = (1, 1), factor: Float = 10, sigma: Float = 5
    ) -> Tensor {
        require(sigma > 0, "boundary weights with a sigma of \(sigma)")
        // Farther away the weight is 0 in any case.
        let farthest = 100 * sigma
        var nearest = Tensor(repeating: farthest, shape: shape)
        var second = nearest
        for object in Set(scalars).subtracting([0]).sorted() {
            let distance = distances(toPixels: object).minimum(farthest)
            second = second.minimum(nearest.maximum(distance))
            nearest = nearest.minimum(distance)
        }
        let background = self .== 0
        let gaps = factor * ((nearest + second).squared * (-1 / (2 * sigma * sigma))).exponential
        let ownWeights = background * (classWeights.background - classWeights.objects) + classWeights.objects
        return ownWeights + background * gaps
    }
}
