import Cognitron

/// The rule of 2013 by which S-cell planes are found: where something is to be seen and no cell answers, a
/// new plane is made that answers to just that. Each plane is learnt at once and never changed.
///
///     var planes = AddIfSilent(threshold: 0.75, kernelSize: 5, sigma: 1.5, padding: 2)
///     for picture in pictures { planes.present(picture) }
///     let cells = try planes.layer("US2", threshold: 0.55)
///
/// With x what a cell sees, weighted by √c, its similarity to the feature X̂ of a plane is x · X̂ / ‖x‖. A
/// position is silent where ‖x‖ is above half of the picture's largest, but no similarity above the
/// threshold. While there is a silent position, that of the largest ‖x‖ becomes the plane X̂ = x / ‖x‖.
///
/// The threshold of learning is higher than that of the cells, so that several planes answer to one feature.
///
/// - Source: Fukushima, "Training multi-layered neural network neocognitron" (2013).
struct AddIfSilent {
    /// θ while learning.
    let threshold: Float
    let kernelSize: Int
    let sigma: Float
    let padding: Int

    /// What counts as nothing, as a share of the most that is seen in the picture.
    private static let silence: Float = 0.5

    /// The features found, one row each: (planes, kernelSize² · C).
    private(set) var features: Tensor?
    private var channels = 0

    var count: Int { features?.shape[0] ?? 0 }

    init(threshold: Float, kernelSize: Int, sigma: Float, padding: Int) {
        (self.threshold, self.kernelSize, self.sigma, self.padding) = (threshold, kernelSize, sigma, padding)
    }

    /// √c, (kernelSize, kernelSize, 1).
    private var weights: Tensor {
        Tensor.cellWindow(kernelSize, sigma: sigma, channels: channels).squareRoot
            .reshaped([kernelSize, kernelSize, 1])
    }

    /// Adds planes until no position of a picture is silent.
    ///
    /// - Parameter planes: (H, W, C), the answers of the layer before.
    mutating func present(_ planes: Tensor) {
        channels = planes.shape[2]
        let windows = planes.expandingDimensions(at: 0).im2col(kernelSize: kernelSize, padding: padding)
        let size = kernelSize * kernelSize * channels
        let x = (windows * weights).reshaped([windows.count / size, size])  // (positions, size)
        let norm = (x * x).sum(axis: 1, keepingDimensions: true).squareRoot
        let least = Self.silence * norm.max()
        let seen = x / norm.maximum(.leastNormalMagnitude)
        var best =
            features.map { seen.matmul($0, transposingOther: true).max(axis: 1, keepingDimensions: true) }
            ?? .zeros(norm.shape)
        while true {
            let silent = norm * (best .<= threshold) * (norm .> least)
            guard silent.max() > 0 else { return }
            let place = Int(silent.reshaped([silent.count]).argmax(axis: 0).scalar)
            let feature = seen[place..<place + 1]
            features = features.map { .concatenated([$0, feature], axis: 0) } ?? feature
            best = best.maximum(seen.matmul(feature, transposingOther: true))
        }
    }

    /// The S-cells of the features found.
    ///
    /// - Parameters:
    ///   - name: the layer's name in its model.
    ///   - threshold: θ of the cells; lower than in learning.
    /// - Throws: `CognitronError.data` where nothing was to be seen.
    func layer(_ name: String, threshold: Float) throws -> SCellLayer {
        guard let features else {
            throw CognitronError(
                .data, name, "found no cell planes: the pictures are empty",
                expected: "pictures with lighter and darker parts")
        }
        let cells = SCellLayer(
            count, kernelSize: kernelSize, inhibition: .subtractive(threshold: threshold), sigma: sigma,
            padding: padding, name: name)
        try cells.build(channels: channels)
        // (planes, KH, KW, C) → (KH, KW, C, planes)
        let shape = Shape([count, kernelSize, kernelSize, channels])
        cells.a.value = (features.reshaped(shape) * weights).permuted([1, 2, 3, 0])
        return cells
    }
}

extension SCellLayer {
    /// Declares the parameters before the layer is part of a model, under the names that they have there.
    func build(channels: Int) throws {
        var context = BuildContext(path: name ?? "cells")
        _ = try build([kernelSize, kernelSize, channels], &context)
    }
}
